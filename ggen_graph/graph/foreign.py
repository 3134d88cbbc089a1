"""Queries that are not ours: a person's ad-hoc SPARQL and the queries of packs.

They may only read. The text is looked at by token first (`core.sparql`), then parsed by Oxigraph, and
run on a generation that is open read-only.

Limits of time and memory are not kept here: a query runs in this process until it ends, and even
parsing one may take long, since Oxigraph evaluates what is constant in it. See `graph.workers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode

from ggen_graph.core.diagnostics import (
    Location,
    QueryInvalid,
    QueryRefused,
    QueryTooLarge,
    StoreCorrupt,
)
from ggen_graph.core.sparql import has_order_by, refuse_writing, tokens
from ggen_graph.core.template.rows import RowSet, sort_rows
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.query_faults import explained, with_line
from ggen_graph.graph.results import value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pyoxigraph import BlankNode, QueryBoolean, QuerySolutions, QueryTriples, Store

    from ggen_graph.core.diagnostics import GgenError

MAX_DEPTH = 200  # brackets of all kinds
MAX_TEXT = 1 << 20  # characters
_SAID = 300


class Table(NamedTuple):
    """Rows as Python values by column, an unbound cell left out, and the columns in their order."""

    columns: tuple[str, ...]
    rows: RowSet


def run(
    store: Store,
    text: str,
    *,
    default_graphs: Sequence[str] | None = None,
    named_graphs: Sequence[str] | None = None,
    file: str = "query",
    prefixes: Mapping[str, str] | None = None,
    hosts: Collection[str] = (),
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run a foreign query.

    Args:
        store: an open generation.
        text: SPARQL 1.1; the prefixes of `graph.iris.PREFIXES` are known without being declared.
        default_graphs: the graphs that are seen without GRAPH, whatever the query's FROM says; None
            for what FROM says, or the union of all graphs where there is none. Where `named_graphs`
            are given, None is for no graph at all (SPARQL 1.1 Protocol §2.1.4).
        named_graphs: the graphs that GRAPH sees; None for all.
        file: what to call the text in errors.
        prefixes: further prefixes.
        hosts: the servers that SERVICE may ask.

    Raises:
        QueryRefused: it asks for an update, LOAD, or SERVICE of another host.
        QueryInvalid: it does not parse; with line, column and the line itself, a caret under it.
        QueryTooLarge: it is longer than `MAX_TEXT`.
    """
    harmless = _is_harmless(text)
    if not harmless:
        refuse(text, file, hosts)
    if named_graphs is not None and default_graphs is None:
        default_graphs = ()
    known = {**PREFIXES, **(prefixes or {})}
    try:
        return store.query(
            text,
            prefixes={name: iri for name, iri in known.items() if name + ":" in text},
            use_default_graph_as_union=default_graphs is None and not _has_dataset(text, file),
            default_graph=_nodes(default_graphs),  # type: ignore[arg-type] # a list of NamedNode is one
            named_graphs=_nodes(named_graphs),
        )
    except SyntaxError as error:
        if harmless:  # it may still be an update, or have no tokens: that is said first
            refuse(text, file, hosts)
        raise explained(text, str(error), file, known) from error
    except (ValueError, RuntimeError) as error:
        raise failed(error, file) from error


def refuse(text: str, file: str = "query", hosts: Collection[str] = ()) -> None:
    """What `run` does first: raises as it does for what the tokens of a query alone show."""
    if len(text) > MAX_TEXT:
        raise QueryTooLarge(
            f"the query is longer than {MAX_TEXT:,} characters",
            help="put the data into the project's own RDF, or ask in several queries",
            where=Location(file),
        )
    try:
        refuse_writing(text, file, hosts)
        _refuse_depth(text, file)
    except QueryInvalid as error:
        raise with_line(error, text) from None


def failed(error: Exception, file: str) -> GgenError:
    """What Oxigraph raises while it evaluates a query, as an error for a person."""
    if str(error).startswith("Corruption:"):  # RocksDB checks a block when it reads it
        return StoreCorrupt(
            f"the graph is damaged: {error}", help="`ggen graph rebuild` makes it from the files"
        )
    said = " ".join(str(error).split())  # another server's words are told, not all of them
    return QueryInvalid(f"the query can't be run: {said[:_SAID]}", where=Location(file))


def table(solutions: QuerySolutions, text: str) -> Table:
    """What a template sees of the solutions of a query: rows in a fixed order.

    Rows of a query without ORDER BY are sorted by their cells, so that the same graph gives the same
    bytes (design: "Generation").
    """
    columns = tuple(variable.value for variable in solutions.variables)
    found = [
        {
            name: value(cell)
            for name, cell in zip(columns, solution, strict=True)
            if cell is not None
        }
        for solution in solutions
    ]
    return Table(
        columns, RowSet(found, columns) if has_order_by(text) else sort_rows(found, columns)
    )


def _nodes(iris: Sequence[str] | None) -> list[NamedNode | BlankNode] | None:
    return None if iris is None else [NamedNode(iri) for iri in iris]


def _is_harmless(text: str) -> bool:
    """Whether a text needs no look at its tokens, which takes as long as a simple query.

    Without that word and without escapes no token in it is `SERVICE`; an update is no query, so that
    Oxigraph refuses it; and what has few brackets is not nested deep.
    """
    return (
        len(text) <= MAX_TEXT
        and "\\" not in text
        and "SERVICE" not in text.upper()
        and sum(text.count(bracket) for bracket in "{([") <= MAX_DEPTH
    )


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
    return "FROM" in text.upper() and any(
        token.depth == 0 and token.text.upper() == "FROM" for token in tokens(text, file)
    )
