"""Projects from the packs that ship with ggen: `ggen new` as a cold process, until the files are there."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from benchmarks.measure import alternate, process
from benchmarks.places import GGEN, PACKS, SCHEMA_ORG, scratch
from benchmarks.report import Table, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.measure import Cost
    from benchmarks.places import Scratch

ROUNDS = 5

# What is measured → the pack, and what else `ggen new` is given.
PROJECTS: dict[str, tuple[str, tuple[str | Path, ...]]] = {
    "web-api-starter, the shop's model": ("web-api-starter", ()),
    "typescript-models, schema.org": ("typescript-models", ("--model", SCHEMA_ORG)),
}


def run() -> list[Table]:
    """Each project anew, in a folder of its own, with its packs installed already."""
    there = {
        name: project
        for name, project in PROJECTS.items()
        if (PACKS / project[0] / "gpack.toml").is_file()
    }
    table = Table(
        "Generating a project: a cold `ggen new`, its packs installed",
        ("", "files", "ms", "ms per file", "processor ms"),
    )
    with scratch() as place:
        found = alternate({name: _new(place, *there[name]) for name in there}, ROUNDS)
        for name, figures in found.items():
            files = _files(place.work / f"{there[name][0]}-0")
            each = f"{figures.wall.median * 1000 / files:.2f}"
            walls = milliseconds(figures.wall)
            table.row(name, f"{files:,}", walls, each, milliseconds(figures.processor))
    for name in PROJECTS:
        if name not in there:
            table.note(f"{name}: not measured, the pack is not there")
    return [table]


def _new(place: Scratch, pack: str, options: tuple[str | Path, ...]) -> Callable[[], Cost]:
    turns = itertools.count()

    def run() -> Cost:
        name = f"{pack}-{next(turns)}"
        new = (GGEN, "new", name, "--pack", pack, "--var", "author=Ann Example", *options)
        return process(new, place.environment, place.work)()

    return run


def _files(project: Path) -> int:
    """How many files there are beside ggen's own."""
    paths = (path for path in project.rglob("*") if path.is_file())
    return sum(1 for path in paths if ".ggen" not in path.relative_to(project).parts)
