from __future__ import annotations

from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ggen_graph.core import sparql
from ggen_graph.core.diagnostics import QueryInvalid, QueryRefused
from tests.hostile import cases, named, text_of


def test_the_corpus_of_hostile_texts_is_large() -> None:
    """Those that take too much, and those that are no queries, are run by `tests/graph`."""
    texts = {text_of(case) for name in ("refused", "invalid", "greedy") for case in cases(name)}
    assert len(texts) >= 300
    assert len(cases("refused")) >= 200
    assert len(cases("allowed")) >= 70


@pytest.mark.parametrize("case", cases("refused"), ids=named)
def test_writing_and_the_network_are_refused_at_the_word(case: dict[str, Any]) -> None:
    with pytest.raises(QueryRefused) as refused:
        sparql.refuse_writing(case["query"], "q.rq", case.get("hosts", ()))
    assert str(refused.value.where) == f"q.rq:{case['at']}"
    assert refused.value.help


@pytest.mark.parametrize("case", cases("allowed"), ids=named)
def test_what_only_looks_like_writing_is_allowed_and_is_sparql(case: Any) -> None:
    if isinstance(case, str):
        sparql.refuse_writing(case)
        pyoxigraph.Store().query(case)
    else:
        sparql.refuse_writing(case["query"], hosts=case["hosts"])
        with pytest.raises(QueryRefused):
            sparql.refuse_writing(case["query"])


PIECES = (
    *("SERVICE", "?x", "{", "}", "(", ")", "<", ">", "'", '"', "'''", "#", "\n", "\r", " ", "1", "."),
    *("true", "e:", "e:x", ":", "_:b", "\\", "\\u0043", "@en", "--ltr", "SILENT", "GRAPH", "FILTER"),
    *("&&", "|", "/", "{}", "?s ?p ", "VALUES", "BIND(1 AS ?z)", "FILTER(1<2)", "SERVICE ?x {}", "[]", ",", ";"),
)  # fmt: skip


def reaches_a_service(query: str) -> bool:
    """Whether Oxigraph reads a SERVICE here: it needs the variable, which nothing binds."""
    store, node = pyoxigraph.Store(), pyoxigraph.NamedNode("http://e/x")
    store.add(pyoxigraph.Quad(node, node, node))
    for value in (1, 1.0, True, "", "SERVICE"):
        store.add(pyoxigraph.Quad(node, node, pyoxigraph.Literal(value)))
    try:
        answer = store.query(query)
        assert isinstance(answer, pyoxigraph.QuerySolutions)
        list(answer)
    except (SyntaxError, OSError, ValueError, RuntimeError) as error:
        return "service" in str(error).lower() and "expected" not in str(error)
    return False


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8), st.lists(st.sampled_from(PIECES), max_size=6))
def test_no_text_that_oxigraph_reads_as_service_gets_through(
    before: list[str], after: list[str]
) -> None:
    query = (
        f"PREFIX e: <http://e/>\nSELECT * {{ {''.join(before)}SERVICE ?x {{}} {''.join(after)}\n}}"
    )
    try:
        sparql.refuse_writing(query)
    except (QueryRefused, QueryInvalid):
        return
    assert not reaches_a_service(query)


def test_the_probe_of_the_fuzz_test_sees_a_service() -> None:
    assert reaches_a_service("SELECT * { ?s ?p 1SERVICE ?x {} }")
    assert not reaches_a_service("SELECT * { ?s ?p 'SERVICE ?x {}' }")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("# c\nPREFIX e: <http://e/> base <http://b/> ask {}", "ASK"),
        ("construct where { ?s ?p ?o }", "CONSTRUCT"),
        ("DESCRIBE <http://e/>", "DESCRIBE"),
        ("INSERT DATA {}", "UPDATE"),
        ("PREFIX e: <http://e/>\nDELETE WHERE { ?s ?p ?o }", "UPDATE"),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(text: str, form: str) -> None:
    assert sparql.form(text) == form


@pytest.mark.parametrize("text", ["", "# nothing", "PREFIX e: <http://e/>", "SELEKT * {}", "?x"])
def test_a_text_of_no_known_form_is_invalid(text: str) -> None:
    with pytest.raises(QueryInvalid):
        sparql.form(text)


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ('SELECT *\n  { ?s ?p "x }', "q.rq:2:11", "not closed"),
        ("SELECT * { \\ }", "q.rq:1:12", "unexpected"),
    ],
)
def test_what_is_no_token_is_named_with_its_place(text: str, where: str, message: str) -> None:
    with pytest.raises(QueryInvalid, match=message) as invalid:
        sparql.tokens(text, "q.rq")
    assert str(invalid.value.where) == where


def test_tokens_know_their_offsets_their_place_and_the_braces_around_them() -> None:
    text = "ASK {\n  ?s e:p '''a\nb''' .\n}"
    found = sparql.tokens(text)
    assert [text[token.start : token.end] for token in found] == [token.text for token in found]
    assert [(token.kind, token.line, token.column, token.depth) for token in found] == [
        ("word", 1, 1, 0),
        ("punct", 1, 5, 0),
        ("var", 2, 3, 1),
        ("pname", 2, 6, 1),
        ("string", 2, 10, 1),
        ("punct", 3, 6, 1),
        ("punct", 4, 1, 0),
    ]


@pytest.mark.parametrize(
    ("text", "ordered"),
    [
        ("SELECT ?x {} ORDER BY ?x", True),
        ("SELECT ?x {} order\nby DESC(?x)", True),
        ("SELECT ?x { { SELECT ?x {} ORDER BY ?x } }", False),
        ("SELECT ?x { ?x ?p 'ORDER BY' } # ORDER BY", False),
        ("SELECT ?x {}", False),
    ],
)
def test_only_the_outermost_order_counts(text: str, ordered: bool) -> None:
    assert sparql.has_order_by(text) is ordered


def test_the_header_is_the_yaml_in_the_first_lines() -> None:
    text = "#+ summary: What there is.\n#+ params:\n#+   pack: iri\n#+ returns: [s]\n\n#+ no: more\nSELECT ?s {}"
    assert sparql.header(text) == {
        "summary": "What there is.",
        "params": {"pack": "iri"},
        "returns": ["s"],
    }
    assert sparql.header("SELECT * {}") == {}


@pytest.mark.parametrize(
    ("text", "where"),
    [("#+ a: [1\n", "q.rq:1:"), ("#+ - a\n", "q.rq:1"), ("#+ a: b: c", "q.rq:1:8")],
)
def test_a_header_that_is_not_a_yaml_mapping_is_invalid(text: str, where: str) -> None:
    with pytest.raises(QueryInvalid, match="the header is not") as invalid:
        sparql.header(text, "q.rq")
    assert str(invalid.value.where).startswith(where)
