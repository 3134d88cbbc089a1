"""Which releases an install would choose: `ggen packs plan` as a cold process, from a warm catalog."""

from __future__ import annotations

from benchmarks.measure import alternate, process
from benchmarks.places import GGEN, PURESCRIPT, PYTHON, scratch
from benchmarks.report import Table, milliseconds, ratio

ROUNDS = 11
EMPTY = "an empty Python process"


def run() -> list[Table]:
    """A plan from a real registry, beside an empty Python."""
    plan = (GGEN, "packs", "plan", "halogen", "--registry", PURESCRIPT, "--json")
    with scratch() as place:
        found = alternate(
            {
                EMPTY: process((PYTHON, "-c", "pass"), place.environment, place.work),
                "ggen packs plan halogen": process(plan, place.environment, place.work),
            },
            ROUNDS,
        )
    table = Table(
        "Planning in a registry of 5,494 releases: a cold process with a warm catalog",
        ("", "ms", "times empty", "processor ms"),
    )
    for name, figures in found.items():
        times = figures.wall.times(found[EMPTY].wall)
        table.row(name, milliseconds(figures.wall), ratio(times), milliseconds(figures.processor))
    return [table]
