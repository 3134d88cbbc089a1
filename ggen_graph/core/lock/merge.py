"""Merging two locks that came of one: as sets of facts, three ways, and then resolved anew.

Text can't be merged here: two halves that are right may make a lock that is wrong. So what each side
changed is taken fact by fact, and the releases are chosen by the solver, which knows the releases that
the sides have locked and no others: nothing is fetched, and the same locks give the same merge.

Kept true: a side that alone changed something gets its way; a merge of equal sides is that side;
exchanging the sides gives the same lock; a lock that comes out has nothing wrong by itself
(`lock_check`).

Of a release that both sides moved, the newest that fits is taken; of one that one side moved, that
side's. Of a value or file that both made different, that of the side whose release of the pack was
chosen, and it is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, TypeVar

from ggen_graph.core.lock.check import inconsistencies
from ggen_graph.core.lock.choice import choose
from ggen_graph.core.lock.lockfile import Lock, LockedRoot, dump_lock, sorted_lock
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.solver import Failure, cycle_in, explain
from ggen_graph.core.versions import major_of, version_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ggen_graph.core.lock.lockfile import (
        LockedFile,
        LockedRegistry,
        LockedRelease,
        LockedVariable,
    )

_Fact = TypeVar("_Fact")


@dataclass(frozen=True, slots=True)
class LockMerge:
    """What a merge came to.

    Attributes:
        lock: the merged lock; None if a person must decide.
        notes: what a person should know of it: where both sides said something different.
        conflicts: why there is no lock; may have several lines each.
    """

    lock: Lock | None
    notes: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def merge_locks(base: Lock, ours: Lock, theirs: Lock) -> LockMerge:
    """The lock that has what both sides changed since `base`.

    Args:
        base: what both came of; an empty lock if they have nothing in common.
        ours: one side.
        theirs: the other side.
    """
    base, ours, theirs = sorted_lock(base), sorted_lock(ours), sorted_lock(theirs)
    was, mine, other = map(dump_lock, (base, ours, theirs))
    if other in {was, mine}:
        return LockMerge(ours)
    if mine == was:
        return LockMerge(theirs)
    return _Merge(base, ours, theirs).run()


class _Merge:
    def __init__(self, base: Lock, ours: Lock, theirs: Lock) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.several = {name for lock in (base, ours, theirs) for name in _several(lock.releases)}
        self.notes: list[str] = []
        self.conflicts: list[str] = []

    def run(self) -> LockMerge:
        asked = self.roots()
        known = self.known()
        roots, releases = ((), ()) if self.conflicts else self.resolved(asked, known)
        if self.conflicts:
            return LockMerge(None, conflicts=tuple(self.conflicts))
        chosen = {release.spec for release in releases}
        lock = Lock(
            now=self.frozen_time(),
            roots=roots,
            registries=tuple(self.registries(releases)),
            releases=tuple(releases),
            variables=tuple(self.variables(releases, chosen)),
            files=self.files(chosen),
        )
        self.conflicts += inconsistencies(lock)
        if self.conflicts:
            return LockMerge(None, conflicts=tuple(self.conflicts))
        return LockMerge(sorted_lock(lock), tuple(self.notes))

    def frozen_time(self) -> str:
        """That of whoever generated last."""
        moved = [one.now for one in (self.ours, self.theirs) if one.now != self.base.now]
        return max(moved, default=self.base.now)

    def roots(self) -> list[LockedRoot]:
        """What is asked for; where both sides changed a range, what both ranges admit."""

        def settle(name: str, ours: LockedRoot | None, theirs: LockedRoot | None) -> Any:
            if ours is None or theirs is None:
                kept = ours or theirs
                told = f"{name} {kept.range}" if kept else name
                self.conflicts.append(
                    f"one side asks for {told}, the other one no longer asks for {name}"
                )
                return kept
            text = _both(ours.range, theirs.range)
            if ours.range != theirs.range:
                one, other = sorted((ours.range, theirs.range))
                self.notes.append(
                    f"the sides ask for {name} {one} and {name} {other}: locked for both, {text}"
                )
            features = {*ours.features, *theirs.features}
            waived = ours.waived and theirs.waived
            return LockedRoot(name, text, tuple(sorted(features)), waived=waived)

        def facts(lock: Lock) -> dict[str, LockedRoot]:
            return {root.name: replace(root, version="") for root in lock.roots}

        # What a root got is only where to look first: what it gets is chosen anew.
        got = self._got()
        return [replace(root, version=got[root.name]) for root in self.three_ways(facts, settle)]

    def _got(self) -> dict[str, str]:
        """What each root had: on the side that moved it, or the newer of two."""
        was, ours, theirs = (
            {root.name: root.version for root in lock.roots}
            for lock in (self.base, self.ours, self.theirs)
        )
        found = {}
        for name in {**ours, **theirs}:
            had = [one for one in (ours.get(name), theirs.get(name)) if one]
            moved = [one for one in had if one != was.get(name)]
            found[name] = max(moved or had, key=version_key, default="")
        return found

    def known(self) -> dict[str, list[LockedRelease]]:
        """The releases to choose from, by pack, best first; one that both have must be the same in both."""

        def facts(lock: Lock) -> dict[str, LockedRelease]:
            return {one.spec: replace(one, dependencies=()) for one in lock.releases}

        def settle(spec: str, ours: LockedRelease | None, theirs: LockedRelease | None) -> Any:
            if ours is not None and theirs is not None:
                self.conflicts.append(
                    f"the sides have different releases as {spec}:"
                    f" {ours.checksum} and {theirs.checksum}"
                )
            return ours or theirs

        got: dict[str, set[str]] = {}
        for release in (*self.ours.releases, *self.theirs.releases):
            got.setdefault(release.spec, set()).update(release.dependencies)
        found: dict[str, list[LockedRelease]] = {}
        # What one side has removed may be needed all the same.
        for release in self.three_ways(facts, settle, keep=True):
            had = replace(release, dependencies=tuple(sorted(got[release.spec])))
            found.setdefault(release.name, []).append(had)
        stayed = {one.spec for one in self.base.releases}
        for releases in found.values():
            releases.sort(key=lambda one: (version_key(one.version), one.version), reverse=True)
            releases.sort(key=lambda one: one.spec in stayed)
        return found

    def resolved(
        self, roots: Sequence[LockedRoot], known: Mapping[str, Sequence[LockedRelease]]
    ) -> tuple[tuple[LockedRoot, ...], tuple[LockedRelease, ...]]:
        """The roots and the releases that meet all requirements; none, and a conflict, if there are none."""
        sides = (self.ours, self.theirs)
        several = {name for lock in sides for name in _several(lock.releases)}
        choice = choose(roots, known, several)
        if isinstance(choice, Failure):
            self.conflicts.append(
                "no choice among the releases that the sides have locked meets all requirements:\n"
                + explain(choice)
            )
            return (), ()
        cycle = _cycle(choice.releases)
        if cycle and not any(_cycle(lock.releases) for lock in sides):
            path = " → ".join(spec.replace("@", " ") for spec in cycle)
            self.conflicts.append(f"together they require each other in a circle: {path}")
        return choice

    def registries(self, releases: Iterable[LockedRelease]) -> list[LockedRegistry]:
        """Those that the releases come from."""
        used = {release.registry for release in releases}

        def settle(_: str, ours: LockedRegistry | None, theirs: LockedRegistry | None) -> Any:
            return min(filter(None, (ours, theirs)), key=lambda one: one.name)

        def facts(lock: Lock) -> dict[str, LockedRegistry]:
            return {one.base: one for one in lock.registries if one.base in used}

        found = self.three_ways(facts, settle, keep=True)
        names = [one.name for one in found]
        for name in sorted({name for name in names if names.count(name) > 1}):
            bases = " and ".join(sorted(one.base for one in found if one.name == name))
            self.conflicts.append(f"two registries are named {name}: {bases}")
        return found

    def variables(
        self, releases: Sequence[LockedRelease], chosen: set[str]
    ) -> Iterator[LockedVariable]:
        """The values; of those that both sides changed, that of the side with the release chosen."""
        slots = {self.slot(one.name, one.version): one for one in releases}
        packs = [
            {self.slot(one.name, one.version) for one in lock.releases if one.spec in chosen}
            for lock in (self.ours, self.theirs)
        ]

        def settle(
            key: tuple[str, str, str], ours: LockedVariable | None, theirs: LockedVariable | None
        ) -> LockedVariable | None:
            weights = [key[:2] in packs[0], key[:2] in packs[1]]
            one = self.preferred(ours, theirs, weights)
            told = "without it" if one is None else repr(one.value)
            self.notes.append(
                f"both sides changed the variable {key[2]} of {key[0]}: locked {told};"
                " `ggen packs generate` uses what ggen.toml says"
            )
            return one

        def facts(lock: Lock) -> dict[tuple[str, str, str], LockedVariable]:
            only = {one.name: one.version for one in lock.releases}
            found = {}
            for one in lock.variables:
                pack, major = self.slot(one.pack, one.version or only.get(one.pack, ""))
                found[pack, major, one.name] = replace(one, version=major)
            return found

        names = set(_several(releases))
        for one in self.three_ways(facts, settle):
            release = slots.get((one.pack, one.version))
            if release is not None:
                yield replace(one, version=release.version if one.pack in names else "")
            elif not one.version:
                yield one

    def slot(self, name: str, version: str) -> tuple[str, str]:
        """A pack, with the major version ("" without one) where a lock has several of its releases."""
        side_by_side = name in self.several and version
        return name, major_of(version) if side_by_side else ""

    def files(self, chosen: set[str]) -> tuple[LockedFile, ...]:
        """The generated files, likewise."""

        def settle(path: str, ours: LockedFile | None, theirs: LockedFile | None) -> Any:
            weights = [
                one is not None and f"{one.pack}@{one.version}" in chosen for one in (ours, theirs)
            ]
            one = self.preferred(ours, theirs, weights)
            told = "removed" if one is None else f"as {one.pack} {one.version} made it"
            self.notes.append(
                f"both sides generated {path} differently: locked {told};"
                " `ggen packs generate` makes it anew"
            )
            return one

        return tuple(self.three_ways(lambda lock: {one.path: one for one in lock.files}, settle))

    def preferred(
        self, ours: _Fact | None, theirs: _Fact | None, weights: Sequence[bool]
    ) -> _Fact | None:
        """One of two facts: by weight, then of the side that generated last, then by their text."""
        sides = (
            (weights[0], self.ours.now, repr(ours), ours),
            (weights[1], self.theirs.now, repr(theirs), theirs),
        )
        return max(sides, key=lambda side: side[:3])[3]

    def three_ways(
        self,
        facts: Callable[[Lock], Mapping[Any, _Fact]],
        settle: Callable[[Any, _Fact | None, _Fact | None], _Fact | None],
        *,
        keep: bool = False,
    ) -> list[_Fact]:
        """The facts of both sides by their keys; `settle` says what becomes of one that both changed.

        With `keep`, what one side removed stays.
        """
        base, ours, theirs = facts(self.base), facts(self.ours), facts(self.theirs)
        found = []
        for key in sorted(base.keys() | ours.keys() | theirs.keys()):
            was, mine, other = base.get(key), ours.get(key), theirs.get(key)
            # As text: to Python 1, 1.0 and true are equal.
            if repr(other) in {repr(mine), repr(was)}:
                one = mine
            elif repr(mine) == repr(was):
                one = other
            else:
                one = settle(key, mine, other)
            if one is None and keep:
                one = mine or other
            if one is not None:
                found.append(one)
        return found


def _both(one: str, other: str) -> str:
    """A range of what two ranges admit; one of them as it is written, where that is the same."""
    sets = [parse_range(text).canonical.split(" || ") for text in (one, other)]
    both = parse_range(" || ".join(sorted(" ".join(pair) for pair in product(*sets))))
    same = sorted(text for text in (one, other) if parse_range(text) == both)
    return same[0] if same else both.canonical


def _cycle(releases: Iterable[LockedRelease]) -> tuple[str, ...] | None:
    return cycle_in({one.spec: one.dependencies for one in releases})


def _several(releases: Iterable[LockedRelease]) -> Iterator[str]:
    """The packs of which there is more than one release."""
    seen: set[str] = set()
    for release in releases:
        if release.name in seen:
            yield release.name
        seen.add(release.name)
