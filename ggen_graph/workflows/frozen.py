"""Installing exactly what the lock has: nothing is resolved, so no catalog is needed, and nothing moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.solver import Link, levels, levels_of_components
from ggen_graph.core.versions import version_key
from ggen_graph.graph import iris
from ggen_graph.graph.packs import LocatedRelease
from ggen_graph.workflows.adopt import Adopted
from ggen_graph.workflows.install import gathered, installing
from ggen_graph.workflows.lock import frozen_lock
from ggen_graph.workflows.places import ANYHOW, Terms, hold, project_place
from ggen_graph.workflows.preferences import how_of
from ggen_graph.workflows.resolve import ANYWAY, How, Plan
from ggen_graph.workflows.transaction import Proposal, commit, follow

if TYPE_CHECKING:
    from ggen_graph.core.lock.lockfile import Lock, LockedRelease
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
        plan = locked_plan(lock, how_of(held))
        with (
            gathered(catalog, plan, locked=lock.releases, force=force, tell=terms.tell) as found,
            installing(catalog.home, found, terms) as then_install,
        ):
            proposal = Proposal("packs install", (), remarks=found.remarks)
            commit(project_place(held, catalog.home), proposal, then_install)
        follow(held, catalog.home, terms)
    return Adopted(plan, found.installed)


def locked_plan(lock: Lock, how: How = ANYWAY) -> Plan:
    """What a lock chose, as a resolution would have said it.

    Args:
        lock: which holds together.
        how: by which preferences it was made.

    Raises:
        DependencyCycle: its releases require each other in a circle, and may not.
    """
    releases = {ReleaseId(one.name, one.version): one for one in lock.releases}
    links = {key: _links(one) for key, one in releases.items()}
    edges = {key: [link.release for link in each] for key, each in links.items()}
    order = (levels_of_components if how.preferences.allow_cycles else levels)(edges)
    return Plan(
        roots=tuple(
            (one.name, parse_range(one.range).canonical, one.version) for one in lock.roots
        ),
        releases=tuple(_located(releases[one]) for level in order for one in level),
        levels=order,
        links=links,
        features={},
        decisions=(),
        choices=(),
        overridden=(),
        how=how,
    )


def _links(release: LockedRelease) -> tuple[Link, ...]:
    """What a release gets for its requirements: of what was locked for it, the newest in range."""
    newest = sorted(
        (ReleaseId(*spec.split("@", 1)) for spec in release.dependencies),
        key=lambda one: version_key(one.version),
        reverse=True,
    )
    return tuple(
        next(
            Link(name, text, one.version)
            for one in newest
            if one.name == name and parse_range(text).admits(one.version)
        )
        for name, text in release.requires
    )


def _located(release: LockedRelease) -> LocatedRelease:
    return LocatedRelease(
        iri=iris.release(release.registry, release.name, release.version),
        name=release.name,
        version=release.version,
        registry=release.registry,
        location=release.source,
        checksum=release.checksum,
        archive=None,
    )
