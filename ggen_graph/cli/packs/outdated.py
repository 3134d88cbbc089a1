"""`ggen packs outdated`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_to_read, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.text import table
from ggen_graph.core.diagnostics import CheckFailed
from ggen_graph.workflows.outdated import outdated
from ggen_graph.workflows.project import load_project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.workflows.outdated import PackStatus


@command("outdated")
@click.option("--all", "all_", is_flag=True, help="Also list packs that are up to date.")
@click.option("--check", is_flag=True, help="Exit with 1 if a pack is not up to date.")
@registry_option
def outdated_(all_: bool, check: bool, registries: tuple[Path, ...]) -> None:
    """Compare what is locked with what the registries have.

    WANTED is what ggen.toml allows, LATEST what there is. Nothing is changed.
    """
    state = session()
    project = load_project(Path.cwd())
    found = outdated(project, catalog_to_read(state, registries, project))
    old = [one for one in found if one.outdated]

    def show() -> None:
        _show(found if all_ else old)
        if not old:
            click.echo(f"{len(found)} packs, all up to date")

    state.emit({"packs": [{**asdict(one), "outdated": one.outdated} for one in found]}, show)
    if check and old:
        raise CheckFailed(f"{len(old)} of {len(found)} packs are not up to date")


def _show(packs: Sequence[PackStatus]) -> None:
    if packs:
        table(
            ("PACK", "LOCKED", "WANTED", "LATEST", "NOTE"),
            [(one.name, one.locked, one.wanted, one.latest, one.note) for one in packs],
        )
