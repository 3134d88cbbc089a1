"""Installing into a project: its manifest asks, its lock remembers, in one change."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import (
    DependencyCycle,
    InstallFailed,
    LockOutdated,
    NotPermitted,
    UsageError,
    VersionConflict,
)
from ggen_graph.core.lock.diff import SAME_RELEASES, compare_locks
from ggen_graph.core.lock.lockfile import Lock, roots_of, sorted_lock
from ggen_graph.core.manifest import parse_project
from ggen_graph.core.manifest.edit import add_pack, add_registry, set_preferences
from ggen_graph.core.names import PackSpec
from ggen_graph.core.release import ReleaseId
from ggen_graph.edges.writes import apply_writes
from ggen_graph.workflows.catalog import named_registries
from ggen_graph.workflows.diff import breaking_moves
from ggen_graph.workflows.draft import drafted, state_writes
from ggen_graph.workflows.install import gathered, install, installing, locked_registries
from ggen_graph.workflows.places import ANYHOW, Terms, hold, project_place
from ggen_graph.workflows.preferences import how_of, pinned, wanted_of
from ggen_graph.workflows.project import LOCK, MANIFEST, refuse_lost_lock, sync_project
from ggen_graph.workflows.records import (
    clock,
    failed_resolution_record,
    is_latest_failure,
    resolution_record,
)
from ggen_graph.workflows.resolve import plan
from ggen_graph.workflows.transaction import Proposal, commit, follow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ggen_graph.core.lock.lockfile import LockedRelease
    from ggen_graph.edges.writes import Write
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.install import Gathered, Installed
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.resolve import How, Plan


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
    preferences: Mapping[str, Any] | None = None,
    force: bool = False,
    terms: Terms = ANYHOW,
) -> Adopted:
    """Install packs into the home, outside of any project."""
    if not packs:
        raise UsageError(
            "outside of a project there is nothing to install unless a pack is named",
            help="ggen packs install PACK, or go into a project",
        )
    chosen = plan(catalog, packs, how=how_of(None, preferences))
    with gathered(catalog, chosen, force=force, tell=terms.tell) as found:
        install(catalog.home, found, terms)
    return Adopted(chosen, found.installed)


def adopt(
    project: Project,
    catalog: Catalog,
    packs: Sequence[PackSpec],
    *,
    registries: Sequence[Path] = (),
    preferences: Mapping[str, Any] | None = None,
    force: bool = False,
    locked: bool = False,
    terms: Terms = ANYHOW,
) -> Adopted:
    """Add packs to a project, resolve all that it asks for, install, and write manifest and lock.

    What the lock chose before is kept wherever the requirements allow it. Registries named by path
    are kept in the manifest, and so are `preferences`, the attributes of `Preferences` that are given.
    With `locked`, the lock must come out as it is.

    Raises:
        LockOutdated: it does not, and is to be `locked`.
        VersionConflict, DependencyCycle: nothing can be chosen; that alone is recorded.
        LockMissing: there was a lock, and what it said of generated files would be lost.
        and whatever planning and installing raise; then the project is as it was.
    """
    with hold(project, terms) as held:
        with (
            adoption(
                held,
                catalog,
                packs,
                registries,
                preferences,
                force=force,
                locked=locked,
                terms=terms,
            ) as adopted,
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
    preferences: Mapping[str, Any] | None = None,
    *,
    force: bool = False,
    locked: bool = False,
    terms: Terms = ANYHOW,
) -> Iterator[Adoption]:
    """What adding packs makes of a project that is held, and was read since.

    Raises:
        as `adopt`, but for installing.
    """
    refuse_lost_lock(project)
    text = set_preferences(project.text, preferences or {})
    before = project.lock or Lock()
    wanted = {spec.name: spec for spec in wanted_of(project.manifest)}
    new = [_joined(wanted.get(spec.name), spec) for spec in packs]
    new = [spec for spec in new if wanted.get(spec.name) != spec]
    wanted |= {spec.name: spec for spec in new}
    how = how_of(project, preferences)
    only_look = replace(terms, dry=terms.dry or locked)
    chosen = resolved(project, catalog, list(wanted.values()), before.releases, how, only_look)
    warn_of_breaking(catalog, before.releases, chosen, terms)
    for spec in new:
        text = add_pack(text, pinned(spec, chosen))
    for name, path in named_registries(catalog, registries, project.root).items():
        text = add_registry(text, name, path)
    # By force, a release of the same version may be another one: a pack that is being written.
    named = {spec.name for spec in packs}
    bound = [one for one in before.releases if not (force and one.name in named)]
    with gathered(catalog, chosen, locked=bound, force=force, tell=terms.tell) as found:
        releases = tuple(sorted(found.releases, key=lambda one: one.name))
        lock = replace(
            before,
            roots=roots_of(parse_project(text, MANIFEST), chosen.versions, chosen.waived),
            registries=locked_registries(catalog, releases),
            releases=releases,
        )
        if locked:
            refuse_outdated(project.lock, lock)
        writes = [*state_writes(project, text, lock)]
        if lock != before:
            writes.append(resolution_record(chosen, clock()))
        draft = drafted(project, text, lock, found.home.path / "graph")
        yield Adoption(chosen, found, draft, tuple(writes))


def warn_of_breaking(
    catalog: Catalog, before: Iterable[LockedRelease], chosen: Plan, terms: Terms
) -> None:
    """Tell what may break where a release that was locked is replaced by another."""
    if terms.note is not None:
        had = [ReleaseId(one.name, one.version) for one in before]
        has = [ReleaseId(one.name, one.version) for one in chosen.releases]
        for one in breaking_moves(catalog, had, has):
            terms.note(one.told())


def _joined(there: PackSpec | None, asked: PackSpec) -> PackSpec:
    """A pack that may be there already: it keeps its range unless one is given, and its features."""
    if there is None:
        return asked
    features = tuple(dict.fromkeys((*there.features, *asked.features)))
    return PackSpec(asked.name, there.range if asked.range == "*" else asked.range, features)


def refuse_outdated(before: Lock | None, after: Lock) -> None:
    """Refuse a lock that would have to change.

    Raises:
        LockOutdated: with what would be different, and because of what.
    """
    diff = compare_locks(before or Lock(), after)
    if before is None or sorted_lock(before) != sorted_lock(after):
        lines = list(diff.lines()) or [SAME_RELEASES]
        raise LockOutdated(
            f"{LOCK} is not what ggen.toml asks for now" if before else f"there is no {LOCK}",
            help="\n".join((*lines, "`ggen lock` writes it; look at it, and commit it")),
            details={"diff": diff.to_record()},
        )


def resolved(
    project: Project,
    catalog: Catalog,
    wanted: Sequence[PackSpec],
    locked: Sequence[LockedRelease],
    how: How,
    terms: Terms,
) -> Plan:
    """The plan for `wanted`; that there is none is recorded once in the project and its graph, unless dry."""
    try:
        return plan(catalog, wanted, {(one.name, one.version) for one in locked}, how)
    except (VersionConflict, DependencyCycle) as error:
        if terms.dry:
            raise
        record = failed_resolution_record(wanted, error)
        try:
            if not is_latest_failure(project.private / "records", record):
                apply_writes(project.root, [record], project.journal, what="ggen packs install")
                sync_project(project, catalog.home)
        except (NotPermitted, InstallFailed) as second:
            if terms.note is not None:
                terms.note(f"that this failed could not be recorded: {second}")
        raise
