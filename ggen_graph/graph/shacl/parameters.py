"""The parameters of SHACL's constraint components (§4, §5.2): which there are, and how each is read.

A parameter that belongs to another, such as sh:flags, is read with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from pyoxigraph import BlankNode, NamedNode
from pyoxigraph import Literal as RdfLiteral

from ggen_graph.core.diagnostics import ShapesInvalid
from ggen_graph.graph.shacl.model import SH, Constraint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyoxigraph import Triple

    from ggen_graph.graph.shacl.model import Term
    from ggen_graph.graph.shacl.reading import Node, Reader

    Read = Callable[[Reader, Node, Triple], Iterator[Constraint]]

_TRUE = RdfLiteral(True)
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


class Parameter(NamedTuple):
    """How a parameter is read; `kind` says whether its value is a shape, a list of shapes, or neither."""

    kind: Literal["value", "shape", "shapes"]
    read: Read


def _value(component: str) -> Parameter:
    """A parameter whose value is one term, whatever it is."""

    def read(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
        yield Constraint(component, (_term(reader, node, triple.object),), said_by=(triple,))

    return Parameter("value", read)


def _iri(component: str) -> Parameter:
    """A parameter whose value is an IRI: a class, datatype, kind or property."""

    def read(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
        if not isinstance(triple.object, NamedNode):
            raise _wrong(reader, node, triple, "an IRI")
        yield Constraint(component, (triple.object,), said_by=(triple,))

    return Parameter("value", read)


def _count(component: str) -> Parameter:
    """A parameter whose value is a number of values or characters."""

    def read(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
        yield Constraint(component, (_number(reader, node, triple),), said_by=(triple,))

    return Parameter("value", read)


def _bound(component: str) -> Parameter:
    """A parameter whose value is a literal to compare with."""

    def read(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
        if not isinstance(triple.object, RdfLiteral):
            raise _wrong(reader, node, triple, "a literal")
        yield Constraint(component, (triple.object,), said_by=(triple,))

    return Parameter("value", read)


def _list(component: str) -> Parameter:
    """A parameter whose value is a list of terms."""

    def read(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
        terms = tuple(_term(reader, node, one) for one in reader.members(triple.object))
        yield Constraint(component, terms, said_by=(triple,))

    return Parameter("value", read)


def _shape(component: str) -> Parameter:
    """A parameter whose value is a shape."""

    def read(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
        if isinstance(triple.object, RdfLiteral):
            raise _wrong(reader, node, triple, "a shape")
        if component == "Property" and not reader.objects(triple.object, f"{SH}path"):
            raise _wrong(reader, node, triple, "a property shape: one with sh:path")
        yield Constraint(component, shapes=(reader.name(triple.object),), said_by=(triple,))

    return Parameter("shape", read)


def _shapes(component: str) -> Parameter:
    """A parameter whose value is a list of shapes."""

    def read(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
        members = reader.members(triple.object)
        if not members or any(isinstance(one, RdfLiteral) for one in members):
            raise _wrong(reader, node, triple, "a list of shapes")
        names = tuple(dict.fromkeys(reader.name(one) for one in members))
        yield Constraint(component, shapes=names, said_by=(triple,))

    return Parameter("shapes", read)


def _pattern(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
    if not isinstance(triple.object, RdfLiteral):
        raise _wrong(reader, node, triple, "a regular expression")
    flags = [one for one in reader.objects(node, f"{SH}flags") if isinstance(one, RdfLiteral)]
    text = RdfLiteral("".join(one.value for one in flags[:1]))
    said_by = (triple, *reader.said_by(node, "flags"))
    yield Constraint("Pattern", (RdfLiteral(triple.object.value), text), said_by=said_by)


def _unique(_reader: Reader, _node: Node, triple: Triple) -> Iterator[Constraint]:
    if triple.object == _TRUE:
        yield Constraint("UniqueLang", said_by=(triple,))


def _closed(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
    """The properties that a closed shape lets pass: its own, and sh:ignoredProperties (§4.8.1)."""
    if triple.object != _TRUE:
        return
    said_by = reader.said_by(node, "closed", "ignoredProperties", "property")
    own = (
        path
        for shape in reader.objects(node, f"{SH}property")
        for path in reader.objects(shape, f"{SH}path")
    )
    ignored = (
        one
        for members in reader.objects(node, f"{SH}ignoredProperties")
        for one in reader.members(members)
    )
    terms = dict.fromkeys(one for one in (*own, *ignored) if isinstance(one, NamedNode))
    yield Constraint("Closed", tuple(terms), said_by=said_by)


def _qualified(reader: Reader, node: Node, triple: Triple) -> Iterator[Constraint]:
    """One constraint for each count; with disjoint shapes, the siblings come after the shape (§4.7.3)."""
    names = ("qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount")
    said_by = reader.said_by(node, *names, "qualifiedValueShapesDisjoint")
    counts = [one for one in said_by if one.predicate.value.endswith("Count")]
    if not counts:
        raise ShapesInvalid(
            f"{reader.name(node)} has sh:qualifiedValueShape without a count",
            help="add sh:qualifiedMinCount or sh:qualifiedMaxCount",
        )
    shapes = [reader.name(triple.object)]
    if _TRUE in reader.objects(node, f"{SH}qualifiedValueShapesDisjoint"):
        shapes += (
            reader.name(sibling)
            for parent in reader.subjects("property", node)
            for shape in reader.objects(parent, f"{SH}property")
            for sibling in reader.objects(shape, f"{SH}qualifiedValueShape")
            if sibling != triple.object
        )
    for count in counts:
        component = "QualifiedMinCount" if "Min" in count.predicate.value else "QualifiedMaxCount"
        number = _number(reader, node, count)
        yield Constraint(component, (number,), tuple(dict.fromkeys(shapes)), said_by=said_by)


def _sparql(reader: Reader, _node: Node, triple: Triple) -> Iterator[Constraint]:
    inner = cast("Node", triple.object)
    if _TRUE not in reader.objects(inner, f"{SH}deactivated"):
        yield Constraint("SPARQL", query=reader.query(inner), said_by=(triple,))


PARAMETERS = {
    SH + name: parameter
    for name, parameter in {
        "class": _iri("Class"),
        "datatype": _iri("Datatype"),
        "nodeKind": _iri("NodeKind"),
        "minCount": _count("MinCount"),
        "maxCount": _count("MaxCount"),
        "minExclusive": _bound("MinExclusive"),
        "minInclusive": _bound("MinInclusive"),
        "maxExclusive": _bound("MaxExclusive"),
        "maxInclusive": _bound("MaxInclusive"),
        "minLength": _count("MinLength"),
        "maxLength": _count("MaxLength"),
        "pattern": Parameter("value", _pattern),
        "languageIn": _list("LanguageIn"),
        "uniqueLang": Parameter("value", _unique),
        "equals": _iri("Equals"),
        "disjoint": _iri("Disjoint"),
        "lessThan": _iri("LessThan"),
        "lessThanOrEquals": _iri("LessThanOrEquals"),
        "not": _shape("Not"),
        "and": _shapes("And"),
        "or": _shapes("Or"),
        "xone": _shapes("Xone"),
        "node": _shape("Node"),
        "property": _shape("Property"),
        "qualifiedValueShape": Parameter("shape", _qualified),
        "closed": Parameter("value", _closed),
        "hasValue": _value("HasValue"),
        "in": _list("In"),
        "sparql": Parameter("value", _sparql),
    }.items()
}
PROPERTY_ONLY = frozenset(
    SH + name
    for name in (
        *("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals"),
        "qualifiedValueShape",
    )
)
"""Parameters that a node shape must not have."""
SINGLE = frozenset(
    SH + name
    for name in (
        *("datatype", "nodeKind", "minCount", "maxCount", "minLength", "maxLength"),
        *("languageIn", "uniqueLang", "closed", "in", "qualifiedMinCount", "qualifiedMaxCount"),
    )
)
"""Parameters that have at most one value."""


def _number(reader: Reader, node: Node, triple: Triple) -> RdfLiteral:
    value = triple.object
    if (
        not isinstance(value, RdfLiteral)
        or value.datatype.value != _INTEGER
        or not value.value.removeprefix("+").isdecimal()
    ):
        raise _wrong(reader, node, triple, "an xsd:integer of 0 or more")
    return value


def _term(reader: Reader, node: Node, value: object) -> Term:
    if isinstance(value, BlankNode):
        raise ShapesInvalid(
            f"{reader.name(node)} names a blank node as a value, and no other node equals that",
            help="name an IRI or a literal",
        )
    return cast("Term", value)


def _wrong(reader: Reader, node: Node, triple: Triple, wanted: str) -> ShapesInvalid:
    name = triple.predicate.value.removeprefix(SH)
    return ShapesInvalid(
        f"{reader.name(node)} has sh:{name} {reader.name(triple.object)}",
        help=f"the value of sh:{name} is {wanted}",
    )
