"""The `--registry` option, and the catalog of the registries a command uses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.edges.config import home as the_home
from ggen_graph.workflows.catalog import open_catalog, read_catalog, use_catalog
from ggen_graph.workflows.registries import registries_within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ggen_graph.cli.command import Session
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project


def registry_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--registry PATH`, which may be given several times."""
    return click.option(
        "--registry",
        "registries",
        metavar="PATH",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Also use the registry at PATH, a folder of packs or an index; before all others.",
    )(function)


scope_option = click.option(
    "--scope",
    type=click.Choice(["project", "catalog"]),
    default=None,
    help="Which graph: the project's inside of one, else the catalog's.",
)


def catalog_for(
    session: Session, paths: Sequence[Path] = (), project: Project | None = None
) -> Catalog:
    """The synced catalog of the registries in use; what is to be known of it is noted."""
    opened = use_catalog(paths, (project.root, project.manifest) if project else None)
    for note in opened.notes:
        session.note(note)
    return opened.catalog


def catalog_to_read(
    session: Session, paths: Sequence[Path] = (), project: Project | None = None
) -> Catalog:
    """The same for a command that changes nothing: GGEN_GRAPH may name a server that has it."""
    opened = read_catalog(paths, (project.root, project.manifest) if project else None)
    for note in opened.notes:
        session.note(note)
    return opened.catalog


def registries_for(paths: Sequence[Path], project: Project) -> Catalog:
    """The registries in use, where nothing is asked of a catalog, so that none need be synced."""
    return open_catalog(the_home(), registries_within(project, paths))
