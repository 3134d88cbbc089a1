"""Validation: shapes read, what is compiled run, the rest handed over, all results in one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from ggen_graph.graph.shacl.coverage import coverage_of
from ggen_graph.graph.shacl.run import Data, Result, Run

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pyoxigraph import Store

    from ggen_graph.graph.shacl.model import Shapes, Term


def validate(
    store: Store,
    shapes: Shapes,
    *,
    graphs: Sequence[str] | None = None,
    focus: Collection[str] | None = None,
) -> list[Result]:
    """The results of a store, or of some of its graphs, each once; see `graph.shapes.check_store`."""
    coverage = coverage_of(shapes)
    only = None if focus is None else [term_of(text) for text in focus if _is_term(text)]
    run = Run(shapes, Data(store, graphs), only)
    results = {
        one for shape, constraints in coverage.covered for one in run.results(shape, constraints)
    }
    if coverage.uncovered:
        from ggen_graph.graph.shacl.fallback import hand_over  # noqa: PLC0415 - brings pySHACL

        results.update(hand_over(run, coverage.uncovered))
    return sorted(results, key=_order)


def term_of(text: str) -> Term:
    """A focus node from its text: an IRI, or a literal as N-Triples writes it."""
    if not text.startswith('"'):
        return NamedNode(text)
    [quad] = parse(f"<urn:s> <urn:p> {text} .".encode(), RdfFormat.N_TRIPLES)
    found = quad.object
    assert isinstance(found, Literal)  # noqa: S101 - nothing else begins with a quotation mark
    return found


def _is_term(text: str) -> bool:
    """Whether a text names a node that a target could have: a blank node's label does not."""
    return not text.startswith("_:")


def text_of(node: Term) -> str:
    """A focus node as text that `term_of` reads: an IRI, or a literal as N-Triples writes it."""
    return node.value if isinstance(node, NamedNode) else str(node)


def _order(result: Result) -> tuple[str, ...]:
    return tuple(str(part) for part in result)
