"""Each constraint component as a query: which fragment tells its violations, and with which terms.

Components that ask whether values conform to other shapes are not here: `shacl.run` puts them
together from what these queries find.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from ggen_graph.graph.shacl.fragments import compose, listed, terms
from ggen_graph.graph.shacl.model import SH
from ggen_graph.graph.shacl.paths import is_nullable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.graph.shacl.fragments import Focus
    from ggen_graph.graph.shacl.model import Constraint
    from ggen_graph.graph.shacl.paths import Path

OF_SHAPES = frozenset(
    ("Property", "Node", "Not", "And", "Or", "Xone", "QualifiedMinCount", "QualifiedMaxCount")
)
"""The components whose parameters are shapes."""

_ONE_TERM = {
    "MinExclusive": "min-exclusive",
    "MinInclusive": "min-inclusive",
    "MaxExclusive": "max-exclusive",
    "MaxInclusive": "max-inclusive",
    "MinLength": "min-length",
    "MaxLength": "max-length",
    "MaxCount": "max-count",
    "Disjoint": "disjoint",
    "LessThan": "less-than",
    "LessThanOrEquals": "less-than-or-equals",
}
_KINDS = {
    "IRI": (True, False, False),
    "BlankNode": (False, True, False),
    "Literal": (False, False, True),
    "BlankNodeOrIRI": (True, True, False),
    "BlankNodeOrLiteral": (False, True, True),
    "IRIOrLiteral": (True, False, True),
}
_XSD = "http://www.w3.org/2001/XMLSchema#"

# How literals are written, where a cast would be stricter than the datatype: Oxigraph's integers end
# at 2^63. XSD 1.1 §3.3, without white space around them (RDF 1.1 §5.1: "lexical space").
_INTEGER = r"^[+-]?[0-9]+$"
_DECIMAL = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$"
_DOUBLE = r"^([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN)$"
_WRITTEN = {
    "integer": _INTEGER,
    "decimal": _DECIMAL,
    "double": _DOUBLE,
    "float": _DOUBLE,
    "boolean": "^(true|false|1|0)$",
    "dateTimeStamp": "T.*(Z|[+-][0-9]{2}:[0-9]{2})$",
    "nonNegativeInteger": r"^(\+?[0-9]+|-0+)$",
    "positiveInteger": r"^\+?0*[1-9][0-9]*$",
    "nonPositiveInteger": r"^(-[0-9]+|\+?0+)$",
    "negativeInteger": r"^-0*[1-9][0-9]*$",
}
_RANGED = {
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
# Oxigraph stores a well-formed xsd:int as the xsd:integer it is: what was said first is lost.
_STORED = {
    "dateTimeStamp": "dateTime",
    **dict.fromkeys(
        (*_RANGED, *(name for name in _WRITTEN if name.endswith("Integer"))), "integer"
    ),
}
_CAST = frozenset(
    (
        *("dateTime", "date", "time", "duration", "yearMonthDuration", "dayTimeDuration"),
        *("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"),
    )
)


def queries(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    """The queries whose solutions are a constraint's violations: `?this` and, if any, what is at fault.

    That is `?value`, where the shape has a path and it is a value; `?object` where it is not. The terms
    of a class are it and its subclasses.
    """
    component = constraint.component
    if component in _ONE_TERM:
        [term] = constraint.terms
        yield compose(_ONE_TERM[component], focus, path, {"term": term})
    else:
        yield from _OTHERS[component](constraint, focus, path)


def _class(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    yield compose("class", focus, path, {"terms": terms(constraint.terms)})


def _datatype(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    [term] = constraint.terms
    name = term.value.removeprefix(_XSD)
    kept_as = listed([NamedNode(_XSD + _STORED[name])] if name in _STORED else [term])
    if name in _WRITTEN:
        slots: dict[str, object] = {"list": kept_as, "pattern": Literal(_WRITTEN[name])}
        yield compose("datatype-written", focus, path, slots)
    elif name in _RANGED:
        low, high = (Literal(str(n), datatype=NamedNode(f"{_XSD}decimal")) for n in _RANGED[name])
        slots = {"list": kept_as, "pattern": Literal(_INTEGER), "low": low, "high": high}
        yield compose("datatype-ranged", focus, path, slots)
    elif name in _CAST:
        yield compose("datatype-cast", focus, path, {"term": term})
    else:
        yield compose("datatype", focus, path, {"term": term})


def _node_kind(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    [term] = constraint.terms
    kinds = _KINDS.get(term.value.removeprefix(SH), (False, False, False))
    names = ("iri", "blank", "literal")
    slots = {name: str(kind).lower() for name, kind in zip(names, kinds, strict=True)}
    yield compose("node-kind", focus, path, slots)


def _min_count(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    [term] = constraint.terms
    count = int(term.value)
    if path is not None and is_nullable(path):
        if count > 1:
            yield compose("min-count-of-some", focus, path, {"term": term})
    elif count == 1:
        yield compose("min-count-one", focus, path)
    elif count > 1:
        yield compose("min-count", focus, path, {"term": term})


def _pattern(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    pattern, flags = constraint.terms
    yield compose("pattern", focus, path, {"pattern": pattern, "flags": flags})


def _language_in(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    """Language ranges as one pattern: `en` lets `en-GB` pass, `*` any (RFC 4647 §3.3.1)."""
    ranges = [
        ".+" if term.value == "*" else f"{re.escape(term.value)}(-.+)?" for term in constraint.terms
    ]
    pattern = Literal(f"^({'|'.join(ranges)})$" if ranges else "^$.")
    yield compose("language-in", focus, path, {"pattern": pattern})


def _unique_lang(_: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    yield compose("unique-lang", focus, path)


def _equals(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    [term] = constraint.terms
    yield compose("equals", focus, path, {"term": term})
    back = "equals-itself" if path is None else "equals-back"
    yield compose(back, focus, path, {"term": term})


def _closed(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    yield compose("closed", focus, path, {"terms": terms(constraint.terms)})


def _has_value(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    [term] = constraint.terms
    name = "has-value-itself" if path is None else "has-value"
    yield compose(name, focus, path, {"term": term})


def _in(constraint: Constraint, focus: Focus, path: Path | None) -> Iterator[str]:
    yield compose("in", focus, path, {"terms": terms(constraint.terms)})


_OTHERS = {
    "Class": _class,
    "Datatype": _datatype,
    "NodeKind": _node_kind,
    "MinCount": _min_count,
    "Pattern": _pattern,
    "LanguageIn": _language_in,
    "UniqueLang": _unique_lang,
    "Equals": _equals,
    "Closed": _closed,
    "HasValue": _has_value,
    "In": _in,
}
