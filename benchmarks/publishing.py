"""What it costs to publish a change as a generation of its own, and whether that grows with their number.

One small source of a store with about 92 thousand quads changes again and again. Publishing is:
clone the current generation, replace the source's graph, flush, swap. After each, a new reader opens
the generation and asks it one question.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from benchmarks.measure import Measured, cost_of
from benchmarks.places import PURESCRIPT, scratch, size_of
from benchmarks.report import Table, milliseconds
from ggen_graph.edges.config import Home
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph.lift import load, node
from ggen_graph.graph.packs import list_versions
from ggen_graph.workflows.catalog import open_catalog, sync_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.measure import Cost
    from ggen_graph.graph.store import GraphStore

GENERATIONS = 100
CHANGES = 7
SMALL = "urn:ggen:benchmark"


def run() -> list[Table]:
    """Publish `GENERATIONS` times; then change a small registry, so that the rules run as well."""
    with scratch() as place:
        catalog = open_catalog(Home(place.home), (open_registry(PURESCRIPT),))
        sync_catalog(catalog)
        return [_publishing(catalog.graph), _changing(place.home, place.path / "small")]


def _publishing(graph: GraphStore) -> Table:
    with graph.read() as generation:
        quads = len(generation.store)
    table = Table(
        f"Publishing a generation of a store with {quads:,} quads, {GENERATIONS} times in a row",
        ("", "ms", "first ten", "last ten", "processor ms"),
    )
    _publish(graph, 0)  # the warm-up
    sizes, published, opened = [size_of(graph.root)], [], []
    for turn in range(1, GENERATIONS + 1):
        published.append(cost_of(partial(_publish, graph, turn)))
        opened.append(cost_of(partial(_read, graph)))
        sizes.append(size_of(graph.root))
    _add(table, "clone, change, flush, swap", published)
    _add(table, "open, and the first query", opened)
    table.note(
        f"on the disk: {_megabytes(sizes[0])} after the first, {_megabytes(sizes[-1])} after the last,"
        f" {_megabytes(max(sizes))} at most"
    )
    return table


def _add(table: Table, name: str, costs: list[Cost]) -> None:
    every, first, last = (Measured.of(part) for part in (costs, costs[:10], costs[-10:]))
    walls = (milliseconds(figures.wall) for figures in (every, first, last))
    table.row(name, *walls, milliseconds(every.processor))


def _publish(graph: GraphStore, turn: int) -> None:
    with graph.write() as draft:
        draft.store.remove_graph(NamedNode(f"{SMALL}/graph"))
        nodes = (node(f"{SMALL}/{number}", name=f"turn {turn}") for number in range(20))
        load(draft.store, f"{SMALL}/graph", nodes)


def _read(graph: GraphStore) -> None:
    with graph.read() as generation:
        if not list_versions(generation.store, "halogen"):
            sys.exit("the benchmark is wrong: the catalog has no halogen")


def _changing(home: Path, folder: Path) -> Table:
    """Syncs of a catalog of two registries, after each change to the small one; the first is not counted."""
    folder.mkdir()
    costs = []
    for turn in range(CHANGES + 1):
        lines = (
            f'{{"name": "bench-{number}", "version": "1.{turn}.0", "dependencies": {{"prelude": "^6"}}}}\n'
            for number in range(20)
        )
        (folder / "index.jsonl").write_text("".join(lines), "utf-8")
        catalog = open_catalog(Home(home), (open_registry(PURESCRIPT), open_registry(folder)))
        costs.append(cost_of(partial(sync_catalog, catalog)))
    changed = Measured.of(costs[1:])
    table = Table(
        "One small registry of that catalog changes: the whole sync, with all rules",
        ("", "ms", "processor ms"),
    )
    table.row("sync", milliseconds(changed.wall), milliseconds(changed.processor))
    return table


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
