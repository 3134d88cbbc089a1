"""The lock by itself: resolved anew and written, or held against `ggen.toml` without either.

Locking installs nothing. The checksum of a release is the one it is locked with, else the one that its
registry states; where a registry states none, the release is fetched, hashed and thrown away.

Kept true: of what was locked, what need not move does not, unless it is to be updated; what is not
written says how it would have been (`Locking.diff`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    ChecksumMismatch,
    LockCorrupt,
    LockMissing,
    LockOutdated,
    PackNotFound,
    did_you_mean,
)
from ggen_graph.core.lock.check import disagreements, inconsistencies
from ggen_graph.core.lock.diff import SAME_RELEASES, LockDiff, compare_locks
from ggen_graph.core.lock.lockfile import Lock, roots_of, sorted_lock
from ggen_graph.edges.installing import gather, scratch_home
from ggen_graph.workflows.adopt import resolved, warn_of_breaking
from ggen_graph.workflows.draft import state_writes
from ggen_graph.workflows.install import locked_registries, locked_release
from ggen_graph.workflows.places import ANYHOW, Terms, hold, project_place
from ggen_graph.workflows.preferences import how_of, wanted_of
from ggen_graph.workflows.project import LOCK, refuse_lost_lock
from ggen_graph.workflows.records import clock, resolution_record
from ggen_graph.workflows.transaction import Proposal, commit, follow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ggen_graph.core.lock.lockfile import LockedRelease
    from ggen_graph.graph.packs import LocatedRelease
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.resolve import Plan

EVERYTHING = "*"
"""In place of a pack's name: every pack."""

# Releases that are fetched at the same time.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Locking:
    """What a resolution locked, or would lock.

    `diff` is what differs from the lock before, and `changed` whether anything does, be it only what a
    release depends on. `transaction` and `kept` are as of `Adopted`.
    """

    plan: Plan
    lock: Lock
    diff: LockDiff
    changed: bool
    transaction: str = ""
    kept: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """What changes, as a person reads it."""
        return list(self.diff.lines()) or [SAME_RELEASES] * self.changed


def lock_project(
    project: Project, catalog: Catalog, *, update: Sequence[str] = (), terms: Terms = ANYHOW
) -> Locking:
    """Resolve what a project asks for, and write its lock.

    Args:
        project: the project.
        catalog: a synced catalog.
        update: the packs whose locked release is not preferred; `EVERYTHING` for all.
        terms: whom to ask and to tell.

    Raises:
        VersionConflict, DependencyCycle: nothing can be chosen; that alone is recorded.
        ChecksumMismatch: a registry has another release under a version that is locked.
        PackNotFound: a pack to update is not locked, or one that is asked for is nowhere.
    """
    with hold(project, terms) as held:
        found = _locking(held, catalog, update, terms)
        writes = [*state_writes(held, held.text, found.lock)]
        if found.lock != held.lock:
            writes.append(resolution_record(found.plan, clock()))
        proposal = Proposal("lock", tuple(writes), remarks=tuple(found.diff.lines()))
        committed = commit(project_place(held, catalog.home), proposal, terms.consent)
        follow(held, catalog.home, terms)
    if committed is None:
        return found
    return replace(found, transaction=committed.transaction.id, kept=committed.kept)


def compare_with_lock(project: Project, catalog: Catalog) -> Locking:
    """What `lock_project` would write; nothing is."""
    return _locking(project, catalog, (), replace(ANYHOW, dry=True))


def frozen_lock(project: Project) -> Lock:
    """The lock of a project, if it is for what `ggen.toml` asks and right by itself; nothing is resolved.

    Raises:
        LockMissing: there is none.
        LockOutdated: it was made for something else.
        LockCorrupt: it is not closed: a requirement is not met, say.
    """
    if project.lock is None:
        raise LockMissing(f"this project has no {LOCK}", help="`ggen lock` makes one")
    wrong = list(disagreements(project.lock, roots_of(project.manifest)))
    if wrong:
        raise LockOutdated(
            f"{LOCK} is not for what ggen.toml asks",
            help="\n".join((*wrong, "`ggen lock` resolves it anew")),
            details={"problems": wrong},
        )
    wrong = list(inconsistencies(project.lock))
    if wrong:
        raise LockCorrupt(
            f"{LOCK} does not hold together",
            help="\n".join((*wrong, "`ggen lock` resolves it anew")),
            details={"problems": wrong},
        )
    return project.lock


def _locking(project: Project, catalog: Catalog, update: Sequence[str], terms: Terms) -> Locking:
    refuse_lost_lock(project)
    before = project.lock or Lock()
    asked = roots_of(project.manifest)
    _refuse_unknown(update, [*(one.name for one in before.releases), *(one.name for one in asked)])
    preferred = [
        one for one in before.releases if one.name not in update and EVERYTHING not in update
    ]
    wanted = wanted_of(project.manifest)
    plan = resolved(project, catalog, wanted, preferred, how_of(project), terms)
    warn_of_breaking(catalog, before.releases, plan, terms)
    releases = _locked(catalog, plan, before.releases, terms)
    lock = replace(
        before,
        roots=roots_of(project.manifest, plan.versions, plan.waived),
        registries=locked_registries(catalog, releases),
        releases=releases,
    )
    after = sorted_lock(lock)
    changed = project.lock is None or sorted_lock(before) != after
    return Locking(plan, after, compare_locks(before, lock), changed)


def _refuse_unknown(names: Collection[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known and name != EVERYTHING:
            raise PackNotFound(
                f'this project has no pack "{name}"',
                help=did_you_mean(name, known) or f"it has {', '.join(sorted(set(known)))}",
                details={"pack": name},
            )


def _locked(
    catalog: Catalog, plan: Plan, before: Sequence[LockedRelease], terms: Terms
) -> tuple[LockedRelease, ...]:
    """What was chosen, with checksums."""
    checksums = {(one.name, one.version): one.checksum for one in before}
    for one in plan.releases:
        known = checksums.setdefault((one.name, one.version), one.checksum or "")
        if one.checksum not in {None, known}:
            raise ChecksumMismatch(
                f"{one.name} {one.version} in the registry {catalog.registry(one.registry).name}"
                " is not the one that was locked",
                help="a release must not change: ask its author for a new version; to accept what"
                f" it is now, `ggen packs install {one.name} --force`",
                details={"expected": known, "found": one.checksum},
            )
    unknown = [one for one in plan.releases if not checksums[one.name, one.version]]
    if unknown:
        with scratch_home(catalog.home.path) as scratch, ThreadPoolExecutor(_AT_ONCE) as pool:

            def hashed(one: LocatedRelease) -> str:
                registry = catalog.registry(one.registry)
                tree = gather(catalog.home.path, scratch, registry, one.name, one.version, None)
                if terms.tell:
                    terms.tell(f"hashed {one.name} {one.version}")
                return tree.checksum

            for one, checksum in zip(unknown, pool.map(hashed, unknown), strict=True):
                checksums[one.name, one.version] = checksum
    return tuple(
        locked_release(plan, one, checksums[one.name, one.version]) for one in plan.releases
    )
