"""`ggen graph`: the store itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_for, registry_option, scope_option
from ggen_graph.cli.command import Command, Group, session
from ggen_graph.cli.findings import report_options
from ggen_graph.cli.reporters.text import fields, table
from ggen_graph.core.diagnostics import CheckFailed
from ggen_graph.workflows import graphs
from ggen_graph.workflows.catalog import left_out

if TYPE_CHECKING:
    from ggen_graph.cli.findings import Reporting
    from ggen_graph.workflows.graphs import Target

_COMMANDS = {
    "status": (
        "ggen_graph.cli.graph",
        "status",
        "Show what the graph holds and whether it is up to date.",
    ),
    "sync": ("ggen_graph.cli.graph", "sync", "Bring the graph up to date with the files."),
    "rebuild": ("ggen_graph.cli.graph", "rebuild", "Make the graph again from the files alone."),
    "validate": (
        "ggen_graph.cli.graph",
        "validate",
        "Check the graph by shapes, policies and gates.",
    ),
    "export": ("ggen_graph.cli.graph", "export", "Write the graph as RDF."),
    "infer": (
        "ggen_graph.cli.infer",
        "infer_",
        "Infer what follows from the graph, into a graph of its own beside it.",
    ),
    "push": (
        "ggen_graph.cli.push",
        "push_",
        "Send the graphs of a project or of the catalog to a SPARQL 1.1 server.",
    ),
}


@click.command(cls=Group, lazy=_COMMANDS, name="graph")
def graph() -> None:
    """Look after the graph of a project or of the catalog.

    The graph is a projection of files: manifests, lock, records, the model, registries. Commands
    keep it up to date by themselves; deleting it loses nothing.
    """


def the_target(scope: str | None, registries: tuple[Path, ...]) -> Target:
    """The store that the options name."""
    return graphs.target(scope, [path.resolve() for path in registries])


@click.command("status", cls=Command)
@scope_option
@registry_option
def status(scope: str | None, registries: tuple[Path, ...]) -> None:
    """Show what the graph holds and whether it is up to date. Exit code 1 if it is not."""
    state = session()
    found = graphs.status(the_target(scope, registries))

    def show() -> None:
        fields(
            [
                ("scope", found["scope"]),
                ("generation", found["generation"]),
                ("quads", found["quads"]),
                ("to sync", found["stale"]),
                ("to drop", found["vanished"]),
            ]
        )
        if found["graphs"]:
            click.echo()
            table(("GRAPH", "QUADS"), [(one["graph"], one["quads"]) for one in found["graphs"]])
        for note in left_out(found["problems"]):
            state.note(note)

    state.emit(found, show)
    if found["stale"] or found["vanished"]:
        raise CheckFailed(
            "the graph is not up to date", help="`ggen graph sync` brings it up to date"
        )


@click.command("sync", cls=Command)
@scope_option
@registry_option
def sync(scope: str | None, registries: tuple[Path, ...]) -> None:
    """Bring the graph up to date with the files: changed sources are read again, and only those."""
    _sync(scope, registries, rebuild=False)


@click.command("rebuild", cls=Command)
@scope_option
@registry_option
def rebuild(scope: str | None, registries: tuple[Path, ...]) -> None:
    """Make the graph again from the files alone. The result is what a sync would have kept."""
    _sync(scope, registries, rebuild=True)


def _sync(scope: str | None, registries: tuple[Path, ...], *, rebuild: bool) -> None:
    state = session()
    report = graphs.sync(the_target(scope, registries), rebuild=rebuild)
    for note in left_out(report.problems):
        state.note(note)
    document = {
        "published": report.published,
        "changed": list(report.changed),
        "removed": list(report.removed),
        "problems": report.problems,
    }

    def show() -> None:
        if not report.published:
            click.echo("nothing changed")
        for key in report.changed:
            click.echo(f"replaced {key}")
        for key in report.removed:
            click.echo(f"dropped {key}")

    state.emit(document, show)


@click.command("validate", cls=Command)
@click.option(
    "--shapes",
    metavar="PATH",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Also check by the shapes in this file or folder.",
)
@click.option(
    "--full", is_flag=True, help="Look also at what has not changed since nothing was found."
)
@scope_option
@registry_option
@report_options
def validate(
    shapes: tuple[Path, ...],
    full: bool,
    scope: str | None,
    registries: tuple[Path, ...],
    reporting: Reporting,
) -> None:
    """Check the graph by shapes, policies and gates, each fault with its place.

    A project's graph is checked by ggen's shapes, the policies of ggen.toml, and the shapes and gates
    of the project and of its packs; the catalog's by the shape of packs. Ends with exit code 1 if
    something is found.
    """
    from ggen_graph.workflows.validation.graph import (  # noqa: PLC0415 - it brings the validator
        validate_graph,
    )

    state = session()
    of = the_target(scope, registries)
    findings = validate_graph(
        of, shapes, lambda: catalog_for(state, registries, of.project), full=full
    )
    reporting.report(state, findings)


@click.command("export", cls=Command)
@scope_option
@click.option(
    "--format",
    "form",
    type=click.Choice(graphs.EXPORT_FORMATS),
    default="nquads",
    show_default=True,
    help="How to write it; turtle and ntriples merge all graphs.",
)
@click.option("--graph", "name", metavar="IRI", help="Only this named graph.")
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), help="Where to; else stdout."
)
@registry_option
def export(
    scope: str | None,
    form: str,
    name: str | None,
    output: Path | None,
    registries: tuple[Path, ...],
) -> None:
    """Write the graph as RDF, sorted where the format has one line for each quad."""
    data = graphs.export(the_target(scope, registries), form, name)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        graphs.write_export(output, data)
