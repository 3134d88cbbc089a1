"""What packs require, and who requires them: of a plan, or of what a project has locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.dependencies import DependencyGraph, connect
from ggen_graph.core.diagnostics import LockMissing, PackNotFound, did_you_mean
from ggen_graph.core.release import ReleaseId
from ggen_graph.edges.config import home
from ggen_graph.graph import iris
from ggen_graph.graph.packs import measure
from ggen_graph.workflows.project import sync_project
from ggen_graph.workflows.resolve import ANYWAY, plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ggen_graph.core.names import PackSpec
    from ggen_graph.graph.store import GraphStore
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.resolve import How


def planned_dependencies(
    catalog: Catalog, wanted: Sequence[PackSpec], how: How = ANYWAY
) -> DependencyGraph:
    """What packs would bring along if they were installed now, with sizes; errors as `resolve.plan`."""
    chosen = plan(catalog, wanted, how=how)
    graph = connect(
        [(name, text) for name, text, _ in chosen.roots],
        {
            release: [(link.pack, link.range) for link in sorted(links)]
            for release, links in chosen.links.items()
        },
        {release: {link.release for link in links} for release, links in chosen.links.items()},
    )
    registries = {
        ReleaseId(release.name, release.version): release.registry for release in chosen.releases
    }
    return _measured(graph, catalog.graph, registries)


def locked_dependencies(project: Project) -> DependencyGraph:
    """What a project's packs require of each other, as its lock has it; with sizes of what is installed.

    Raises:
        LockMissing: it has none.
    """
    graph = _locked(project)
    sync_project(project, home())
    releases = project.lock.releases if project.lock else ()
    registries = {ReleaseId(one.name, one.version): one.registry for one in releases}
    return _measured(graph, project.graph, registries)


def why(project: Project, name: str) -> tuple[DependencyGraph, list[tuple[str, str]]]:
    """Who asks for a pack that a project has, up to those that `ggen.toml` asks for.

    Returns:
        The graph as seen from the pack, and (pack, range) as `ggen.toml` asks for what leads to it.

    Raises:
        LockMissing: the project has no lock.
        PackNotFound: it does not have the pack.
    """
    graph = _locked(project)
    inverted = graph.inverted(name)
    if not inverted.roots:
        names = sorted({release.name for release in graph.requires})
        raise PackNotFound(
            f'this project has no pack "{name}"',
            help=did_you_mean(name, names) or f"it has {', '.join(names) or 'none'}",
            details={"pack": name},
        )
    leading = inverted.reached()
    return inverted, sorted(
        (root.chosen.name, root.range) for root in graph.roots if root.chosen in leading
    )


def _locked(project: Project) -> DependencyGraph:
    if project.lock is None:
        raise LockMissing("this project has no ggen.lock", help="`ggen packs install` makes one")
    releases = {ReleaseId(one.name, one.version): one for one in project.lock.releases}
    named = {f"{release.name}@{release.version}": release for release in releases}
    return connect(
        [(one.name, one.range) for one in project.manifest.packs],
        {release: locked.requires for release, locked in releases.items()},
        {
            release: {named[text] for text in locked.dependencies if text in named}
            for release, locked in releases.items()
        },
    )


def _measured(
    graph: DependencyGraph, store: GraphStore, registries: Mapping[ReleaseId, str]
) -> DependencyGraph:
    """The same with the sizes that a store knows; `registries` has the base IRI of each release's."""
    known = {
        release: iris.release(base, release.name, release.version)
        for release, base in registries.items()
    }
    with store.read() as generation:
        sizes = measure(generation.store, known.values())
    return DependencyGraph(
        graph.roots,
        graph.requires,
        {release: sizes[iri] for release, iri in known.items() if iri in sizes},
    )
