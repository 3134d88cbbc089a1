"""Locks to test with: written by hand in few words, or drawn at random from a small registry."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from hypothesis import assume
from hypothesis import strategies as st

from ggen_graph.core.lock.choice import choose
from ggen_graph.core.lock.lockfile import (
    Lock,
    LockedFile,
    LockedRegistry,
    LockedRelease,
    LockedRoot,
    LockedVariable,
    sorted_lock,
)
from ggen_graph.core.solver import Failure
from ggen_graph.core.versions import parse_version, version_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ggen_graph.core.manifest.variable import Value

BASE = "urn:ggen:registry:ggen/"
GGEN = LockedRegistry("ggen", BASE)


def release(spec: str, *dependencies: str, **requires: str) -> LockedRelease:
    """`release("app@1.0.0", "base@1.2.0", base="^1")`."""
    name, _, version = spec.partition("@")
    checksum = f"sha256:{sha256(spec.encode()).hexdigest()}"
    return LockedRelease(name, version, BASE, name, checksum, tuple(requires.items()), dependencies)


def lock(*releases: LockedRelease, now: str = "", **roots: str) -> Lock:
    """A lock of these releases for these roots."""
    return sorted_lock(
        Lock(
            now=now,
            roots=tuple(
                LockedRoot(name, text, version=_newest(name, releases))
                for name, text in roots.items()
            ),
            registries=(GGEN,) if releases else (),
            releases=releases,
        )
    )


def _newest(name: str, releases: Iterable[LockedRelease]) -> str:
    versions = [one.version for one in releases if one.name == name]
    return max(versions, key=version_key, default="1.0.0")


NAMES = ("a", "b", "c", "d")
VERSIONS = ("1.0.0", "1.1.0", "1.2.0", "2.0.0", "2.1.0")
RANGES = ("^1", "^2", "*", ">=1.1", "1.x || 2.0.0", "1.0.0", "^1.1")


@st.composite
def registries(draw: st.DrawFn) -> list[LockedRelease]:
    """Releases that require only packs of later names, so that there is no circle."""
    found = []
    for place, name in enumerate(NAMES):
        for version in draw(st.lists(st.sampled_from(VERSIONS), min_size=1, unique=True)):
            later = NAMES[place + 1 :]
            names = draw(st.lists(st.sampled_from(later), max_size=2, unique=True)) if later else []
            requires = {each: draw(st.sampled_from(RANGES)) for each in names}
            found.append(release(f"{name}@{version}", **requires))
    return found


@st.composite
def locks(draw: st.DrawFn, known: list[LockedRelease], *, side_by_side: bool = False) -> Lock:
    """A lock that a resolution could have made of these releases, with values and files."""
    names = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    roots = [LockedRoot(name, draw(st.sampled_from(RANGES))) for name in sorted(names)]
    ranked = sorted(draw(st.permutations(known)), key=lambda each: each.name)
    by_name = {name: list(each) for name, each in groupby(ranked, lambda each: each.name)}
    chosen = choose(roots, by_name, NAMES if side_by_side else ())
    assume(not isinstance(chosen, Failure))
    got, releases = ((), ()) if isinstance(chosen, Failure) else chosen
    here = [each for each in releases if draw(st.booleans())]
    count = Counter(each.name for each in releases)
    return sorted_lock(
        Lock(
            now=draw(st.sampled_from(["2026-01-01", "2026-01-02"])),
            roots=got,
            registries=(GGEN,) if releases else (),
            releases=releases,
            variables=tuple(
                LockedVariable(
                    each.name,
                    "port",
                    _value(draw),
                    "project",
                    each.version if count[each.name] > 1 else "",
                )
                for each in here
            ),
            files=tuple(
                LockedFile(f"{name}.txt", name, max(versions), "t", "", _checksum(draw))
                for name, versions in _versions(here).items()
            ),
        )
    )


def _value(draw: st.DrawFn) -> Value:
    values: list[Value] = [1, True, "1"]
    return draw(st.sampled_from(values))


def _versions(releases: list[LockedRelease]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in releases:
        found.setdefault(each.name, []).append(each.version)
    return found


def _checksum(draw: st.DrawFn) -> str:
    return f"sha256:{draw(st.sampled_from('123')) * 64}"


@st.composite
def three(draw: st.DrawFn, *, side_by_side: bool = False) -> tuple[Lock, Lock, Lock]:
    """Three locks of the same releases."""
    known = draw(registries())
    one = locks(known, side_by_side=side_by_side)
    return draw(one), draw(one), draw(one)


def major(of: LockedRelease) -> int:
    """Its major version."""
    return parse_version(of.version).major
