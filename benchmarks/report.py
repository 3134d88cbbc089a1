"""Tables on a terminal, columns aligned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure import Figure


@dataclass(slots=True)
class Table:
    """One benchmark's figures, row by row, and what a reader should know of them."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def row(self, *cells: str) -> None:
        """Add a row; cells that are not given are empty."""
        self.rows.append((*cells, *[""] * (len(self.columns) - len(cells))))

    def note(self, text: str) -> None:
        """Add a line below the table."""
        self.notes.append(text)


def show(table: Table) -> None:
    """Print a table."""
    print(f"\n{table.title}")
    lines = [table.columns, *table.rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(table.columns))]
    for number, line in enumerate(lines):
        print("  " + "  ".join(_cells(line, widths)).rstrip())
        if not number:
            print("  " + "  ".join("-" * width for width in widths))
    for text in table.notes:
        print(f"  {text}")


def _cells(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    name, *figures = line
    padded = [f"{cell:>{width}}" for cell, width in zip(figures, widths[1:], strict=True)]
    return [f"{name:<{widths[0]}}", *padded]


def milliseconds(figure: Figure) -> str:
    """A figure in seconds, as milliseconds: its median, and in brackets its lowest and highest."""
    return _cell(figure, 1000, 1)


def ratio(figure: Figure) -> str:
    """A ratio: its median, and in brackets its lowest and highest."""
    return _cell(figure, 1, 2)


def thousands(figure: Figure) -> str:
    """A rate in thousands: its median, and in brackets its lowest and highest."""
    return _cell(figure, 0.001, 0)


def _cell(figure: Figure, scale: float, digits: int) -> str:
    low, median, high = (
        f"{value * scale:,.{digits}f}" for value in (figure.low, figure.median, figure.high)
    )
    return f"{median} [{low}-{high}]"
