"""Releases of different majors side by side: the same problem with a node for each pack and major.

A requirement whose range admits one major becomes one on that node. One that admits several becomes
one on a node of its own, whose candidates are the majors, best first, and each of which requires the
node of its major. So the solver needs no second kind of reasoning, and its proofs stay proofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.solver.facts import Candidate, Facts, Requirement
from ggen_graph.core.solver.nodes import choice_node, major_node
from ggen_graph.core.versions import major_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def side_by_side(facts: Facts) -> Facts:
    """The facts of the same problem where one release of each pack and major may be chosen."""
    return _Splitting(facts).facts()


class _Splitting:
    def __init__(self, facts: Facts) -> None:
        self.given = facts
        self.packs: dict[str, tuple[Candidate, ...]] = {}
        self.requirements: list[Requirement] = []
        self.choices: list[Requirement] = []  # what the choices of a major require
        self.majors: dict[str, dict[str, str]] = {}  # node → version → major, the best first

    def facts(self) -> Facts:
        """Split every node, then every requirement."""
        for node, candidates in self.given.packs.items():
            majors = self.majors[node] = {
                each.version: major_of(each.version) for each in candidates
            }
            of_major: dict[str, list[Candidate]] = {}
            for each in candidates:
                of_major.setdefault(majors[each.version], []).append(each)
            for major, some in of_major.items():
                self.packs[major_node(node, major)] = tuple(some)
            if not candidates:
                self.packs[node] = ()
        self.requirements = [self.split(each) for each in self.given.requirements]
        # Those of the choices come behind the others, whose places stay.
        requirements = (*self.requirements, *self.choices)
        return Facts(self.packs, requirements, self.given.roots, self.given.unknown)

    def split(self, wanted: Requirement) -> Requirement:
        """A requirement as one on a node of the split problem."""
        known = self.majors.get(wanted.pack)
        if not known:  # no registry has it, or nothing of it can be chosen
            return wanted
        majors = {known[version] for version in wanted.admits if version in known}
        if len(majors) > 1:
            return self.choice(wanted, known)
        major = next(iter(majors or known.values()))
        return Requirement(major_node(wanted.pack, major), wanted.range, wanted.admits)

    def choice(self, wanted: Requirement, known: Mapping[str, str]) -> Requirement:
        """A requirement that admits several majors as one on the node that chooses among them."""
        node = choice_node(wanted.pack, wanted.range)
        admitted: dict[str, list[str]] = {}
        for version, major in known.items():
            if version in wanted.admits:
                admitted.setdefault(major, []).append(version)
        if node not in self.packs:
            place = len(self.given.requirements) + len(self.choices)
            self.packs[node] = tuple(
                Candidate(_line(major), (place + index,)) for index, major in enumerate(admitted)
            )
            self.choices += [
                Requirement(major_node(wanted.pack, major), wanted.range, frozenset(versions))
                for major, versions in admitted.items()
            ]
        return Requirement(node, wanted.range, frozenset(map(_line, admitted)))


def _line(major: str) -> str:
    """How a choice of a major is written: as a version of the node that chooses."""
    return f"{major}.x"
