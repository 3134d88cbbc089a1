"""What is known so far: the incompatibilities, by number, and the packs they mention.

Facts become incompatibilities when they are first needed, so packs and releases that nothing leads
to cost nothing. Candidates of a pack that require the same candidates of another share one.

Keeps true: numbers only grow, and an incompatibility's causes have smaller ones. Packs are numbered
in the order in which they were first required.

Does not know what is decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ggen_graph.core.solver.failure import Failure
from ggen_graph.core.solver.incompatibility import Derived, Fact, Incompatibility, Supply, Wanted
from ggen_graph.core.solver.term import Term, bit_of, everything

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.core.solver.facts import Candidate, Facts

NONE = -1  # in place of the number of an incompatibility


# Which candidates have a requirement, as a mask; and a pack's requirements by the pack required.
_Holders: TypeAlias = "tuple[dict[int, int], dict[str, list[int]]]"


class Part(NamedTuple):
    """A term as the inner loop reads it: a pack's number, its mask, and all other states."""

    pack: int
    mask: int
    others: int


class _Given(NamedTuple):
    """The cause of an incompatibility that states a fact; `pack` is -1 for the project."""

    pack: int
    requirements: tuple[int, ...]


class Knowledge:
    """The incompatibilities and packs met so far.

    Propagation reads three tables. An incompatibility of two terms is in `pairs` under both packs;
    one of more is in `watches` under two packs whose terms are not satisfied, if there are two
    (MiniSat's watched literals, with "satisfied" for "false").

    Attributes:
        parts: per incompatibility, its terms.
        order: per incompatibility of more than two terms, these, the watched ones first.
        pairs: per pack, what its term excludes and what the other term says:
            (others, other pack, its mask, its others, incompatibility).
        watches: per pack, the longer incompatibilities that watch it.
        everything: per pack, the mask of all its states.
        names: per pack, its name.
        candidates: per pack, its candidates, best first.
    """

    def __init__(self, facts: Facts) -> None:
        self.parts: list[tuple[Part, ...]] = []
        self.order: dict[int, list[Part]] = {}
        self.pairs: list[list[tuple[int, int, int, int, int]]] = []
        self.watches: list[list[int]] = []
        self.everything: list[int] = []
        self.names: list[str] = []
        self.candidates: list[tuple[Candidate, ...]] = []
        self._facts = facts
        self._causes: list[_Given | Derived] = []
        self._numbers: dict[str, int] = {}
        self._states: list[dict[str, int]] = []  # per pack: version -> bit
        self._admitted: dict[int, tuple[int, int]] = {}  # per requirement: pack, mask
        self._needs: list[dict[int, int]] = []  # per pack: requirement -> incompatibility
        self._holders: list[_Holders | None] = []  # per pack

    def require(self, requirement: int) -> int:
        """State that the project has a requirement."""
        target, admitted = self._target(requirement)
        terms = {target: self.everything[target] ^ admitted}
        return self._add(terms, _Given(NONE, (requirement,)))

    def choose(self, pack: int, candidate: int) -> list[int]:
        """State what a candidate requires: the incompatibilities that mention it, old and new."""
        needs = self._needs[pack]
        found = []
        for requirement in self.candidates[pack][candidate].requires:
            number = needs.get(requirement)
            if number is None:
                number = self._state(pack, requirement)
            if number != NONE:
                found.append(number)
        return found

    def derive(self, terms: dict[int, int], first: int, second: int) -> int:
        """Note what two incompatibilities imply; propagation does not see it before `learn`."""
        return self._note(terms, Derived(first, second))

    def learn(self, number: int, parts: Sequence[Part]) -> None:
        """Let propagation see an incompatibility from now on.

        Args:
            number: the incompatibility.
            parts: its terms, the two to be watched first: those that are open, or were last.
        """
        if len(parts) == 2:
            (p, p_mask, p_others), (q, q_mask, q_others) = parts
            self.pairs[p].append((p_others, q, q_mask, q_others, number))
            self.pairs[q].append((q_others, p, p_mask, p_others, number))
        elif len(parts) > 2:
            self.order[number] = list(parts)
            self.watches[parts[0].pack].append(number)
            self.watches[parts[1].pack].append(number)

    def failure(self, root: int) -> Failure:
        """The proof of the incompatibility `root`, which has no terms."""
        needed = {root}
        for number in range(root, -1, -1):
            cause = self._causes[number]
            if number in needed and isinstance(cause, Derived):
                needed.update((cause.first, cause.second))
        order = {number: index for index, number in enumerate(sorted(needed))}
        packs: dict[str, tuple[str, ...]] = {}
        incompatibilities = []
        for number in order:
            terms = []
            for pack, mask, _ in self.parts[number]:
                name = self.names[pack]
                packs[name] = tuple(each.version for each in self.candidates[pack])
                terms.append(Term(name, mask))
            cause = self._causes[number]
            incompatibilities.append(
                Incompatibility(
                    tuple(terms),
                    Derived(order[cause.first], order[cause.second])
                    if isinstance(cause, Derived)
                    else self._fact(cause),
                )
            )
        return Failure(packs, tuple(incompatibilities), order[root])

    def _fact(self, given: _Given) -> Fact:
        requirements = [self._facts.requirements[each] for each in given.requirements]
        wanted = tuple(Wanted(each.pack, each.range) for each in requirements)
        target, admitted = self._target(given.requirements[0])
        supply: Supply = "some" if admitted else "out-of-range"
        if not self.candidates[target]:
            name = self.names[target]
            missing = name in self._facts.unknown or name not in self._facts.packs
            supply = "unknown" if missing else "no-releases"
        return Fact(self.names[given.pack] if given.pack >= 0 else "", wanted, supply)

    def _target(self, requirement: int) -> tuple[int, int]:
        """The pack that a requirement is on, and the mask of the candidates it admits."""
        known = self._admitted.get(requirement)
        if known is None:
            wanted = self._facts.requirements[requirement]
            pack = self._number(wanted.pack)
            states = self._states[pack]
            admitted = 0
            for version in wanted.admits:
                admitted |= states.get(version, 0)
            known = self._admitted[requirement] = pack, admitted
        return known

    def _number(self, name: str) -> int:
        pack = self._numbers.get(name)
        if pack is None:
            pack = self._numbers[name] = len(self.names)
            candidates = self._facts.packs.get(name, ())
            self.names.append(name)
            self.candidates.append(candidates)
            self.everything.append(everything(len(candidates)))
            self.pairs.append([])
            self.watches.append([])
            self._states.append({each.version: bit_of(i) for i, each in enumerate(candidates)})
            self._needs.append({})
            self._holders.append(None)
        return pack

    def _state(self, pack: int, requirement: int) -> int:
        """State that the candidates of a pack that require the same need it."""
        requirements = self._facts.requirements
        holders, related = self._holders[pack] or self._meet_requirements(pack)
        wanted = requirements[requirement]
        same, mask = related[wanted.pack], holders[requirement]
        if len(same) > 1:
            admits = wanted.admits
            same = [each for each in same if requirements[each].admits == admits]
            for each in same:
                mask |= holders[each]
        target, admitted = self._admitted.get(requirement) or self._target(requirement)
        unmet = self.everything[target] ^ admitted
        given = _Given(pack, tuple(same))
        if target == pack:  # releases that require another release of their own pack
            number = self._add({pack: mask & unmet}, given)
        elif admitted:
            number = self._add_pair(pack, mask, target, unmet, given)
        else:
            number = self._add({pack: mask}, given)
        for each in same:
            self._needs[pack][each] = number
        return number

    def _meet_requirements(self, pack: int) -> _Holders:
        """Who requires what among the candidates of a pack."""
        alike: dict[tuple[int, ...], int] = {}  # most releases require what the one before did
        bit = bit_of(0)
        for candidate in self.candidates[pack]:
            alike[candidate.requires] = alike.get(candidate.requires, 0) | bit
            bit <<= 1
        holders: dict[int, int] = {}
        for requires, mask in alike.items():
            for each in requires:
                holders[each] = holders.get(each, 0) | mask
        related: dict[str, list[int]] = {}
        for each in holders:
            related.setdefault(self._facts.requirements[each].pack, []).append(each)
        self._holders[pack] = holders, related
        return holders, related

    def _add(self, terms: dict[int, int], given: _Given) -> int:
        if 0 in terms.values():
            return NONE
        number = self._note(terms, given)
        self.learn(number, self.parts[number])
        return number

    def _add_pair(self, pack: int, mask: int, target: int, unmet: int, given: _Given) -> int:
        """What `_add` does for two terms that are neither never nor always true: most are such."""
        others, admitted = self.everything[pack] ^ mask, self.everything[target] ^ unmet
        number = len(self.parts)
        self.parts.append((Part(pack, mask, others), Part(target, unmet, admitted)))
        self._causes.append(given)
        self.pairs[pack].append((others, target, unmet, admitted, number))
        self.pairs[target].append((admitted, pack, mask, others, number))
        return number

    def _note(self, terms: dict[int, int], cause: _Given | Derived) -> int:
        parts = []
        for pack, mask in terms.items():
            others = self.everything[pack] ^ mask
            if others:  # else it is always true
                parts.append(Part(pack, mask, others))
        self.parts.append(tuple(parts))
        self._causes.append(cause)
        return len(self.parts) - 1
