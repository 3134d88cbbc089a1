"""`ggen packs list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_to_read, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.text import table
from ggen_graph.workflows.browse import browse
from ggen_graph.workflows.here import current_project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ggen_graph.cli.command import Session
    from ggen_graph.graph.packs import PackSummary


@command("list")
@click.option("--category", metavar="NAME", help="Only packs of this category.")
@click.option("--tag", metavar="TAG", help="Only packs with this tag.")
@click.option("--installed", is_flag=True, help="Only packs that are installed in the home.")
@click.option(
    "--sort",
    type=click.Choice(["name", "health", "category"]),
    default="name",
    show_default=True,
    help="By what to sort.",
)
@registry_option
def list_(
    category: str | None, tag: str | None, installed: bool, sort: str, registries: tuple[Path, ...]
) -> None:
    """List the packs of the registries in use."""
    state = session()
    catalog = catalog_to_read(state, registries, current_project())
    emit_packs(state, browse(catalog, category=category, tag=tag, installed=installed, sort=sort))


def emit_packs(state: Session, packs: Sequence[PackSummary]) -> None:
    """Give packs as a table or as JSON."""
    state.emit(
        {"packs": [pack._asdict() for pack in packs]},
        lambda: table(
            ("NAME", "VERSION", "CATEGORY", "HEALTH", "DESCRIPTION"),
            [(p.name, p.version, p.category, p.health, p.description) for p in packs],
            color=state.color,
        ),
    )
