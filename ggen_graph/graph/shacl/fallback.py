"""What is not compiled: pySHACL looks at it, on an rdflib copy of what it may read.

That is the neighbourhood of its focus nodes, along the predicates of its shapes; where a constraint
may read anything (a query, an advanced feature), it is the whole data graph. pySHACL and rdflib are
imported here alone, and only when there is something to look at.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ggen_graph.core.diagnostics import ShapesInvalid
from ggen_graph.graph.shacl.fragments import fill, in_parts, terms
from ggen_graph.graph.shacl.messages import message_of
from ggen_graph.graph.shacl.model import SH
from ggen_graph.graph.shacl.parameters import PARAMETERS
from ggen_graph.graph.shacl.paths import length, shown
from ggen_graph.graph.shacl.reads import SUBCLASS, TYPE, Reads, reads_of
from ggen_graph.graph.shacl.run import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ggen_graph.graph.shacl.coverage import Uncovered
    from ggen_graph.graph.shacl.model import Shape, Shapes
    from ggen_graph.graph.shacl.run import Data, Run

_TARGETS = frozenset(
    SH + name
    for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target")
)
_CLASSES = frozenset(
    ("http://www.w3.org/2000/01/rdf-schema#Class", "http://www.w3.org/2002/07/owl#Class")
)
_BELONG_TO_PARAMETERS = frozenset(
    SH + name
    for name in (
        *("flags", "ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount"),
        "qualifiedValueShapesDisjoint",
    )
)
# Names for what has none, while pySHACL has it: it gives blank nodes back under other names.
_NAMED = "urn:ggen:shape:"


def hand_over(run: Run, uncovered: Iterable[Uncovered]) -> Iterator[Result]:
    """What pySHACL finds about the constraints that are not compiled.

    Raises:
        ShapesInvalid: pySHACL does not take the shapes.
    """
    rules, data = list(_without_targets(run.shapes)), set[Triple]()
    names: dict[str, str] = {}
    for number, one in enumerate(uncovered):
        name = NamedNode(f"{_NAMED}root-{number}")
        names[name.value] = one.shape.name
        if one.whole:
            rules += (triple for triple in run.shapes.triples if _says_target(triple, one))
            data |= run.data.construct(fill("construct-everything"))
            continue
        focus = run.focus(one.shape)
        nodes = list(run.nodes(focus))
        if not nodes:
            continue
        rules += _copied(run.shapes, one, name)
        rules += (Triple(name, NamedNode(f"{SH}targetNode"), node) for node in nodes)
        data |= _neighbourhood(run.data, nodes, reads_of(run.shapes, one.shape, one.constraints))
    about_values = _about_values(run.shapes)
    for result in _validated(run, rules, data, names):
        # Where all of a shape is handed over, its targets choose the focus nodes.
        if run.only is None or result.focus in run.only or result.shape in about_values:
            yield result


def _about_values(shapes: Shapes) -> set[str]:
    """The shapes whose results are about values of focus nodes: properties of a property shape."""

    def properties(shape: Shape) -> list[str]:
        return [one.shapes[0] for one in shape.constraints if one.component == "Property"]

    found: set[str] = set()
    left = [name for one in shapes.named.values() if one.path for name in properties(one)]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += properties(shapes.named[name])
    return found


def _without_targets(shapes: Shapes) -> Iterator[Triple]:
    for triple in shapes.triples:
        is_class = triple.predicate.value == TYPE and triple.object.value in _CLASSES  # type: ignore[union-attr]
        is_shape = _name(triple.subject) in shapes.named
        if triple.predicate.value not in _TARGETS and not (is_class and is_shape):
            yield triple


def _says_target(triple: Triple, one: Uncovered) -> bool:
    is_target = triple.predicate.value in _TARGETS or triple.predicate.value == TYPE
    return is_target and _name(triple.subject) == one.shape.name


def _copied(shapes: Shapes, one: Uncovered, name: NamedNode) -> Iterator[Triple]:
    """The shape under another name, with nothing but the constraints that are handed over.

    Other shapes may refer to it, and mean all of it.
    """
    kept = {triple for constraint in one.constraints for triple in constraint.said_by}
    for triple in _without_targets(shapes):
        predicate = triple.predicate.value
        is_parameter = predicate in PARAMETERS or predicate in _BELONG_TO_PARAMETERS
        if _name(triple.subject) == one.shape.name and (triple in kept or not is_parameter):
            yield Triple(name, triple.predicate, triple.object)


def _neighbourhood(data: Data, nodes: list[Any], reads: Reads) -> set[Triple]:
    if reads.anything or any(isinstance(node, BlankNode) for node in nodes):
        return data.construct(fill("construct-everything"))
    rounds = None if reads.recursive else _rounds(reads)
    found, reached = _walk(data, set(nodes), reads.predicates, rounds)
    if reads.whole_nodes:
        for chunk in in_parts(reached):
            found |= data.construct(fill("construct-nodes", terms=terms(chunk)))
    if reads.classes:
        types, reached = _walk(data, reached, frozenset((TYPE,)), 1)
        subclasses, _ = _walk(data, reached, frozenset((SUBCLASS,)), None)
        found |= types | subclasses
    return found


def _rounds(reads: Reads) -> int | None:
    """How many triples in a row are looked at at most; None for any number."""
    lengths = []
    for read in reads.found:
        steps = 1
        for path in read.way:
            more = length(path)
            if more is None:
                return None
            steps += more
        lengths.append(steps)
    return max(lengths, default=0)


def _walk(
    data: Data, start: set[Any], predicates: frozenset[str], rounds: int | None
) -> tuple[set[Triple], set[Any]]:
    """The triples with these predicates around some nodes, so many rounds out, and all nodes met."""
    found: set[Triple] = set()
    reached, edge = set(start), set(start)
    names = terms(NamedNode(name) for name in sorted(predicates))
    while edge and predicates and rounds != 0:
        rounds = None if rounds is None else rounds - 1
        new: set[Triple] = set()
        for chunk in in_parts(edge):
            new |= data.construct(
                fill("construct-neighbourhood", terms=terms(chunk), predicates=names)
            )
        found |= new
        edge = {end for triple in new for end in (triple.subject, triple.object)} - reached
        edge = {node for node in edge if not isinstance(node, BlankNode)}
        reached |= edge
    return found, reached


def _validated(
    run: Run, rules: list[Triple], data: set[Triple], names: dict[str, str]
) -> Iterator[Result]:
    from pyshacl import validate  # noqa: PLC0415 - half a second
    from rdflib import Graph  # noqa: PLC0415 - likewise

    # It reports at this level what its findings say anyway.
    logging.getLogger("pyshacl").setLevel(logging.CRITICAL)
    try:
        _, report, text = validate(
            _rdflib(data, run.shapes), shacl_graph=_rdflib(rules, run.shapes), advanced=True
        )
    except Exception as error:
        raise ShapesInvalid(f"pySHACL does not take the shapes: {error}") from error
    if not isinstance(report, Graph):
        raise ShapesInvalid(f"pySHACL could not validate: {text}")
    yield from _results(run, report, names)


def _results(run: Run, report: Any, names: dict[str, str]) -> Iterator[Result]:
    from rdflib import URIRef  # noqa: PLC0415 - after pySHACL

    def value(node: Any, name: str) -> Any:
        return report.value(node, URIRef(SH + name))

    for result in report.objects(None, URIRef(f"{SH}result")):
        source = str(value(result, "sourceShape"))
        name = names.get(source) or source.replace(_NAMED, "_:")
        shape = run.shapes.named[name]
        component = str(value(result, "sourceConstraintComponent"))
        path = value(result, "resultPath")
        shown_path = str(path) if isinstance(path, URIRef) else ""
        if path is not None and not shown_path and shape.path is not None:
            shown_path = shown(shape.path)
        focus, fault = (_term(value(result, part)) for part in ("focusNode", "value"))
        message = str(value(result, "resultMessage") or "")
        for constraint in shape.constraints:
            if component == f"{SH}{constraint.component}ConstraintComponent" and (
                constraint.query is None
            ):
                message = message_of(shape, constraint, focus, fault, shown_path, {})
                break
        severity = str(value(result, "resultSeverity"))
        yield Result(focus, shown_path, fault, name, component, severity, message)


def _rdflib(triples: Iterable[Triple], shapes: Shapes) -> Any:
    from rdflib import BNode, Graph, URIRef  # noqa: PLC0415 - half a second
    from rdflib import Literal as RdflibLiteral  # noqa: PLC0415 - likewise

    def converted(node: Any) -> Any:
        if isinstance(node, BlankNode):
            name = _name(node)
            return URIRef(name.replace("_:", _NAMED)) if name in shapes.named else BNode(node.value)
        if isinstance(node, Literal):
            datatype = None if node.language else URIRef(node.datatype.value)
            return RdflibLiteral(node.value, node.language, datatype, normalize=False)
        return URIRef(node.value)

    graph = Graph()
    for triple in triples:
        graph.add(tuple(converted(node) for node in triple))
    return graph


def _term(node: Any) -> Any:
    from rdflib import BNode, URIRef  # noqa: PLC0415 - after pySHACL

    if node is None:
        return None
    if isinstance(node, URIRef):
        return NamedNode(str(node))
    if isinstance(node, BNode):
        return BlankNode(str(node))
    if node.language:
        return Literal(str(node), language=node.language)
    return (
        Literal(str(node), datatype=NamedNode(str(node.datatype)))
        if node.datatype
        else Literal(str(node))
    )


def _name(node: Any) -> str:
    return f"_:{node.value}" if isinstance(node, BlankNode) else str(node.value)
