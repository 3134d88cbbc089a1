"""PubGrub: choose one release per pack so that all requirements are met, or prove that none is.

The algorithm is Dart pub's (solver.md): propagate what follows, decide one pack at a time, and where
an incompatibility is violated derive a new one from its causes until it tells how far to go back.
Three things differ. A term is one integer (see `term`). The releases of a pack that require the same
are one incompatibility from the start, rather than being widened release by release. And the pack
decided next is the one with the most conflicts so far, among equals the one required first.

Keeps true: the same facts give the same answer; a solution is found if and only if there is one;
nothing recurses.

Does not avoid circles among the chosen releases: `order.find_cycle` finds them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.solver.knowledge import NONE, Knowledge
from ggen_graph.core.solver.partial_solution import DECISION, PartialSolution
from ggen_graph.core.solver.term import ABSENT

if TYPE_CHECKING:
    from ggen_graph.core.solver.facts import Facts
    from ggen_graph.core.solver.failure import Failure
    from ggen_graph.core.solver.knowledge import Part


class Decision(NamedTuple):
    """A choice that was made and kept.

    Attributes:
        pack: the pack.
        version: the release chosen.
        ruled_out: the candidates that were preferred to it but could not be, best first.
    """

    pack: str
    version: str
    ruled_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """One release of each pack that is needed, and no other pack.

    Attributes:
        releases: the version chosen of each pack, in the order of the decisions.
        decisions: the same, with what was ruled out.
        conflicts: how many times a choice was taken back.
    """

    releases: dict[str, str]
    decisions: tuple[Decision, ...]
    conflicts: int


def solve(facts: Facts) -> Solution | Failure:
    """A solution in which packs required earlier have the better candidates, or the proof of none."""
    return _Solver(facts).run()


class _Solver:
    def __init__(self, facts: Facts) -> None:
        self.roots = facts.roots
        self.known = Knowledge(facts)
        self.partial = PartialSolution()
        self.changed: deque[int] = deque()  # packs whose incompatibilities are to be looked at
        self.pending: list[tuple[int, int]] = []  # a heap of (-conflicts, pack); may be out of date
        self.conflicts: list[int] = []  # per pack
        self.taken_back = 0

    def run(self) -> Solution | Failure:
        """Settle what the project requires; then decide and settle until nothing is open."""
        news = [self.known.require(root) for root in self.roots]
        while True:
            self.meet_packs()
            failed = self.settle(news)
            if failed != NONE:
                return self.known.failure(failed)
            pack = self.next_pack()
            if pack is None:
                return self.solution()
            news = self.decide(pack)

    def meet_packs(self) -> None:
        """Number in the partial solution what was required for the first time."""
        for states in self.known.everything[len(self.conflicts) :]:
            self.partial.add_pack(states)
            self.conflicts.append(0)

    def settle(self, news: list[int]) -> int:
        """Derive all that follows, first from the incompatibilities that are new.

        Returns:
            an incompatibility without terms, if it comes to that; else NONE.
        """
        violated = self.first_violated(news)
        while True:
            if violated == NONE:
                violated = self.propagate()
            if violated == NONE:
                return NONE
            self.changed.clear()  # it was all above the level that is gone back to
            learned = self.resolve(violated)
            if not self.known.parts[learned]:
                return learned
            violated = self.first_violated([learned])

    def first_violated(self, numbers: list[int]) -> int:
        """Derive what follows from each incompatibility by itself, unless one is violated."""
        allowed = self.partial.allowed
        for number in numbers:
            parts = self.known.parts[number]
            unmet = [part for part in parts if allowed[part.pack] & part.others]
            if not unmet:
                return number
            if len(unmet) == 1 and allowed[unmet[0].pack] & unmet[0].mask:
                self.derive(unmet[0].pack, unmet[0].others, number)
        return NONE

    def propagate(self) -> int:
        """Derive all that follows from changes, unless an incompatibility is violated."""
        allowed, pairs = self.partial.allowed, self.known.pairs
        while self.changed:
            pack = self.changed.popleft()
            now = allowed[pack]
            # What was learned last says most, so it comes first.
            for others, other, mask, rest, number in reversed(pairs[pack]):
                if not now & others and allowed[other] & mask:
                    if not allowed[other] & rest:
                        return number
                    self.derive(other, rest, number)
            if self.known.watches[pack]:
                violated = self.look_at_watches(pack)
                if violated != NONE:
                    return violated
        return NONE

    def look_at_watches(self, pack: int) -> int:
        """What `propagate` does, for the incompatibilities of more than two terms."""
        allowed, watches = self.partial.allowed, self.known.watches
        now = allowed[pack]
        left = set()
        violated = NONE
        for number in watches[pack]:
            order = self.known.order[number]
            mine, other = order[0], order[1]
            if other[0] == pack:
                mine, other = other, mine
            if now & mine[2] or not allowed[other[0]] & other[1]:
                continue
            for place in range(2, len(order)):
                part = order[place]
                if allowed[part[0]] & part[2]:
                    order[0], order[1], order[place] = other, part, mine
                    watches[part[0]].append(number)
                    left.add(number)
                    break
            else:
                if not allowed[other[0]] & other[2]:
                    violated = number
                    break
                self.derive(other[0], other[2], number)
        if left:
            watches[pack] = [number for number in watches[pack] if number not in left]
        return violated

    def derive(self, pack: int, mask: int, cause: int) -> None:
        """Leave a pack only the states in `mask`, because of an incompatibility."""
        before = self.partial.allowed[pack]
        after = before & mask
        self.partial.derive(pack, after, cause)
        if before & ABSENT and not after & ABSENT:
            self.wait(pack)
        self.changed.append(pack)

    def resolve(self, violated: int) -> int:
        """Take back as much as a violated incompatibility asks for (solver.md, "Conflict Resolution").

        Returns:
            the number of an incompatibility with one open term left; or of one without any term, if
            nothing can be taken back.
        """
        partial = self.partial
        number = violated
        while self.known.parts[number]:
            satisfied = self.satisfiers(number)
            recent, pack, _ = satisfied[0]
            back = partial.levels[satisfied[1][0]] if len(satisfied) > 1 else 0
            cause = partial.causes[recent]
            if cause == DECISION:
                break
            terms = self.resolvent(number, cause, pack)
            rest = terms.get(pack, 0)
            if rest != self.known.everything[pack]:
                back = max(back, partial.levels[partial.satisfier(pack, rest)])
            if back < partial.levels[recent]:
                break
            number = self.known.derive(terms, number, cause)
        else:
            return number
        if number != violated:
            self.known.learn(number, [each for _, _, each in satisfied])
        self.take_back(number, back)
        return number

    def satisfiers(self, number: int) -> list[tuple[int, int, Part]]:
        """By which assignments a violated incompatibility came to be so: the last one first.

        Each is given by its place in the trail, its pack and the term that it satisfied.
        """
        satisfier = self.partial.satisfier
        return sorted(
            ((satisfier(part[0], part[1]), part[0], part) for part in self.known.parts[number]),
            reverse=True,
        )

    def resolvent(self, first: int, second: int, pivot: int) -> dict[int, int]:
        """The terms of what follows from two incompatibilities that differ about `pivot`."""
        terms = {part.pack: part.mask for part in self.known.parts[first]}
        for pack, mask, _ in self.known.parts[second]:
            if pack == pivot:
                terms[pack] |= mask
            else:
                terms[pack] = terms.get(pack, mask) & mask
        return terms

    def take_back(self, number: int, level: int) -> None:
        """Undo the decisions above `level`; count the conflict for the packs it is about."""
        self.taken_back += 1
        for pack in self.partial.backtrack(level):
            self.wait(pack)
        for part in self.known.parts[number]:
            self.conflicts[part.pack] += 1
            self.wait(part.pack)

    def wait(self, pack: int) -> None:
        """Let a pack wait for its decision, if it needs one."""
        if not self.partial.allowed[pack] & ABSENT and not self.partial.decided[pack]:
            heappush(self.pending, (-self.conflicts[pack], pack))

    def next_pack(self) -> int | None:
        """The pack to decide next; None if all that are needed are decided."""
        while self.pending:
            conflicts, pack = heappop(self.pending)
            if self.partial.allowed[pack] & ABSENT or self.partial.decided[pack]:
                continue
            if conflicts == -self.conflicts[pack]:
                return pack
        return None

    def decide(self, pack: int) -> list[int]:
        """Choose the best candidate of a pack, unless what it requires rules it out at once.

        Returns:
            the incompatibilities that rule it out.
        """
        allowed = self.partial.allowed[pack]
        best = allowed & -allowed
        needs = self.known.choose(pack, best.bit_length() - 2)
        self.meet_packs()
        ruled_out = [number for number in needs if self.rules_out(number, pack, best)]
        if ruled_out:
            self.wait(pack)
        else:
            self.partial.decide(pack, best)
            self.changed.append(pack)
        return ruled_out

    def rules_out(self, number: int, pack: int, state: int) -> bool:
        """Whether an incompatibility would be violated if `pack` were in `state`."""
        allowed = self.partial.allowed
        for other, _, others in self.known.parts[number]:
            if others & (state if other == pack else allowed[other]):
                return False
        return True

    def solution(self) -> Solution:
        """What is decided, as a value."""
        decisions = []
        for pack in self.partial.decisions():
            candidates = self.known.candidates[pack]
            chosen = self.partial.allowed[pack].bit_length() - 2
            ruled_out = tuple(each.version for each in candidates[:chosen])
            decisions.append(
                Decision(self.known.names[pack], candidates[chosen].version, ruled_out)
            )
        releases = {each.pack: each.version for each in decisions}
        return Solution(releases, tuple(decisions), self.taken_back)
