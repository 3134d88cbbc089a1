"""`ggen lock diff`."""

from __future__ import annotations

from pathlib import Path

import click

from ggen_graph.cli.command import command, session
from ggen_graph.workflows.lock_diff import diff_locks


@command("diff")
@click.argument("before", required=False, type=click.Path(path_type=Path))
@click.argument("after", required=False, type=click.Path(path_type=Path))
@click.option(
    "--from", "revision", metavar="REV", help="Compare with the lock of a revision of git."
)
def diff(before: Path | None, after: Path | None, revision: str | None) -> None:
    """Say what differs between two locks, and why.

    BEFORE and AFTER are files; AFTER is the project's ggen.lock if it is not named. Each release that
    came, went or moved is told with what asks for it; then registries, variables and files.
    """
    state = session()
    paths = [path for path in (before, after) if path is not None]
    found = diff_locks(paths, revision)

    def show() -> None:
        for line in found.lines():
            click.echo(line)
        if not found:
            click.echo("no difference")

    state.emit(found.to_record(), show)
