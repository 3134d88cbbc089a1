"""`ggen packs score`."""

from __future__ import annotations

from pathlib import Path

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.text import table
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.score import score, score_folder


@command("score")
@click.argument("pack")
@registry_option
def score_(pack: str, registries: tuple[Path, ...]) -> None:
    """Show a pack's health score, 0 to 100, and what would raise it.

    PACK is a pack's folder, or the name of a pack in the registries in use. Each part is shown with
    its points, and with the reason, or what would earn them; what would raise the score most is first.
    """
    state = session()
    if (Path(pack) / "gpack.toml").is_file():
        found = score_folder(Path(pack))
    else:
        found = score(catalog_for(state, registries, current_project()), pack)
    document = {
        "name": found.name,
        "version": found.version,
        "score": found.points,
        "parts": [
            {
                "part": one.part,
                "points": one.points,
                "maximum": one.maximum,
                "gain": one.gain,
                "reason": one.reason,
            }
            for one in found.parts
        ],
    }

    def show() -> None:
        if found.points is None:
            click.echo(f"{found.name} {found.version}: not known, its registry lists no files")
            return
        click.echo(f"{found.name} {found.version}: {found.points} of 100")
        click.echo()
        rows = [
            (one.part, one.points, one.maximum, f"+{one.gain}" if one.gain else "", one.reason)
            for one in found.parts
        ]
        table(("PART", "POINTS", "OF", "GAIN", "WHY"), rows, color=state.color)

    state.emit(document, show)
