"""Problems for the solver, made up by chance: the same seed gives the same ones.

A pack requires packs of higher numbers, and the project the first ones, from which all are reached.
*Easy*: whatever a release asks for, the newest is in range. *Hard*: there is a solution, drawn first,
but one in so many requirements of the other releases leaves it out, and choices must be taken back.
*Unsatisfiable*: as easy, but two packs that can't be avoided ask for releases of a third that exclude
each other.
"""

from __future__ import annotations

import random
from typing import Literal, TypeAlias

from ggen_graph.core.solver import Candidate, Facts, Requirement

Kind: TypeAlias = Literal["easy", "hard", "unsatisfiable"]

AT_ODDS = (20, 21)  # packs some steps away from the project
ASKED = 5  # what the project itself requires
MISLED = 4  # requirements of each pack's n-th release that leave the solution out, over all packs


def problem(kind: Kind, packs: int, releases: int, seed: int = 1) -> Facts:
    """So many packs with so many releases each."""
    return _Maker(random.Random(seed), kind, packs, releases).facts()


class _Maker:
    def __init__(self, draw: random.Random, kind: Kind, packs: int, releases: int) -> None:
        self.draw = draw
        self.kind = kind
        self.packs = packs
        self.versions = [f"1.{minor}.0" for minor in range(releases)]
        newest = releases - 1  # part of the solution, but for one pack in ten
        older = [draw.randrange(releases) for _ in range(packs)]
        self.planted = [each if draw.random() < 0.1 else newest for each in older]
        self.requirements: list[Requirement] = []
        self.numbers: dict[tuple[int, int, int], int] = {}
        self.children: dict[int, list[int]] = {}
        for child in range(ASKED, packs):
            parent = draw.randrange(max(0, child - 200), child)
            self.children.setdefault(parent, []).append(child)

    def facts(self) -> Facts:
        newest = len(self.versions)
        roots = tuple(self.number(pack, 0, newest) for pack in range(ASKED))
        packs = {f"p{pack}": self.candidates(pack) for pack in range(self.packs)}
        return Facts(packs, tuple(self.requirements), roots)

    def candidates(self, pack: int) -> tuple[Candidate, ...]:
        draw = self.draw
        usual = list(self.children.get(pack, ()))
        if pack + 1 < self.packs:
            usual += [draw.randrange(pack + 1, self.packs) for _ in range(draw.randint(0, 3))]
        found = []
        for place, version in enumerate(self.versions):
            needs = [self.some_range(pack, place, each) for each in dict.fromkeys(usual)]
            found.append(Candidate(version, tuple(needs + self.at_odds(pack))))
        return tuple(reversed(found))

    def some_range(self, pack: int, place: int, target: int) -> int:
        draw, newest = self.draw, len(self.versions)
        if self.kind != "hard":
            low = draw.randint(0, place) // 5 * 5  # what is compatible goes by fives
            return self.number(target, low, newest)
        planted = self.planted[target]
        if place == self.planted[pack] or draw.random() > MISLED / self.packs:
            return self.number(target, draw.randint(0, planted), draw.randint(planted + 1, newest))
        low = draw.randrange(newest)
        return self.number(target, low, draw.randint(low + 1, newest))

    def at_odds(self, pack: int) -> list[int]:
        """What two packs ask of the last one, where there is to be no solution."""
        half, newest = len(self.versions) // 2, len(self.versions)
        last = self.packs - 1
        if self.kind != "unsatisfiable" or pack not in AT_ODDS:
            return []
        return [self.number(last, 0, half) if pack % 2 else self.number(last, half, newest)]

    def number(self, pack: int, low: int, high: int) -> int:
        """The requirement on the releases of a pack from one place up to, but without, another."""
        known = self.numbers.get((pack, low, high))
        if known is None:
            known = self.numbers[pack, low, high] = len(self.requirements)
            text = f">=1.{low}.0 <1.{high}.0"
            admits = frozenset(self.versions[low:high])
            self.requirements.append(Requirement(f"p{pack}", text, admits))
        return known
