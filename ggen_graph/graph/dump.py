"""A store, or what it says of a pack, as RDF text, and how many quads each graph has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.graph import queries
from ggen_graph.graph.iris import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    return write(store.quads_for_pattern(None, None, None, name), form)


def dump_pack(store: Store, form: str, pack: str) -> bytes:
    """What a store says of a pack, in one of `FORMATS`; b"" if it knows none of that name."""
    rows = queries.rows(store, "catalog/export-pack", name=[Literal(pack)])
    quads = [Quad(row["subject"], row["predicate"], row["object"], row["graph"]) for row in rows]
    return write(quads, form) if quads else b""


def write(quads: Iterable[Quad], form: str) -> bytes:
    """Quads in one of `FORMATS`, in a fixed order."""
    rdf_format = FORMATS[form]
    by_graph = form in _BY_GRAPH
    quads = sorted(quads, key=lambda quad: (str(quad.graph_name) if by_graph else "", str(quad)))
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
