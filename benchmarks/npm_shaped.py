"""A made-up registry that is shaped like npm's: 100,000 releases with about 400,000 dependencies.

Few packs have hundreds of releases and most have few; four in five ranges are carets, written when
what they are on was as old as the release that has them. One pack, `root`, reaches 1,300 others, in
which the packs of many releases are more often than elsewhere. Older releases require each other in
circles here and there; the newest of each pack go together.

The same seed writes the same file: `python -m benchmarks.npm_shaped FILE [SEED]`.
"""

from __future__ import annotations

import json
import random
import sys
from bisect import bisect
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RELEASES = 100_000
DEPENDENCIES = 400_000
PACKS = 12_000
REACHED = 1_300
ASKED = 40  # what the root itself requires


def write_index(path: Path, seed: int = 1) -> None:
    """Write the registry as an `index.jsonl`: a line for each release."""
    lines = (json.dumps(each, separators=(",", ":")) + "\n" for each in releases(seed))
    path.write_text("".join(lines), "utf-8")


def releases(seed: int) -> Iterator[dict[str, object]]:
    """The releases, pack by pack and from the oldest to the newest, as an index has them."""
    return _Registry(random.Random(seed)).releases()


class _Registry:
    """Packs by number. One requires only packs with higher numbers, but for the rare circles."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        counts = _release_counts()
        order = sorted(range(PACKS), key=lambda pack: draw.random() ** (counts[pack] ** -0.5))
        self.first_reached = PACKS - REACHED
        others, reached = order[: self.first_reached], order[self.first_reached :]
        draw.shuffle(reached)
        self.counts = [counts[pack] for pack in (*others, *reached)]
        self.histories = [self.history(count) for count in self.counts]
        self.popularity = list(accumulate(count**0.5 for count in self.counts))
        self.children: dict[int, list[int]] = {}  # so that the root reaches all that it should
        for child in range(self.first_reached + ASKED, PACKS):
            parent = draw.randrange(max(self.first_reached, child - 300), child)
            self.children.setdefault(parent, []).append(child)

    def releases(self) -> Iterator[dict[str, object]]:
        asked = range(self.first_reached, self.first_reached + ASKED)
        roots = {f"pack-{pack}": "*" for pack in asked}
        yield {"name": "root", "version": "1.0.0", "dependencies": roots}
        left, releases_left = DEPENDENCIES, RELEASES
        for pack, count in enumerate(self.counts):
            for version, needs in self.required(pack, left / releases_left):
                left -= len(needs)
                yield {"name": f"pack-{pack}", "version": version, "dependencies": needs}
            releases_left -= count

    def required(self, pack: int, mean: float) -> Iterator[tuple[str, dict[str, str]]]:
        """What each release of a pack requires: much the same as the one before it."""
        draw, history = self.draw, self.histories[pack]
        most = min(PACKS - pack - 1, 20)
        wanted = list(self.children.get(pack, ()))
        wanted += [self.target(pack) for _ in range(min(most, round(draw.expovariate(1 / mean))))]
        ranges: dict[int, str] = {}
        for place, version in enumerate(history, 1):
            age, last = place / len(history), place == len(history)
            if wanted and not last and draw.random() < 0.05:
                changed = draw.randrange(len(wanted))
                if wanted[changed] not in self.children.get(pack, ()):
                    wanted[changed] = self.target(pack)
            for target in wanted:
                if target not in ranges or last or draw.random() < 0.15:
                    ranges[target] = self.range(target, age)
            needs = {f"pack-{target}": ranges[target] for target in wanted}
            if age < 0.5 and pack > self.first_reached and draw.random() < 0.01:
                needs[f"pack-{draw.randrange(self.first_reached, pack)}"] = "*"
            yield version, needs

    def target(self, pack: int) -> int:
        """A pack that one may require; the packs of many releases are the popular ones."""
        lowest, highest = self.popularity[pack], self.popularity[-1]
        return min(bisect(self.popularity, self.draw.uniform(lowest, highest)), PACKS - 1)

    def range(self, target: int, age: float) -> str:
        """A range as one writes it when a pack is so old, from 0 to 1, that is now 1."""
        history = self.histories[target]
        version = history[max(0, round(age * len(history)) - 1)]
        major, minor, _ = version.split("-")[0].split(".")
        chance = self.draw.random()
        if chance < 0.8:
            return f"^{version}"
        if chance < 0.88:
            return f"~{major}.{minor}.0"
        if chance < 0.92:
            return version
        if chance < 0.97:
            return f">={version}"
        return "*"

    def history(self, count: int) -> list[str]:
        """The versions of a pack, oldest first; one in twenty is a pre-release of the next."""
        draw = self.draw
        numbers = [draw.choice((0, 1)), 0, 0]
        found = []
        for place in range(count):
            step = draw.choices((0, 1, 2), weights=(6, 30, 64))[0]
            numbers = [*numbers[:step], numbers[step] + 1, *[0] * (2 - step)]
            text = ".".join(map(str, numbers))
            before = place < count - 1 and draw.random() < 0.05
            found.append(f"{text}-rc.1" if before else text)
        return found


def _release_counts() -> list[int]:
    """How many releases each pack has: the first some hundreds, most of them a few."""
    shares = [1 / (rank + 25) for rank in range(PACKS)]
    scale = RELEASES / sum(shares)
    counts = [max(1, round(share * scale)) for share in shares]
    surplus = sum(counts) - (RELEASES - 1)  # one release is the root's
    for rank in range(abs(surplus)):
        counts[rank] -= 1 if surplus > 0 else -1
    return counts


if __name__ == "__main__":
    write_index(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
