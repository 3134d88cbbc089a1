"""Queries that are not ours: a person's ad-hoc SPARQL and the queries of packs.

They may only read. The text is looked at by token first (`core.sparql`), then parsed by Oxigraph, and
run on a generation that is open read-only. Results are given in the W3C's formats by Oxigraph itself,
or as rows of text for a table.

Limits of time and memory are not kept here: a query runs in this process until it ends.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)
from pyoxigraph import serialize as rdf_serialize

from ggen_graph.core.diagnostics import Location, QueryInvalid, QueryRefused, UsageError
from ggen_graph.core.sparql import has_order_by, refuse_writing, tokens
from ggen_graph.core.template.rows import RowSet, sort_rows
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.query_faults import explained, with_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    Value = str | int | float | bool

_RESULT_FORMATS = {
    "json": QueryResultsFormat.JSON,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "xml": QueryResultsFormat.XML,
}
FORMATS = ("table", *_RESULT_FORMATS, "turtle")

_INTEGERS = frozenset(
    (
        "integer", "int", "long", "short", "byte",
        "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
        "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
MAX_DEPTH = 200  # brackets of all kinds
_FLOATS = frozenset(("decimal", "double", "float"))
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_XSD = PREFIXES["xsd"]


class Table(NamedTuple):
    """Rows as Python values by column, an unbound cell left out, and the columns in their order."""

    columns: tuple[str, ...]
    rows: RowSet


def run(
    store: Store,
    text: str,
    *,
    default_graph: str | None = None,
    file: str = "query",
    prefixes: Mapping[str, str] | None = None,
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run a foreign query.

    Args:
        store: an open generation.
        text: SPARQL 1.1; the prefixes of `graph.iris.PREFIXES` are known without being declared.
        default_graph: the one graph that is seen without GRAPH, whatever the query's FROM says; None
            for what FROM says, or the union of all graphs where there is none.
        file: what to call the text in errors.
        prefixes: further prefixes.

    Raises:
        QueryRefused: it asks for an update, SERVICE or LOAD.
        QueryInvalid: it does not parse; with line, column and the line itself, a caret under it.
    """
    try:
        refuse_writing(text, file)
        _refuse_depth(text, file)
    except QueryInvalid as error:
        raise with_line(error, text) from None
    graph = NamedNode(default_graph) if default_graph else None
    known = {**PREFIXES, **(prefixes or {})}
    try:
        return store.query(
            text,
            prefixes=known,
            use_default_graph_as_union=graph is None and not _has_dataset(text, file),
            default_graph=graph,
        )
    except SyntaxError as error:
        raise explained(text, str(error), file, known) from error
    except (ValueError, RuntimeError) as error:
        raise QueryInvalid(f"the query can't be run: {error}", where=Location(file)) from error


def check_query(text: str, file: str, prefixes: Mapping[str, str] | None = None) -> None:
    """Parse a foreign query without asking it of anything; raises as `run` does."""
    run(Store(), text, file=file, prefixes=prefixes)


def serialize(result: QuerySolutions | QueryBoolean | QueryTriples, form: str) -> bytes:
    """A result in one of `FORMATS` other than "table".

    Raises:
        UsageError: the format is not for this kind of result.
    """
    if isinstance(result, QueryTriples):
        if form != "turtle":
            raise UsageError(
                f"a CONSTRUCT gives triples, not rows: {form} can't hold them",
                help="use --format turtle",
            )
        return rdf_serialize(result, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    if form == "turtle":
        raise UsageError(
            "only a CONSTRUCT or DESCRIBE query gives triples",
            help="use --format json, csv, tsv, xml or table",
        )
    return result.serialize(format=_RESULT_FORMATS[form]) or b""


def cells(
    result: QuerySolutions | QueryBoolean | QueryTriples,
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """A result as columns and rows of text for people, IRIs shortened."""
    if isinstance(result, QueryBoolean):
        return ("answer",), (("true" if result else "false",),)
    columns: tuple[str, ...]
    found: list[tuple[object, ...]]
    if isinstance(result, QueryTriples):
        columns = ("subject", "predicate", "object")
        found = [(triple.subject, triple.predicate, triple.object) for triple in result]
    else:
        columns = tuple(variable.value for variable in result.variables)
        found = [tuple(solution) for solution in result]
    return columns, tuple(
        tuple("" if term is None else shorten(term) for term in row) for row in found
    )


def rows(
    store: Store,
    text: str,
    *,
    default_graph: str,
    file: str,
    prefixes: Mapping[str, str] | None = None,
) -> Table | bool:
    """What a template sees of one of its queries: a bool for ASK, else rows in a fixed order.

    Rows of a query without ORDER BY are sorted by their cells, so that the same graph gives the same
    bytes (design: "Generation").

    Raises:
        QueryInvalid: also for CONSTRUCT and DESCRIBE, which templates do not read.
    """
    result = run(store, text, default_graph=default_graph, file=file, prefixes=prefixes)
    if isinstance(result, QueryBoolean):
        return bool(result)
    if isinstance(result, QueryTriples):
        raise QueryInvalid(
            "a template reads SELECT and ASK queries; this one gives triples", where=Location(file)
        )
    columns = tuple(variable.value for variable in result.variables)
    found = [
        {
            name: value(cell)
            for name, cell in zip(columns, solution, strict=True)
            if cell is not None
        }
        for solution in result
    ]
    return Table(columns, RowSet(found) if has_order_by(text) else sort_rows(found, columns))


def value(term: Any) -> Value:
    """A term as a Python value: numbers and booleans by datatype, everything else as its text."""
    if isinstance(term, Literal) and term.datatype.value.startswith(_XSD):
        kind = term.datatype.value[len(_XSD) :]
        try:
            if kind in _INTEGERS:
                return int(term.value)
            if kind in _FLOATS:
                return float(term.value)
        except ValueError:
            return term.value
        if kind == "boolean" and term.value in _BOOLEANS:
            return _BOOLEANS[term.value]
    return str(term.value) if hasattr(term, "value") else str(term)


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


def _refuse_depth(text: str, file: str) -> None:
    """Refuse what is nested so deep that Oxigraph's parser, which recurses, would crash the process."""
    depth = 0
    for token in tokens(text, file):
        if token.kind == "punct":
            depth += (token.text in {"{", "(", "["}) - (token.text in {"}", ")", "]"})
        if depth > MAX_DEPTH:
            raise QueryRefused(
                f"the query is nested more than {MAX_DEPTH} deep",
                help="ask for less at once",
                where=Location(file, token.line, token.column),
            )


def _has_dataset(text: str, file: str) -> bool:
    """Whether a query says by FROM what it asks of; Oxigraph's union would take precedence."""
    return any(token.depth == 0 and token.text.upper() == "FROM" for token in tokens(text, file))
