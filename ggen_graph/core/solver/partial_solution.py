"""The partial solution: what is decided, and what follows from it (solver.md, "Partial Solution").

Keeps true: `allowed[pack]` is the set of states that no assignment has ruled out; it is never empty,
and it only shrinks until `backtrack` gives back what later levels took. Each assignment knows its
level (how many decisions came before it) and its cause (an incompatibility, or none: a decision).

Does not choose, and knows nothing of incompatibilities but their numbers.
"""

from __future__ import annotations

DECISION = -1


class PartialSolution:
    """A trail of assignments over packs that are numbered from 0."""

    __slots__ = (
        "_before",
        "_history",
        "_packs",
        "_starts",
        "allowed",
        "causes",
        "decided",
        "levels",
    )

    def __init__(self) -> None:
        self.allowed: list[int] = []  # per pack
        self.decided: list[bool] = []  # per pack
        self._history: list[list[int]] = []  # per pack: the places of its assignments in the trail
        self._packs: list[int] = []  # per assignment, as are the next three
        self._before: list[int] = []  # what was allowed before it
        self.causes: list[int] = []
        self.levels: list[int] = []
        self._starts: list[int] = []  # per level above 0: the place of its decision

    def add_pack(self, states: int) -> None:
        """Number the next pack; all of `states` are allowed."""
        self.allowed.append(states)
        self.decided.append(False)
        self._history.append([])

    def derive(self, pack: int, allowed: int, cause: int) -> None:
        """Leave `pack` only `allowed`, a part of what it has, because of an incompatibility."""
        self._history[pack].append(len(self._packs))
        self._packs.append(pack)
        self._before.append(self.allowed[pack])
        self.causes.append(cause)
        self.levels.append(len(self._starts))
        self.allowed[pack] = allowed

    def decide(self, pack: int, state: int) -> None:
        """Begin a level with the choice of one state."""
        self._starts.append(len(self._packs))
        self.decided[pack] = True
        self.derive(pack, state, DECISION)

    def backtrack(self, level: int) -> list[int]:
        """Undo everything above `level`; the packs whose decisions were undone."""
        start = self._starts[level]
        undone = []
        while len(self._packs) > start:
            pack = self._packs.pop()
            self.allowed[pack] = self._before.pop()
            self._history[pack].pop()
            self.levels.pop()
            if self.causes.pop() == DECISION:
                self.decided[pack] = False
                undone.append(pack)
        del self._starts[level:]
        return undone

    def satisfier(self, pack: int, mask: int) -> int:
        """The place of the first assignment after which all that is allowed is in `mask`.

        `mask` holds all that is allowed now, but not all that was at the start.
        """
        return next(place for place in reversed(self._history[pack]) if self._before[place] & ~mask)

    def decisions(self) -> list[int]:
        """The packs decided, in order."""
        return [self._packs[place] for place in self._starts]
