"""`ggen packs clean`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.command import command, session
from ggen_graph.edges.config import home
from ggen_graph.workflows.clean import clean
from ggen_graph.workflows.places import Terms

if TYPE_CHECKING:
    from typing import Any


@command("clean")
@click.option("--dry-run", is_flag=True, help="Only show what would be removed.")
@click.option("--no-wait", is_flag=True, help="Fail if another ggen is at work there.")
def clean_(dry_run: bool, no_wait: bool) -> None:
    """Remove old backups and unused trees from the home.

    They are old after a day. The latest backup of each project's folder stays, and all that is installed.
    """
    state = session()
    done = clean(home(), dry=dry_run, terms=Terms(tell=state.progress, wait=not no_wait))
    document: dict[str, Any] = {
        "dry_run": dry_run,
        "backups": list(done.backups),
        "trees": list(done.trees),
        "freed": done.freed,
    }

    def show() -> None:
        for tree in done.trees:
            click.echo(f"tree of {tree}")
        for backup in done.backups:
            click.echo(f"backup {backup}")
        told = f"{len(done.backups)} backups and {len(done.trees)} trees"
        click.echo(f"{told} would go" if dry_run else f"{told} removed, {done.freed:,} bytes freed")

    state.emit(document, show)
