"""`ggen packs history` and `ggen packs rollback`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.text import table
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.plan import counted
from ggen_graph.edges.config import home
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.history import file_history, history, roll_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.cli.changes import Manner
    from ggen_graph.cli.command import Session
    from ggen_graph.core.plan import Change
    from ggen_graph.workflows.project import Project
    from ggen_graph.core.transaction import Transaction


@command("history")
@click.argument("transaction", required=False)
@click.option("--file", "path", metavar="PATH", help="What changed this file of the project.")
@click.option("-n", "--limit", type=click.IntRange(min=1), help="At most so many, the latest.")
def history_(transaction: str | None, path: str | None, limit: int | None) -> None:
    """List what was changed, when and by which command.

    With a TRANSACTION, the files that it changed. Outside of a project: what was installed in the
    home and taken from it.
    """
    state = session()
    project = current_project()
    if path is not None:
        _tell_of_file(state, project, path, limit)
        return
    found = history(project, home(), transaction=transaction)
    shown = found[-limit:] if limit else found

    def show() -> None:
        for one in reversed(shown):
            click.echo(_line(one))
            if transaction:
                for line in _changes(one.changes):
                    click.echo(line)
        if not shown:
            click.echo("nothing was changed yet")

    state.emit({"transactions": [_document(one) for one in reversed(shown)]}, show)


@command("rollback")
@click.argument("transaction")
@change_options
def rollback(transaction: str, manner: Manner) -> None:
    """Undo a transaction.

    Every file that it changed is again what it was before. TRANSACTION is an id, a number, or
    "latest"; `ggen packs history` lists them. What was edited since is kept beside the file.
    """
    state = session()
    committed = roll_back(current_project(), home(), transaction, terms=manner.terms())
    if committed is None:
        state.emit(
            {"transaction": None, "files": []},
            lambda: click.echo("nothing to undo: everything is as it was before"),
        )
        return
    done = committed.transaction

    def show() -> None:
        for line in _changes(done.changes):
            click.echo(line)
        for path in committed.kept:
            click.echo(f"edited meanwhile, kept: {path}")
        click.echo(f"transaction {done.reverts} is undone; redo: ggen packs rollback {done.id}")

    state.emit({**_document(done), "kept": list(committed.kept)}, show)


def _line(one: Transaction) -> str:
    by = f" by {one.by}" if one.by else ""
    what = f"{one.command} {one.reverts}".strip()
    return f"{one.id}  {one.at}  {what}{by}  ({counted(len(one.changes), 'file')})"


def _changes(changes: Sequence[Change]) -> list[str]:
    return [
        f"  {change.kind:<8} {change.path}{f'  ({change.why})' if change.why else ''}"
        for change in changes
        if not change.path.startswith(".ggen/")
    ]


def _tell_of_file(state: Session, project: Project | None, path: str, limit: int | None) -> None:
    if project is None:
        raise UsageError("--file is for a project's files", help="go into one, or name it with -C")
    where = Path(os.path.abspath(path))  # noqa: PTH100 - without ".." in it
    inner = where.relative_to(project.root).as_posix() if where.is_relative_to(project.root) else path
    found = file_history(project, home(), inner)[::-1][:limit]
    heads = ("transaction", "at", "by", "command", "change", "release", "rolled back")
    state.emit(
        {"path": inner, "changes": [one._asdict() for one in found]},
        lambda: (
            table([head.upper() for head in heads], found)
            if found
            else click.echo(f"no transaction changed {inner}")
        ),
    )


def _document(one: Transaction) -> dict[str, Any]:
    return {
        "transaction": one.id,
        "number": one.number,
        "at": one.at,
        "by": one.by,
        "command": one.command,
        "run": one.run,
        "reverts": one.reverts,
        "changes": [change.to_record() for change in one.changes],
    }
