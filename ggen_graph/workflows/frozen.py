"""Installing exactly what the lock has: nothing is resolved, so no catalog is needed, and nothing moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.ranges import parse_range
from ggen_graph.core.solver import levels
from ggen_graph.graph.packs import LocatedRelease
from ggen_graph.workflows.adopt import Adopted
from ggen_graph.workflows.install import gathered, installing
from ggen_graph.workflows.lock import frozen_lock
from ggen_graph.workflows.places import ANYHOW, Terms, hold, project_place
from ggen_graph.workflows.resolve import Plan
from ggen_graph.workflows.transaction import Proposal, commit, follow

if TYPE_CHECKING:
    from ggen_graph.core.lockfile import Lock, LockedRelease
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project


def install_frozen(
    project: Project, catalog: Catalog, *, force: bool = False, terms: Terms = ANYHOW
) -> Adopted:
    """Install what a project has locked; its files stay as they are.

    Args:
        project: the project.
        catalog: the registries in use; it need not be synced.
        force: install anew what is installed already.
        terms: whom to ask and to tell.

    Raises:
        LockMissing, LockOutdated, LockCorrupt: see `frozen_lock`.
        RegistryUnavailable: the registry of a release is not in use.
        ChecksumMismatch: a registry has another release under a version that is locked.
    """
    with hold(project, terms) as held:
        lock = frozen_lock(held)
        plan = locked_plan(lock)
        with (
            gathered(catalog, plan, locked=lock.releases, force=force, tell=terms.tell) as found,
            installing(catalog.home, found, terms) as then_install,
        ):
            proposal = Proposal("packs install", (), remarks=found.remarks)
            commit(project_place(held, catalog.home), proposal, then_install)
        follow(held, catalog.home, terms)
    return Adopted(plan, found.installed)


def locked_plan(lock: Lock) -> Plan:
    """What a lock chose, as a resolution would have said it.

    Raises:
        DependencyCycle: its releases require each other in a circle.
    """
    releases = {one.spec: one for one in lock.releases}
    order = levels({spec: one.dependencies for spec, one in releases.items()})
    return Plan(
        roots=tuple((one.name, parse_range(one.range).canonical) for one in lock.roots),
        releases=tuple(_located(releases[spec]) for level in order for spec in level),
        levels=tuple(tuple(releases[spec].name for spec in level) for level in order),
    )


def _located(release: LockedRelease) -> LocatedRelease:
    return LocatedRelease(
        name=release.name,
        version=release.version,
        registry=release.registry,
        location=release.source,
        checksum=release.checksum,
        archive=None,
        yanked=False,
        requires=release.requires,
    )
