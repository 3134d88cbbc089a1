"""Whether a lock is right: for what `ggen.toml` asks, and within itself. Nothing is resolved.

Kept true: a lock that both find nothing wrong with can be installed as it is; each fault is told as a
sentence that names both sides of it.

Does not do: saying whether there is something newer, or whether a registry still has what is locked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.ranges import parse_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ggen_graph.core.lock.lockfile import Lock, LockedRelease, LockedRoot


def disagreements(lock: Lock, asked: Iterable[LockedRoot]) -> Iterator[str]:
    """How what a lock was resolved for differs from what is asked for now, by pack."""
    before = {root.name: root for root in lock.roots}
    now = {root.name: root for root in asked}
    for name in sorted(before | now):
        then, wanted = before.get(name), now.get(name)
        if then is None and wanted is not None:
            yield f"ggen.toml asks for {name} {wanted.range}, the lock was made without it"
        elif then is not None and wanted is None:
            yield f"the lock was made for {name} {then.range}, ggen.toml does not ask for it"
        elif then is not None and wanted is not None and then.asked != wanted.asked:
            yield f"ggen.toml asks for {_told(wanted)}, the lock was made for {_told(then)}"


def inconsistencies(lock: Lock) -> Iterator[str]:
    """What is wrong with a lock by itself: unmet requirements, releases that nothing needs."""
    releases = {one.spec: one for one in lock.releases}
    for root in lock.roots:
        if chosen_for_root(lock.releases, root) is None:
            spec = f"{root.name}@{root.version}"
            wrong = "is not in that range" if spec in releases else "is not locked"
            yield f"ggen.toml asks for {root.name} {root.range}, and {spec}, chosen for it, {wrong}"
    for release in lock.releases:
        yield from _unmet(release, releases)
    needed = reachable(lock)
    for spec in sorted(releases.keys() - needed):
        yield f"{spec} is locked, and nothing requires it"
    bases = {registry.base for registry in lock.registries}
    for base in sorted({release.registry for release in lock.releases} - bases):
        yield f"releases come from {base}, which is not among the registries"


def chosen_for_root(releases: Iterable[LockedRelease], root: LockedRoot) -> LockedRelease | None:
    """The release that was chosen for a root, if it is there and in range; else None."""
    if not root.version or not (root.waived or parse_range(root.range).admits(root.version)):
        return None
    chosen = (root.name, root.version)
    return next((one for one in releases if (one.name, one.version) == chosen), None)


def reachable(lock: Lock) -> set[str]:
    """The locked releases, as "pack@version", that the roots need."""
    releases = {one.spec: one for one in lock.releases}
    chosen = [chosen_for_root(lock.releases, root) for root in lock.roots]
    specs = [one.spec for one in chosen if one is not None]
    needed: set[str] = set()
    while specs:
        spec = specs.pop()
        if spec in releases and spec not in needed:
            needed.add(spec)
            specs += releases[spec].dependencies
    return needed


def _unmet(release: LockedRelease, releases: Mapping[str, LockedRelease]) -> Iterator[str]:
    """The requirements of a release that none of its locked dependencies meets."""
    chosen = [releases[spec] for spec in release.dependencies if spec in releases]
    for name, text in release.requires:
        wanted = parse_range(text)
        if not any(one.name == name and wanted.admits(one.version) for one in chosen):
            yield f"{release.spec} requires {name} {text}, and no release of it is locked for that"
    for spec in release.dependencies:
        if spec not in releases:
            yield f"{release.spec} depends on {spec}, which is not locked"


def _told(root: LockedRoot) -> str:
    features = f" with {', '.join(root.features)}" if root.features else ""
    return f"{root.name} {root.range}{features}"
