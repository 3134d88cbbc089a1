"""`ggen packs validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import CheckFailed, UsageError
from ggen_graph.edges.config import home
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.registries import registries_in_use
from ggen_graph.workflows.validate import (
    pack_folders,
    unreadable_packs,
    validate_pack,
    validate_project,
)

if TYPE_CHECKING:
    from ggen_graph.workflows.validate import Finding

_COLOURS = {"violation": "red", "warning": "yellow", "info": "blue"}
_RANK = ("violation", "warning", "info")


@command("validate")
@click.argument("pack", required=False)
@click.option("--all", "everything", is_flag=True, help="Every pack of the registries in use.")
@click.option(
    "--fail-on",
    type=click.Choice(_RANK),
    default="violation",
    show_default=True,
    help="From which severity on the exit code is 1.",
)
@registry_option
def validate(
    pack: str | None, everything: bool, fail_on: str, registries: tuple[Path, ...]
) -> None:
    """Check a pack: manifest, templates, queries and shapes, each fault with its place.

    PACK is a pack's folder, or the name of a pack in a folder registry. Without it, in a project,
    the project's own manifest is checked.
    """
    state = session()
    findings = _findings(pack, everything, registries)
    counted = {severity: sum(one.severity == severity for one in findings) for severity in _RANK}

    def show() -> None:
        for one in findings:
            place = f"{one.file}:{one.line}:{one.column}" if one.line else one.file
            word = click.style(one.severity, fg=_COLOURS[one.severity])
            click.echo(f"{one.pack}: {place}: {word}: {one.message}", color=state.color)
        click.echo(", ".join(f"{count} {severity}" for severity, count in counted.items()))

    state.emit({"findings": [one._asdict() for one in findings], "counts": counted}, show)
    wrong = sum(counted[severity] for severity in _RANK[: _RANK.index(fail_on) + 1])
    if wrong:
        raise CheckFailed(f"{wrong} finding(s) of severity {fail_on} or above")


def _findings(pack: str | None, everything: bool, registries: tuple[Path, ...]) -> list[Finding]:
    project = current_project()
    if pack is None and not everything:
        if project is None:
            raise UsageError(
                "name a pack or its folder, or give --all", help="ggen packs validate ./my-pack"
            )
        return validate_project(project)
    if pack is not None and (Path(pack) / "gpack.toml").is_file():
        return validate_pack(Path(pack))
    within = (project.root, project.manifest) if project else None
    used = registries_in_use(home(), registries, within)
    findings = unreadable_packs(used) if pack is None else []
    for folder in pack_folders(used, pack):
        findings += validate_pack(folder)
    return findings
