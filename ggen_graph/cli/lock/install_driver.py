"""`ggen lock install-driver`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.edges.config import home
from ggen_graph.workflows.lock_driver import install_driver
from ggen_graph.workflows.project import load_project

if TYPE_CHECKING:
    from ggen_graph.cli.changes import Manner


@command("install-driver")
@change_options
def install_driver_(manner: Manner) -> None:
    """Let git merge ggen.lock with ggen.

    .gitattributes names the driver, the repository's own configuration says what it runs. The first
    is shared by commit, the second is not: run it once in every clone.
    """
    done = install_driver(load_project(Path.cwd()), home(), manner.terms())
    changed = done.configured or bool(done.transaction)

    def show() -> None:
        click.echo("git merges ggen.lock with ggen" + ("" if changed else ", as before"))
        if done.transaction:
            click.echo("next: commit .gitattributes")

    document = {"configured": done.configured, "transaction": done.transaction}
    session().emit(document, show)
