from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from ggen_graph.core.diagnostics import QueryInvalid, QueryRefused, UsageError
from ggen_graph.graph import foreign
from ggen_graph.graph.catalog import ontology_source
from ggen_graph.graph.iris import PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import BlankNode

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


def rows(store: Store, text: str, **more: str) -> list[tuple[str, ...]]:
    _, found = foreign.cells(foreign.run(store, text, **more))  # type: ignore[arg-type]
    return sorted(found)


# -- what a query sees


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_a_well_known_prefix_need_not_be_declared(prefix: str) -> None:
    query = f"SELECT ?x WHERE {{ BIND({prefix}:name AS ?x) }}"
    assert rows(Store(), query) == [(f"{prefix}:name",)]


def test_a_prefix_can_be_declared_and_given() -> None:
    text = "PREFIX own: <urn:x:own/> SELECT ?a ?b WHERE { BIND(own:a AS ?a) BIND(ex:b AS ?b) }"
    found = foreign.run(Store(), text, prefixes={"ex": EX})
    assert foreign.cells(found)[1] == (("urn:x:own/a", f"{EX}b"),)


def test_a_query_sees_the_union_of_all_graphs(store: Store) -> None:
    classes = rows(store, "SELECT ?c WHERE { ?c a rdfs:Class }")
    assert (f"{EX}Book",) in classes
    assert rows(store, "SELECT ?p WHERE { ?p a ggen:Pack }") == [("urn:x:pack",)]
    assert rows(store, "SELECT ?g WHERE { GRAPH ?g { ?p a ggen:Pack } }") == [("urn:x:facts",)]


def test_a_query_of_one_graph_sees_nothing_of_ggen_s_ontology(store: Store) -> None:
    for kind in ("rdfs:Class", "owl:Class", "rdf:Property", "ggen:Pack", "owl:Ontology"):
        found = rows(store, f"SELECT ?c WHERE {{ ?c a {kind} }}", default_graph=MODEL.value)
        expected = [(f"{EX}Author",), (f"{EX}Book",)] if kind == "rdfs:Class" else []
        assert found == expected
    everything = "SELECT ?s WHERE { ?s ?p ?o }"
    assert len(rows(store, everything, default_graph=MODEL.value)) == 2
    assert len(rows(store, everything)) > 100


def test_a_query_of_one_graph_reaches_the_others_by_name(store: Store) -> None:
    text = "SELECT ?p WHERE { GRAPH <urn:x:facts> { ?p a ggen:Pack } }"
    assert rows(store, text, default_graph=MODEL.value) == [("urn:x:pack",)]


def test_from_says_which_graphs_are_seen(store: Store) -> None:
    assert len(rows(store, "SELECT ?s FROM <urn:x:model> WHERE { ?s ?p ?o }")) == 2
    both = "SELECT ?s FROM <urn:x:model> FROM <urn:x:facts> WHERE { ?s ?p ?o }"
    assert len(rows(store, both)) == 3
    named = "SELECT ?s FROM NAMED <urn:x:facts> WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert rows(store, named) == [("urn:x:pack",)]


def test_from_does_not_widen_what_a_query_of_one_graph_sees(store: Store) -> None:
    text = "SELECT ?s FROM <urn:x:facts> WHERE { ?s ?p ?o }"
    assert len(rows(store, text, default_graph=MODEL.value)) == 2


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


def test_a_query_can_be_checked_without_a_graph() -> None:
    foreign.check_query("SELECT ?s WHERE { ?s a ggen:Pack }", "my.rq")
    with pytest.raises(QueryInvalid, match=r"my\.rq:1:1"):
        foreign.check_query("SELEC", "my.rq")


# -- results


TEXT = """
    SELECT ?name ?number ?missing WHERE {
      VALUES (?name ?number ?missing) { (ggen:Pack 1 UNDEF) ("a, \\"b\\"\\nc" 2.50 UNDEF) }
    }
"""


def test_rows_are_given_in_the_w3c_s_formats() -> None:
    data = {
        form: foreign.serialize(foreign.run(Store(), TEXT), form)
        for form in ("json", "csv", "tsv", "xml")
    }
    document = json.loads(data["json"])
    assert document["head"]["vars"] == ["name", "number", "missing"]
    assert document["results"]["bindings"][0]["name"] == {
        "type": "uri",
        "value": "http://ggen.io/ontology#Pack",
    }
    table = list(csv.reader(io.StringIO(data["csv"].decode(), newline="")))
    assert table[0] == ["name", "number", "missing"]
    assert [row[0] for row in table[1:]] == ["http://ggen.io/ontology#Pack", 'a, "b"\nc']
    assert data["tsv"].startswith(b"?name\t?number\t?missing\n")
    assert b"http://www.w3.org/2005/sparql-results#" in data["xml"]


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_yes_or_no_is_given_in_the_w3c_s_formats(form: str) -> None:
    assert b"true" in foreign.serialize(foreign.run(Store(), "ASK { }"), form)


def test_triples_are_turtle(store: Store) -> None:
    construct = "CONSTRUCT { ?c a owl:Class } FROM <urn:x:model> WHERE { ?c a rdfs:Class }"
    found = parse(foreign.serialize(foreign.run(store, construct), "turtle"), RdfFormat.TURTLE)
    assert {str(quad.subject) for quad in found} == {f"<{EX}Book>", f"<{EX}Author>"}
    describe = foreign.run(store, "DESCRIBE <urn:x:pack>")
    assert b"a ggen:Pack" in foreign.serialize(describe, "turtle")


def test_a_format_that_can_t_hold_the_result_is_refused() -> None:
    with pytest.raises(UsageError, match="json can't hold them"):
        foreign.serialize(foreign.run(Store(), "CONSTRUCT WHERE { ?s ?p ?o }"), "json")
    for text in ("SELECT ?s WHERE { ?s ?p ?o }", "ASK { }"):
        with pytest.raises(UsageError, match="only a CONSTRUCT or DESCRIBE"):
            foreign.serialize(foreign.run(Store(), text), "turtle")


def test_cells_are_texts_for_people(store: Store) -> None:
    columns, found = foreign.cells(foreign.run(Store(), TEXT))
    assert columns == ("name", "number", "missing")
    assert found == (("ggen:Pack", "1", ""), ('a, "b"\nc', "2.5", ""))
    assert foreign.cells(foreign.run(Store(), "ASK { }")) == (("answer",), (("true",),))
    assert foreign.cells(foreign.run(Store(), "ASK { ?s ?p ?o }"))[1] == (("false",),)
    triples = foreign.run(store, "CONSTRUCT WHERE { <urn:x:pack> ?p ?o }")
    assert foreign.cells(triples) == (
        ("subject", "predicate", "object"),
        (("urn:x:pack", "rdf:type", "ggen:Pack"),),
    )


@pytest.mark.parametrize(
    ("iri", "text"),
    [
        ("http://ggen.io/ontology#Pack", "ggen:Pack"),
        ("http://purl.org/dc/terms/title", "dcterms:title"),
        ("http://ggen.io/ontology#", "http://ggen.io/ontology#"),
        ("http://ggen.io/ontology#a/b", "http://ggen.io/ontology#a/b"),
        ("urn:x:a", "urn:x:a"),
    ],
)
def test_an_iri_is_shortened_where_a_prefix_fits(iri: str, text: str) -> None:
    assert foreign.shorten(NamedNode(iri)) == text


def test_what_is_no_iri_is_its_text() -> None:
    assert foreign.shorten(Literal("http://ggen.io/ontology#Pack")) == (
        "http://ggen.io/ontology#Pack"
    )
    triple = Triple(NamedNode("urn:x:a"), NamedNode("urn:x:b"), Literal("c"))
    assert foreign.shorten(triple) == str(triple)


# -- what templates see


@pytest.mark.parametrize(
    ("lexical", "datatype", "value"),
    [
        ("7", "integer", 7),
        ("-007", "long", -7),
        ("2.50", "decimal", 2.5),
        ("1e3", "double", 1000.0),
        ("true", "boolean", True),
        ("1", "boolean", True),
        ("false", "boolean", False),
        ("0", "boolean", False),
        ("maybe", "boolean", "maybe"),
        ("seven", "integer", "seven"),
        ("7", "string", "7"),
        ("2026-11-20", "date", "2026-11-20"),
    ],
)
def test_a_literal_is_a_python_value_by_its_datatype(
    lexical: str, datatype: str, value: object
) -> None:
    found = foreign.value(Literal(lexical, datatype=NamedNode(XSD + datatype)))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (Literal("Wort", language="de"), "Wort"),
        (Literal("7", datatype=NamedNode("urn:x:integer")), "7"),
        (NamedNode("urn:x:a"), "urn:x:a"),
        (
            Triple(NamedNode("urn:x:a"), NamedNode("urn:x:b"), Literal("c")),
            '<urn:x:a> <urn:x:b> "c"',
        ),
    ],
)
def test_any_other_term_is_its_text(
    term: NamedNode | BlankNode | Literal | Triple, value: str
) -> None:
    assert foreign.value(term) == value


VALUES = """
    SELECT ?b ?a WHERE {{ VALUES (?a ?b) {{ (2 "y") (10 "y") (UNDEF "z") (1 UNDEF) }} }} {}
"""


def table(text: str) -> foreign.Table:
    found = foreign.rows(Store(), text, default_graph="urn:x:model", file="q.rq")
    assert isinstance(found, foreign.Table)
    return found


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


def test_a_template_s_question_is_a_bool(store: Store) -> None:
    for kind, answer in (("rdfs:Class", True), ("ggen:Pack", False)):
        text = f"ASK {{ ?c a {kind} }}"
        assert foreign.rows(store, text, default_graph=MODEL.value, file="q.rq") is answer


def test_a_template_reads_no_triples() -> None:
    for text in ("CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <urn:x:a>"):
        with pytest.raises(QueryInvalid, match=r"q\.rq: a template reads SELECT and ASK"):
            foreign.rows(Store(), text, default_graph="urn:x:model", file="q.rq")


def test_each_form_has_its_kind_of_result() -> None:
    assert isinstance(foreign.run(Store(), "ASK { }"), QueryBoolean)
    assert isinstance(foreign.run(Store(), "SELECT * { ?s ?p ?o }"), QuerySolutions)
    assert isinstance(foreign.run(Store(), "DESCRIBE <urn:x:a>"), QueryTriples)


@pytest.mark.parametrize(
    "query", ["SELECT * " + "{" * 3000 + "}" * 3000, "SELECT * {FILTER(" + "(" * 3000 + "1" + ")" * 3000 + ")}"]
)  # fmt: skip
def test_a_query_that_would_crash_the_parser_by_its_depth_is_refused(query: str) -> None:
    with pytest.raises(QueryRefused, match="nested more than 200 deep"):
        foreign.check_query(query, "query")
    foreign.check_query("SELECT * " + "{" * 150 + "}" * 150, "query")
