"""What safety costs: a thousand files in one transaction, beside `cp -r` and `sync` of the same tree.

A transaction surveys, asks, backs up, stages, flushes, journals, renames, flushes and records; `cp -r`
followed by `sync` is the least that gets the same bytes onto the disk for good. Two plans: all files
are new, and all replace others, which are backed up. Each run begins with a disk that has nothing
left to write (`sync`, not counted), so that none waits for what another wrote.
"""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.measure import alternate, cost_of, process
from benchmarks.places import scratch
from benchmarks.report import Table, milliseconds, ratio
from ggen_graph.edges.config import Home
from ggen_graph.edges.locks import exclusive
from ggen_graph.edges.writes import Write
from ggen_graph.workflows.places import Place
from ggen_graph.workflows.transaction import Proposal, commit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.measure import Cost, Measured
    from benchmarks.places import Scratch

FILES = 1_000
FOLDERS = 100
ROUNDS = 9
LOOKS = 41


def run() -> list[Table]:
    """A thousand files created and replaced, beside a copy; then plans that change nothing."""
    with scratch() as place:
        return [_writing(place), _nothing(place)]


def _writing(place: Scratch) -> Table:
    table = Table(
        f"A transaction of {FILES:,} files, beside cp -r and sync of the same tree (aim: at most 3 times)",
        ("", "ms", "times cp and sync", "processor ms"),
    )
    tree = place.path / "tree"
    _lay_out(tree, "new")
    for peer, name, over in (
        ("cp -r and sync, into an empty folder", f"{FILES:,} files created", False),
        ("cp -r and sync, over other files", f"{FILES:,} files replaced, and backed up", True),
    ):
        runs = {
            peer: partial(_copy, place, tree, over=over),
            name: partial(_commit, place, over=over),
        }
        _add(table, peer, alternate(runs, ROUNDS))
    size = sum(len(data) for _, data in _tree("new"))
    table.note(f"{size / 1e6:.1f} MB in {FOLDERS} folders")
    return table


def _add(table: Table, peer: str, found: dict[str, Measured]) -> None:
    for name, figures in found.items():
        times = figures.wall.times(found[peer].wall)
        table.row(name, milliseconds(figures.wall), ratio(times), milliseconds(figures.processor))


def _nothing(place: Scratch) -> Table:
    """Plans for what is so already: the lock, the survey, and no transaction."""
    root = place.path / "settled"
    _lay_out(root, "new")
    table = Table(
        "A transaction that changes nothing (aim: at most 10 ms)", ("", "ms", "processor ms")
    )
    runs = {
        f"{count:,} file{'s' * (count > 1)}, as they are to be": partial(_look, place, root, count)
        for count in (1, FILES)
    }
    for name, figures in alternate(runs, LOOKS).items():
        table.row(name, milliseconds(figures.wall), milliseconds(figures.processor))
    return table


def _tree(kind: str) -> Iterator[tuple[str, bytes]]:
    """A project's files by path: of half a kilobyte to four, each of its own content."""
    for number in range(FILES):
        line = f"{kind} line of file {number}\n".encode()
        yield f"src/part-{number % FOLDERS}/file-{number}.txt", line * (20 + number * 7 % 140)


def _lay_out(root: Path, kind: str) -> None:
    for path, data in _tree(kind):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def _fresh(place: Scratch, *, over: bool) -> Path:
    """A folder to write to: empty, or with as many files of other content; on the disk already."""
    root = place.path / "root"
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(place.home)
    place.home.mkdir()
    root.mkdir()
    if over:
        _lay_out(root, "old")
    os.sync()
    return root


def _copy(place: Scratch, tree: Path, *, over: bool) -> Cost:
    root = _fresh(place, over=over)
    command = 'cp -r "$1/." "$2" && sync'
    return process(("sh", "-c", command, "sh", tree, root), place.environment, place.work)()


def _commit(place: Scratch, *, over: bool) -> Cost:
    root = _fresh(place, over=over)
    writes = tuple(Write(path, data) for path, data in _tree("new"))
    return cost_of(partial(_held, place, root, writes, changes=FILES))


def _look(place: Scratch, root: Path, count: int) -> Cost:
    writes = tuple(Write(path, data) for path, data in _tree("new"))[:count]
    return cost_of(partial(_held, place, root, writes, changes=0))


def _held(place: Scratch, root: Path, writes: tuple[Write, ...], *, changes: int) -> None:
    """Commit as a command does, with the project's lock and a look for what was cut off."""
    where = Place(root, "benchmark", ".ggen/", Home(place.home))
    with exclusive(root / ".ggen" / "lock", "the project"):
        where.recover()
        done = commit(where, Proposal("benchmark", writes))
    if changes != (len(done.transaction.changes) if done else 0):
        sys.exit("the benchmark is wrong: another number of files was changed")
