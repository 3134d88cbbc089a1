"""`ggen packs export`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ggen_graph.cli.catalog import registry_option, scope_option
from ggen_graph.cli.command import command
from ggen_graph.workflows import graphs


@command("export")
@click.argument("pack", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(graphs.EXPORT_FORMATS),
    default="turtle",
    show_default=True,
    help="How to write it; turtle and ntriples merge all graphs.",
)
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), help="Where to; else stdout."
)
@scope_option
@registry_option
def export(
    pack: str | None,
    form: str,
    output: Path | None,
    scope: str | None,
    registries: tuple[Path, ...],
) -> None:
    """Write what the graph says of PACK as RDF; without PACK, all of the project or of the catalog.

    Of a pack that is itself, its releases with their templates, queries and variables, and what they
    require; from the catalog, if --scope does not say project.
    """
    paths = [path.resolve() for path in registries]
    if pack is None:
        data = graphs.export(graphs.target(scope, paths), form, None)
    else:
        data = graphs.export_pack(graphs.target(scope or "catalog", paths), form, pack)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        graphs.write_export(output, data)
