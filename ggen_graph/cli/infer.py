"""`ggen graph infer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import registry_option, scope_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.graph import the_target
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.workflows.infer import infer, owl_rl_engines, request_for, stop_inferring

if TYPE_CHECKING:
    from pathlib import Path


@command("infer")
@scope_option
@click.option("--owl-rl", is_flag=True, help="Infer by OWL 2 RL, in place of ggen's own rules.")
@click.option(
    "--engine",
    type=click.Choice(owl_rl_engines()),
    help=f"Which engine of OWL 2 RL; {owl_rl_engines()[0]} by default.",
)
@click.option(
    "--graph",
    "graphs",
    metavar="IRI",
    multiple=True,
    help="Infer from this named graph; may be repeated. By default from a project's model, and from all that a catalog's files say.",
)
@click.option("--clear", is_flag=True, help="Remove what was inferred, and infer no more.")
@click.option("--dry-run", is_flag=True, help="Only count what follows.")
@registry_option
def infer_(
    scope: str | None,
    owl_rl: bool,
    engine: str | None,
    graphs: tuple[str, ...],
    clear: bool,
    dry_run: bool,
    registries: tuple[Path, ...],
) -> None:
    """Infer what follows from the graph, into a graph of its own beside it.

    From then on it is kept up to date: whatever is inferred from changes, it is inferred anew. Our
    rules and OWL 2 RL can both be asked for.
    """
    state = session()
    of = the_target(scope, registries)
    if clear:
        if owl_rl or engine or graphs or dry_run:
            raise UsageError("--clear goes with no other option but --scope and --registry")
        cleared = stop_inferring(of)
        words = "removed what was inferred" if cleared else "nothing was inferred"
        state.emit({"cleared": cleared}, lambda: click.echo(words))
        return
    request = request_for(graphs, owl_rl=owl_rl, engine=engine)
    found = infer(of, request, dry=dry_run)
    document = {
        "engine": request.engine,
        "triples": found.triples,
        "from": list(found.of),
        "graph": found.graph,
    }

    def show() -> None:
        if found.graph is None:
            click.echo(f"{found.triples:,} triples would follow")
        else:
            click.echo(f"{found.triples:,} triples in {found.graph}")

    state.emit(document, show)
