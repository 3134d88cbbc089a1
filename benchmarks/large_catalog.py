"""A registry of 100,000 releases with 400,000 dependencies: loading it, and planning its root.

Loading is done by the first cold `ggen packs plan`, and once only: it takes minutes of a busy machine.
"""

from __future__ import annotations

import resource

from benchmarks.measure import alternate, cost_of, process
from benchmarks.npm_shaped import write_index
from benchmarks.places import GGEN, scratch, size_of
from benchmarks.report import Table, milliseconds
from ggen_graph.core.names import PackSpec
from ggen_graph.core.solver import Solution, solve
from ggen_graph.edges.config import Home
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph.facts import solver_facts
from ggen_graph.workflows.catalog import open_catalog, sync_catalog

ROUNDS = 3
WISHES = ("--strategy", "merge", "--allow-cycles")


def run() -> list[Table]:
    """Load, then fetch the facts and solve in this process, then plan in cold ones."""
    table = Table(
        "A catalog of 100,000 releases, and a root that reaches 1,301 packs (aim: planned in 5 s)",
        ("", "ms", "processor ms"),
    )
    with scratch() as place:
        index = place.path / "npm.jsonl"
        write_index(index)
        plan = process(
            (GGEN, "packs", "plan", "root", "--registry", index, *WISHES, "--json"),
            place.environment,
            place.work,
        )
        loaded = plan()
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
        row = (f"{loaded.wall * 1000:,.0f}", f"{loaded.processor * 1000:,.0f}")
        table.row("the first plan, which loads it", *row)
        table.note(f"peak memory {peak:.1f} GB; {size_of(place.home) / 1e6:,.0f} MB on the disk")
        for name, figures in alternate({"a cold plan": plan}, ROUNDS).items():
            table.row(name, *map(milliseconds, figures))
        catalog = open_catalog(Home(place.path / "own"), (open_registry(index),))
        sync_catalog(catalog)
        with catalog.graph.read() as generation:
            store = generation.store
            table.note(f"{len(store):,} quads")
            roots = [PackSpec("root", "*")]
            facts = solver_facts(store, roots).facts
            runs = {
                "fetching the facts": lambda: cost_of(lambda: solver_facts(store, roots)),
                "solving": lambda: cost_of(lambda: solve(facts)),
            }
            for name, figures in alternate(runs, ROUNDS).items():
                table.row(name, *map(milliseconds, figures))
        answer = solve(facts)
        candidates = sum(map(len, facts.packs.values()))
        chosen = len(answer.releases) if isinstance(answer, Solution) else 0
        table.note(
            f"{len(facts.packs):,} packs reached, {candidates:,} candidates, {chosen:,} chosen"
        )
    return [table]
