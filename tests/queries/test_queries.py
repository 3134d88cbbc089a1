"""Runs the data tests of `queries/` (README.md beside this file says what they are made of)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
)

from ggen_graph.core.sparql import form, has_order_by, header
from ggen_graph.graph.queries import bind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.graph.remote import Server

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "queries"


def query_of(case: Path) -> Path | None:
    """The query that a case tests: named by its folder, or by the folder above."""
    for folder in (case, case.parent):
        for suffix in (".rq", ".ru"):
            query = (FOLDER / folder.relative_to(HERE)).with_suffix(suffix)
            if query.is_file():
                return query
    return None


# A case without a query is reported by tests/architecture/test_queries.py.
CASES = [
    (case, query)
    for case in sorted(data.parent for data in HERE.rglob("data.trig"))
    if (query := query_of(case)) is not None
]


def cases(suffix: str) -> list[object]:
    """The cases of queries (.rq) or of updates (.ru)."""
    return [
        pytest.param(case, query, id=str(case.relative_to(HERE)))
        for case, query in CASES
        if query.suffix == suffix
    ]


def term(value: object) -> NamedNode | Literal:
    """A value of params.yaml as a term."""
    if isinstance(value, str) and value.startswith(("<", '"')):
        [quad] = parse(f"<s:s> <p:p> {value} .", format=RdfFormat.N_TRIPLES)
        assert isinstance(quad.object, NamedNode | Literal)
        return quad.object
    assert isinstance(value, str | int | float | bool)
    return Literal(value)


def bound(case: Path, query: Path) -> str:
    file = case / "params.yaml"
    params: dict[str, list[Any]] = (
        yaml.safe_load(file.read_text("utf-8")) or {} if file.is_file() else {}
    )
    values = {
        slot: [
            [term(one) for one in value] if isinstance(value, list) else term(value)
            for value in data
        ]
        for slot, data in params.items()
    }
    return bind(query.read_text("utf-8"), values)


def loaded(case: Path) -> Store:
    store = Store()
    store.load(path=str(case / "data.trig"), format=RdfFormat.TRIG)
    return store


def quads(path: Path) -> set[str]:
    return (
        {str(quad) for quad in parse(path.read_bytes(), format=RdfFormat.TRIG)}
        if path.is_file()
        else set()
    )


def table(text: str) -> tuple[list[str], list[list[str]]]:
    head, *rows = list(csv.reader(io.StringIO(text, newline="")))
    return head, rows


def rows_of(case: Path) -> tuple[list[str], list[list[str]]]:
    return table((case / "expected.csv").read_text("utf-8"))


@contextmanager
def on_server(server: Server, case: Path) -> Iterator[list[str]]:
    """A case's data on a server, as the names of its graphs, until the block ends."""
    graphs: dict[str, list[str]] = {}
    for quad in loaded(case):
        graphs.setdefault(quad.graph_name.value, []).append(f"{quad.triple} .")
    try:
        for graph, triples in graphs.items():
            server.insert(graph, triples)
        yield list(graphs)
    finally:
        for graph in graphs:
            server.clear(graph)


def all_quads(server: Server, graphs: set[str]) -> set[str]:
    """The quads of graphs of a server."""
    return {
        f"{triple} <{graph}>"
        for graph in graphs
        for triple in server.construct("CONSTRUCT WHERE { ?s ?p ?o }", [graph])
    }


def words(table: list[list[str]]) -> list[list[list[str]]]:
    """A table with the words of each cell sorted: GROUP_CONCAT joins in an order of the engine's own.

    (SPARQL 1.1 §18.5.1.7)
    """
    return [[sorted(cell.split()) for cell in row] for row in table]


@pytest.mark.parametrize(("case", "query"), cases(".rq"))
def test_a_query_finds_what_its_data_test_expects(case: Path, query: Path) -> None:
    text = bound(case, query)
    result = loaded(case).query(text, use_default_graph_as_union=True)
    if isinstance(result, QueryTriples):
        added = header(query.read_text("utf-8")).get("graph")
        graph = NamedNode(added) if added else DefaultGraph()
        assert {
            str(Quad(triple.subject, triple.predicate, triple.object, graph)) for triple in result
        } == quads(case / "expected.trig")
        return
    if isinstance(result, QueryBoolean):
        found = ["result"], [[str(bool(result)).lower()]]
    else:
        found = table(result.serialize(format=QueryResultsFormat.CSV).decode())  # type: ignore[union-attr]
    expected = rows_of(case)
    assert found[0] == expected[0]
    if has_order_by(text):
        assert found[1] == expected[1]
    else:
        assert Counter(map(tuple, found[1])) == Counter(map(tuple, expected[1]))


@pytest.mark.parametrize(("case", "query"), cases(".ru"))
def test_an_update_changes_what_its_data_test_expects(case: Path, query: Path) -> None:
    store = loaded(case)
    before = {str(quad) for quad in store}
    store.update(bound(case, query))
    after = {str(quad) for quad in store}
    assert after - before == quads(case / "expected.trig")
    assert before - after == quads(case / "expected-deleted.trig")


@pytest.mark.parametrize(("case", "query"), cases(".rq"))
def test_a_query_finds_the_same_on_other_engines(server: Server, case: Path, query: Path) -> None:
    text = bound(case, query)
    with on_server(server, case) as graphs:
        if form(text) == "CONSTRUCT":
            graph = header(query.read_text("utf-8")).get("graph")
            added = f" <{graph}>" if graph else ""
            made = {f"{triple}{added}" for triple in server.construct(text, graphs)}
            assert made == quads(case / "expected.trig")
            return
        result = server.select(text, graphs).serialize(format=QueryResultsFormat.CSV)
    columns, found = table((result or b"").decode())
    names, expected = rows_of(case)
    assert columns == names
    if not has_order_by(text):
        found, expected = sorted(found), sorted(expected)
    if "GROUP_CONCAT" in text:
        assert words(found) == words(expected)
    else:
        assert found == expected


@pytest.mark.parametrize(("case", "query"), cases(".ru"))
def test_an_update_changes_the_same_on_other_engines(
    server: Server, case: Path, query: Path
) -> None:
    added, removed = quads(case / "expected.trig"), quads(case / "expected-deleted.trig")
    with on_server(server, case) as graphs:
        names = {*graphs, *(quad.rpartition("<")[2].rstrip(">") for quad in added)}
        before = all_quads(server, names)
        server.update(bound(case, query))
        after = all_quads(server, names)
        for graph in names:
            server.clear(graph)
    assert after - before == added
    assert before - after == removed


def test_a_bound_value_is_a_term_and_never_syntax() -> None:
    assert str(term("a } INSERT")) == '"a } INSERT"'
    assert str(term("<urn:x:a>")) == "<urn:x:a>"
    assert str(term('"1.50"')) == '"1.50"'
    assert str(term(7)) == '"7"^^<http://www.w3.org/2001/XMLSchema#integer>'
