"""`ggen check`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.command import command, session
from ggen_graph.cli.findings import Reporting, format_option, output_option
from ggen_graph.cli.reporters.github import annotation
from ggen_graph.core.diagnostics import CheckFailed
from ggen_graph.core.findings import Finding, summed_up
from ggen_graph.edges.git import repository
from ggen_graph.workflows.check import check
from ggen_graph.workflows.project import load_project

if TYPE_CHECKING:
    from ggen_graph.cli.reporters.github import Level
    from ggen_graph.workflows.check import CheckedFile
    from ggen_graph.workflows.project import Project


@command("check")
@click.option("--unmanaged", is_flag=True, help="Also list files that ggen did not make.")
@click.option("--all", "all_", is_flag=True, help="Also list files that are as generated.")
@format_option
@output_option
def check_(unmanaged: bool, all_: bool, form: str, output: Path | None) -> None:
    """Compare generated files with what was generated, rendering nothing.

    Lists files that were edited, are missing, became executable or not, can't be read, or have lost
    their baseline, and then ends with exit code 1.
    """
    state = session()
    project = load_project(Path.cwd())
    files = check(project, unmanaged=unmanaged)
    faulty = [one for one in files if one.finding]
    counts = {
        status: sum(one.status == status for one in files)
        for status in dict.fromkeys(one.status for one in files)
    }
    reporting = Reporting(form, output=output)
    shown = [one for one in files if one.finding or all_ or one.status == "unmanaged"]
    if form in {"sarif", "junit"}:
        reporting.write(state, summed_up(_finding(project, one) for one in faulty))
    elif form == "github":
        place = project.root.relative_to(repository(project.root))
        reporting.put("".join(f"{_annotated(one, place)}\n" for one in shown), state)
    elif state.json or form == "json":
        state.json = True
        document = {"files": [asdict(one) for one in files], "counts": counts}
        reporting.put(state.document(document), state)
    else:
        told = ", ".join(f"{count} {status}" for status, count in counts.items()) or "no files"
        reporting.put("".join(f"{line}\n" for line in (*map(_line, shown), told)), state)
    if faulty:
        raise CheckFailed(
            f"{len(faulty)} generated file(s) are not as they were generated",
            details={"findings": len(faulty)},
        )


def _finding(project: Project, one: CheckedFile) -> Finding:
    """A file that is not as it was generated, for CI."""
    detail = f" ({one.detail})" if one.detail else ""
    return Finding(
        project.manifest.name,
        "violation",
        f"{one.status}{detail}: {one.pack} {one.version}".strip(": "),
        f"check/{one.status.replace(' ', '-')}",
        one.path,
        folder=str(project.root),
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
