"""`ggen packs clean`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.command import command, session
from ggen_graph.core.plan import counted
from ggen_graph.edges.config import home
from ggen_graph.workflows.clean import clean
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.places import Terms

if TYPE_CHECKING:
    from typing import Any


@command("clean")
@click.option("--dry-run", is_flag=True, help="Only show what would be removed.")
@click.option("--no-wait", is_flag=True, help="Fail if another ggen is at work there.")
def clean_(dry_run: bool, no_wait: bool) -> None:
    """Remove old backups and unused trees from the home.

    In a project, also the records of resolutions that failed, but the latest.

    They are old after a day. The latest backup of each project's folder stays, and all that is installed.
    """
    state, project = session(), current_project()
    done = clean(home(), project, dry=dry_run, terms=Terms(tell=state.progress, wait=not no_wait))
    document: dict[str, Any] = {
        "dry_run": dry_run,
        "backups": list(done.backups),
        "trees": list(done.trees),
        "records": list(done.records),
        "freed": done.freed,
    }

    def show() -> None:
        for tree in done.trees:
            click.echo(f"tree of {tree}")
        for backup in done.backups:
            click.echo(f"backup {backup}")
        for record in done.records:
            click.echo(f"record {record}")
        told = f"{counted(len(done.backups), 'backup')} and {counted(len(done.trees), 'tree')}"
        if project is not None:
            told = f"{counted(len(done.records), 'record')}, {told}"
        click.echo(f"{told} would go" if dry_run else f"{told} removed, {done.freed:,} bytes freed")

    state.emit(document, show)
