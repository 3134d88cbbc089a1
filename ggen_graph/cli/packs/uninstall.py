"""`ggen packs uninstall`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.core.plan import counted
from ggen_graph.edges.config import home
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.uninstall import uninstall
from ggen_graph.workflows.uninstall_home import uninstall_from_home

if TYPE_CHECKING:
    from ggen_graph.cli.changes import Manner


@command("uninstall")
@click.argument("packs", metavar="PACK...", nargs=-1, required=True)
@click.option("--purge", is_flag=True, help="Also remove edited files; in the home, free the space.")
@click.option("--keep-dependencies", is_flag=True, help="Keep what only these packs needed.")
@change_options
def uninstall_(
    packs: tuple[str, ...], purge: bool, keep_dependencies: bool, manner: Manner
) -> None:
    """Take packs away, unless something needs them.

    In a project: the packs, what only they needed, and the files they made; edited files stay.
    Outside of one: PACK[@RANGE] from the home.
    """
    state = session()
    specs = [parse_pack_spec(text) for text in packs]
    project = current_project()
    if project is None:
        if keep_dependencies:
            raise UsageError("--keep-dependencies is for a project", help="leave it out")
        result = uninstall_from_home(home(), specs, purge=purge, terms=manner.terms())
    else:
        ranged = next((text for text, one in zip(packs, specs, strict=True) if one.range != "*"), "")
        if ranged:
            raise UsageError(f"{ranged}: a project has one release of a pack", help="name the pack only")
        result = uninstall(
            project,
            home(),
            [spec.name for spec in specs],
            purge=purge,
            keep_dependencies=keep_dependencies,
            terms=manner.terms(),
        )

    def show() -> None:
        for release in result.releases:
            click.echo(f"{release}  uninstalled")
        for path in result.changed:
            click.echo(f"lines taken out: {path}")
        for path in result.left:
            click.echo(f"edited by hand, left alone: {path}")
        for path in result.kept:
            click.echo(f"edited while this ran, kept: {path}")
        for told in result.broken:
            click.echo(f"broken, and left alone: {told}")
        if project is not None:
            click.echo(f"{counted(len(result.removed), 'file')} removed")
        if result.transaction and not (purge and project is None):
            click.echo(f"undo: ggen packs rollback {result.transaction}")

    state.emit(asdict(result), show)
