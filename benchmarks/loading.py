"""How fast a registry becomes a catalog, beside Oxigraph loading the very same quads from a file.

The registry is a real one: 1,158 packs, 5,494 releases, 68,005 dependencies. Two comparisons, each
with its own file of N-Quads that Oxigraph wrote itself: the registry's graph alone (reading the
index, lifting, loading), and the whole catalog (with ggen's ontology, the rules, and publishing it
as a generation). Each run loads into a store that is new.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Store

from benchmarks.measure import alternate, cost_of
from benchmarks.places import PURESCRIPT, scratch
from benchmarks.report import Table, milliseconds, ratio, thousands
from ggen_graph.edges.config import Home
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph.catalog import registry_source
from ggen_graph.graph.iris import catalog_graph
from ggen_graph.workflows.catalog import open_catalog, sync_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.measure import Cost, Measured
    from benchmarks.places import Scratch
    from ggen_graph.workflows.catalog import Catalog

ROUNDS = 7
LOOKS = 21


def run() -> list[Table]:
    """Lifting and loading alone, the whole, and a second time without a change."""
    with scratch() as place:
        table = Table(
            "Loading a catalog: 5,494 releases, 68,005 dependencies (aim: at least 0.8 of bulk_load's speed)",
            ("", "quads", "ms", "thousand quads/s", "of bulk_load", "processor ms", "of bulk_load"),
        )
        lifted, quads = _dump_lifted(place)
        runs = {"raw": lambda: _bulk_load(lifted, place), "ours": lambda: _lift(place)}
        _add(table, "read, lift and load the registry", quads, alternate(runs, ROUNDS))
        whole, quads = _dump_whole(place)
        runs = {"raw": lambda: _bulk_load(whole, place), "ours": lambda: _sync_new(place)}
        _add(table, "the whole: rules and publishing too", quads, alternate(runs, ROUNDS))
        return [table, _again(place)]


def _add(table: Table, name: str, quads: int, found: dict[str, Measured]) -> None:
    raw = found["raw"]
    for label, figures in (("bulk_load of the same quads", raw), (name, found["ours"])):
        table.row(
            label,
            f"{quads:,}",
            milliseconds(figures.wall),
            thousands(figures.wall.rate(quads)),
            ratio(raw.wall.times(figures.wall)),
            milliseconds(figures.processor),
            ratio(raw.processor.times(figures.processor)),
        )


def _bulk_load(file: Path, place: Scratch) -> Cost:
    folder = _empty(place.path / "raw")

    def work() -> None:
        store = Store(str(folder))
        store.bulk_load(path=str(file), format=RdfFormat.N_QUADS)
        store.flush()

    return cost_of(work)


def _lift(place: Scratch) -> Cost:
    folder = _empty(place.path / "lift")

    def work() -> None:
        store = Store(str(folder))
        _load(store)
        store.flush()

    return cost_of(work)


def _load(store: Store) -> None:
    """Load the registry's graph, and nothing else, as a sync does; nothing is remembered between runs."""
    registry = open_registry(PURESCRIPT)
    source = registry_source(
        registry.base,
        registry.name,
        1,
        (),
        lambda: ((record, registry.reader(record)) for record in registry.releases()),
        registry.problems,
    )
    source.load(store, catalog_graph(registry.base))


def _sync_new(place: Scratch) -> Cost:
    catalog = _catalog(_empty(place.path / "whole"))
    return cost_of(lambda: sync_catalog(catalog))


def _catalog(home: Path) -> Catalog:
    return open_catalog(Home(home), (open_registry(PURESCRIPT),))


def _dump_lifted(place: Scratch) -> tuple[Path, int]:
    file = place.path / "lifted.nq"
    store = Store(str(_empty(place.path / "lift")))
    _load(store)
    store.dump(str(file), format=RdfFormat.N_QUADS)
    return file, len(store)


def _dump_whole(place: Scratch) -> tuple[Path, int]:
    file = place.path / "whole.nq"
    catalog = _catalog(_empty(place.path / "whole"))
    sync_catalog(catalog)
    with catalog.graph.read() as generation:
        generation.store.dump(str(file), format=RdfFormat.N_QUADS)
        return file, len(generation.store)


def _again(place: Scratch) -> Table:
    home = place.path / "whole"
    before = _catalog(home).graph.current()
    found = alternate({"look": lambda: cost_of(lambda: sync_catalog(_catalog(home)))}, LOOKS)
    after = _catalog(home).graph.current()
    table = Table("Loading the same registry again, unchanged", ("", "ms", "processor ms"))
    table.row("sync", *(milliseconds(figure) for figure in found["look"]))
    said = "nothing was written" if before == after else "it was written again"
    table.note(f"{before} before, {after} after: {said}")
    return table


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder
