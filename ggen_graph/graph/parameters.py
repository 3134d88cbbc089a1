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
from csv import reader
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import Literal, NamedNode

from ggen_graph.core.diagnostics import UsageError, did_you_mean
from ggen_graph.core.sparql import header
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.queries import bind, slots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ggen_graph.graph.queries import Term

_XSD = PREFIXES["xsd"]
_ANY = "text"


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


def bind_parameters(text: str, given: Mapping[str, Sequence[str]], file: str = "query") -> str:
    """A query with the values of its parameters in their slots.

    Args:
        text: the query.
        given: the values by parameter, as a person writes them: an IRI whole or with a known prefix,
            the parts of a slot of several variables with commas between, as in a line of CSV.
        file: what to call the query in errors.

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
                help=f"give it once: --param {name}=…",
            )
        values[parameter.name] = [_value(parameter, value) for value in texts]
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


def _value(parameter: Parameter, text: str) -> Term | Sequence[Term]:
    width = len(parameter.types)
    if width == 1:
        return _term(parameter.name, parameter.types[0], text)
    parts = next(iter(reader([text])), [])
    if len(parts) != width:
        raise UsageError(
            f'the parameter "{parameter.name}" takes {width} values at once, not {len(parts)}',
            help=f"write them with commas between: --param '{parameter.name}={','.join(parameter.types)}'",
        )
    return [
        _term(name, kind, part)
        for name, kind, part in zip(parameter.name.split(), parameter.types, parts, strict=True)
    ]


def _term(name: str, kind: str, text: str) -> Term:
    make, example = TYPES.get(kind, TYPES[_ANY])
    try:
        return make(text)
    except ValueError as error:
        raise UsageError(
            f'the parameter "{name}" is of type {kind}, and "{text}" is none',
            help=f"such as --param {name}={example}",
        ) from error


def _iri(text: str) -> NamedNode:
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES and not local.startswith("//"):
        return NamedNode(PREFIXES[prefix] + local)
    return NamedNode(text.removeprefix("<").removesuffix(">"))


def _text(text: str) -> Term:
    return _iri(text) if re.fullmatch(r"<[^<>\s]+>", text) else Literal(text)


def _typed(pattern: str, datatype: str) -> Callable[[str], Literal]:
    def make(text: str) -> Literal:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return Literal(text, datatype=NamedNode(_XSD + datatype))

    return make


def _date(text: str) -> Literal:
    date.fromisoformat(text)
    return Literal(text, datatype=NamedNode(_XSD + "date"))


def _time(text: str) -> Literal:
    datetime.fromisoformat(text)
    return Literal(text, datatype=NamedNode(_XSD + "dateTime"))


TYPES: dict[str, tuple[Callable[[str], Term], str]] = {
    "iri": (_iri, "ggen:web"),
    "string": (Literal, "some text"),
    "integer": (_typed(r"[+-]?[0-9]+", "integer"), "3"),
    "number": (_typed(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", "double"), "1.5"),
    "boolean": (_typed("true|false", "boolean"), "true"),
    "date": (_date, "2026-01-31"),
    "dateTime": (_time, "2026-01-31T12:00:00Z"),
    _ANY: (_text, "some text"),
}
"""By name: what makes a term of a text, or raises ValueError; and an example."""
