"""Results: the W3C's formats, rows for people, values for templates, and what is too much."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from ggen_graph.core.diagnostics import QueryTooLarge, UsageError
from ggen_graph.core.template.terms import DecimalNumber, Iri, LanguageText, Time
from ggen_graph.graph import foreign, results
from ggen_graph.graph.iris import PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import BlankNode

EX = "http://example.org/"
MODEL = NamedNode("urn:x:model")
XSD = PREFIXES["xsd"]


@pytest.fixture
def store() -> Store:
    """Two classes, and a pack."""
    store = Store()
    a = NamedNode(PREFIXES["rdf"] + "type")
    for name in ("Book", "Author"):
        store.add(Quad(NamedNode(EX + name), a, NamedNode(PREFIXES["rdfs"] + "Class"), MODEL))
    store.add(Quad(NamedNode("urn:x:pack"), a, NamedNode(PREFIXES["ggen"] + "Pack"), MODEL))
    return store


TEXT = """
    SELECT ?name ?number ?missing WHERE {
      VALUES (?name ?number ?missing) { (ggen:Pack 1 UNDEF) ("a, \\"b\\"\\nc" 2.50 UNDEF) }
    }
"""


def test_rows_are_given_in_the_w3c_s_formats() -> None:
    data = {
        form: results.serialize(foreign.run(Store(), TEXT), form)
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
    assert b"true" in results.serialize(foreign.run(Store(), "ASK { }"), form)


def test_triples_are_turtle(store: Store) -> None:
    construct = "CONSTRUCT { ?c a owl:Class } FROM <urn:x:model> WHERE { ?c a rdfs:Class }"
    found = parse(results.serialize(foreign.run(store, construct), "turtle"), RdfFormat.TURTLE)
    assert {str(quad.subject) for quad in found} == {f"<{EX}Book>", f"<{EX}Author>"}
    describe = foreign.run(store, "DESCRIBE <urn:x:pack>")
    assert b"a ggen:Pack" in results.serialize(describe, "turtle")


def test_a_format_that_can_t_hold_the_result_is_refused() -> None:
    with pytest.raises(UsageError, match="json can't hold them"):
        results.serialize(foreign.run(Store(), "CONSTRUCT WHERE { ?s ?p ?o }"), "json")
    for text in ("SELECT ?s WHERE { ?s ?p ?o }", "ASK { }"):
        with pytest.raises(UsageError, match="only a CONSTRUCT or DESCRIBE"):
            results.serialize(foreign.run(Store(), text), "turtle")


def test_cells_are_texts_for_people(store: Store) -> None:
    rows = foreign.run(Store(), TEXT)
    assert results.columns_of(rows) == ("name", "number", "missing")
    assert list(results.cells(rows)) == [("ggen:Pack", "1", ""), ('a, "b"\nc', "2.5", "")]
    yes = foreign.run(Store(), "ASK { }")
    assert (results.columns_of(yes), list(results.cells(yes))) == (("answer",), [("true",)])
    assert list(results.cells(foreign.run(Store(), "ASK { ?s ?p ?o }"))) == [("false",)]
    triples = foreign.run(store, "CONSTRUCT WHERE { <urn:x:pack> ?p ?o }")
    assert results.columns_of(triples) == ("subject", "predicate", "object")
    assert list(results.cells(triples)) == [("urn:x:pack", "rdf:type", "ggen:Pack")]


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
    assert results.shorten(NamedNode(iri)) == text


def test_what_is_no_iri_is_its_text() -> None:
    assert results.shorten(Literal("http://ggen.io/ontology#Pack")) == (
        "http://ggen.io/ontology#Pack"
    )
    triple = Triple(NamedNode("urn:x:a"), NamedNode("urn:x:b"), Literal("c"))
    assert results.shorten(triple) == str(triple)


@pytest.mark.parametrize(
    ("lexical", "datatype", "value"),
    [
        ("7", "integer", 7),
        ("-007", "long", -7),
        ("2.50", "decimal", DecimalNumber("2.50")),
        ("half", "decimal", "half"),
        ("1e3", "double", 1000.0),
        ("true", "boolean", True),
        ("1", "boolean", True),
        ("false", "boolean", False),
        ("0", "boolean", False),
        ("maybe", "boolean", "maybe"),
        ("seven", "integer", "seven"),
        ("7", "string", "7"),
        ("2026-11-20", "date", Time("2026-11-20")),
        ("2026-11-20T01:02:03Z", "dateTime", Time("2026-11-20T01:02:03Z")),
        ("soon", "date", "soon"),
    ],
)
def test_a_literal_is_a_python_value_by_its_datatype(
    lexical: str, datatype: str, value: object
) -> None:
    found = results.value(Literal(lexical, datatype=NamedNode(XSD + datatype)))
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
    assert results.value(term) == value


def test_what_a_term_says_beside_its_text_is_kept() -> None:
    word = results.value(Literal("Wort", language="de"))
    assert isinstance(word, LanguageText)
    assert word.lang == "de"
    assert isinstance(results.value(NamedNode("urn:x:a")), Iri)
    digits = "12345678901234567.89"
    price = results.value(Literal(digits, datatype=NamedNode(XSD + "decimal")))
    assert str(price) == digits


ROWS = """
    SELECT ?text ?number WHERE {
      VALUES ?text { "a" "},{\\"b\\":1" "\\n\\"\\n" "</result>" "[{\\"" }
      VALUES ?number { 1 2 3 UNDEF }
    }
"""


@pytest.mark.parametrize("form", [*results.ROW_FORMATS, "table"])
@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_rows_are_counted_whatever_their_cells_hold(form: str, piece: int) -> None:
    written: list[bytes] = []
    out = results.Counted(written.append)
    whole = results.Counted(lambda data: [out.write(data[at : at + piece]) for at in range(0, len(data), piece)])  # fmt: skip
    results.write(foreign.run(Store(), ROWS), form, whole)
    out.count = None
    assert whole.rows == 20
    assert out.size == whole.size == sum(map(len, written))


@pytest.mark.parametrize("form", [*results.ROW_FORMATS, "table"])
def test_more_rows_than_there_may_be_are_refused(form: str) -> None:
    results.write(foreign.run(Store(), ROWS), form, results.Counted(len, rows=20))
    with pytest.raises(QueryTooLarge, match="more than 19 rows"):
        results.write(foreign.run(Store(), ROWS), form, results.Counted(len, rows=19))


@pytest.mark.parametrize("form", list(results.GRAPH_FORMATS))
def test_triples_are_counted_too(store: Store, form: str) -> None:
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    out = results.Counted(len, rows=3)
    results.write(foreign.run(store, text), form, out)
    assert out.rows == 3
    with pytest.raises(QueryTooLarge, match="more than 2 rows"):
        results.write(foreign.run(store, text), form, results.Counted(len, rows=2))
    with pytest.raises(QueryTooLarge, match="larger than 10 bytes"):
        results.write(foreign.run(store, text), form, results.Counted(len, size=10))
