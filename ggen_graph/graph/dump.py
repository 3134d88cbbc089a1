"""A store as RDF text, and how many quads each graph has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, RdfFormat, serialize

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.graph.iris import PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import Store

FORMATS = {
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
}
_TRIPLES = frozenset(("turtle", "ntriples"))
_BY_GRAPH = frozenset(("trig", "jsonld"))


def dump(store: Store, form: str, graph: str | None = None) -> bytes:
    """A store, or one of its named graphs, in one of `FORMATS`.

    The same quads give the same bytes: quads are sorted before they are written, by graph where
    the format writes a graph's quads together. A format for triples merges the graphs.

    Raises:
        UsageError: there is no graph of that name.
    """
    name = None
    if graph is not None:
        name = next((each for each in store.named_graphs() if each.value == graph), None)
        if name is None:
            raise UsageError(
                f"there is no graph <{graph}>", help="`ggen graph status` lists the graphs"
            )
    rdf_format = FORMATS[form]
    by_graph = form in _BY_GRAPH
    quads = sorted(
        store.quads_for_pattern(None, None, None, name),
        key=lambda quad: (str(quad.graph_name) if by_graph else "", str(quad)),
    )
    if form in _TRIPLES:
        triples = list(dict.fromkeys(quad.triple for quad in quads))
        return serialize(triples, format=rdf_format, prefixes=PREFIXES) or b""
    return serialize(quads, format=rdf_format, prefixes=PREFIXES) or b""


def sizes(store: Store) -> list[tuple[str, int]]:
    """Each named graph with its number of quads, by name."""
    return sorted(
        (name.value, sum(1 for _ in store.quads_for_pattern(None, None, None, name)))
        for name in store.named_graphs()
        if isinstance(name, NamedNode)  # no blank node names a graph of ours
    )
