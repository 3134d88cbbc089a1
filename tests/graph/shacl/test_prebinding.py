"""sh:sparql: what a constraint's query finds for all focus nodes at once is what pySHACL finds one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from ggen_graph.core.diagnostics import GgenError, QueryInvalid, QueryRefused, ShapesInvalid
from ggen_graph.graph.shapes import check_store, handed_over
from tests.graph.shacl.generated import PREFIXES
from tests.graph.shacl.reference import assert_same, loaded

if TYPE_CHECKING:
    from pathlib import Path

DATA = (
    PREFIXES
    + """
:n1 a :A ; :size 1 , 5 ; :link :n2 ; :name "one" .
:n2 a :A ; :size 2 ; :link :n3 , :n1 .
:n3 a :B ; :size 9 ; :name "three" .
:n4 a :B ; :link :n4 .
"""
)
HEAD = """
:prefixes a owl:Ontology ; owl:imports :more ; sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""


def shapes(select: str, tmp_path: Path, more: str = "", path: str = "") -> Path:
    file = tmp_path / "shapes.ttl"
    kind = f"a sh:PropertyShape ; sh:path {path}" if path else "a sh:NodeShape"
    file.write_text(
        PREFIXES
        + HEAD
        + f":S {kind} ; sh:targetClass :A , :B ; sh:severity sh:Warning ; sh:sparql [ sh:prefixes :prefixes ; {more}"
        + f' sh:select """{select}""" ] .',
        "utf-8",
    )
    return file


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this ?value WHERE { $this ex:size ?value FILTER (?value > 4) }",
        "SELECT ?value WHERE { $this ex:size ?value }",
        "SELECT DISTINCT ?value { $this ex:size ?value }",
        "SELECT * { $this ex:size ?value }",
        "SELECT $this { FILTER NOT EXISTS { $this ex:size ?size } }",
        "SELECT $this { FILTER NOT EXISTS { ?x ex:link ?y FILTER (?y = $this) } }",
        "SELECT $this ?value { { ?value ex:size ?n FILTER (?value != $this) } UNION { $this ex:link ?value } }",
        "SELECT $this ?value { ?value ex:size 9 OPTIONAL { ?value ex:link ?x FILTER ($this = ?x) } FILTER (!BOUND(?x)) }",
        "SELECT $this ?value { { BIND ($this AS ?value) } }",
        "SELECT $this ?value { { { ?value a ex:B } FILTER ($this != ?value) } }",
        "SELECT $this ?value { { SELECT $this ?value { ?value a ex:B FILTER ($this != ?value) } } }",
        "SELECT $this { FILTER EXISTS { { SELECT $this { $this ex:link ?x } } } }",
        "SELECT $this (COUNT(?x) AS ?value) { $this ex:size ?x } GROUP BY $this HAVING (COUNT(?x) > 1)",
        "SELECT $this { $this ex:link+ $this }",
        'SELECT $this { BIND ("{ $this }" AS ?text) $this ex:name ?text2 } # { $this',
        "SELECT $this ?path ?value { $this ?path ?value FILTER (isLiteral(?value)) }",
        "SELECT $this { $this a ex:A . }",
    ],
)
def test_a_query(select: str, tmp_path: Path) -> None:
    file = shapes(select, tmp_path)
    assert handed_over([file]) == {}
    assert_same(loaded(DATA), file)


@pytest.mark.parametrize("path", [":size", "[ sh:inversePath :link ]", "( :link :size )"])
def test_a_property_shape_s_path_is_put_in(path: str, tmp_path: Path) -> None:
    file = shapes("SELECT $this ?value WHERE { $this $PATH ?value }", tmp_path, path=path)
    assert assert_same(loaded(DATA), file)


def test_a_message_names_what_the_row_has(tmp_path: Path) -> None:
    select = "SELECT $this ?value ?double { $this ex:size ?value BIND (2 * ?value AS ?double) }"
    more = 'sh:message "{$this} and {?value}, twice {?double}, {?nothing}" ;'
    file = shapes(select, tmp_path, more)
    assert_same(loaded(DATA), file)
    messages = [one.message for one in check_store(loaded(DATA), [file])]
    assert messages[0] == "http://example.org/n1 and 1, twice 2, {?nothing}"


def test_a_row_may_bring_its_own_message(tmp_path: Path) -> None:
    # SHACL §5.3.2: a binding of ?message comes first. pySHACL does not look at it.
    select = 'SELECT $this ?message { $this ex:size 9 BIND ("too large" AS ?message) }'
    [finding] = check_store(loaded(DATA), [shapes(select, tmp_path, 'sh:message "other" ;')])
    assert finding.message == "too large"


def test_a_triple_that_two_graphs_have_counts_once(tmp_path: Path) -> None:
    store = Store()
    for name in ("urn:one", "urn:two"):
        store.load(DATA.encode(), format=RdfFormat.TURTLE, to_graph=NamedNode(name))
    select = "SELECT $this { $this ex:size ?x } GROUP BY $this HAVING (COUNT(?x) > 1)"
    file = shapes(select, tmp_path)
    expected = check_store(loaded(DATA), [file])
    assert [one.focus for one in expected] == ["http://example.org/n1"]
    assert check_store(store, [file]) == expected
    assert check_store(store, [file], graphs=["urn:two"]) == expected


REFUSED = {
    "DROP ALL": (QueryRefused, "DROP changes the graph"),
    "SELECT $this { SERVICE <http://x.org/> { $this ?p ?o } }": (QueryRefused, "SERVICE"),
    "SELECT $this { $this ex:size }": (QueryInvalid, "sh:select of http://example.org/S"),
    "SELECT $this { $this nope:size ?x }": (QueryInvalid, "nope"),
    "ASK { $this ?p ?o }": (ShapesInvalid, "no SELECT"),
    "SELECT $this { $this ?p ?o MINUS { $this ex:size ?o } }": (ShapesInvalid, "MINUS"),
    "SELECT $this { VALUES ?x { 1 } $this ?p ?x }": (ShapesInvalid, "VALUES"),
    "SELECT $this { { SELECT ?x { ?x ex:size ?y } } $this ?p ?x }": (ShapesInvalid, "inner SELECT"),
    "SELECT (?x AS $this) { ?x ex:size ?y }": (ShapesInvalid, "another value"),
    "SELECT $this { GRAPH $shapesGraph { $this ?p ?o } }": (ShapesInvalid, "shapesGraph"),
    "SELECT $this { $this $PATH ?o }": (ShapesInvalid, "no path"),
    "SELECT $this " + "{ " * 300 + "} " * 300: (QueryRefused, "nested more than"),
}


@pytest.mark.parametrize("select", REFUSED)
def test_what_no_constraint_may_ask_is_an_error(select: str, tmp_path: Path) -> None:
    error, said = REFUSED[select]
    with pytest.raises(error) as caught:
        check_store(loaded(DATA), [shapes(select, tmp_path)])
    assert isinstance(caught.value, GgenError)
    assert said in f"{caught.value.message} {caught.value.where}"


def test_a_deactivated_query_is_not_asked(tmp_path: Path) -> None:
    file = shapes("SELECT $this { $this ?p ?o }", tmp_path, "sh:deactivated true ;")
    assert check_store(loaded(DATA), [file]) == []
