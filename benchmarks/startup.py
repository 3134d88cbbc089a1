"""How long a person waits for the shortest answer: `ggen packs list` as a cold process, from a warm catalog."""

from __future__ import annotations

from benchmarks.measure import alternate, process
from benchmarks.places import GGEN, PURESCRIPT, PYTHON, scratch
from benchmarks.report import Table, milliseconds, ratio

ROUNDS = 21

EMPTY = "an empty Python process"
COMMANDS = {
    EMPTY: (PYTHON, "-c", "pass"),
    "ggen packs list": (GGEN, "packs", "list"),
    "python -c 'import click'": (PYTHON, "-c", "import click"),
    "python -c 'import pyoxigraph'": (PYTHON, "-c", "import pyoxigraph"),
    "ggen --version": (GGEN, "--version"),
    "ggen packs list, 1,158 packs more": (GGEN, "packs", "list", "--registry", PURESCRIPT),
}


def run() -> list[Table]:
    """`packs list` beside an empty Python, and what its two libraries take of it."""
    with scratch() as place:
        found = alternate(
            {
                name: process(arguments, place.environment, place.work)
                for name, arguments in COMMANDS.items()
            },
            ROUNDS,
        )
    table = Table(
        "Start-up: a cold process with a warm catalog (aim: at most 6 times an empty Python; floor: 100 ms)",
        ("", "ms", "times empty", "processor ms", "times empty"),
    )
    empty = found[EMPTY]
    for name, figures in found.items():
        table.row(
            name,
            milliseconds(figures.wall),
            ratio(figures.wall.times(empty.wall)),
            milliseconds(figures.processor),
            ratio(figures.processor.times(empty.processor)),
        )
    return [table]
