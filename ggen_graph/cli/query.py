"""`ggen query`: our own named queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.answers import (
    answer_options,
    list_queries,
    parameters,
    show,
    show_stats,
)
from ggen_graph.cli.catalog import registry_option, scope_option
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.workflows import graphs
from ggen_graph.workflows.own_queries import ask_own, own_queries, own_query

if TYPE_CHECKING:
    from pathlib import Path


@command("query")
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="Show what queries there are.")
@answer_options
@scope_option
@registry_option
def query(
    name: str | None,
    listing: bool,
    form: str | None,
    params: tuple[str, ...],
    stats: bool,
    no_pager: bool,
    scope: str | None,
    registries: tuple[Path, ...],
) -> None:
    """Ask one of ggen's own queries, such as catalog/list-packs. --list shows what there are.

    The folder may be left out where the name is clear without. A parameter that is not given may have
    any value. The queries are files that any SPARQL tool can run.
    """
    state = session()
    if listing or name is None:
        if name is not None or not listing:
            raise UsageError("name a query, or give --list", help="`ggen query --list` shows them")
        list_queries(state, {one.name: one.signature for one in own_queries()})
        return
    asked = own_query(name)
    target = graphs.target(scope or asked.scope, [path.resolve() for path in registries])
    answer = ask_own(
        asked,
        form or ("json" if state.json else "table"),
        target.project,
        target.catalog,
        parameters(params),
    )
    show(state, answer, pager=not no_pager)
    if stats:
        show_stats(state, answer)
