"""What a result says: sh:message, or, where a shape has none, what is wrong and what to write instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from ggen_graph.graph.results import shorten_iri
from ggen_graph.graph.shacl.model import SH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ggen_graph.graph.shacl.model import Constraint, Shape, Term

_VARIABLE = re.compile(r"\{[?$](\w+)\}")
_IRI = re.compile(r"<([^<>]*)>")
_MANY = 12

# {subject} is the path, or the node where there is none; {value} what is at fault; {term} the parameter,
# {terms} several, {shapes} the shapes that are asked for. A path of ours reads "ggen:name".
DEFAULT = {
    "Class": "{subject}: {value} is no {term}; name a node of that class, or say that it is one",
    "Datatype": "{subject}: {value} is not written as {term}; write a literal of that datatype",
    "NodeKind": "{subject}: {value} is the wrong kind of value; write {kind}",
    "MinCount": "{subject} has too few values; write at least {term}",
    "MaxCount": "{subject} has too many values; keep at most {term}",
    "MinExclusive": "{subject}: {value} is too small; write more than {term}",
    "MinInclusive": "{subject}: {value} is too small; write {term} or more",
    "MaxExclusive": "{subject}: {value} is too large; write less than {term}",
    "MaxInclusive": "{subject}: {value} is too large; write {term} or less",
    "MinLength": "{subject}: {value} is too short; write at least {term} characters",
    "MaxLength": "{subject}: {value} is too long; keep it to {term} characters",
    "Pattern": "{subject}: {value} is not written as wanted; write what matches {term}",
    "LanguageIn": "{subject}: {value} is in no language that is wanted; tag it with one of {terms}",
    "UniqueLang": "{subject} has several values in one language; keep one for each",
    "Equals": "{subject}: {value} is a value of only one of it and {term}; give both the same values",
    "Disjoint": "{subject}: {value} is a value of {term}, too; keep it in one of them",
    "LessThan": "{subject}: {value} is not less than each value of {term}; write a smaller one",
    "LessThanOrEquals": "{subject}: {value} is greater than a value of {term}; write a smaller one",
    "Not": "{subject}: {value} is as {shapes} says, and must not be; change what that shape describes",
    "And": "{subject}: {value} is not as all of {shapes} say; correct it until it conforms to each",
    "Or": "{subject}: {value} is as none of {shapes} say; correct it until it conforms to one",
    "Xone": "{subject}: {value} must be as exactly one of {shapes} says; leave one of them true",
    "Node": "{subject}: {value} is not as {shapes} says; correct it until it conforms",
    "QualifiedMinCount": "{subject} has too few values that are as {shapes} says; write at least {term}",
    "QualifiedMaxCount": "{subject} has too many values that are as {shapes} says; keep at most {term}",
    "Closed": "{subject} is not a property that this node may have; leave it out, or write {terms}",
    "HasValue": "{subject} lacks a value; write {term}",
    "In": "{subject}: {value} is not one of the values that may be; write one of {terms}",
    "SPARQL": "{subject}: {value} is not as the shape's query wants; see its sh:select",
}
_KINDS = {
    "IRI": "an IRI",
    "BlankNode": "a blank node",
    "Literal": "a literal",
    "BlankNodeOrIRI": "an IRI or a blank node",
    "BlankNodeOrLiteral": "a literal or a blank node",
    "IRIOrLiteral": "an IRI or a literal",
}


def message_of(
    shape: Shape,
    constraint: Constraint,
    this: Term,
    value: Term | None,
    path: str,
    others: Mapping[str, Term],
) -> str:
    """The message of one result.

    Of a sh:sparql constraint it is, in this order, the row's `?message`, the constraint's sh:message
    and the shape's; `{?var}` and `{$var}` in it are replaced by what the row has (SHACL §5.3.2).
    """
    query = constraint.query
    if query is None:
        return (
            shape.messages[0] if shape.messages else _default(shape, constraint, this, value, path)
        )
    row = {**others, "this": this}
    said = [str(others["message"].value)] if "message" in others else []
    said += (*query.messages, *shape.messages)
    if not said:
        return _default(shape, constraint, this, value, path)
    texts = {name: str(term.value) for name, term in row.items()}
    texts |= {"path": path, "PATH": path} if path else {}
    texts |= {"value": str(value.value)} if value is not None else {}
    return _VARIABLE.sub(lambda found: texts.get(found[1], found[0]), said[0])


def _default(
    shape: Shape, constraint: Constraint, this: Term, value: Term | None, path: str
) -> str:
    terms = [_short(term) for term in constraint.terms]
    shapes = [shorten_iri(name) for name in constraint.shapes]
    if shape.name.startswith("_:") or any(name.startswith("_:") for name in constraint.shapes):
        shapes = ["the shape" if name.startswith("_:") else name for name in shapes]
    kinds = constraint.terms[:1] if constraint.component == "NodeKind" else ()
    return DEFAULT[constraint.component].format(
        subject=_path(path) if path else _short(this),
        value=_short(value) if value is not None else _short(this),
        term=terms[0] if terms else "",
        terms=_some(terms),
        shapes=_some(list(dict.fromkeys(shapes))),
        kind=next((_KINDS.get(term.value.removeprefix(SH), "another") for term in kinds), ""),
    )


def _some(texts: list[str]) -> str:
    rest = len(texts) - _MANY
    return ", ".join(texts[:_MANY]) + (f" and {rest} more" if rest > 0 else "") or "none"


def _path(path: str) -> str:
    """A path, its IRIs shortened."""
    if "<" not in path:
        return shorten_iri(path)
    return _IRI.sub(lambda found: shorten_iri(found[1]), path)


def _short(term: Term) -> str:
    """A node as Turtle would write it, a literal as its text in quotes where that is needed."""
    if isinstance(term, NamedNode):
        return shorten_iri(term.value)
    text = str(getattr(term, "value", term))
    datatype = getattr(term, "datatype", None)
    is_number = datatype is not None and datatype.value.endswith(("integer", "decimal", "double"))
    return text if is_number else f'"{text}"'
