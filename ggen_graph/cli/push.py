"""`ggen graph push`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import registry_option, scope_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.graph import the_target
from ggen_graph.core.diagnostics import Declined, PlanShownError, UsageError
from ggen_graph.workflows.push import push

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.cli.command import Session
    from ggen_graph.workflows.push import Push


@command("push")
@click.option(
    "--to", metavar="URL", default="", help="The server's address of queries; else GGEN_GRAPH."
)
@scope_option
@click.option(
    "--graph",
    "graphs",
    metavar="IRI",
    multiple=True,
    help="Only this named graph; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would be sent.")
@click.option("-y", "--yes", is_flag=True, help="Replace graphs on the server without asking.")
@registry_option
def push_(
    to: str,
    scope: str | None,
    graphs: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    registries: tuple[Path, ...],
) -> None:
    """Send the graphs of a project or of the catalog to a SPARQL 1.1 server.

    A graph that the server has already is not sent again. What was cut off goes on where it stopped.
    With GGEN_GRAPH set, commands that only read ask that server.
    """
    state = session()

    def consent(url: str, found: Push) -> None:
        if dry_run:
            _emit(state, url, found, "would be sent")
            raise PlanShownError
        if found.replaces and not yes:
            _ask(state, url, len(found.replaces))

    done = push(the_target(scope, registries), to, graphs, consent, state.progress)
    _emit(state, done.to, done.done, "sent")


def _ask(state: Session, url: str, graphs: int) -> None:
    """Ask whether graphs on a server may be replaced, where there is somebody to ask."""
    what = f"{graphs} graphs on {url} would be replaced or removed"
    if state.json or sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(what, help="--dry-run shows which; --yes agrees to it")
    click.echo(what, err=True)
    if not click.confirm("Go on?", err=True):
        raise Declined("nothing was sent")


def _emit(state: Session, url: str, found: Push, word: str) -> None:
    document = {
        "to": url,
        "sent": [
            {
                "graph": one.graph,
                "triples": one.triples,
                "batches": one.batches,
                "resumed": one.done,
            }
            for one in found.send
        ],
        "removed": [name for name, _ in found.drop],
        "unchanged": list(found.same),
    }

    def show() -> None:
        for one in found.send:
            rest = f", from batch {one.done + 1} of {one.batches} on" if one.done else ""
            click.echo(f"{word} {one.graph} ({one.triples:,} triples{rest})")
        for name, _ in found.drop:
            click.echo(f"{'removed' if word == 'sent' else 'would be removed'} {name}")
        click.echo(f"{len(found.same)} graphs are there already, unchanged")

    state.emit(document, show)
