"""The solver alone, beside libsolv (C) and resolvelib (Python), on problems made up and on a real registry.

Each runs in a process of its own that is ended after a while. A peer must come to the same verdict,
and what it chose is checked; else nothing is measured but the benchmark fails.
"""

from __future__ import annotations

import json
import os
import pickle
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Cost, Measured
from benchmarks.places import PURESCRIPT, PYTHON, ROOT, scratch
from benchmarks.problems import problem
from benchmarks.report import Table, milliseconds
from benchmarks.solvers import SOLVERS
from ggen_graph.core.names import PackSpec
from ggen_graph.edges.config import Home
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph.facts import solver_facts
from ggen_graph.graph.packs import list_packs
from ggen_graph.workflows.catalog import open_catalog, sync_catalog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.places import Scratch
    from ggen_graph.core.solver import Facts

ROUNDS = 5
LIMIT = 20  # seconds for a whole process
SIZES = ((100, 10), (2_000, 20))


def run() -> list[Table]:
    """Each problem by each solver, in turn."""
    table = Table(
        "Resolution: the solver alone (aims: 100 packs 10 ms, 2,000 easy 150 ms, unsatisfiable 200 ms"
        " in 30 lines; at most 3 times libsolv)",
        ("", "solver", "solved", "ms", "processor ms", "times libsolv", "lines"),
    )
    with scratch() as place:
        for name, facts in _problems(place):
            _add(table, name, _compare(place.path / "problem", facts))
    return [table]


def _problems(place: Scratch) -> Iterator[tuple[str, Facts]]:
    for packs, releases in SIZES:
        for kind in ("easy", "hard", "unsatisfiable"):
            yield f"{packs:,} packs of {releases}, {kind}", problem(kind, packs, releases)
    catalog = open_catalog(Home(place.home), (open_registry(PURESCRIPT),))
    sync_catalog(catalog)
    with catalog.graph.read() as generation:
        store = generation.store
        every = [PackSpec(pack.name, "*") for pack in list_packs(store)]
        yield "PureScript: halogen", solver_facts(store, [PackSpec("halogen", "*")]).facts
        yield "PureScript: all 1,158 packs at once", solver_facts(store, every).facts


def _compare(file: Path, facts: Facts) -> dict[str, list[dict[str, Any]] | None]:
    """What each solver said in each round; None if it took too long."""
    file.write_bytes(pickle.dumps(facts))
    found: dict[str, list[dict[str, Any]] | None] = {name: [] for name in SOLVERS}
    for _ in range(ROUNDS):
        for name, before in found.items():
            if before is not None:
                said = _solve(name, file)
                found[name] = None if said is None else [*before, said]
    verdicts = {said["solved"] for rounds in found.values() for said in rounds or ()}
    if len(verdicts) > 1:
        sys.exit(f"the benchmark is wrong: the solvers disagree: {found}")
    return found


def _solve(name: str, file: Path) -> dict[str, Any] | None:
    command = [str(PYTHON), "-m", "benchmarks.solvers", name, str(file)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, timeout=LIMIT, check=True
        )
    except subprocess.TimeoutExpired:
        return None
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _add(table: Table, name: str, found: dict[str, list[dict[str, Any]] | None]) -> None:
    peer = found["libsolv"]
    for solver, rounds in found.items():
        if rounds is None:
            table.row(name, solver, "", f"more than {LIMIT:,} s")
            continue
        figures = Measured.of([Cost(said["wall"], said["processor"]) for said in rounds])
        times = ""
        if peer:
            ratios = [a["processor"] / b["processor"] for a, b in zip(rounds, peer, strict=True)]
            times = f"{statistics.median(ratios):.2f}"
        solved, lines = rounds[0]["solved"], rounds[0]["lines"]
        table.row(
            name,
            solver,
            "yes" if solved else "no",
            milliseconds(figures.wall),
            milliseconds(figures.processor),
            times,
            str(lines) if solver == "ggen" and not solved else "",
        )
