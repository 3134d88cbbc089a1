"""How long a person waits for the shortest answers, of cold processes from a warm catalog.

`ggen query` answers by itself; `ggen packs sparql` starts a worker process, which is a second Python.
"""

from __future__ import annotations

from benchmarks.measure import alternate, process
from benchmarks.places import GGEN, PURESCRIPT, PYTHON, scratch
from benchmarks.report import Table, milliseconds, ratio

ROUNDS = 21

EMPTY = "an empty Python process"
QUERY = "ASK { ?pack a ggen:Pack }"
COMMANDS = {
    EMPTY: (PYTHON, "-c", "pass"),
    "ggen packs list": (GGEN, "packs", "list"),
    "python -c 'import click'": (PYTHON, "-c", "import click"),
    "python -c 'import pyoxigraph'": (PYTHON, "-c", "import pyoxigraph"),
    "ggen --version": (GGEN, "--version"),
    "ggen query list-packs": (GGEN, "query", "list-packs"),
    "ggen packs sparql, a simple query": (GGEN, "packs", "sparql", "--no-cache", "--query", QUERY),
    "ggen packs sparql, asked before": (GGEN, "packs", "sparql", "--query", QUERY),
    "ggen packs list, 1,158 packs more": (GGEN, "packs", "list", "--registry", PURESCRIPT),
}


def run() -> list[Table]:
    """The commands beside an empty Python, and what their two libraries take of it."""
    with scratch() as place:
        found = alternate(
            {
                name: process(arguments, place.environment, place.work)
                for name, arguments in COMMANDS.items()
            },
            ROUNDS,
        )
    table = Table(
        "Start-up: a cold process with a warm catalog (aims, in times of an empty Python: packs list 6, query 10, packs sparql 25; floor: 100 ms)",
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
