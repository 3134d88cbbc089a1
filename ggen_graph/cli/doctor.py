"""`ggen doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import CheckFailed
from ggen_graph.workflows.doctor import examine, restore_lock

if TYPE_CHECKING:
    from ggen_graph.cli.changes import Manner


@command("doctor", recovers=False)
@click.option(
    "--restore-lock",
    "restore_lock_",
    is_flag=True,
    help="Bring back the last ggen.lock that was written.",
)
@change_options
def doctor(restore_lock_: bool, manner: Manner) -> None:
    """Check that everything ggen relies on is in order, and finish or undo what was cut off.

    Looks at Python, the RDF engine, the home, registries and catalog, and inside a project at its
    manifest, lock, graph and model. Exit code 1 if something is wrong.
    """
    state = session()
    if restore_lock_:
        path = restore_lock(manner.terms())
        state.emit({"restored": path}, lambda: click.echo(f"restored {path}"))
        return
    findings = examine()
    document = {"checks": [finding._asdict() for finding in findings]}

    def show() -> None:
        for finding in findings:
            mark, colour = ("ok", "green") if finding.ok else ("!!", "red")
            click.echo(
                f"{click.style(mark, fg=colour)}  {finding.what}: {finding.detail}",
                color=state.color,
            )
            if finding.help and not finding.ok:
                click.echo(f"    {finding.help}")

    state.emit(document, show)
    wrong = [finding.what for finding in findings if not finding.ok]
    if wrong:
        raise CheckFailed(f"not in order: {', '.join(wrong)}")
