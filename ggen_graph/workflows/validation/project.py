"""Validation of a project by what its manifest and lock say: ours of its form, and its own policies.

Needs no graph: what the files say is lifted for the occasion, with the facts that policies want to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ggen_graph import resources
from ggen_graph.core.diagnostics import LockMissing
from ggen_graph.core.findings import Finding, from_error, in_order
from ggen_graph.graph.lift.project import file_nodes, lock_nodes, manifest_nodes
from ggen_graph.graph.shapes import check_nodes
from ggen_graph.workflows.validation.facts import policy_facts
from ggen_graph.workflows.validation.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ggen_graph.core.findings import Severity
    from ggen_graph.graph.shapes import ShapeFinding
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project


def validate_project(project: Project, catalog: Callable[[], Catalog]) -> list[Finding]:
    """The faults of a project's manifest and of its lock, and the policies that do not hold.

    Args:
        project: what to look at.
        catalog: gives the synced catalog of the registries in use; called only if a policy needs it.

    Raises:
        RegistryUnavailable: a policy needs a registry that can't be read.
    """
    problems = []
    nodes = list(manifest_nodes(project.manifest))
    shapes = [resources.path("shapes", "project.ttl")]
    if project.lock is not None:
        nodes += lock_nodes(project.manifest.id, project.lock)
        nodes += file_nodes(project.manifest.id, project.lock)
        shapes.append(resources.path("shapes", "lock.ttl"))
    try:
        nodes += policy_facts(project, catalog)
        shapes += _policies(project)
    except LockMissing as error:  # a fault of the project, and not of what looks at it
        problems = [from_error(project.manifest.name, error, str(project.root))]
    found = check_nodes(nodes, shapes)
    places = Places(project, [one.focus for one in found])
    return in_order([*problems, *placed(project, found, places)])


def _policies(project: Project) -> list[Path]:
    """The shapes of the policies that are on."""
    return [
        resources.path("shapes", "policy", f"{name.replace('_', '-')}.ttl")
        for name in project.manifest.policy.on()
    ]


def placed(project: Project, found: Iterable[ShapeFinding], places: Places) -> Iterable[Finding]:
    """What shapes found, as findings at the places that say it."""
    for one in found:
        file, line, column = places.of(one.focus, one.path)
        value = one.value if one.value not in {"", one.focus} else ""
        yield Finding(
            project.manifest.name,
            cast("Severity", one.severity),
            one.message,
            one.shape,
            file,
            line,
            column,
            focus=one.focus,
            folder=str(project.root),
            value=value,
        )
