"""The solver: which release of each pack, or why none will do.

PubGrub over facts that the graph has fetched. Pure: no store, no files, no clock.
"""

from ggen_graph.core.solver.explain import explain
from ggen_graph.core.solver.facts import Candidate, Facts, Requirement
from ggen_graph.core.solver.failure import Failure
from ggen_graph.core.solver.incompatibility import Derived, Fact, Incompatibility, Supply, Wanted
from ggen_graph.core.solver.order import (
    cycle_in,
    find_cycle,
    install_order,
    levels,
    requires,
    way_into,
)
from ggen_graph.core.solver.solve import Decision, Solution, solve
from ggen_graph.core.solver.term import Term

__all__ = [
    "Candidate",
    "Decision",
    "Derived",
    "Fact",
    "Facts",
    "Failure",
    "Incompatibility",
    "Requirement",
    "Solution",
    "Supply",
    "Term",
    "Wanted",
    "cycle_in",
    "explain",
    "find_cycle",
    "install_order",
    "levels",
    "requires",
    "solve",
    "way_into",
]
