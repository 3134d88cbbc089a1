"""pySHACL on rdflib, as the reference: its results as values that compiled results are compared with."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from ggen_graph.graph.shacl.model import SH
from ggen_graph.graph.shacl.reading import read_shapes
from ggen_graph.graph.shacl.validate import validate

if TYPE_CHECKING:
    from pathlib import Path


class Told(NamedTuple):
    """A result as both can tell it: a path is an IRI or "path", a shape without an IRI "shape"."""

    focus: str
    path: str
    value: str
    shape: str
    component: str
    severity: str


Results = dict[Told, set[str]]
"""Results with their messages; pySHACL gives those of a shape and of its constraint, in no order."""


def loaded(turtle: str) -> Store:
    store = Store()
    store.load(turtle.encode(), format=RdfFormat.TURTLE)
    return store


def assert_same(store: Store, file: Path) -> set[Told]:
    """Our results are pySHACL's; where there is a sh:message, it is one of pySHACL's too."""
    found, expected = ours(store, file), theirs(store, file)
    assert found.keys() == expected.keys()
    for told, messages in found.items():
        assert messages <= expected[told], told
    return set(found)


def ours(store: Store, file: Path, **options: Any) -> Results:
    """What the compiler finds; no message where it is our own."""
    shapes = read_shapes([file])
    results: Results = {}
    for one in validate(store, shapes, **options):
        told = Told(
            focus=str(one.focus),
            path=one.path if "<" not in one.path else "path",
            value="" if one.value is None else str(one.value),
            shape="shape" if one.shape.startswith("_:") else one.shape,
            component=one.component.removeprefix(SH),
            severity=one.severity.removeprefix(SH),
        )
        shape = shapes.named[one.shape]
        queries = [constraint.query for constraint in shape.constraints if constraint.query]
        is_query = told.component == "SPARQLConstraintComponent"
        has_message = shape.messages or (is_query and all(query.messages for query in queries))
        results.setdefault(told, set()).update({one.message} if has_message else ())
    return results


def theirs(store: Store, file: Path) -> Results:
    """What pySHACL finds on a copy of the store in rdflib."""
    import rdflib
    from pyshacl import validate as pyshacl_validate
    from rdflib.namespace import SH as NAMES

    logging.getLogger("pyshacl").setLevel(logging.CRITICAL)
    logging.getLogger("rdflib.term").setLevel(
        logging.CRITICAL
    )  # it says so of each ill-formed literal
    with warnings.catch_warnings(), mock.patch("rdflib.NORMALIZE_LITERALS", new=False):
        warnings.simplefilter("ignore")
        triples = "\n".join(f"{quad.triple} ." for quad in store)
        data = rdflib.Graph().parse(data=triples, format="nt")
        rules = rdflib.Graph().parse(file, format="turtle")
        _, report, text = pyshacl_validate(data, shacl_graph=rules, advanced=True)
    assert isinstance(report, rdflib.Graph), text
    results: Results = {}
    for result in report.objects(None, NAMES.result):
        shape = report.value(result, NAMES.sourceShape)
        path = report.value(result, NAMES.resultPath)
        told = Told(
            focus=_term(report.value(result, NAMES.focusNode)),
            path="" if path is None else str(path) if isinstance(path, rdflib.URIRef) else "path",
            value=_term(report.value(result, NAMES.value)),
            shape=str(shape) if isinstance(shape, rdflib.URIRef) else "shape",
            component=str(report.value(result, NAMES.sourceConstraintComponent)).removeprefix(SH),
            severity=str(report.value(result, NAMES.resultSeverity)).removeprefix(SH),
        )
        messages = {str(one) for one in report.objects(result, NAMES.resultMessage)}
        results.setdefault(told, set()).update(messages)
    return results


def _term(node: Any) -> str:
    import rdflib

    if node is None:
        return ""
    if isinstance(node, rdflib.URIRef):
        return str(NamedNode(str(node)))
    if node.language:
        return str(Literal(str(node), language=node.language))
    datatype = NamedNode(str(node.datatype)) if node.datatype else None
    return str(Literal(str(node), datatype=datatype))
