"""Registries as files: `tests/data/solver/*.toml` become the facts that the solver is given.

about = "what the file shows"
unknown = ["names", "that no registry has"]
[prefer]                 # a release that comes before better ones, as the lock asks for
web = "1.0.0"
[project]                # what the project requires
web = "^1"
[packs.web."1.0.0"]      # a release, and what it requires
lib = "^2"
[expect]
releases = { web = "1.0.0" }   # in the order of the decisions; or
why = "the explanation"
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from ggen_graph.core.ranges import parse_range
from ggen_graph.core.solver import Candidate, Facts, Requirement
from ggen_graph.core.versions import version_key
from tests.core.solver.oracle import faults

DATA = Path(__file__).parents[2] / "data" / "solver"

ToFacts: TypeAlias = Callable[[dict[str, Any]], Facts]


@pytest.fixture(scope="session", params=sorted(DATA.glob("*.toml")), ids=lambda path: path.stem)
def registry(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each registry file in turn."""
    return tomllib.loads(request.param.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def to_facts() -> ToFacts:
    """What makes facts of a registry file, or of a table that looks like one."""
    return _facts


def _facts(registry: dict[str, Any]) -> Facts:
    packs: dict[str, dict[str, dict[str, str]]] = registry.get("packs", {})
    prefer = registry.get("prefer", {})
    numbers: dict[tuple[str, str], int] = {}
    requirements: list[Requirement] = []

    def number(pack: str, text: str) -> int:
        if (pack, text) not in numbers:
            numbers[pack, text] = len(requirements)
            wanted = parse_range(text)
            admits = frozenset(each for each in packs.get(pack, {}) if wanted.admits(each))
            requirements.append(Requirement(pack, text, admits))
        return numbers[pack, text]

    def candidates(name: str, releases: dict[str, dict[str, str]]) -> tuple[Candidate, ...]:
        newest = sorted(releases, key=version_key, reverse=True)
        best = sorted(newest, key=lambda version: version != prefer.get(name))
        return tuple(
            Candidate(version, tuple(number(*each) for each in releases[version].items()))
            for version in best
        )

    roots = tuple(number(*each) for each in registry["project"].items())
    known = {name: candidates(name, releases) for name, releases in packs.items()}
    return Facts(known, tuple(requirements), roots, frozenset(registry.get("unknown", ())))


class RandomRegistries:
    """Registries by chance, from roomy to hopeless; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def small(self) -> Facts:
        """Two to five packs of a few releases: few enough to try everything."""
        return self._facts(self.random.randint(2, 5), (0, 1, 2, 2, 3, 3, 4), (0, 1, 2, 3))

    def large(self) -> Facts:
        """Eight to twenty packs, where what is learned from conflicts is about many of them."""
        return self._facts(self.random.randint(8, 20), (3, 4, 5, 6), (1, 2, 3, 4))

    def _facts(self, count: int, releases: tuple[int, ...], most: tuple[int, ...]) -> Facts:
        draw = self.random
        names = [f"p{number}" for number in range(count)]
        versions = {
            name: [f"{major}.0.0" for major in range(draw.choice(releases), 0, -1)]
            for name in names
        }
        ghosts = ["ghost"] if draw.random() < 0.1 else []
        openness = draw.choice((0.5, 0.7, 0.9))
        requirements = []
        for _ in range(draw.randint(2, 4) * count):
            name = draw.choice(names + ghosts)
            admits = [each for each in versions.get(name, ()) if draw.random() < openness]
            requirements.append(Requirement(name, " || ".join(admits) or "9.x", frozenset(admits)))
        numbers = range(len(requirements))
        packs = {
            name: tuple(
                Candidate(each, tuple(draw.choices(numbers, k=draw.choice(most))))
                for each in versions[name]
            )
            for name in names
        }
        roots = tuple(draw.sample(numbers, k=draw.choice((1, 2, 3))))
        return Facts(packs, tuple(requirements), roots, frozenset(ghosts))


@pytest.fixture
def random_registries() -> Callable[[int], RandomRegistries]:
    """What makes random registries of a seed."""
    return RandomRegistries


@pytest.fixture(scope="session")
def faults_of() -> Callable[[Facts, Mapping[str, str]], list[str]]:
    """What checks a choice of releases against the facts."""
    return faults


def chain(length: int, *, broken: bool) -> Facts:
    """A pack that requires a pack that requires a pack; the last one nothing, or the impossible."""
    packs = {}
    requirements = []
    for number in range(length):
        requirements.append(Requirement(f"p{number}", "^1", frozenset(("1.1.0", "1.0.0"))))
        requires = (number + 1,) if number + 1 < length or broken else ()
        packs[f"p{number}"] = (Candidate("1.1.0", requires), Candidate("1.0.0", requires))
    requirements.append(Requirement("nowhere", "^1", frozenset()))
    return Facts(packs, tuple(requirements), (0,), frozenset(("nowhere",)))


@pytest.fixture(scope="session")
def chain_of() -> Callable[..., Facts]:
    """What makes a chain of packs."""
    return chain
