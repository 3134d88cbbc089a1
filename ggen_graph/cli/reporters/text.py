"""Tables, lists and findings for people."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ggen_graph.core.findings import Severity, Summary

_GAP = 2
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # what a terminal would act on
_COLOURS: dict[Severity, str] = {"violation": "red", "warning": "yellow", "info": "blue"}


def table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, color: bool | None = None
) -> None:
    """Print rows under headings. On a terminal the last column is cut to fit; elsewhere nothing is."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = _widths(headings, cells)
    room = _columns() if sys.stdout.isatty() else None
    click.echo(click.style(_line(headings, widths, room), bold=True), color=color)
    for row in cells:
        click.echo(_line(row, widths, room), color=color)


def _columns() -> int:
    import shutil  # noqa: PLC0415 - it brings three compressors along, and a pipe has no width

    return shutil.get_terminal_size().columns


def whole_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under headings as one text, no line cut: a pager scrolls."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = _widths(headings, cells)
    return "\n".join(_line(row, widths, None) for row in (headings, *cells))


def _widths(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    return [
        max([len(heading), *(len(row[index]) for row in cells)])
        for index, heading in enumerate(headings)
    ]


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Print name and value pairs, aligned, those without a value left out."""
    shown = [(name, _cell(value)) for name, value in pairs if value not in (None, "", [], ())]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name:<{width}}  {value}")


def report(summary: Summary) -> str:
    """Findings line by line, what to do under each, and how many there are."""
    lines = []
    for one in summary.shown:
        word = click.style(one.severity, fg=_COLOURS[one.severity])
        place = f"{one.place}: " if one.place else ""
        first, *more = one.told.splitlines() or [""]
        lines.append(f"{one.pack}: {place}{word}: {first}")
        lines += [f"    {line}" for line in (*more, *one.help.splitlines())]
    if summary.left_out:
        lines.append(f"… and {summary.left_out} more; --limit 0 shows all")
    return "".join(f"{line}\n" for line in (*lines, summary.told()))


def _line(cells: Sequence[str], widths: Sequence[int], room: int | None) -> str:
    padded = [f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)]
    line = (" " * _GAP).join(padded).rstrip()
    if room is not None and len(line) > room > 1:
        return line[: room - 1] + "…"
    return line


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(one) for one in value)
    return _CONTROL.sub("\ufffd", " ".join(str(value).split()))
