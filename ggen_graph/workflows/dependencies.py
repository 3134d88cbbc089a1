"""What packs require, and who requires them: of a plan, or of what a project has locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.dependencies import DependencyGraph
from ggen_graph.core.diagnostics import LockMissing, PackNotFound, did_you_mean
from ggen_graph.workflows.resolve import plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.core.names import PackSpec
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project


def planned_dependencies(catalog: Catalog, wanted: Sequence[PackSpec]) -> DependencyGraph:
    """What packs would bring along if they were installed now; errors as `resolve.plan`."""
    chosen = plan(catalog, wanted)
    return DependencyGraph(
        chosen.roots,
        {release.name: release.version for release in chosen.releases},
        {release.name: release.requires for release in chosen.releases},
    )


def locked_dependencies(project: Project) -> DependencyGraph:
    """What a project's packs require of each other, as its lock has it.

    Raises:
        LockMissing: it has none.
    """
    if project.lock is None:
        raise LockMissing("this project has no ggen.lock", help="`ggen packs install` makes one")
    versions = {release.name: release.version for release in project.lock.releases}
    return DependencyGraph(
        tuple((one.name, one.range) for one in project.manifest.packs if one.name in versions),
        versions,
        {
            release.name: tuple(one for one in release.requires if one[0] in versions)
            for release in project.lock.releases
        },
    )


def why(project: Project, name: str) -> DependencyGraph:
    """Who asks for a pack that a project has, up to those that `ggen.toml` asks for.

    Raises:
        LockMissing: the project has no lock.
        PackNotFound: it does not have the pack.
    """
    graph = locked_dependencies(project)
    if name not in graph.versions:
        raise PackNotFound(
            f'this project has no pack "{name}"',
            help=did_you_mean(name, graph.versions)
            or f"it has {', '.join(sorted(graph.versions)) or 'none'}",
            details={"pack": name},
        )
    return graph.inverted(name)
