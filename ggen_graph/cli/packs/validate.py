"""`ggen packs validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.findings import report_options
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.edges.config import home
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.registries import registries_within
from ggen_graph.workflows.validation.deep import validate_contents, validate_dependencies
from ggen_graph.workflows.validation.pack import (
    ASPECTS,
    pack_folders,
    unreadable_packs,
    validate_pack,
)
from ggen_graph.workflows.validation.project import validate_project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.cli.findings import Reporting
    from ggen_graph.core.findings import Finding
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.validation.pack import Aspect


@command("validate")
@click.argument("pack", required=False)
@click.option("--all", "everything", is_flag=True, help="Every pack of the registries in use.")
@click.option(
    "--deep",
    is_flag=True,
    help="Also look for dependencies in the registries, read all RDF, hash what is installed.",
)
@click.option(
    "--check",
    "aspects",
    multiple=True,
    type=click.Choice(ASPECTS),
    help="Only this part of a pack; may be given several times.",
)
@registry_option
@report_options
def validate(
    pack: str | None,
    everything: bool,
    deep: bool,
    aspects: tuple[Aspect, ...],
    registries: tuple[Path, ...],
    reporting: Reporting,
) -> None:
    """Check a pack: manifest, templates, queries and shapes, each fault with its place.

    PACK is a pack's folder, or the name of a pack in a folder registry. Without it, in a project,
    the project's own manifest and lock are checked, and the policies of ggen.toml.
    """
    state = session()
    project = current_project()
    if pack is None and not everything:
        if project is None:
            raise UsageError(
                "name a pack or its folder, or give --all", help="ggen packs validate ./my-pack"
            )
        if aspects or deep:
            raise UsageError(
                "--check and --deep are about packs, and a project is checked as a whole",
                help="name a pack, or give --all",
            )
        findings = validate_project(project, lambda: catalog_for(state, registries, project))
    else:
        folders, findings = _folders(pack, registries, project)
        for folder in folders:
            findings += validate_pack(folder, aspects or ASPECTS)
        if "dependencies" in aspects or (deep and not aspects):
            findings += _dependencies(folders, registries, project)
        if deep and (not aspects or "manifest" in aspects):
            findings += [one for folder in folders for one in validate_contents(folder)]
    reporting.report(state, findings)


def _folders(
    pack: str | None, registries: tuple[Path, ...], project: Project | None
) -> tuple[list[Path], list[Finding]]:
    """The folders of the packs that are meant, and those of which none can be told."""
    if pack is not None and (Path(pack) / "gpack.toml").is_file():
        return [Path(pack)], []
    used = registries_within(project, registries)
    return pack_folders(used, pack), unreadable_packs(used) if pack is None else []


def _dependencies(
    folders: Sequence[Path], registries: tuple[Path, ...], project: Project | None
) -> list[Finding]:
    catalog = catalog_for(session(), registries, project)
    return [one for folder in folders for one in validate_dependencies(folder, catalog)]
