"""`ggen packs dependencies` and `ggen packs why`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_to_read, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.text import table
from ggen_graph.core.dependencies import dot, mermaid, size_text, tree_lines
from ggen_graph.core.diagnostics import ProjectNotFound, UsageError
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.workflows.dependencies import locked_dependencies, planned_dependencies, why
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.preferences import how_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ggen_graph.core.dependencies import DependencyGraph
    from ggen_graph.core.release import ReleaseId


@command("dependencies")
@click.argument("packs", metavar="[PACK[@RANGE]]...", nargs=-1)
@click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(min=0),
    help="Only what is within N steps of what was asked for.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["tree", "levels", "json", "dot", "mermaid", "svg"]),
    default="tree",
    show_default=True,
    help="levels is a table in the order of installation, svg a picture, dot is for Graphviz, "
    "mermaid for Markdown; json is the same as --json.",
)
@registry_option
def dependencies(
    packs: tuple[str, ...], depth: int | None, form: str, registries: tuple[Path, ...]
) -> None:
    """Show what packs require, down to the last, and how large it is.

    With a PACK: what installing it now would bring along. Without one: what the project has locked.
    A part that was shown above is marked (*), a size that nobody knows is a question mark.
    """
    state = session()
    state.json = state.json or form == "json"
    project = current_project()
    if packs:
        specs = [parse_pack_spec(text) for text in packs]
        catalog = catalog_to_read(state, registries, project)
        graph = planned_dependencies(catalog, specs, how_of(project))
    elif project is not None:
        graph = locked_dependencies(project)
    else:
        raise UsageError(
            "outside of a project, name a pack", help="ggen packs dependencies PACK[@RANGE]"
        )
    part = graph.within(depth)

    levels = graph.levels()  # of the whole: what is left out is installed all the same
    document = {
        **_document(
            part,
            "requires",
            lambda release: {"level": levels[release], "size": graph.sizes.get(release)},
        ),
        "total": {
            "releases": len(part.requires),
            "bytes": sum(part.sizes.values()),
            "of_unknown_size": len(part.requires) - len(part.sizes),
        },
    }
    state.emit(document, lambda: _show(form, graph, part, depth))


@command("why")
@click.argument("pack")
def why_(pack: str) -> None:
    """Show who asks for a pack of the project.

    And who asks for those, up to what ggen.toml asks for.
    """
    state = session()
    project = current_project()
    if project is None:
        raise ProjectNotFound(
            "this folder is in no project", help="go into one, or name it with -C"
        )
    graph, asked = why(project, pack)

    def show() -> None:
        for line in tree_lines(graph, inverted=True):
            click.echo(line)
        for name, text in asked:
            click.echo(f"ggen.toml asks for {name} {text}")

    state.emit({"pack": pack, **_document(graph, "required_by")}, show)


def _show(form: str, graph: DependencyGraph, part: DependencyGraph, depth: int | None) -> None:
    if form == "svg":
        from ggen_graph.core.drawing import svg  # noqa: PLC0415 - only for a picture

        click.echo(svg(part))
    elif form in {"dot", "mermaid"}:
        click.echo(dot(part) if form == "dot" else mermaid(part))
    else:
        if form == "levels":
            _levels(graph, part)
        else:
            for line in tree_lines(graph, depth=depth, sizes=True):
                click.echo(line)
        click.echo(graph.total())


def _levels(graph: DependencyGraph, part: DependencyGraph) -> None:
    levels = graph.levels()
    table(
        ("LEVEL", "PACK", "VERSION", "SIZE", "REQUIRES"),
        [
            (
                levels[release],
                *release,
                size_text(graph.sizes.get(release)),
                ", ".join(str(one.chosen) for one in graph.requires[release]),
            )
            for release in sorted(part.releases, key=lambda one: levels[one])
        ],
    )


def _document(
    graph: DependencyGraph,
    edges: str,
    more: Callable[[ReleaseId], dict[str, Any]] = lambda _: {},
) -> dict[str, Any]:
    return {
        "roots": [
            {"name": chosen.name, "range": text, "version": chosen.version}
            for text, chosen in graph.roots
        ],
        "releases": [
            {
                "name": release.name,
                "version": release.version,
                edges: [
                    {"name": chosen.name, "range": text, "version": chosen.version}
                    for text, chosen in graph.requires[release]
                ],
                **more(release),
            }
            for release in graph.releases
        ],
    }
