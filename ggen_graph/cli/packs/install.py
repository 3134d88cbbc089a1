"""`ggen packs install`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.cli.packs.plan import note_choices, plan_document
from ggen_graph.cli.resolution import resolution_options
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.workflows.adopt import adopt, install_only
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.project import read_project
from ggen_graph.workflows.starting_model import missing_model

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.cli.changes import Manner


@command("install")
@click.argument("packs", metavar="[PACK[@RANGE]]...", nargs=-1)
@click.option("--force", is_flag=True, help="Install anew what is installed already.")
@resolution_options
@registry_option
@change_options
def install(
    packs: tuple[str, ...],
    force: bool,
    registries: tuple[Path, ...],
    preferences: dict[str, Any],
    manner: Manner,
) -> None:
    """Install packs with all that they require.

    In a project they are added to ggen.toml and locked in ggen.lock; without a PACK, what ggen.toml
    asks for is installed. Outside of a project they are installed in the home only. How releases are
    to be chosen is kept in ggen.toml, too, under [resolution].
    """
    state = session()
    specs = [parse_pack_spec(text) for text in packs]
    project = current_project()
    catalog = catalog_for(state, registries, project)
    if project is None:
        result = install_only(
            catalog, specs, preferences=preferences, force=force, terms=manner.terms()
        )
    else:
        result = adopt(
            project,
            catalog,
            specs,
            registries=registries,
            preferences=preferences,
            force=force,
            terms=manner.terms(),
        )
        if advice := missing_model(read_project(project.root), catalog.home):
            state.note(advice)
    note_choices(state, result.plan)
    document = plan_document(result.plan)
    document |= {"transaction": result.transaction, "kept": list(result.kept)}
    document["installed"] = [
        {"name": one.release.name, "version": one.release.version, "checksum": one.release.checksum}
        for one in result.installed
        if one.fresh
    ]

    def show() -> None:
        for one in result.installed:
            word = "installed" if one.fresh else "already there"
            click.echo(f"{one.release.name} {one.release.version}  {word}")
        for path in result.kept:
            click.echo(f"edited while this ran, kept: {path}")
        if project is not None:
            click.echo("next: ggen packs generate")

    state.emit(document, show)
