"""Installing into a project: its manifest asks, its lock remembers, in one change."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    DependencyCycle,
    InstallFailed,
    NotPermitted,
    UsageError,
    VersionConflict,
)
from ggen_graph.core.lockfile import Lock
from ggen_graph.core.manifest.edit import add_pack, add_registry
from ggen_graph.edges.writes import apply_writes
from ggen_graph.workflows.catalog import named_registries
from ggen_graph.workflows.draft import drafted, state_writes
from ggen_graph.workflows.install import gathered, install, installing, locked_registries
from ggen_graph.workflows.places import ANYHOW, Terms, hold, project_place
from ggen_graph.workflows.project import refuse_lost_lock, sync_project
from ggen_graph.workflows.records import clock, failed_resolution_record, resolution_record
from ggen_graph.workflows.resolve import plan
from ggen_graph.workflows.transaction import Proposal, commit, follow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ggen_graph.core.lockfile import LockedRelease
    from ggen_graph.core.names import PackSpec
    from ggen_graph.edges.writes import Write
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.install import Gathered, Installed
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.resolve import Plan


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was chosen, and what of it is installed.

    `transaction` is the id of the change to the project, "" if there was none; `kept` are edits made
    while it was under way, under the names they were put aside as.
    """

    plan: Plan
    installed: tuple[Installed, ...]
    transaction: str = ""
    kept: tuple[str, ...] = ()


def install_only(
    catalog: Catalog,
    packs: Sequence[PackSpec],
    *,
    force: bool = False,
    terms: Terms = ANYHOW,
) -> Adopted:
    """Install packs into the home, outside of any project."""
    if not packs:
        raise UsageError(
            "outside of a project there is nothing to install unless a pack is named",
            help="ggen packs install PACK, or go into a project",
        )
    chosen = plan(catalog, [(spec.name, spec.range) for spec in packs])
    with gathered(catalog, chosen, force=force, tell=terms.tell) as found:
        install(catalog.home, found, terms)
    return Adopted(chosen, found.installed)


def adopt(
    project: Project,
    catalog: Catalog,
    packs: Sequence[PackSpec],
    *,
    registries: Sequence[Path] = (),
    force: bool = False,
    terms: Terms = ANYHOW,
) -> Adopted:
    """Add packs to a project, resolve all that it asks for, install, and write manifest and lock.

    What the lock chose before is kept wherever the requirements allow it. Registries named by path
    are kept in the manifest.

    Raises:
        VersionConflict, DependencyCycle: nothing can be chosen; that alone is recorded.
        LockMissing: there was a lock, and what it said of generated files would be lost.
        and whatever planning and installing raise; then the project is as it was.
    """
    with hold(project, terms) as held:
        with (
            adoption(held, catalog, packs, registries, force=force, terms=terms) as adopted,
            installing(catalog.home, adopted.gathered, terms) as then_install,
        ):
            proposal = Proposal("packs install", adopted.writes, remarks=adopted.gathered.remarks)
            committed = commit(project_place(held, catalog.home), proposal, then_install)
        follow(held, catalog.home, terms)
    done = Adopted(adopted.plan, adopted.gathered.installed)
    if committed is None:
        return done
    return replace(done, transaction=committed.transaction.id, kept=committed.kept)


@dataclass(frozen=True, slots=True)
class Adoption:
    """What a project becomes with more packs: not installed and not written yet.

    `draft` is the project as it would be, with a graph of its own in the scratch home.
    """

    plan: Plan
    gathered: Gathered
    draft: Project
    writes: tuple[Write, ...]


@contextmanager
def adoption(
    project: Project,
    catalog: Catalog,
    packs: Sequence[PackSpec],
    registries: Sequence[Path] = (),
    *,
    force: bool = False,
    terms: Terms = ANYHOW,
) -> Iterator[Adoption]:
    """What adding packs makes of a project that is held, and was read since.

    Raises:
        as `adopt`, but for installing.
    """
    refuse_lost_lock(project)
    text = project.text
    wanted = {wanted.name: wanted.range for wanted in project.manifest.packs}
    asked = {spec.name: spec.range for spec in packs}
    before = project.lock or Lock()
    # A pack that is there already keeps its range unless a range is given.
    new = {name: given for name, given in asked.items() if given != "*" or name not in wanted}
    chosen = _resolved(project, catalog, list({**wanted, **new}.items()), before.releases, terms)
    for name, given in new.items():
        text = add_pack(text, name, given if given != "*" else f"^{chosen.version(name)}")
    for name, path in named_registries(catalog, registries, project.root).items():
        text = add_registry(text, name, path)
    # By force, a release of the same version may be another one: a pack that is being written.
    bound = [one for one in before.releases if not (force and one.name in asked)]
    with gathered(catalog, chosen, locked=bound, force=force, tell=terms.tell) as found:
        releases = tuple(sorted(found.releases, key=lambda one: one.name))
        lock = replace(before, registries=locked_registries(catalog, releases), releases=releases)
        writes = [*state_writes(project, text, lock)]
        if lock != before:
            writes.append(resolution_record(chosen, clock()))
        draft = drafted(project, text, lock, found.home.path / "graph")
        yield Adoption(chosen, found, draft, tuple(writes))


def _resolved(
    project: Project,
    catalog: Catalog,
    wanted: Sequence[tuple[str, str]],
    locked: Sequence[LockedRelease],
    terms: Terms,
) -> Plan:
    """The plan for `wanted`; that there is none is recorded in the project, and in its graph."""
    try:
        return plan(catalog, wanted, {release.name: release.version for release in locked})
    except (VersionConflict, DependencyCycle) as error:
        if terms.dry:
            raise
        record = failed_resolution_record(wanted, error, clock())
        try:
            apply_writes(project.root, [record], project.journal, what="ggen packs install")
            sync_project(project, catalog.home)
        except (NotPermitted, InstallFailed) as second:
            if terms.note is not None:
                terms.note(f"that this failed could not be recorded: {second}")
        raise
