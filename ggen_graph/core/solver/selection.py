"""What a solution comes to: which releases, and which of them each asker gets.

The solver chooses versions of nodes; a selection is about releases again. Features and choices of a
major are folded into the releases they led to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.release import ReleaseId
from ggen_graph.core.solver.nodes import features_of, is_choice, pack_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ggen_graph.core.solver.facts import Candidate, Facts, Requirement
    from ggen_graph.core.solver.solve import Solution


class Link(NamedTuple):
    """What an asker gets for a requirement: the pack, the range that it had to be in, the version."""

    pack: str
    range: str
    version: str

    @property
    def release(self) -> ReleaseId:
        """The release it gets."""
        return ReleaseId(self.pack, self.version)


@dataclass(frozen=True, slots=True)
class Selection:
    """Releases that meet all requirements together.

    Attributes:
        releases: in the order in which they were decided.
        links: for each of them, what it gets for its requirements, in their order.
        roots: for each requirement of the project on a pack: its name, its range and what it gets.
        features: the features that are on, of the releases that have some.
    """

    releases: tuple[ReleaseId, ...]
    links: Mapping[ReleaseId, tuple[Link, ...]]
    roots: tuple[tuple[str, str, str], ...]
    features: Mapping[ReleaseId, tuple[str, ...]]

    def edges(self) -> dict[ReleaseId, tuple[ReleaseId, ...]]:
        """Which releases each release requires, in the order in which it names them."""
        return {
            asker: tuple(dict.fromkeys(link.release for link in links))
            for asker, links in self.links.items()
        }


def select(solution: Solution, facts: Facts) -> Selection:
    """The releases of a solution of `facts`."""
    return _Selecting(solution, facts).selection()


class _Selecting:
    def __init__(self, solution: Solution, facts: Facts) -> None:
        self.chosen = solution.releases
        self.facts = facts

    def selection(self) -> Selection:
        links: dict[ReleaseId, dict[Link, None]] = {}
        features: dict[ReleaseId, set[str]] = {}
        for node, version in self.chosen.items():
            if is_choice(node):
                continue
            release = ReleaseId(pack_of(node), version)
            gets = links.setdefault(release, {})
            if features_of(node):
                features.setdefault(release, set()).update(features_of(node))
            for number in self.candidate(node).requires:
                wanted = self.facts.requirements[number]
                target = self.target(wanted)
                if target != release:  # with features it requires itself without
                    gets[Link(target.name, wanted.range, target.version)] = None
        roots = [self.facts.requirements[number] for number in self.facts.roots]
        return Selection(
            tuple(links),
            {release: tuple(gets) for release, gets in links.items()},
            tuple((pack_of(each.pack), each.range, self.target(each).version) for each in roots),
            {release: tuple(sorted(names)) for release, names in features.items()},
        )

    def candidate(self, node: str) -> Candidate:
        version = self.chosen[node]
        return next(each for each in self.facts.packs[node] if each.version == version)

    def target(self, wanted: Requirement) -> ReleaseId:
        """The release that a requirement gets."""
        node = wanted.pack
        if is_choice(node):
            (number,) = self.candidate(node).requires
            node = self.facts.requirements[number].pack
        return ReleaseId(pack_of(node), self.chosen[node])
