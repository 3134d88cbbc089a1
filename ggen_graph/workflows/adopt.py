"""Installing into a project: its manifest asks, its lock remembers, in one change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import DependencyCycle, UsageError, VersionConflict
from ggen_graph.core.lockfile import Lock, dump_lock
from ggen_graph.core.manifest.edit import add_pack, add_registry
from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.writes import Write, apply_writes
from ggen_graph.workflows.catalog import named_registries
from ggen_graph.workflows.install import install, locked_registries
from ggen_graph.workflows.project import (
    LOCK,
    LOCK_BACKUP,
    MANIFEST,
    hold,
    read_project,
    refuse_lost_lock,
    sync_project,
)
from ggen_graph.workflows.records import clock, failed_resolution_record, resolution_record
from ggen_graph.workflows.resolve import plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ggen_graph.core.lockfile import LockedRelease
    from ggen_graph.core.names import PackSpec
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.install import Installed
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.resolve import Plan


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was chosen, and what of it is installed."""

    plan: Plan
    installed: tuple[Installed, ...]


def install_only(
    catalog: Catalog,
    packs: Sequence[PackSpec],
    *,
    force: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Adopted:
    """Install packs into the home, outside of any project."""
    if not packs:
        raise UsageError(
            "outside of a project there is nothing to install unless a pack is named",
            help="ggen packs install PACK, or go into a project",
        )
    chosen = plan(catalog, [(spec.name, spec.range) for spec in packs])
    return Adopted(chosen, install(catalog, chosen, force=force, tell=tell))


def adopt(
    project: Project,
    catalog: Catalog,
    packs: Sequence[PackSpec],
    *,
    registries: Sequence[Path] = (),
    force: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Adopted:
    """Add packs to a project, resolve all that it asks for, install, and write manifest and lock.

    What the lock chose before is kept wherever the requirements allow it. Registries named by path
    are kept in the manifest.

    Raises:
        VersionConflict, DependencyCycle: nothing can be chosen; that alone is recorded.
        LockMissing: there was a lock, and what it said of generated files would be lost.
        and whatever planning and installing raise; then the project is as it was.
    """
    with hold(project):
        return adopt_held(
            read_project(project.root), catalog, packs, registries, force=force, tell=tell
        )


def adopt_held(
    project: Project,
    catalog: Catalog,
    packs: Sequence[PackSpec],
    registries: Sequence[Path] = (),
    *,
    force: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Adopted:
    """`adopt` in a project that is held under its lock, and was read since."""
    refuse_lost_lock(project)
    text = read_bytes(project.root / MANIFEST).decode("utf-8")
    wanted = {wanted.name: wanted.range for wanted in project.manifest.packs}
    asked = {spec.name: spec.range for spec in packs}
    locked = project.lock.releases if project.lock else ()
    # A pack that is there already keeps its range unless a range is given.
    new = {name: given for name, given in asked.items() if given != "*" or name not in wanted}
    chosen = _resolved(project, catalog, list({**wanted, **new}.items()), locked)
    for name, given in new.items():
        text = add_pack(text, name, given if given != "*" else f"^{chosen.version(name)}")
    for name, path in named_registries(catalog, registries, project.root).items():
        text = add_registry(text, name, path)
    installed = install(catalog, chosen, locked=locked, force=force, tell=tell)
    releases = tuple(sorted((one.release for one in installed), key=lambda one: one.name))
    before = project.lock or Lock()
    lock = replace(before, registries=locked_registries(catalog, releases), releases=releases)
    data = dump_lock(lock).encode("utf-8")
    writes = [
        Write(MANIFEST, text.encode("utf-8")),
        Write(LOCK, data),
        Write(LOCK_BACKUP, data),
    ]
    if lock != before:
        writes.append(resolution_record(chosen, clock()))
    apply_writes(project.root, writes, project.journal, what="ggen packs install")
    sync_project(read_project(project.root), catalog.home)
    return Adopted(chosen, installed)


def _resolved(
    project: Project,
    catalog: Catalog,
    wanted: Sequence[tuple[str, str]],
    locked: Sequence[LockedRelease],
) -> Plan:
    """The plan for `wanted`; that there is none is recorded in the project, and in its graph."""
    try:
        return plan(catalog, wanted, {release.name: release.version for release in locked})
    except (VersionConflict, DependencyCycle) as error:
        record = failed_resolution_record(wanted, error, clock())
        apply_writes(project.root, [record], project.journal, what="ggen packs install")
        sync_project(project, catalog.home)
        raise
