"""`ggen packs lint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.findings import report_options
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.edges.config import home
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.lint import lint_pack
from ggen_graph.workflows.registries import registries_within
from ggen_graph.workflows.validation.pack import pack_folders, unreadable_packs
from ggen_graph.workflows.workbench import own_folder

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.cli.findings import Reporting


@command("lint")
@click.argument("pack", required=False)
@click.option("--all", "everything", is_flag=True, help="Every pack of the registries in use.")
@registry_option
@report_options
def lint(
    pack: str | None, everything: bool, registries: tuple[Path, ...], reporting: Reporting
) -> None:
    """Find what in a pack is of no use or will surprise: unused, undeclared, unordered, untested.

    PACK is a pack's folder, or the name of a pack in a folder registry; without it, the folder this
    is run in. `[lint] allow` in gpack.toml switches rules off for a pack.
    """
    if pack is not None and everything:
        raise UsageError("--all and a pack do not go together", help="leave out one of them")
    used = registries_within(current_project(), registries)
    folders = pack_folders(used, None) if everything else [own_folder(pack, used)]
    findings = unreadable_packs(used) if everything else []
    for folder in folders:
        findings += lint_pack(folder, used)
    reporting.report(session(), findings)
