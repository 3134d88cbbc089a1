"""`ggen packs dependencies` and `ggen packs why`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.core.dependencies import dot, mermaid, tree_lines
from ggen_graph.core.diagnostics import ProjectNotFound, UsageError
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.workflows.dependencies import locked_dependencies, planned_dependencies, why
from ggen_graph.workflows.here import current_project

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.core.dependencies import DependencyGraph


@command("dependencies")
@click.argument("packs", metavar="[PACK[@RANGE]]...", nargs=-1)
@click.option("--depth", metavar="N", type=click.IntRange(min=0), help="How deep the tree goes.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["tree", "dot", "mermaid"]),
    default="tree",
    show_default=True,
    help="dot is for Graphviz, mermaid for Markdown; --json has all of it.",
)
@registry_option
def dependencies(
    packs: tuple[str, ...], depth: int | None, form: str, registries: tuple[Path, ...]
) -> None:
    """Show what packs require, down to the last.

    With a PACK: what installing it now would bring along. Without one: what the project has locked.
    A part that was shown above is marked (*).
    """
    state = session()
    project = current_project()
    if packs:
        specs = [parse_pack_spec(text) for text in packs]
        catalog = catalog_for(state, registries, project)
        graph = planned_dependencies(catalog, specs)
    elif project is not None:
        graph = locked_dependencies(project)
    else:
        raise UsageError(
            "outside of a project, name a pack", help="ggen packs dependencies PACK[@RANGE]"
        )

    def show() -> None:
        if form != "tree":
            click.echo(dot(graph) if form == "dot" else mermaid(graph))
            return
        for line in tree_lines(graph, depth=depth):
            click.echo(line)

    state.emit(_document(graph, "requires"), show)


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
    graph = why(project, pack)
    asked = {one.name: one.range for one in project.manifest.packs}

    def show() -> None:
        for line in tree_lines(graph, inverted=True):
            click.echo(line)
        for name in sorted(asked.keys() & _reached(graph, pack)):
            click.echo(f"ggen.toml asks for {name} {asked[name]}")

    state.emit({"pack": pack, **_document(graph, "required_by")}, show)


def _reached(graph: DependencyGraph, start: str) -> set[str]:
    found: set[str] = set()
    unseen = [start]
    while unseen:
        name = unseen.pop()
        if name not in found:
            found.add(name)
            unseen += [pack for pack, _ in graph.requires.get(name, ())]
    return found


def _document(graph: DependencyGraph, edges: str) -> dict[str, Any]:
    return {
        "roots": [{"name": name, "range": text} for name, text in graph.roots],
        "releases": [
            {
                "name": name,
                "version": version,
                edges: [
                    {"name": pack, "range": text, "version": graph.versions[pack]}
                    for pack, text in graph.requires.get(name, ())
                ],
            }
            for name, version in sorted(graph.versions.items())
        ],
    }
