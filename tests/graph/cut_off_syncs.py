"""A program for `test_sync_cut_off.py`: syncs that are killed on the way.

`python cut_off_syncs.py at-each-step FOLDER` kills a sync in a child process at each of its calls that
change the disk (Python's audit events come before the call), prints each harm it finds afterwards,
then how many points it tried. The parent opens no store: a child must not inherit one.
`python cut_off_syncs.py for-ever HOME REGISTRY INDEX` gives a registry other releases of an index and
syncs its catalog, again and again, with a line on stdout for each, until it is killed from outside.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ggen_graph.edges.config import Home
from ggen_graph.edges.registry import open_registry
from ggen_graph.workflows.catalog import open_catalog, sync_catalog
from tests.graph.generations_in_use import NAMES, bring_up_to_date, look, set_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.workflows.catalog import Catalog

CHANGING = {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}
RELEASES = 60


def in_child(work: Callable[[], object], kill_at: int = 0) -> bool:
    """Run `work` in a child, killed at its n-th change of the disk; whether that came."""
    child = os.fork()
    if child == 0:
        if kill_at:
            kill_at_change(kill_at)
        work()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return True
    if os.waitstatus_to_exitcode(status):
        sys.stdout.write(f"after a kill at {kill_at}: see the traceback\n")
    return False


def kill_at_change(number: int) -> None:
    left = [number]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        creates = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
        # A generation has dozens of files, whose removal is the same step again and again.
        again = event == "os.remove" and not str(arguments[0]).endswith("CURRENT")
        if (event in CHANGING and not again) or creates:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def at_each_step(folder: Path) -> int:
    """Kill a sync at every point there is; returns how many there are."""
    for name in NAMES:
        set_number(folder, name, 0)
    in_child(lambda: bring_up_to_date(folder))
    for point in count(1):
        set_number(folder, NAMES[0], point)
        killed = in_child(lambda: bring_up_to_date(folder), kill_at=point)
        in_child(partial(check, folder, point))
        if not killed:
            return point - 1
    raise AssertionError


def check(folder: Path, point: int) -> None:
    """The store is as it was before the sync or after it, and the next sync brings it up to date."""
    assert look(folder)[1] in {f"{point - 1} 0", f"{point} 0"}
    bring_up_to_date(folder)
    assert look(folder)[1] == f"{point} 0"
    bring_up_to_date(folder, rebuild=True)
    left = {entry.name for entry in (folder / "graph").iterdir()}
    assert {"CURRENT", "lock"} < left, left
    assert len(left) == 3, left


def catalog_of(home: Path, registry: Path) -> Catalog:
    return open_catalog(Home(home), (open_registry(registry, "cut-off"),))


def give(registry: Path, lines: list[bytes], number: int) -> None:
    """Give the registry other releases: each time some are new and some are gone."""
    start = number * 7 % (len(lines) - RELEASES)
    temporary = registry.with_suffix(".new")
    temporary.write_bytes(b"".join(lines[start : start + RELEASES]))
    temporary.replace(registry)


def for_ever(home: Path, registry: Path, index: Path) -> None:
    lines = index.read_bytes().splitlines(keepends=True)
    for number in count(1):
        give(registry, lines, number)
        sync_catalog(catalog_of(home, registry))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    mode, *paths = sys.argv[1:]
    if mode == "at-each-step":
        sys.stdout.write(f"{at_each_step(Path(paths[0]))}\n")
    else:
        for_ever(*map(Path, paths))
