"""`ggen check`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.github import annotation
from ggen_graph.core.diagnostics import CheckFailed
from ggen_graph.edges.git import repository
from ggen_graph.workflows.check import check
from ggen_graph.workflows.project import load_project

if TYPE_CHECKING:
    from ggen_graph.cli.reporters.github import Level
    from ggen_graph.workflows.check import CheckedFile


@command("check")
@click.option("--unmanaged", is_flag=True, help="Also list files that ggen did not make.")
@click.option("--all", "all_", is_flag=True, help="Also list files that are as generated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="github: annotations for a workflow of GitHub Actions.",
)
def check_(unmanaged: bool, all_: bool, form: str) -> None:
    """Compare generated files with what was generated, rendering nothing.

    Lists files that were edited, are missing, became executable or not, can't be read, or have lost
    their baseline, and then ends with exit code 1.
    """
    state = session()
    project = load_project(Path.cwd())
    files = check(project, unmanaged=unmanaged)
    place = project.root.relative_to(repository(project.root))
    findings = [one for one in files if one.finding]
    counts = {
        status: sum(one.status == status for one in files)
        for status in dict.fromkeys(one.status for one in files)
    }
    shown = [one for one in files if one.finding or all_ or one.status == "unmanaged"]

    def show() -> None:
        for one in shown:
            click.echo(_annotated(one, place) if form == "github" else _line(one))
        if form == "text":
            click.echo(
                ", ".join(f"{count} {status}" for status, count in counts.items()) or "no files"
            )

    state.emit({"files": [asdict(one) for one in files], "counts": counts}, show)
    if findings:
        raise CheckFailed(
            f"{len(findings)} generated file(s) are not as they were generated",
            details={"findings": len(findings)},
        )


def _line(one: CheckedFile) -> str:
    told = ", ".join(part for part in (f"{one.pack} {one.version}".strip(), one.detail) if part)
    return f"{one.status:<12}  {one.path}{f'  ({told})' if told else ''}"


def _annotated(one: CheckedFile, place: Path) -> str:
    """A finding for GitHub; `place` is the project's folder, relative to the repository."""
    detail = f" ({one.detail})" if one.detail else ""
    level: Level = "notice" if one.status == "unmanaged" else "error"
    told = f"{one.status}{detail}: {one.pack} {one.version}".strip(": ")
    return annotation(level, (place / one.path).as_posix(), told)
