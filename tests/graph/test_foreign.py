from __future__ import annotations

import pytest
from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
)

from ggen_graph.core.diagnostics import QueryInvalid, QueryRefused
from ggen_graph.graph import foreign
from ggen_graph.graph.catalog import ontology_source
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.results import cells

EX = "http://example.org/"
MODEL, FACTS = NamedNode("urn:x:model"), NamedNode("urn:x:facts")
XSD = PREFIXES["xsd"]
RDFS_CLASS = NamedNode(PREFIXES["rdfs"] + "Class")
A = NamedNode(PREFIXES["rdf"] + "type")


@pytest.fixture
def store() -> Store:
    """A model with two classes of its own, and ggen's ontology beside it."""
    store = Store()
    for name in ("Book", "Author"):
        store.add(Quad(NamedNode(EX + name), A, RDFS_CLASS, MODEL))
    source = ontology_source()
    source.load(store, source.graph)
    store.add(Quad(NamedNode("urn:x:pack"), A, NamedNode(PREFIXES["ggen"] + "Pack"), FACTS))
    return store


def rows(store: Store, text: str, **more: object) -> list[tuple[str, ...]]:
    return sorted(cells(foreign.run(store, text, **more)))  # type: ignore[arg-type]


# -- what a query sees


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_a_well_known_prefix_need_not_be_declared(prefix: str) -> None:
    query = f"SELECT ?x WHERE {{ BIND({prefix}:name AS ?x) }}"
    assert rows(Store(), query) == [(f"{prefix}:name",)]


def test_a_prefix_can_be_declared_and_given() -> None:
    text = "PREFIX own: <urn:x:own/> SELECT ?a ?b WHERE { BIND(own:a AS ?a) BIND(ex:b AS ?b) }"
    found = foreign.run(Store(), text, prefixes={"ex": EX})
    assert list(cells(found)) == [("urn:x:own/a", f"{EX}b")]


def test_a_query_sees_the_union_of_all_graphs(store: Store) -> None:
    classes = rows(store, "SELECT ?c WHERE { ?c a rdfs:Class }")
    assert (f"{EX}Book",) in classes
    assert rows(store, "SELECT ?p WHERE { ?p a ggen:Pack }") == [("urn:x:pack",)]
    assert rows(store, "SELECT ?g WHERE { GRAPH ?g { ?p a ggen:Pack } }") == [("urn:x:facts",)]


def test_a_query_of_one_graph_sees_nothing_of_ggen_s_ontology(store: Store) -> None:
    for kind in ("rdfs:Class", "owl:Class", "rdf:Property", "ggen:Pack", "owl:Ontology"):
        found = rows(store, f"SELECT ?c WHERE {{ ?c a {kind} }}", default_graphs=(MODEL.value,))
        expected = [(f"{EX}Author",), (f"{EX}Book",)] if kind == "rdfs:Class" else []
        assert found == expected
    everything = "SELECT ?s WHERE { ?s ?p ?o }"
    assert len(rows(store, everything, default_graphs=(MODEL.value,))) == 2
    assert len(rows(store, everything)) > 100


def test_a_query_of_one_graph_reaches_the_others_by_name(store: Store) -> None:
    text = "SELECT ?p WHERE { GRAPH <urn:x:facts> { ?p a ggen:Pack } }"
    assert rows(store, text, default_graphs=(MODEL.value,)) == [("urn:x:pack",)]


def test_from_says_which_graphs_are_seen(store: Store) -> None:
    assert len(rows(store, "SELECT ?s FROM <urn:x:model> WHERE { ?s ?p ?o }")) == 2
    both = "SELECT ?s FROM <urn:x:model> FROM <urn:x:facts> WHERE { ?s ?p ?o }"
    assert len(rows(store, both)) == 3
    named = "SELECT ?s FROM NAMED <urn:x:facts> WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert rows(store, named) == [("urn:x:pack",)]


def test_from_does_not_widen_what_a_query_of_one_graph_sees(store: Store) -> None:
    text = "SELECT ?s FROM <urn:x:facts> WHERE { ?s ?p ?o }"
    assert len(rows(store, text, default_graphs=(MODEL.value,))) == 2


# -- what is refused


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:x:a> <urn:x:b> <urn:x:c> }",
        "DROP ALL",
        "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * WHERE { ?s ?p ?o SERVICE SILENT ?s { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:9/>",
    ],
)
def test_a_query_that_is_more_than_reading_is_refused(store: Store, text: str) -> None:
    before = set(store)
    with pytest.raises(QueryRefused) as caught:
        foreign.run(store, text, file="my.rq")
    assert caught.value.where is not None
    assert caught.value.where.file == "my.rq"
    assert set(store) == before


def test_what_can_t_be_run_is_said() -> None:
    with pytest.raises(QueryInvalid, match=r"can't be run: .* <urn:x:f> is not supported"):
        foreign.run(Store(), "SELECT ?x WHERE { BIND(<urn:x:f>(1) AS ?x) }")


# -- what templates see


VALUES = """
    SELECT ?b ?a WHERE {{ VALUES (?a ?b) {{ (2 "y") (10 "y") (UNDEF "z") (1 UNDEF) }} }} {}
"""


def table(text: str) -> foreign.Table:
    solutions = foreign.run(Store(), text)
    assert isinstance(solutions, QuerySolutions)
    return foreign.table(solutions, text)


def test_rows_without_an_order_are_sorted_by_their_cells() -> None:
    found = table(VALUES.format(""))
    assert found.columns == ("b", "a")
    assert list(found.rows) == [
        {"a": 1},
        {"b": "y", "a": 2},
        {"b": "y", "a": 10},
        {"b": "z"},
    ]
    assert list(found.rows.where(b="y")) == [{"b": "y", "a": 2}, {"b": "y", "a": 10}]


def test_rows_keep_the_order_that_the_query_asks_for() -> None:
    found = table(VALUES.format("ORDER BY DESC(?a)"))
    assert [row.get("a") for row in found.rows] == [10, 2, 1, None]


def test_each_form_has_its_kind_of_result() -> None:
    assert isinstance(foreign.run(Store(), "ASK { }"), QueryBoolean)
    assert isinstance(foreign.run(Store(), "SELECT * { ?s ?p ?o }"), QuerySolutions)
    assert isinstance(foreign.run(Store(), "DESCRIBE <urn:x:a>"), QueryTriples)


@pytest.mark.parametrize(
    "query", ["SELECT * " + "{" * 3000 + "}" * 3000, "SELECT * {FILTER(" + "(" * 3000 + "1" + ")" * 3000 + ")}"]
)  # fmt: skip
def test_a_query_that_would_crash_the_parser_by_its_depth_is_refused(query: str) -> None:
    with pytest.raises(QueryRefused, match="nested more than 200 deep"):
        foreign.run(Store(), query)
    foreign.run(Store(), "SELECT * " + "{" * 150 + "}" * 150)
