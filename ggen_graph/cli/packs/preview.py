"""`ggen packs preview`."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.new import model_options
from ggen_graph.cli.reporters.text import table
from ggen_graph.cli.values import named_values, variable_options
from ggen_graph.core.plan import counted
from ggen_graph.edges.config import home
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.preview import preview
from ggen_graph.workflows.registries import registries_within
from ggen_graph.workflows.values import read_values_file
from ggen_graph.workflows.workbench import own_folder

if TYPE_CHECKING:
    from ggen_graph.cli.command import Session
    from ggen_graph.workflows.preview import Answered, Preview


@command("preview")
@click.argument("template")
@click.option("--pack", metavar="PACK", help="The pack's folder or name; else the folder this is run in.")
@click.option("--case", metavar="NAME", help="Take model and variables of one of the pack's tests.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Show at most so many rows of a query, and files; 0 for all.",
)
@variable_options
@model_options
@registry_option
def preview_(
    template: str,
    pack: str | None,
    case: str | None,
    limit: int,
    variables: tuple[str, ...],
    variables_file: Path | None,
    models: tuple[Path, ...],
    model_base: str | None,
    registries: tuple[Path, ...],
) -> None:
    """Show the rows that a template's queries give, and what it makes of them; nothing is written.

    TEMPLATE is its path in the pack, such as templates/page.md.tera, or the name of its file.
    """
    state = session()
    used = registries_within(current_project(), registries)
    seen = preview(
        own_folder(pack, used),
        template,
        used,
        case=case,
        model=models,
        base=model_base,
        values=read_values_file(variables_file) if variables_file else {},
        flags=named_values(variables),
    )
    state.emit(_document(seen), lambda: _show(state, seen, limit or None))


def _show(state: Session, seen: Preview, limit: int | None) -> None:
    for one in seen.queries:
        click.secho(f"{one.name}: {_count(one)} from {one.path}", bold=True, color=state.color)
        if one.rows:
            rows = (_cells(row, one.columns) for row in islice(one.rows, limit))
            table(one.columns, rows, color=state.color)
            _more(len(one.rows), limit)
        click.echo()
    for file in islice(seen.files, limit):
        click.secho(f"--- {file.path}", fg="cyan", color=state.color)
        text = _text(file.data)
        click.echo(f"({len(file.data):,} bytes)" if text is None else text.removesuffix("\n"))
    _more(len(seen.files), limit)
    click.echo(f"{counted(len(seen.files), 'file')} from {seen.template}; nothing was written")


def _count(one: Answered) -> str:
    if one.rows is None:
        return "true" if one.holds else "false"
    return counted(len(one.rows), "row")


def _cells(row: dict[str, Any], columns: tuple[str, ...]) -> list[str]:
    """Values as JSON writes them, so that text is told from numbers and booleans; unbound is empty."""
    return [_value(row[column]) if column in row else "" for column in columns]


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _more(count: int, limit: int | None) -> None:
    if limit is not None and count > limit:
        click.echo(f"and {count - limit} more: --limit 0 shows all")


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _document(seen: Preview) -> dict[str, Any]:
    return {
        "template": seen.template,
        "queries": [
            {
                "name": one.name,
                "path": one.path,
                "columns": list(one.columns),
                "rows": None if one.rows is None else json.loads(_value(one.rows)),
                "holds": one.holds,
            }
            for one in seen.queries
        ],
        "files": [
            {"path": file.path, "mode": f"{file.mode:o}", "row": file.row, "text": _text(file.data)}
            for file in seen.files
        ],
    }
