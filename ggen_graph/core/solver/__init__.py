"""The solver: which release of each pack, or why none will do.

PubGrub over facts that the graph has fetched. Pure: no store, no files, no clock.
"""

from ggen_graph.core.solver.choices import Choice
from ggen_graph.core.solver.explain import explain
from ggen_graph.core.solver.facts import Candidate, Facts, Requirement
from ggen_graph.core.solver.failure import Failure
from ggen_graph.core.solver.incompatibility import Derived, Fact, Incompatibility, Supply, Wanted
from ggen_graph.core.solver.order import cycle_in, levels, levels_of_components, way_into
from ggen_graph.core.solver.selection import Link, Selection, select
from ggen_graph.core.solver.side_by_side import side_by_side
from ggen_graph.core.solver.solve import Decision, Solution, solve
from ggen_graph.core.solver.strategies import Overridden, Resolved, resolve
from ggen_graph.core.solver.term import Term
from ggen_graph.core.solver.unblock import unblocking

__all__ = [
    "Candidate",
    "Choice",
    "Decision",
    "Derived",
    "Fact",
    "Facts",
    "Failure",
    "Incompatibility",
    "Link",
    "Overridden",
    "Requirement",
    "Resolved",
    "Selection",
    "Solution",
    "Supply",
    "Term",
    "Wanted",
    "cycle_in",
    "explain",
    "levels",
    "levels_of_components",
    "resolve",
    "select",
    "side_by_side",
    "solve",
    "unblocking",
    "way_into",
]
