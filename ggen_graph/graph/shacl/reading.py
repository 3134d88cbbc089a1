"""Reading a shapes graph: Turtle files become the values of `shacl.model`.

What makes a shape one, and which values a parameter takes, is as in the recommendation (§2.1, §4);
a parameter with a value that it does not take is an error that names the shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse
from pyoxigraph import Literal as RdfLiteral

from ggen_graph.core.diagnostics import GgenError, Location, RdfInvalid, ShapesInvalid
from ggen_graph.core.sparql import refuse_writing
from ggen_graph.graph.shacl import paths
from ggen_graph.graph.shacl.model import SH, Constraint, Query, Shape, Shapes, Target
from ggen_graph.graph.shacl.parameters import PARAMETERS, PROPERTY_ONLY, SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ggen_graph.graph.shacl.model import Term

    Node = NamedNode | BlankNode

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_TYPE = f"{_RDF}type"
_CLASSES = {f"{_RDFS}Class", f"{_OWL}Class"}
_TARGETS: dict[str, Literal["class", "node", "subjects-of", "objects-of"]] = {
    f"{SH}targetClass": "class",
    f"{SH}targetNode": "node",
    f"{SH}targetSubjectsOf": "subjects-of",
    f"{SH}targetObjectsOf": "objects-of",
}
_SHAPE_TYPES = {f"{SH}NodeShape", f"{SH}PropertyShape"}
_TRUE = RdfLiteral(True)
"""sh:closed, sh:uniqueLang and sh:deactivated say something when they are true."""
# Beyond Core and sh:sparql; SHACL Advanced Features and SHACL JavaScript.
_BEYOND = {
    f"{SH}target": "sh:target",
    f"{SH}expression": "sh:expression",
    f"{SH}js": "sh:js",
    f"{SH}values": "sh:values",
}
_DEEPEST = 100


_QUERIES = frozenset(f"{SH}{kind}" for kind in ("select", "ask", "construct", "update"))


def read_shapes(files: Iterable[Path]) -> Shapes:
    """The shapes of Turtle files, taken together.

    Raises:
        RdfInvalid: a file does not parse.
        ShapesInvalid: a shape is ill-formed.
        QueryRefused, QueryInvalid: a query in it, wherever it stands, would do more than read, or is none.
    """
    triples: list[Triple] = []
    labels: dict[str, str] = {}
    for number, file in enumerate(files):
        triples += (_labelled(triple, labels, number) for triple in _parsed(file))
    return Reader(triples).shapes()


def _parsed(file: Path) -> Iterator[Triple]:
    try:
        # A base that no finding shows: relative IRIs in a shapes file have none of their own.
        for quad in parse(file.read_bytes(), RdfFormat.TURTLE, base_iri="urn:ggen:shapes/"):
            if quad.predicate.value in _QUERIES:
                _refuse_writing(str(getattr(quad.object, "value", "")), file)
            yield quad.triple
    except SyntaxError as error:
        where = Location(file.name, error.lineno or 0, error.offset or 0)
        raise RdfInvalid(f"{file.name} is not Turtle: {error.msg}", where=where) from error


def _refuse_writing(query: str, file: Path) -> None:
    """Refuse a query that would do more than read, with the line on which it begins in the file."""
    try:
        refuse_writing(query, file.name)
    except GgenError as error:
        text = file.read_text("utf-8", "replace")
        start = text.find(query)  # not found where it is written with escapes
        error.where = Location(
            file.name, 0 if start < 0 else text.count("\n", 0, start) + 1, start >= 0
        )
        raise


def _labelled(triple: Triple, labels: dict[str, str], file: int) -> Triple:
    """The triple with blank nodes named by their order, so that findings name them the same way."""

    def label(node: object) -> object:
        if not isinstance(node, BlankNode):
            return node
        return BlankNode(labels.setdefault(f"{file} {node.value}", f"b{len(labels)}"))

    subject, object_ = label(triple.subject), label(triple.object)
    return Triple(cast("Node", subject), triple.predicate, cast("Term", object_))


class Reader:
    """Looks triples up by subject and predicate while shapes are made of them."""

    def __init__(self, triples: list[Triple]) -> None:
        self.triples = tuple(dict.fromkeys(triples))
        self.said: dict[Node, dict[str, list[Triple]]] = {}
        self.used: dict[tuple[str, object], list[Node]] = {}
        for triple in self.triples:
            subject = cast("Node", triple.subject)
            by_predicate = self.said.setdefault(subject, {})
            by_predicate.setdefault(triple.predicate.value, []).append(triple)
            self.used.setdefault((triple.predicate.value, triple.object), []).append(subject)
        self.declared = {
            str_of(path)
            for node in self.said
            for parameter in self.objects(node, f"{SH}parameter")
            for path in self.objects(parameter, f"{SH}path")
        }

    def shapes(self) -> Shapes:
        """All shapes."""
        nodes = dict.fromkeys(self._shape_nodes())
        named = {str_of(node): self._shape(node) for node in nodes}
        unknown = tuple(
            name
            for name in (
                "rule",
                "returnType",
            )  # a rule changes the data; a query may use a function
            if any(SH + name in said for said in self.said.values())
        )
        return Shapes(named, self.triples, tuple(f"sh:{name}" for name in unknown))

    def _beyond(self, node: Node) -> Iterator[str]:
        """What a shape says that is not Core: advanced features, and parameters that others declared."""
        for predicate in self.said.get(node, ()):
            if predicate in _BEYOND:
                yield _BEYOND[predicate]
            elif predicate in self.declared:
                yield f"the constraint component of {predicate}"

    def _shape_nodes(self) -> Iterator[Node]:
        """Every shape: by its type, its targets, its parameters, or because a shape refers to it."""
        for node, said in self.said.items():
            types = {str_of(one) for one in self.objects(node, _TYPE)}
            if types & _SHAPE_TYPES or said.keys() & (_TARGETS.keys() | PARAMETERS.keys()):
                yield node
            for predicate, parameter in PARAMETERS.items():
                if parameter.kind == "shape":
                    yield from cast("list[Node]", self.objects(node, predicate))
                elif parameter.kind == "shapes":
                    for one in self.objects(node, predicate):
                        yield from cast("list[Node]", self.members(one))

    def _shape(self, node: Node) -> Shape:
        path = [self.path(one) for one in self.objects(node, f"{SH}path")]
        if len(path) > 1:
            raise _ill_formed(node, "has several values of sh:path", "give it one")
        types = {str_of(one) for one in self.objects(node, _TYPE)}
        if not path and f"{SH}PropertyShape" in types:
            raise _ill_formed(node, "is a property shape without sh:path", "say which property")
        if path and f"{SH}NodeShape" in types:
            raise _ill_formed(node, "is a node shape with sh:path", "make it a sh:PropertyShape")
        severity = [str_of(one) for one in self.objects(node, f"{SH}severity")]
        return Shape(
            name=str_of(node),
            path=path[0] if path else None,
            targets=tuple(self._targets(node)),
            constraints=tuple(self._constraints(node, is_property=bool(path))),
            severity=severity[0] if severity else f"{SH}Violation",
            messages=self.messages(node),
            deactivated=_TRUE in self.objects(node, f"{SH}deactivated"),
            unknown=tuple(self._beyond(node)),
        )

    def _targets(self, node: Node) -> Iterator[Target]:
        for predicate, kind in _TARGETS.items():
            for term in self.objects(node, predicate):
                if isinstance(term, BlankNode):
                    raise _ill_formed(node, "targets a blank node", "give what it targets an IRI")
                yield Target(kind, term)
        types = {str_of(one) for one in self.objects(node, _TYPE)}
        if isinstance(node, NamedNode) and types & _CLASSES and types & _SHAPE_TYPES:
            yield Target("class", node)

    def _constraints(self, node: Node, *, is_property: bool) -> Iterator[Constraint]:
        for predicate in self.said.get(node, ()):
            parameter = PARAMETERS.get(predicate)
            if parameter is None:
                continue
            name = f"sh:{predicate.removeprefix(SH)}"
            found = self.said[node][predicate]
            if predicate in PROPERTY_ONLY and not is_property:
                raise _ill_formed(
                    node, f"is a node shape with {name}", "say it of a property shape"
                )
            if predicate in SINGLE and len(found) > 1:
                raise _ill_formed(node, f"has several values of {name}", "give it one")
            for triple in found:
                yield from parameter.read(self, node, triple)

    # What `shacl.parameters` asks while it reads a parameter.

    def name(self, node: object) -> str:
        """How a node is told: its IRI, its label, or a literal's text."""
        return str_of(node)

    def objects(self, node: object, predicate: str) -> list[Node | Term]:
        """The objects of a node's triples with a predicate."""
        found = self.said.get(cast("Node", node), {}).get(predicate, [])
        return [cast("Node | Term", triple.object) for triple in found]

    def said_by(self, node: Node, *names: str) -> tuple[Triple, ...]:
        """The triples of a node with these SHACL predicates."""
        said = self.said.get(node, {})
        return tuple(triple for name in names for triple in said.get(SH + name, []))

    def subjects(self, name: str, value: object) -> list[Node]:
        """The nodes that have this value of a SHACL predicate."""
        return self.used.get((SH + name, value), [])

    def members(self, node: object) -> list[Node | Term]:
        """The members of an RDF list.

        Raises:
            ShapesInvalid: it is none, or has no end.
        """
        found: list[Node | Term] = []
        seen = set()
        while node != NamedNode(f"{_RDF}nil"):
            first, rest = (self.objects(node, _RDF + part) for part in ("first", "rest"))
            if len(first) != 1 or len(rest) != 1 or node in seen:
                raise _ill_formed(node, "is not a list", "write ( … )")
            seen.add(node)
            found.append(first[0])
            node = rest[0]
        return found

    def messages(self, node: Node) -> tuple[str, ...]:
        """What sh:message says, first without a language, then in English, then in others."""
        literals = [
            one for one in self.objects(node, f"{SH}message") if isinstance(one, RdfLiteral)
        ]
        ranked = sorted(
            literals,
            key=lambda one: (one.language is not None, one.language != "en", one.language or ""),
        )
        return tuple(one.value for one in ranked)

    def query(self, node: Node) -> Query:
        """A sh:sparql constraint."""
        text = self.objects(node, f"{SH}select")
        if len(text) != 1 or not isinstance(text[0], RdfLiteral):
            raise _ill_formed(node, "is a sh:sparql constraint without one sh:select", "write one")
        prefixes = {
            str_of(prefix): str_of(namespace)
            for owner in self._owners(node)
            for one in self.objects(owner, f"{SH}declare")
            for prefix in self.objects(one, f"{SH}prefix")
            for namespace in self.objects(one, f"{SH}namespace")
        }
        return Query(text[0].value, tuple(prefixes.items()), self.messages(node))

    def _owners(self, node: Node) -> list[Node | Term]:
        """What declares the prefixes of a query: sh:prefixes, and what those import (§5.2.1)."""
        owners = self.objects(node, f"{SH}prefixes")
        for owner in owners:
            owners += [one for one in self.objects(owner, f"{_OWL}imports") if one not in owners]
        return owners

    def path(self, node: object, depth: int = 0) -> paths.Path:
        """A property path (§2.3.1)."""
        if isinstance(node, NamedNode):
            return paths.Step(node.value)
        if not isinstance(node, BlankNode) or depth > _DEEPEST:
            raise _ill_formed(node, "is no property path", "write an IRI or a path")
        if self.objects(node, f"{_RDF}first"):
            return paths.Sequence(self._parts(node, depth))
        for name, times in (("zeroOrMore", "*"), ("oneOrMore", "+"), ("zeroOrOne", "?")):
            for inner in self.objects(node, f"{SH}{name}Path"):
                part = self.path(inner, depth + 1)
                return paths.Repeated(part, cast("Literal['*', '+', '?']", times))
        for inner in self.objects(node, f"{SH}inversePath"):
            return paths.inverted(self.path(inner, depth + 1))
        for inner in self.objects(node, f"{SH}alternativePath"):
            return paths.Alternative(self._parts(inner, depth))
        raise _ill_formed(node, "is no property path", "write an IRI or a path of SHACL §2.3.1")

    def _parts(self, node: object, depth: int) -> tuple[paths.Path, ...]:
        parts = tuple(self.path(one, depth + 1) for one in self.members(node))
        if len(parts) < 2:
            raise _ill_formed(node, "is a path of fewer than two parts", "write two, or none")
        return parts


def str_of(node: object) -> str:
    """A node's IRI, `_:` and its label, or a literal's text."""
    if isinstance(node, BlankNode):
        return f"_:{node.value}"
    return str(getattr(node, "value", node))


def _ill_formed(node: object, fault: str, instead: str) -> ShapesInvalid:
    return ShapesInvalid(f"{str_of(node)} {fault}", help=instead)
