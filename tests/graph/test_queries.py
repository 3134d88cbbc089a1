from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, QueryTriples, RdfFormat, Store

from ggen_graph.core.diagnostics import QueryInvalid
from ggen_graph.core.sparql import header, tokens
from ggen_graph.graph import queries

FOLDER = Path(__file__).parents[2] / "queries"
CASES = Path(__file__).parents[1] / "queries"
NAMES = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob("*/*.r[qu]"))
RULES = [name for name in NAMES if "\n#+ graph: " in queries.text(name)]
WITH_SLOTS = [name for name in NAMES if queries.slots(queries.text(name))]

ONE, TWO = NamedNode("urn:x:one"), NamedNode("urn:x:two")
NAME = NamedNode("http://ggen.io/ontology#name")

HOSTILE = [
    '"',
    "'",
    '"""',
    "\\",
    '\\"',
    "\n",
    "\r\n",
    "}",
    "} UNION { ?s ?p ?o }",
    '" } UNION { ?s ?p ?o } #',
    '"@en } } ; DROP ALL ; SELECT * { { VALUES ?x { "',
    '"^^<http://www.w3.org/2001/XMLSchema#string>) } #',
    "UNDEF",
    "UNDEF }",
    "VALUES ?pack { UNDEF }",
    "<urn:x:a>",
    "?pack",
    "#",
    "\\u0022 } #",
    "\0",
    "\u2028\u2029\x0b\x0c\x85",
    "%s {0} {name} $1 \\1 \\g<0>",
    "ü 🐙",
    "",
]


def data() -> Store:
    """What the data tests of all queries hold, together."""
    store = Store()
    for path in CASES.rglob("data.trig"):
        store.load(path=str(path), format=RdfFormat.TRIG)
    return store


def pairs_of_graphs(store: Store) -> list[tuple[NamedNode, NamedNode]]:
    graphs = [graph for graph in store.named_graphs() if isinstance(graph, NamedNode)]
    return [(one, other) for one in graphs for other in graphs]


def filled(name: str, text: str) -> str:
    """A query of ours with a literal in each of its slots, twice."""
    query = queries.text(name)
    return queries.bind(
        query,
        {
            slot: [[Literal(text)] * len(slot.split())] * 2 if " " in slot else [Literal(text)] * 2
            for slot in queries.slots(query)
        },
    )


# -- finding


def test_a_query_is_found_by_its_name() -> None:
    assert queries.text("catalog/list-packs").startswith("#+ summary:")
    assert "DELETE" in queries.text("catalog/forget-admits")


def test_a_query_that_is_not_there_is_a_mistake_of_the_code() -> None:
    with pytest.raises(LookupError, match="no query catalog/list-apples"):
        queries.text("catalog/list-apples")


# -- binding


def test_a_slot_is_a_block_of_undef_only() -> None:
    text = """
        VALUES ?one { UNDEF } VALUES (?two ?three) { (UNDEF UNDEF) }
        VALUES ?not { "UNDEF" } VALUES (?not) { ("a") (UNDEF) }
    """
    assert queries.slots(text) == ("one", "two three")


def test_terms_take_the_place_of_undef() -> None:
    text = "{ VALUES ?a { UNDEF } VALUES (?b ?c) { (UNDEF UNDEF) } }"
    bound = queries.bind(text, {"a": [ONE, Literal("x")], "b c": [(ONE, Literal(1)), (TWO, TWO)]})
    assert bound == (
        '{ VALUES ?a { <urn:x:one> "x" }'
        ' VALUES (?b ?c) { (<urn:x:one> "1"^^<http://www.w3.org/2001/XMLSchema#integer>)'
        " (<urn:x:two> <urn:x:two>) } }"
    )


def test_a_slot_that_is_not_named_means_any() -> None:
    text = "VALUES ?a { UNDEF } VALUES ?b { UNDEF }"
    assert queries.bind(text, {"b": [ONE]}) == "VALUES ?a { UNDEF } VALUES ?b { <urn:x:one> }"


def test_a_slot_that_stands_twice_is_filled_twice_even_from_an_iterator() -> None:
    text = "{ VALUES ?a { UNDEF } } UNION { VALUES ?a { UNDEF } }"
    bound = queries.bind(text, {"a": iter([ONE])})
    assert bound == "{ VALUES ?a { <urn:x:one> } } UNION { VALUES ?a { <urn:x:one> } }"


def test_a_parameter_that_the_query_does_not_have_is_refused() -> None:
    with pytest.raises(QueryInvalid, match="no parameter"):
        queries.bind("VALUES ?a { UNDEF }", {"b": [ONE]})


@pytest.mark.parametrize("name", WITH_SLOTS)
def test_a_hostile_text_is_one_token_in_every_query(name: str) -> None:
    harmless = [token.kind for token in tokens(filled(name, "harmless"))]
    for text in HOSTILE:
        assert [token.kind for token in tokens(filled(name, text))] == harmless


@pytest.mark.parametrize("name", WITH_SLOTS)
def test_every_query_runs_with_hostile_texts_and_they_find_and_change_nothing(name: str) -> None:
    store = data()
    before = set(store)
    for text in HOSTILE:
        query = filled(name, text)
        if "DELETE" in query:
            store.update(query)
            assert set(store) == before
        else:
            answer = store.query(query, use_default_graph_as_union=True)
            assert isinstance(answer, QuerySolutions | QueryTriples)
            assert list(answer) == []


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_bound_text_comes_back_as_it_was(text: str) -> None:
    query = queries.bind("SELECT ?x WHERE { VALUES ?x { UNDEF } }", {"x": [Literal(text)]})
    answer = Store().query(query)
    assert isinstance(answer, QuerySolutions)
    assert [row["x"] for row in answer] == [Literal(text)]


@pytest.mark.parametrize("iri", ["urn:x:a> }", 'urn:x:"', "urn:x:a b", "no-scheme", ""])
def test_a_text_that_is_no_iri_can_t_be_bound_as_one(iri: str) -> None:
    with pytest.raises(ValueError, match="IRI"):
        queries.rows(Store(), "health/explain-score", pack=[iri])


# -- running


def named(*pairs: tuple[NamedNode, str]) -> Store:
    store = Store()
    for at, (pack, name) in enumerate(pairs):
        graph = NamedNode(f"urn:x:graph-{at}")
        store.add(Quad(pack, NAME, Literal(name), graph))
        kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        store.add(Quad(pack, kind, NamedNode("http://ggen.io/ontology#Pack"), graph))
    return store


def test_rows_are_found_over_all_graphs() -> None:
    store = named((ONE, "one"), (TWO, "two"))
    found = queries.rows(store, "resolution/find-packs", name=[Literal("one"), Literal("two")])
    assert {(row["name"].value, row["pack"]) for row in found} == {("one", ONE), ("two", TWO)}


def test_a_plain_string_is_an_iri() -> None:
    store = named((ONE, "one"))
    found = queries.rows(store, "resolution/reach-packs", root=["urn:x:one"])
    assert [row["name"].value for row in found] == ["one"]


def test_no_values_find_nothing() -> None:
    store = named((ONE, "one"))
    assert list(queries.rows(store, "resolution/find-packs", name=[])) == []
    assert list(queries.rows(store, "resolution/admit-root", name_lo_hi=[])) == []


def inserted(name: str, graph: str, values: dict[str, Any]) -> Store:
    """What an update that is the rule in another form gives: the reference for `derive`."""
    store = data()
    text = queries.bind(queries.text(name), values)
    head, body = text.split("CONSTRUCT", 1)
    template, pattern = body.split("WHERE", 1)
    store.update(f"{head} INSERT {{ GRAPH <{graph}> {template} }} WHERE {pattern}")
    return store


@pytest.mark.parametrize("name", RULES)
def test_a_rule_derives_what_an_update_would_insert(name: str) -> None:
    derived = data()
    values = {slot: pairs_of_graphs(derived) for slot in queries.slots(queries.text(name))}
    expected = inserted(name, header(queries.text(name))["graph"], values)
    queries.derive(derived, name, **{slot.replace(" ", "_"): v for slot, v in values.items()})
    assert set(derived) == set(expected)
    found = data().query(queries.bind(queries.text(name), values))
    assert list(found), "the data of the queries' tests show nothing of it"  # type: ignore[arg-type]


def test_a_rule_derives_in_bulk_what_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    little, much = data(), data()
    queries.derive(little, "catalog/declare-packs")
    monkeypatch.setattr(queries, "FEW", 0)
    queries.derive(much, "catalog/declare-packs")
    assert set(much) == set(little)


@pytest.mark.parametrize("name", ["catalog/forget-admits", "catalog/list-packs"])
def test_what_names_no_graph_is_no_rule(name: str) -> None:
    with pytest.raises(LookupError, match="names no graph"):
        queries.derive(Store(), name)


def test_a_rule_refuses_a_parameter_that_it_does_not_have() -> None:
    with pytest.raises(QueryInvalid, match="no parameter"):
        queries.derive(Store(), "catalog/declare-packs", pack=[ONE])


def test_an_update_takes_rows_of_terms() -> None:
    store = named((ONE, "one"))
    queries.derive(store, "catalog/admit-releases", asker_holder=[("urn:x:a", ONE)])
    queries.update(store, "catalog/forget-admits", changed=[ONE])
    assert len(store) == 2


@pytest.mark.parametrize("name", WITH_SLOTS)
def test_a_slot_that_nothing_is_bound_to_says_nothing(name: str) -> None:
    if not name.startswith(("shacl/", "remote/")) and (FOLDER / f"{name}.rq").exists():
        text = queries.text(name)
        without = queries.without_slots(text)
        assert "UNDEF" not in without
        store = data()
        found, expected = (
            Counter(str(one) for one in store.query(each, use_default_graph_as_union=True))  # type: ignore[union-attr]
            for each in (without, text)
        )
        assert found == expected


@pytest.mark.parametrize("value", HOSTILE)
def test_what_looks_like_a_slot_in_a_literal_stays(value: str) -> None:
    for text in (value, f"{value} VALUES ?pack {{ UNDEF }} {value}"):
        query = queries.bind(
            "SELECT * WHERE { VALUES ?text { UNDEF } VALUES ?any { UNDEF } }",
            {"text": [Literal(text)]},
        )
        [row] = Store().query(queries.without_slots(query))  # type: ignore[misc] # a SELECT
        assert row["text"] == Literal(text)
