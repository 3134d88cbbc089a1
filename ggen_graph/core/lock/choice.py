"""Choosing among releases that locks name: the solver over what they say, without a catalog.

Kept true: whoever has the same releases gets the same choice; each chosen release has in `dependencies`
what was chosen for it; nothing is chosen that the roots don't need.

Of packs that are to be side by side, one release of each major version may be chosen; which major
version a requirement means is settled first: the one that its asker had (`dependencies`), else that of
the best release that it admits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.ranges import parse_range
from ggen_graph.core.solver import Candidate, Facts, Failure, Requirement, solve
from ggen_graph.core.versions import major_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ggen_graph.core.lock.lockfile import LockedRelease, LockedRoot


def choose(
    roots: Sequence[LockedRoot],
    known: Mapping[str, Sequence[LockedRelease]],
    side_by_side: Collection[str] = (),
) -> Choice | Failure:
    """Releases that meet all requirements, or the proof that there are none.

    Args:
        roots: what is asked for.
        known: the releases there are, by pack, best first.
        side_by_side: the packs of which several releases may be chosen.
    """
    problem = _Problem(known, side_by_side)
    facts = problem.facts(roots)
    solution = solve(facts)
    if isinstance(solution, Failure):
        return solution
    chosen = {slot: problem.releases[slot, version] for slot, version in solution.releases.items()}

    def dependencies(release: LockedRelease) -> tuple[str, ...]:
        return tuple(sorted({chosen[one.slot].spec for one in problem.needs(release)}))

    return Choice(
        tuple(replace(root, version=chosen[problem.root(root).slot].version) for root in roots),
        tuple(replace(one, dependencies=dependencies(one)) for one in chosen.values()),
    )


class Choice(NamedTuple):
    """The roots with the versions that they got, and the releases chosen."""

    roots: tuple[LockedRoot, ...]
    releases: tuple[LockedRelease, ...]


class _Wanted(NamedTuple):
    """A requirement: what the solver takes for a pack, the range as written, the versions it admits."""

    slot: str
    range: str
    admits: frozenset[str]


class _Problem:
    """Known releases as the solver is told of them.

    A slot is what it takes for a pack: a pack's name, with the major version if several are allowed.
    """

    def __init__(
        self, known: Mapping[str, Sequence[LockedRelease]], side_by_side: Collection[str]
    ) -> None:
        self.known, self.side_by_side = known, side_by_side
        everything = [release for releases in known.values() for release in releases]
        self.releases = {(self.slot(one), one.version): one for one in everything}

    def slot(self, release: LockedRelease) -> str:
        if release.name not in self.side_by_side:
            return release.name
        return f"{release.name} {major_of(release.version)}.x"

    def wanted(self, name: str, text: str, got: Collection[str] = ()) -> _Wanted:
        """A requirement; `got` are releases of which one was chosen for it before."""
        admits = parse_range(text).admits
        everything = self.known.get(name, ())
        fitting = [one for one in everything if admits(one.version)]
        before = [one for one in fitting if one.spec in got]
        # Where none fits, the pack stands for its releases in the proof.
        slot = next((self.slot(one) for one in (*before, *fitting, *everything)), name)
        versions = frozenset(one.version for one in fitting if self.slot(one) == slot)
        return _Wanted(slot, text, versions)

    def needs(self, release: LockedRelease) -> list[_Wanted]:
        return [self.wanted(*one, got=release.dependencies) for one in release.requires]

    def root(self, root: LockedRoot) -> _Wanted:
        text = "*" if root.waived else root.range
        return self.wanted(root.name, text, got=(f"{root.name}@{root.version}",))

    def facts(self, roots: Sequence[LockedRoot]) -> Facts:
        asked = list(map(self.root, roots))
        needs = {key: self.needs(release) for key, release in self.releases.items()}
        every = dict.fromkeys([*asked, *(one for each in needs.values() for one in each)])
        index = {one: place for place, one in enumerate(every)}
        packs: dict[str, list[Candidate]] = {}
        for (slot, version), required in needs.items():
            places = tuple(sorted({index[one] for one in required}))
            packs.setdefault(slot, []).append(Candidate(version, places))
        return Facts(
            packs={slot: tuple(candidates) for slot, candidates in packs.items()},
            requirements=tuple(Requirement(*one) for one in index),
            roots=tuple(index[one] for one in asked),
        )
