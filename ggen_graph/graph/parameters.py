"""Parameters of queries: declared in the `#+` header, given as text by a person, bound as terms.

A query takes a parameter where it has a slot, `VALUES ?x { UNDEF }` (`graph.queries`). Its header says
what it is for and of which type it is::

    #+ summary: The packs of a category.
    #+ params:
    #+   category: iri

Types are those of `TYPES`, `list of TYPE` where several values may be given, and for a slot of several
variables `list of (TYPE, TYPE)`. A slot that the header says nothing of takes text, or an IRI in `<>`.

Keeps true: a value becomes a term, which Oxigraph writes down, and never a part of the query's syntax.
"""

from __future__ import annotations

import re
from csv import Error, reader
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import Literal, NamedNode

from ggen_graph.core.diagnostics import UsageError, did_you_mean
from ggen_graph.core.sparql import header, shortened
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.queries import bind, slots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ggen_graph.graph.queries import Term

_XSD = PREFIXES["xsd"]
_ANY = "text"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
_DAY = len("2026-01-31")


class Parameter(NamedTuple):
    """A parameter: its name, the types of its variables, and whether it takes several values.

    The name of a slot of several variables is theirs with spaces between.
    """

    name: str
    types: tuple[str, ...]
    many: bool

    def __str__(self) -> str:
        kind = ", ".join(self.types)
        kind = f"({kind})" if len(self.types) > 1 else kind
        return f"list of {kind}" if self.many else kind


class Signature(NamedTuple):
    """What a query's header says: a summary, the parameters, and what is returned, as text."""

    summary: str
    parameters: tuple[Parameter, ...]
    returns: str


def signature(text: str, file: str = "query") -> Signature:
    """What a query says of itself; one without a header, by the comment it begins with.

    Raises:
        QueryInvalid: its header is not YAML.
    """
    said = header(text, file)
    declared = said.get("params")
    types = declared if isinstance(declared, dict) else {}
    returns = said.get("returns", "")
    return Signature(
        str(said.get("summary", "") if said else _comment(text)),
        tuple(_parameter(name, str(types.get(name, _ANY))) for name in dict.fromkeys(slots(text))),
        ", ".join(map(str, returns)) if isinstance(returns, list) else str(returns),
    )


def bind_parameters(
    text: str,
    given: Mapping[str, Sequence[str]],
    file: str = "query",
    prefixes: Mapping[str, str] = PREFIXES,
    option: str = "--param ",
) -> str:
    """A query with the values of its parameters in their slots.

    Args:
        text: the query.
        given: the values by parameter, as a person writes them: an IRI whole or with a known prefix,
            the parts of a slot of several variables with commas between, as in a line of CSV.
        file: what to call the query in errors.
        prefixes: those that an IRI may be written with.
        option: what stands before NAME=VALUE where values are given; errors show it.

    Raises:
        UsageError: a parameter is none of the query's, takes one value only, or is of another type.
        QueryInvalid: the query's header is not YAML.
    """
    if not given:
        return text
    known = {parameter.name: parameter for parameter in signature(text, file).parameters}
    values: dict[str, list[Term | Sequence[Term]]] = {}
    for name, texts in given.items():
        parameter = known.get(name.replace("_", " ")) or known.get(name)
        if parameter is None:
            names = ", ".join(known)
            raise UsageError(
                f'the query takes no parameter "{name}"',
                help=did_you_mean(name, known)
                or (f"it takes {names}" if names else "it takes none"),
            )
        if len(texts) > 1 and not parameter.many:
            raise UsageError(
                f'the parameter "{name}" takes one value, and {len(texts)} are given',
                help=f"give it once: {option}{name}=…",
            )
        values[parameter.name] = [_value(parameter, value, prefixes, option) for value in texts]
    return bind(text, values)


def _comment(text: str) -> str:
    """The first paragraph of the comment that a text begins with, on one line."""
    lines: list[str] = []
    for line in text.splitlines():
        words = line.removeprefix("#").strip()
        if not line.startswith("#") or not words:
            break
        lines.append(words)
    return " ".join(lines)


def _parameter(name: str, declared: str) -> Parameter:
    kind = declared.removeprefix("list of ")
    types = tuple(one.strip() for one in kind.strip("()").split(","))
    width = len(name.split())
    if len(types) != width:
        types = (_ANY,) * width
    return Parameter(name, types, declared != kind or width > 1)


def _value(
    parameter: Parameter, text: str, prefixes: Mapping[str, str], option: str
) -> Term | Sequence[Term]:
    width = len(parameter.types)
    if width == 1:
        return _term(parameter.name, parameter.types[0], text, prefixes, option)
    parts = _parts(text)
    if len(parts) != width:
        raise UsageError(
            f'the parameter "{parameter.name}" takes {width} values at once, not {len(parts)}',
            help=f"write them with commas between: {option}'{parameter.name}={','.join(parameter.types)}'",
        )
    return [
        _term(name, kind, part, prefixes, option)
        for name, kind, part in zip(parameter.name.split(), parameter.types, parts, strict=True)
    ]


def _parts(text: str) -> list[str]:
    """The values of a line of CSV; none if it is no such line."""
    try:
        return next(reader([text], strict=True), [])
    except Error:
        return []


def _term(name: str, kind: str, text: str, prefixes: Mapping[str, str], option: str) -> Term:
    make, example = TYPES.get(kind, TYPES[_ANY])
    try:
        return make(_whole(text, prefixes) if make is _iri else text)
    except ValueError as error:
        raise UsageError(
            f'the parameter "{name}" is of type {kind}, and {shortened(text)!r} is none',
            help=f"such as {option}{name}={example}",
        ) from error


def _whole(text: str, prefixes: Mapping[str, str]) -> str:
    """An IRI without its prefix."""
    prefix, colon, local = text.partition(":")
    known = colon and prefix in prefixes and not local.startswith("//")
    return prefixes[prefix] + local if known else text


def _iri(text: str) -> NamedNode:
    return NamedNode(text[1:-1] if re.fullmatch("<.*>", text) else text)


def _text(text: str) -> Term:
    return _iri(text) if re.fullmatch(r"<[^<>\s]+>", text) else Literal(text)


def _typed(pattern: str, datatype: str) -> Callable[[str], Literal]:
    def make(text: str) -> Literal:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return Literal(text, datatype=NamedNode(_XSD + datatype))

    return make


def _on(day: str, clock: str, datatype: str) -> Callable[[str], Literal]:
    """Makes a literal of a day, or of a day and a time; a month has no 31st everywhere."""
    zone = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
    make = _typed(day + clock + zone, datatype)

    def checked(text: str) -> Literal:
        made = make(text)
        datetime.fromisoformat(text if clock else text[:_DAY])
        return made

    return checked


TYPES: dict[str, tuple[Callable[[str], Term], str]] = {
    "iri": (_iri, "ggen:web"),
    "string": (Literal, "some text"),
    "integer": (_typed(r"[+-]?[0-9]+", "integer"), "3"),
    "number": (_typed(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", "double"), "1.5"),
    "boolean": (_typed("true|false", "boolean"), "true"),
    "date": (_on(_DATE, "", "date"), "2026-01-31"),
    "dateTime": (_on(_DATE, _CLOCK, "dateTime"), "2026-01-31T12:00:00Z"),
    _ANY: (_text, "some text"),
}
"""By name: what makes a term of a text, or raises ValueError; and an example."""
