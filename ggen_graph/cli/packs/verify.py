"""`ggen packs verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import ChecksumMismatch, ReleaseNotFound
from ggen_graph.core.plan import counted
from ggen_graph.edges.config import home
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.verify import repair, verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ggen_graph.cli.changes import Manner
    from ggen_graph.workflows.verify import Verified


@command("verify")
@click.argument("packs", metavar="[PACK]...", nargs=-1)
@click.option("--repair", "repair_", is_flag=True, help="Fetch again what is not as it was.")
@registry_option
@change_options
def verify_(
    packs: tuple[str, ...], repair_: bool, registries: tuple[Path, ...], manner: Manner
) -> None:
    """Hash what is installed again, and compare.

    File by file with what was installed: in a project what its lock names, outside of one everything
    in the home. Only --repair changes anything.
    """
    state = session()
    project = current_project()
    found = verify(home(), project, packs)
    faulty = [one for one in found if one.fault]
    if faulty and repair_:
        repair(catalog_for(state, registries, project), faulty, manner.terms())
    document: dict[str, Any] = {
        "releases": [
            {
                "name": one.name,
                "version": one.version,
                "ok": not one.fault,
                "state": one.state,
                "fault": one.fault,
            }
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
        raise _failure(found)


def _failure(found: Sequence[Verified]) -> ChecksumMismatch | ReleaseNotFound:
    """What is wrong, counted; a mismatch weighs more than what is only not there."""
    absent = sum(one.state == "not installed" for one in found)
    other = sum(bool(one.fault) for one in found) - absent
    of_all = f"of {counted(len(found), 'release')}"
    told = [f"{other} {of_all} not as installed"] * bool(other)
    told += [f"{absent} {of_all} not installed"] * bool(absent)
    return (ChecksumMismatch if other else ReleaseNotFound)(
        ", ".join(told), help="`ggen packs verify --repair` fetches them again"
    )
