"""`ggen packs search`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_to_read, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.packs.list import emit_packs
from ggen_graph.workflows.browse import search as find
from ggen_graph.workflows.here import current_project

if TYPE_CHECKING:
    from pathlib import Path


@command("search")
@click.argument("text")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many."
)
@registry_option
def search(text: str, limit: int, registries: tuple[Path, ...]) -> None:
    """Find packs by words: in name, tags, keywords, title and description, the best first."""
    state = session()
    packs = find(catalog_to_read(state, registries, current_project()), text)
    emit_packs(state, packs[:limit])
