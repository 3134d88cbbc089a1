"""`ggen packs plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_to_read, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.text import table
from ggen_graph.cli.resolution import resolution_options
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.core.release import ReleaseId
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.preferences import how_of
from ggen_graph.workflows.resolve import plan as resolve

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.cli.command import Session
    from ggen_graph.graph.packs import LocatedRelease
    from ggen_graph.workflows.resolve import Plan


@command("plan")
@click.argument("packs", metavar="PACK[@RANGE]...", nargs=-1, required=True)
@resolution_options
@registry_option
def plan(
    packs: tuple[str, ...], registries: tuple[Path, ...], preferences: dict[str, Any]
) -> None:
    """Say which releases an install would choose for these packs, in the order of installation.

    Nothing is downloaded or written, and no project is needed. Exit code 5 says that no choice
    meets all requirements, 4 that the chosen releases require each other in a circle.
    """
    state = session()
    project = current_project()
    catalog = catalog_to_read(state, registries, project)
    specs = [parse_pack_spec(text) for text in packs]
    chosen = resolve(catalog, specs, how=how_of(project, preferences))
    note_choices(state, chosen)
    state.emit(
        plan_document(chosen),
        lambda: table(
            ("PACK", "VERSION", "REQUIRES"),
            [
                (
                    release.name,
                    release.version,
                    ", ".join(
                        f"{link.pack} {link.range}"
                        for link in sorted(chosen.links[_id(release)])
                    ),
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
                    {"name": link.pack, "range": link.range, "version": link.version}
                    for link in sorted(chosen.links[_id(release)])
                ],
                "features": list(chosen.features.get(_id(release), ())),
                "registry": release.registry,
            }
            for release in chosen.releases
        ],
        "roots": [
            {"name": name, "range": text, "version": version}
            for name, text, version in chosen.roots
        ],
        "levels": [[one.spec for one in level] for level in chosen.levels],
        "choices": [one._asdict() for one in chosen.choices],
        "overridden": [one._asdict() for one in chosen.overridden],
    }


def note_choices(state: Session, chosen: Plan) -> None:
    """Tell what was chosen where requirements differ, and why."""
    for one in chosen.choices:
        state.note(f"{one.kind}: {one.reason}")


def _id(release: LocatedRelease) -> ReleaseId:
    return ReleaseId(release.name, release.version)
