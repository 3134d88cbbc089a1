"""`ggen packs plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.text import table
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.resolve import plan as resolve

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.workflows.resolve import Plan


@command("plan")
@click.argument("packs", metavar="PACK[@RANGE]...", nargs=-1, required=True)
@registry_option
def plan(packs: tuple[str, ...], registries: tuple[Path, ...]) -> None:
    """Say which releases an install would choose for these packs, in the order of installation.

    Nothing is downloaded or written, and no project is needed. Exit code 5 says that no choice
    meets all requirements, 4 that the chosen releases require each other in a circle.
    """
    state = session()
    catalog = catalog_for(state, registries, current_project())
    specs = [parse_pack_spec(text) for text in packs]
    chosen = resolve(catalog, [(spec.name, spec.range) for spec in specs])
    state.emit(
        plan_document(chosen),
        lambda: table(
            ("PACK", "VERSION", "REQUIRES"),
            [
                (
                    release.name,
                    release.version,
                    ", ".join(f"{name} {text}" for name, text in release.requires),
                )
                for release in chosen.releases
            ],
            color=state.color,
        ),
    )


def plan_document(chosen: Plan) -> dict[str, Any]:
    """A plan as JSON values; scripts rely on `releases`."""
    return {
        "releases": [
            {
                "name": release.name,
                "version": release.version,
                "requires": [
                    {"name": name, "range": text, "version": chosen.version(name)}
                    for name, text in release.requires
                ],
                "registry": release.registry,
            }
            for release in chosen.releases
        ],
        "roots": [{"name": name, "range": text} for name, text in chosen.roots],
        "levels": [list(level) for level in chosen.levels],
    }
