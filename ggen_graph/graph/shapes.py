"""SHACL: shapes run against lifted nodes, findings as values.

pySHACL on rdflib does the validating, on a copy of the nodes at hand: a manifest's worth, never a
whole store. It is imported here alone, and only when something is validated.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from ggen_graph.graph.lift import document

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Store

    from ggen_graph.graph.lift import Node

_SH = "http://www.w3.org/ns/shacl#"


@dataclass(frozen=True, slots=True)
class ShapeFinding:
    """One sh:ValidationResult: IRIs of focus node, path and shape; `value` is the value at fault.

    `severity` is violation, warning or info; `component` is the IRI of sh:sourceConstraintComponent.
    """

    severity: str
    message: str
    focus: str
    path: str
    shape: str
    value: str
    component: str = ""


def check_nodes(nodes: Iterable[Node], shapes: Iterable[Path]) -> list[ShapeFinding]:
    """Validate shaped nodes, in a fixed order of findings."""
    from pyoxigraph import RdfFormat, parse, serialize  # noqa: PLC0415 - with pySHACL
    from rdflib import Graph  # noqa: PLC0415 - half a second

    triples = [quad.triple for quad in parse(document(nodes), RdfFormat.JSON_LD)]
    data = Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
    return check_graph(data, shapes)


def check_store(
    store: Store,
    shapes: Iterable[Path],
    *,
    graphs: Sequence[str] | None = None,
    focus: Collection[str] | None = None,
) -> list[ShapeFinding]:
    """Validate an open store, in a fixed order of findings.

    Args:
        store: an open generation, or any store.
        shapes: Turtle files.
        graphs: the IRIs of the named graphs that are the data; None for the union of all.
        focus: the IRIs of the only focus nodes to look at; None for all.
    """
    from pyoxigraph import NamedNode, RdfFormat, serialize  # noqa: PLC0415 - with pySHACL
    from rdflib import Graph  # noqa: PLC0415 - half a second

    if graphs is None:
        quads = store.quads_for_pattern(None, None, None, None)
    else:
        quads = chain.from_iterable(
            store.quads_for_pattern(None, None, None, NamedNode(name)) for name in graphs
        )
    triples = {quad.triple for quad in quads}
    data = Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
    found = check_graph(data, shapes)
    return found if focus is None else [one for one in found if one.focus in focus]


def check_graph(data: Any, shapes: Iterable[Path]) -> list[ShapeFinding]:
    """Validate an rdflib graph."""
    from pyshacl import validate  # noqa: PLC0415 - half a second
    from rdflib import Graph  # noqa: PLC0415 - likewise

    rules = Graph()
    for path in shapes:
        rules.parse(path, format="turtle")
    # It reports at this level what its findings say anyway.
    logging.getLogger("pyshacl").setLevel(logging.ERROR)
    _, report, _ = validate(data, shacl_graph=rules, advanced=True, allow_infos=False)
    return sorted(_findings(report), key=lambda one: (one.focus, one.path, one.shape, one.value))


def _findings(report: Any) -> Iterable[ShapeFinding]:
    from rdflib import RDF, URIRef  # noqa: PLC0415 - after pySHACL

    def text(node: Any, name: str) -> str:
        return str(report.value(node, URIRef(_SH + name)) or "")

    for result in report.subjects(RDF.type, URIRef(_SH + "ValidationResult")):
        yield ShapeFinding(
            severity=text(result, "resultSeverity").removeprefix(_SH).lower(),
            message=text(result, "resultMessage"),
            focus=text(result, "focusNode"),
            path=text(result, "resultPath"),
            shape=text(result, "sourceShape"),
            value=text(result, "value"),
            component=text(result, "sourceConstraintComponent"),
        )
