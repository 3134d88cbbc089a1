"""Installing: from a plan to read-only trees under `$GGEN_HOME/packages`, and to a project's lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.core.lockfile import LockedRegistry, LockedRelease
from ggen_graph.edges.packages import install_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.resolve import Plan


@dataclass(frozen=True, slots=True)
class Installed:
    """A release whose tree is in the home; `fresh` if this run put it there."""

    release: LockedRelease
    fresh: bool


def install(
    catalog: Catalog,
    plan: Plan,
    *,
    locked: Sequence[LockedRelease] = (),
    force: bool = False,
    tell: Callable[[str], None] | None = None,
) -> tuple[Installed, ...]:
    """Bring every release of `plan` into the home, in its order.

    A release that is `locked` must be what it was when it was locked, whatever its registry says now.
    Each tree appears whole or not at all. Releases that were installed before an error stay: they
    are what their checksum says, and nothing refers to them yet.

    Raises:
        ArchiveMissing: the registry lists the release but holds nothing to install.
        ChecksumMismatch: what it holds is not what it says, or another release of that name and
            version is installed already.
    """
    checksums = {(one.name, one.version): one.checksum for one in locked}
    installed = []
    for located in plan.releases:
        registry = catalog.registry(located.registry)
        result = install_tree(
            catalog.home.path,
            registry,
            located.name,
            located.version,
            checksums.get((located.name, located.version), located.checksum),
            force=force,
        )
        if tell and result.fresh:
            tell(f"installed {located.name} {located.version}")
        chosen = tuple(f"{name}@{plan.version(name)}" for name, _ in located.requires)
        release = LockedRelease(
            name=located.name,
            version=located.version,
            registry=located.registry,
            source=located.archive or located.location,
            checksum=result.checksum,
            requires=located.requires,
            dependencies=tuple(sorted(chosen)),
        )
        installed.append(Installed(release, result.fresh))
    return tuple(installed)


def locked_registries(
    catalog: Catalog, releases: tuple[LockedRelease, ...]
) -> tuple[LockedRegistry, ...]:
    """The registries that releases came from, as a lock names them."""
    used = {release.registry for release in releases}
    return tuple(
        LockedRegistry(registry.name, registry.base)
        for registry in catalog.registries
        if registry.base in used
    )
