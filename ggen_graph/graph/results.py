"""Results of queries: in the W3C's formats, which Oxigraph writes, or as rows of text for people.

Keeps true: a result is written piece by piece, and stops where it has more rows or bytes than it may.
"""

from __future__ import annotations

import json
import re
from typing import IO, TYPE_CHECKING, Any, cast

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
)
from pyoxigraph import serialize as rdf_serialize

from ggen_graph.core.diagnostics import QueryTooLarge, UsageError
from ggen_graph.core.template.terms import DecimalNumber, Iri, LanguageText, Time
from ggen_graph.graph.iris import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Result = QuerySolutions | QueryBoolean | QueryTriples | list[Triple]  # another server's triples
    Value = str | int | float | bool

ROW_FORMATS = {
    "json": QueryResultsFormat.JSON,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "xml": QueryResultsFormat.XML,
}
GRAPH_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
TABLE = "table"
"""Rows of text for people, one JSON list a line; not a format to exchange."""

FORMATS = (TABLE, *ROW_FORMATS, *GRAPH_FORMATS)

UNLIMITED = 1 << 62

_INTEGERS = frozenset(
    (
        "integer", "int", "long", "short", "byte",
        "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
        "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_XSD = PREFIXES["xsd"]


class Counted:
    """A place to write to that counts, and refuses what is more than it may be.

    Args:
        write: takes the pieces.
        rows: the most rows, or triples, that it takes.
        size: the most bytes that it takes.

    Attributes:
        count: tells how many rows end in a piece; None where they are counted with `add`.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        *,
        rows: int = UNLIMITED,
        size: int = UNLIMITED,
    ) -> None:
        self._write = write
        self._most = rows
        self._largest = size
        self.rows = 0
        self.size = 0
        self.count: Callable[[bytes], int] | None = None

    def write(self, piece: bytes) -> int:
        """Pass a piece on.

        Raises:
            QueryTooLarge: with it the result is larger than it may be.
        """
        self.size += len(piece)
        if self.size > self._largest:
            raise QueryTooLarge(
                f"the result is larger than {self._largest:,} bytes",
                help="ask for less: LIMIT, fewer columns, or a narrower pattern",
            )
        if self.count is not None:
            self.add(self.count(piece))
        self._write(bytes(piece))
        return len(piece)

    def add(self, rows: int = 1) -> None:
        """Count rows; raises as `write`."""
        self.rows += rows
        if self.rows > self._most:
            raise QueryTooLarge(
                f"the result has more than {self._most:,} rows",
                help="ask for less: LIMIT, or a narrower pattern",
            )

    def flush(self) -> None:
        """Nothing is kept back; Oxigraph asks."""


def write(result: Result, form: str, out: Counted) -> None:
    """Write a result in one of `FORMATS`.

    Raises:
        UsageError: the format is not for this kind of result.
        QueryTooLarge: it is more than `out` takes.
    """
    check_form(result, form)
    if form == TABLE:
        for row in cells(result):
            out.add()
            out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    elif isinstance(result, QueryTriples | list):
        rdf_serialize(
            _counting(result, out),
            cast("IO[bytes]", out),
            format=GRAPH_FORMATS[form],
            prefixes=PREFIXES,
        )
    else:
        if isinstance(result, QuerySolutions):
            out.count = _RowsIn(form)
        result.serialize(cast("IO[bytes]", out), format=ROW_FORMATS[form])


def check_form(result: Result, form: str) -> None:
    """Refuse a format that is not for this kind of result.

    Raises:
        UsageError: it is not.
    """
    if form == TABLE:
        return
    triples = isinstance(result, QueryTriples | list)
    if triples != (form in GRAPH_FORMATS):
        if triples:
            raise UsageError(
                f"a CONSTRUCT gives triples, not rows: {form} can't hold them",
                help=f"use --format {' or '.join(GRAPH_FORMATS)}",
            )
        raise UsageError(
            "only a CONSTRUCT or DESCRIBE query gives triples",
            help=f"use --format {', '.join(ROW_FORMATS)} or {TABLE}",
        )


def serialize(result: Result, form: str) -> bytes:
    """A result in one of `FORMATS` other than "table"; raises as `write`."""
    pieces: list[bytes] = []
    write(result, form, Counted(pieces.append))
    return b"".join(pieces)


def columns_of(result: Result) -> tuple[str, ...]:
    """The columns of a result as a table."""
    if isinstance(result, QueryBoolean):
        return ("answer",)
    if isinstance(result, QueryTriples | list):
        return ("subject", "predicate", "object")
    return tuple(variable.value for variable in result.variables)


def cells(result: Result) -> Iterator[tuple[str, ...]]:
    """The rows of a result as text for people, IRIs shortened, an unbound cell empty."""
    if isinstance(result, QueryBoolean):
        yield ("true" if result else "false",)
        return
    for row in result:
        terms: Iterable[Any] = (
            (row.subject, row.predicate, row.object) if isinstance(row, Triple) else row
        )
        yield tuple("" if term is None else shorten(term) for term in terms)


def value(term: Any) -> Value:
    """A term as a Python value by its datatype; an IRI, and what is not known, as its text."""
    if isinstance(term, NamedNode):
        return Iri(term.value)
    if not isinstance(term, Literal):
        return str(getattr(term, "value", term))
    if term.language:
        return LanguageText(term.value, term.language)
    read = _READERS.get(term.datatype.value)
    found = read(term.value) if read else None
    return term.value if found is None else found


def _reader(kind: Callable[[str], Value]) -> Callable[[str], Value | None]:
    def read(text: str) -> Value | None:
        try:
            return kind(text)
        except ValueError:
            return None

    return read


_READERS: Mapping[str, Callable[[str], Value | None]] = {
    **dict.fromkeys((_XSD + name for name in _INTEGERS), _reader(int)),
    **dict.fromkeys((_XSD + "double", _XSD + "float"), _reader(float)),
    _XSD + "boolean": _BOOLEANS.get,
    _XSD + "decimal": _reader(DecimalNumber),
    _XSD + "date": _reader(Time),
    _XSD + "dateTime": _reader(Time),
}


def shorten(term: Any) -> str:
    """A term for people: IRIs under a known prefix are shortened, literals are their text."""
    if not isinstance(term, NamedNode):
        return str(getattr(term, "value", term))
    return shorten_iri(term.value)


def shorten_iri(iri: str) -> str:
    """`ggen:Pack` for an IRI in a known namespace, else the IRI."""
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local and re.fullmatch(r"[\w.-]+", local):
            return f"{prefix}:{local}"
    return iri


def _counting(triples: Iterable[Triple], out: Counted) -> Iterator[Triple]:
    for triple in triples:
        out.add()
        yield triple


class _RowsIn:
    """Counts the rows in each piece of a result, as Oxigraph writes it.

    TSV escapes line ends within a cell, XML every `<`; in CSV a line end within a cell stands between
    quotes, of which an odd number came before. In JSON a row begins with `{"` behind `},` or the one
    `[` before all rows; within a text the quote would be escaped. A row without any cell is not
    counted there.
    """

    def __init__(self, form: str) -> None:
        self._quoted = form == "csv"
        self._mark = {"xml": b"</result>", "json": b'},{"'}.get(form, b"\n")
        self._first = {"xml": b"", "json": b'[{"'}.get(form, b"\n")
        self._rest = b""
        self._within = False

    def __call__(self, piece: bytes) -> int:
        if self._quoted:
            found = self._unquoted(piece)
        else:
            piece = self._rest + piece
            found = piece.count(self._mark)
            self._rest = piece[1 - len(self._mark) :] if len(self._mark) > 1 else b""
        if self._first and self._first in piece:
            found += 1 if self._first != self._mark else -1  # the line with the names is no row
            self._first = b""
        return found

    def _unquoted(self, piece: bytes) -> int:
        found = 0
        for part in piece.split(b'"'):
            found += 0 if self._within else part.count(self._mark)
            self._within = not self._within
        self._within = not self._within  # one part more than there are quotes
        return found
