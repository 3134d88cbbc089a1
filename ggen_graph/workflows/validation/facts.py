"""The facts that policies are about, found out at the moment of a validation.

Of each kind only what a policy that is on wants to know: a project whose policies are about files needs
no registry. What can't be found out is an error, never silence.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.core.globs import select
from ggen_graph.core.release import ReleaseId
from ggen_graph.edges.config import home
from ggen_graph.edges.packages import read_installed
from ggen_graph.graph import iris
from ggen_graph.graph.lift.policy import (
    ReleaseFacts,
    file_facts,
    registry_facts,
    release_facts,
)
from ggen_graph.graph.packs import judge
from ggen_graph.workflows.check import check_files
from ggen_graph.workflows.project import refuse_lost_lock
from ggen_graph.workflows.records import real_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ggen_graph.core.lock.lockfile import Lock
    from ggen_graph.graph.lift import Node
    from ggen_graph.graph.packs import JudgedRelease
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project

_DAY = 86_400


def policy_facts(project: Project, catalog: Callable[[], Catalog]) -> Iterator[Node]:
    """The facts for the policies that are on, as nodes.

    Args:
        project: whose policies; without a lock there is nothing to know.
        catalog: gives the synced catalog; called only if a policy needs one.

    Raises:
        RegistryUnavailable: a registry that a policy needs can't be read.
        LockMissing: the lock of generated files is lost.
    """
    policy, lock = project.manifest.policy, project.lock
    if policy.protected or policy.files_present:
        yield from _files(project)
    if lock is None:
        return
    if policy.licenses or policy.no_yanked or policy.max_days_behind is not None:
        yield from _releases(project, lock, catalog())
    if policy.max_registry_days is not None:
        yield from _registries(project, lock, catalog())


def _files(project: Project) -> Iterator[Node]:
    refuse_lost_lock(project)
    found = check_files(project) if project.lock is not None else []
    protected = set(select((one.path for one in found), project.manifest.policy.protected))
    states = [(one.path, one.status, one.path in protected) for one in found]
    return file_facts(iris.project(project.manifest.id), states)


def _releases(project: Project, lock: Lock, catalog: Catalog) -> Iterator[Node]:
    wanted = [ReleaseId(one.name, one.version) for one in lock.releases]
    with catalog.graph.read() as generation:
        known = judge(generation.store, wanted)
    several = Counter(one.name for one in lock.releases)
    iri = iris.project(project.manifest.id)
    return release_facts(
        ReleaseFacts(
            entry=iris.locked(iri, one.name, one.version if several[one.name] > 1 else ""),
            iri=iris.release(one.registry, one.name, one.version),
            license=found.license if found else _installed_license(one.name, one.version),
            listed=found is not None,
            yanked=found is not None and found.yanked,
            days_behind=_behind(found) if found else None,
        )
        for one in lock.releases
        for found in [known.get(ReleaseId(one.name, one.version))]
    )


def _installed_license(name: str, version: str) -> str:
    """The licence of a release that no registry in use has, if it is installed."""
    try:
        return read_installed(home().path, name, version).license or ""
    except GgenError:
        return ""


def _behind(release: JudgedRelease) -> int | None:
    if not release.published or not release.newest:
        return None
    between = _time(release.newest) - _time(release.published)
    return max(0, int(between // _DAY))


def _time(text: str) -> float:
    """Seconds since the epoch at a date, or a time in UTC (`core.manifest.values.is_date`)."""
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC).timestamp()


def _registries(project: Project, lock: Lock, catalog: Catalog) -> Iterator[Node]:
    """How old the registries are that something is locked from; the one that ggen brings has the age of ggen."""
    used = {one.registry for one in lock.releases}
    now = _time(real_time())
    ages = []
    for registry in catalog.registries:
        if registry.base in used and registry.origin.kind != "nobody":
            changed = max((_changed(path) for path in registry.fingerprint_files()), default=now)
            ages.append((registry.name, max(0, int((now - changed) // _DAY))))
    return registry_facts(iris.project(project.manifest.id), ages)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # it vanished meanwhile
        return 0.0
