"""`ggen packs verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import ChecksumMismatch
from ggen_graph.edges.config import home
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.places import Terms
from ggen_graph.workflows.verify import repair, verify

if TYPE_CHECKING:
    from pathlib import Path


@command("verify")
@click.argument("packs", metavar="[PACK]...", nargs=-1)
@click.option("--repair", "repair_", is_flag=True, help="Fetch again what is not as it was.")
@registry_option
def verify_(packs: tuple[str, ...], repair_: bool, registries: tuple[Path, ...]) -> None:
    """Hash what is installed again, and compare.

    File by file with what was installed: in a project what its lock names, outside of one everything
    in the home.
    """
    state = session()
    project = current_project()
    found = verify(home(), project, packs)
    faulty = [one for one in found if one.fault]
    if faulty and repair_:
        repair(catalog_for(state, registries, project), faulty, Terms(tell=state.progress))
    document = {
        "releases": [
            {"name": one.name, "version": one.version, "ok": not one.fault, "fault": one.fault}
            for one in found
        ],
        "repaired": [f"{one.name} {one.version}" for one in faulty] if repair_ else [],
    }

    def show() -> None:
        for one in found:
            word = "ok" if not one.fault else "repaired" if repair_ else "!!"
            click.echo(f"{word:<8}  {one.name} {one.version}{f': {one.fault}' if one.fault else ''}")
        if not found:
            click.echo("nothing is installed")

    state.emit(document, show)
    if faulty and not repair_:
        raise ChecksumMismatch(
            f"{len(faulty)} of {len(found)} releases are not as they were installed",
            help="`ggen packs verify --repair` fetches them again",
        )
