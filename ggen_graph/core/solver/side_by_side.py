"""Releases of different majors side by side: the same problem with a node for each pack and major.

A requirement whose range admits one major becomes one on that node. One that admits several becomes
one on a node of its own, whose candidates are the majors, best first, and each of which requires the
node of its major. So the solver needs no second kind of reasoning, and its proofs stay proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.solver.facts import Candidate, Facts, Requirement
from ggen_graph.core.solver.nodes import choice_node, major_node

if TYPE_CHECKING:
    from collections.abc import Collection


def side_by_side(facts: Facts) -> Facts:
    """The facts of the same problem where one release of each pack and major may be chosen."""
    return _Splitting(facts).facts()


class _Splitting:
    def __init__(self, facts: Facts) -> None:
        self.given = facts
        self.packs: dict[str, tuple[Candidate, ...]] = {}
        self.requirements: list[Requirement] = []
        self.majors: dict[str, dict[str, list[str]]] = {}  # node → major → versions, best first
        self.rank: dict[str, dict[str, int]] = {}  # node → version → place

    def facts(self) -> Facts:
        """Split every node, then every requirement."""
        for node, candidates in self.given.packs.items():
            majors = self.majors[node] = {}
            for each in candidates:
                majors.setdefault(_major(each.version), []).append(each.version)
            for major in majors:
                self.packs[major_node(node, major)] = tuple(
                    each for each in candidates if _major(each.version) == major
                )
            if not candidates:
                self.packs[node] = ()
            self.rank[node] = {each.version: place for place, each in enumerate(candidates)}
        self.requirements = [self.split(each) for each in self.given.requirements]
        # Those of the choices of a major come behind the others, whose places must stay.
        for wanted in self.given.requirements:
            self.add_choice(wanted)
        return Facts(self.packs, tuple(self.requirements), self.given.roots, self.given.unknown)

    def split(self, wanted: Requirement) -> Requirement:
        """A requirement as one on a node of the split problem."""
        admitted = self.admitted(wanted)
        if len(admitted) > 1:
            node = choice_node(wanted.pack, wanted.range)
            return Requirement(node, wanted.range, frozenset(map(_line, admitted)))
        known = self.majors.get(wanted.pack)
        if not known:  # no registry has it, or nothing of it can be chosen
            return wanted
        major = next(iter(admitted), next(iter(known)))
        return Requirement(major_node(wanted.pack, major), wanted.range, wanted.admits)

    def add_choice(self, wanted: Requirement) -> None:
        """Add the node that chooses the major for a requirement, if it admits several."""
        admitted = self.admitted(wanted)
        node = choice_node(wanted.pack, wanted.range)
        if len(admitted) < 2 or node in self.packs:
            return
        choices = []
        for major, versions in admitted.items():
            choices.append(Candidate(_line(major), (len(self.requirements),)))
            target = major_node(wanted.pack, major)
            self.requirements.append(Requirement(target, wanted.range, frozenset(versions)))
        self.packs[node] = tuple(choices)

    def admitted(self, wanted: Requirement) -> dict[str, Collection[str]]:
        """The candidates in range by major; the major of the best one comes first."""
        rank = self.rank.get(wanted.pack, {})
        found: dict[str, list[str]] = {}
        for version in sorted(
            (each for each in wanted.admits if each in rank), key=rank.__getitem__
        ):
            found.setdefault(_major(version), []).append(version)
        return dict(found)


def _major(version: str) -> str:
    return version.partition(".")[0]


def _line(major: str) -> str:
    """How a choice of a major is written: as a version of the node that chooses."""
    return f"{major}.x"
