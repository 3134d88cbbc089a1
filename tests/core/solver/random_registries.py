"""Registries by chance, as a registry states them, and what the solver is told of one.

They differ in size and shape: few packs or many, one release or a dozen, ranges that leave everything
open or next to nothing, pre-releases, yanked releases, packs that nobody has, one range spelled in
several ways, releases that require their own pack. The same seed gives the same registries.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release import ReleaseDependency, ReleaseRecord
from ggen_graph.core.solver import Candidate, Facts, Requirement
from ggen_graph.core.versions import channel_key, parse_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Problem:
    """A registry, what a project requires of it, and the releases that it has locked."""

    releases: tuple[ReleaseRecord, ...]
    roots: tuple[tuple[str, str], ...]
    locked: Mapping[str, str]


def admitted(text: str, version: str) -> bool:
    """Whether a version is in a range, by our own reading."""
    return parse_range(text).admits(version)


def facts_of(problem: Problem, admits: Callable[[str, str], bool] = admitted) -> Facts:
    """What the solver is told: nothing is left out because it is out of reach.

    Args:
        problem: a registry and what is wanted of it.
        admits: tells of a range and a version whether the one admits the other.
    """
    versions: dict[str, list[str]] = {}
    for release in problem.releases:
        versions.setdefault(release.name, []).append(release.version)
    numbers: dict[tuple[str, str], int] = {}
    requirements: list[Requirement] = []

    def number(name: str, text: str) -> int:
        if (name, text) not in numbers:
            numbers[name, text] = len(requirements)
            found = frozenset(each for each in versions.get(name, ()) if admits(text, each))
            requirements.append(Requirement(name, text, found))
        return numbers[name, text]

    packs: dict[str, list[Candidate]] = {name: [] for name in versions}
    best_first = sorted(problem.releases, key=lambda each: channel_key(each.version), reverse=True)
    for release in best_first:
        locked = problem.locked.get(release.name) == release.version
        requires = tuple(number(each.name, each.range) for each in release.dependencies)
        candidate = Candidate(release.version, requires)
        if locked:
            packs[release.name].insert(0, candidate)
        elif not release.yanked:
            packs[release.name].append(candidate)
    roots = tuple(number(*root) for root in problem.roots)
    unknown = frozenset(each.pack for each in requirements if each.pack not in versions)
    known = {name: tuple(candidates) for name, candidates in packs.items()}
    return Facts(known, tuple(requirements), roots, unknown)


def problems(seed: int, count: int) -> Iterator[Problem]:
    """So many problems, about as many that can be solved as ones that can't."""
    draw = random.Random(seed)
    for _ in range(count):
        yield _Shape(draw).problem()


class _Shape:
    """What the parts of one registry have in common."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        size = draw.choice(("few", "some", "many"))
        lowest, highest = {"few": (1, 4), "some": (5, 12), "many": (13, 40)}[size]
        self.names = [f"p{number}" for number in range(draw.randint(lowest, highest))]
        self.most_releases = draw.choice((2, 5, 12))
        self.most_required = draw.choice((1, 3, 5))
        self.looseness = draw.choice((0.2, 0.5, 0.8))  # how likely a range is an open one
        self.middling = draw.choice(
            (0, 0.7, 0.95)
        )  # and how likely one of the others is no narrow one
        self.prereleases = draw.choice((0, 0, 0.3))
        self.yanked = draw.choice((0, 0, 0.2))
        self.ghosts = draw.choice((0, 0, 0, 0.02))  # how likely a pack is required that nobody has
        self.selves = draw.choice((0, 0, 0.05))
        self.versions = {name: self.some_versions() for name in self.names}

    def problem(self) -> Problem:
        draw = self.draw
        releases = []
        for name, versions in self.versions.items():
            usual = draw.choices(self.names, k=draw.randint(0, self.most_required))
            for version in versions:
                needs = {each: self.some_range(each) for each in usual if draw.random() < 0.8}
                if draw.random() < 0.2:
                    other = draw.choice(self.names)
                    needs[other] = self.some_range(other)
                if draw.random() < self.ghosts:
                    needs["ghost"] = "^1"
                if draw.random() >= self.selves:
                    needs.pop(name, None)
                dependencies = tuple(ReleaseDependency(*each) for each in needs.items())
                yanked = draw.random() < self.yanked
                releases.append(ReleaseRecord(name, version, dependencies, yanked))
        draw.shuffle(releases)
        wanted = draw.sample(self.names, k=min(len(self.names), draw.randint(1, 4)))
        roots = tuple((name, self.some_range(name)) for name in wanted)
        kept = draw.sample(self.names, k=len(self.names) // 4) if draw.random() < 0.3 else []
        locked = {name: draw.choice(self.versions[name]) for name in kept}
        return Problem(tuple(releases), roots, locked)

    def some_versions(self) -> list[str]:
        draw = self.draw
        found: dict[str, None] = {}
        for _ in range(draw.randint(1, self.most_releases)):
            text = (
                f"{draw.choice((0, 1, 1, 2, 2, 3))}.{draw.randint(0, 3)}.{draw.choice((0, 0, 1))}"
            )
            if draw.random() < self.prereleases:
                text += draw.choice(("-alpha", "-beta.1", "-beta.11", "-0"))
            found[text] = None
        return list(found)

    def some_range(self, name: str) -> str:
        """A range of a pack, mostly one that admits some of its releases."""
        draw = self.draw
        anchor = draw.choice(self.versions[name])
        if draw.random() < 0.02:
            anchor = "4.0.0"
        known = parse_version(anchor)
        major, minor, plain = known.major, known.minor, not known.prerelease
        if draw.random() < self.looseness:
            return draw.choice(
                (
                    "*",
                    "latest",
                    "",
                    f">={anchor}",
                    f">=0.{minor}",
                    f"<={major + 1}",
                    f"<{major + 1}.0.0-0",
                    f"^{major} || ^{major + 1}",
                    f"{major}.x || <{major}",
                )
            )
        if draw.random() < self.middling:
            return draw.choice(
                (
                    f"<{anchor} || >{anchor}",
                    f"<{major} || >={major + 1}",
                    f">={anchor} || ^{max(0, major - 1)}",
                    f"<={anchor} || >={major + 1}.1",
                )
            )
        spellings = [f"^{anchor}", f"~{anchor}", anchor, f">={anchor}, <{major + 1}.0.0"]
        if plain:
            spellings += [
                f"{major}.{minor}",
                f"{major}.{minor}.x",
                f"{major}.x",
                f"v{anchor} - {major}",
                f">={anchor} <{major + 1}",
                f"= {anchor} || {major}.{minor + 1}.*",
            ]
        return draw.choice(spellings)
