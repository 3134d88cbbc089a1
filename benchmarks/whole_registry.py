"""Plans the newest release of every pack of a real registry, each by itself, and writes a page of it.

`python -m benchmarks.whole_registry` writes `docs/reference/resolution-of-a-registry.md` and, beside
it, the CSV of all packs. Each solution is checked and each failure proved again, by the code that
checks the solver in the tests; a wrong one ends the run. Times are the processor's: for the facts
from a catalog that is open, and for solving.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.places import PURESCRIPT, ROOT, scratch
from ggen_graph.core.names import PackSpec
from ggen_graph.core.solver import Solution, cycle_in, explain, solve
from ggen_graph.edges.config import Home
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph.facts import solver_facts
from ggen_graph.graph.packs import list_packs
from ggen_graph.workflows.catalog import open_catalog, sync_catalog
from tests.core.solver.oracle import are_at_odds, faults, faults_in_proof, is_solvable, premises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.core.solver import Facts, Failure
    from ggen_graph.graph.store import Store

PAGE = ROOT / "docs" / "reference" / "resolution-of-a-registry.md"
EVERY = PAGE.with_suffix(".csv")


class Row(NamedTuple):
    """What became of one root: times in seconds; the the explanation if it failed."""

    pack: str
    version: str
    solved: bool
    packs_reached: int
    chosen: int
    taken_back: int
    fetching: float
    solving: float
    explanation: str
    circle: bool


def main() -> None:
    """Plan every pack, check every answer, write the page."""
    with scratch() as place:
        catalog = open_catalog(Home(place.home), (open_registry(PURESCRIPT),))
        sync_catalog(catalog)
        with catalog.graph.read() as generation:
            rows = [
                _plan(generation.store, [(pack.name, pack.version)])
                for pack in list_packs(generation.store)
            ]
            together = _plan(generation.store, [(row.pack, row.version) for row in rows])
    with EVERY.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            (
                "pack",
                "version",
                "solved",
                "packs reached",
                "chosen",
                "taken back",
                "fetching ms",
                "solving ms",
            )
        )
        for row in rows:
            solved = "yes" if row.solved else "no"
            times = (f"{row.fetching * 1000:.1f}", f"{row.solving * 1000:.1f}")
            writer.writerow((row.pack, row.version, solved, *row[3:6], *times))
    PAGE.write_text(_page(rows, together), "utf-8")


def _plan(store: Store, roots: Sequence[tuple[str, str]]) -> Row:
    pack, version = roots[0]
    start = time.process_time()
    facts = solver_facts(store, [PackSpec(*root) for root in roots]).facts
    fetched = time.process_time()
    answer = solve(facts)
    done = time.process_time()
    solved = isinstance(answer, Solution)
    wrong = [] if solved == is_solvable(facts) else ["a SAT solver says otherwise"]
    if isinstance(answer, Solution):
        wrong += faults(facts, answer.releases)
    else:
        wrong += _faults_of(facts, answer)
    if wrong:
        sys.exit(f"{pack} {version}: {'; '.join(wrong)}")
    return Row(
        pack,
        version,
        solved,
        len(facts.packs),
        len(answer.releases) if isinstance(answer, Solution) else 0,
        answer.conflicts if isinstance(answer, Solution) else 0,
        fetched - start,
        done - fetched,
        "" if isinstance(answer, Solution) else explain(answer),
        isinstance(answer, Solution) and _is_circular(facts, answer),
    )


def _is_circular(facts: Facts, solution: Solution) -> bool:
    edges = {
        name: [
            facts.requirements[number].pack
            for each in facts.packs[name]
            if each.version == version
            for number in each.requires
        ]
        for name, version in solution.releases.items()
    }
    return cycle_in(edges) is not None


def _faults_of(facts: Facts, failure: Failure) -> list[str]:
    record = failure.to_record()
    found = faults_in_proof(facts, record)
    return found if are_at_odds(record, premises(record)) else [*found, "the premises go together"]


def _page(rows: Sequence[Row], together: Row) -> str:
    failed = [row for row in rows if not row.solved]
    slowest = sorted(rows, key=lambda row: row.fetching + row.solving, reverse=True)[:10]
    lines = [
        "# The resolution of a whole registry",
        "",
        (
            "The newest release of each pack of a real registry, planned as the only thing that a"
            f" project wants. The registry is PureScript's, as it lies in `tests/data/{PURESCRIPT.name}`."
            " `python -m benchmarks.whole_registry` writes this page, and"
            f" [a table of all packs]({EVERY.name})."
        ),
        "",
        (
            f"Of {len(rows):,} releases, {len(rows) - len(failed):,} can be installed with all that they"
            f" require; {len(failed) or 'none'} can not. In {sum(row.circle for row in rows) or 'none'} of"
            " the solutions releases require each other in a circle. Each verdict is also that of a SAT"
            " solver. Each solution was checked by code that has nothing of the solver: all"
            " requirements are met, and nothing is chosen that none requires. Of each failure every step"
            " was proved again, and that its premises alone exclude each other."
        ),
        "",
        "| per release, in ms of processor time | median | 90 of 100 | 99 of 100 | the slowest |",
        "|---|---|---|---|---|",
        _spread("fetching the facts from the graph", [row.fetching for row in rows]),
        _spread("solving", [row.solving for row in rows]),
        "",
        (
            f"In all it took {sum(row.fetching for row in rows):.0f} s to fetch the facts and"
            f" {sum(row.solving for row in rows):.1f} s to solve. In"
            f" {sum(1 for row in rows if row.taken_back)} of the solutions a choice was taken back."
        ),
        "",
        "## The slowest ten",
        "",
        "| release | packs reached | chosen | fetching, ms | solving, ms |",
        "|---|---|---|---|---|",
        *(
            f"| {row.pack} {row.version} | {row.packs_reached} | {row.chosen or 'none'}"
            f" | {row.fetching * 1000:.0f} | {row.solving * 1000:.1f} |"
            for row in slowest
        ),
        *_failures(failed),
        "",
        "## All of them at once",
        "",
        (
            f"A project that wants all {len(rows):,} of these releases is told in"
            f" {together.fetching * 1000:.0f} + {together.solving * 1000:.0f} ms that"
            + (" it can have them." if together.solved else " it can't have them:")
        ),
        *(
            ["", "```text", *together.explanation.splitlines(), "```"]
            if not together.solved
            else []
        ),
        "",
    ]
    return "\n".join(lines)


def _failures(failed: Sequence[Row]) -> list[str]:
    if not failed:
        return []
    return [
        "",
        f"## The {len(failed)} that can not be installed",
        "",
        "Beside each, the last line of the explanation that `ggen packs plan` prints, of so many.",
        "",
        "| release | lines | why |",
        "|---|---|---|",
        *(_failed(row) for row in failed),
    ]


def _spread(name: str, seconds: Sequence[float]) -> str:
    percents = statistics.quantiles(seconds, n=100)
    figures = (statistics.median(seconds), percents[89], percents[98], max(seconds))
    return f"| {name} | " + " | ".join(f"{figure * 1000:.1f}" for figure in figures) + " |"


def _failed(row: Row) -> str:
    told = row.explanation.splitlines()
    last = told[-1].split(") ", 1)[-1].strip() if told[-1].startswith("(") else told[-1].strip()
    return f"| {row.pack} {row.version} | {len(told)} | {last.replace('||', chr(92) + '|' * 2)} |"


if __name__ == "__main__":
    main()
