from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, Store

from ggen_graph.server.cells import MAX_CELL, Cell, cell, row


@pytest.mark.parametrize(("term", "shown"), [
    ("", Cell("")),
    ("<urn:x:a>", Cell("urn:x:a", "urn:x:a")),
    ("<http://ggen.io/ontology#Pack>", Cell("ggen:Pack", "http://ggen.io/ontology#Pack")),
    ('"a"', Cell("a")),
    ('"a"@en-GB', Cell("a", note="en-GB")),
    ('"a\\tb\\n\\"c\\" \\\\ \\u00FC"', Cell('a\tb\n"c" \\ ü')),
    ('"2026-01-31"^^<http://www.w3.org/2001/XMLSchema#date>', Cell("2026-01-31", note="xsd:date")),
    ("12", Cell("12")),
    ("true", Cell("true")),
    ("_:b0", Cell("_:b0")),
    ("<<( <urn:a> <urn:b> 1 )>>", Cell("<<( <urn:a> <urn:b> 1 )>>")),
])  # fmt: skip
def test_a_term_is_shown_as_text(term: str, shown: Cell) -> None:
    assert cell(term) == shown


@pytest.mark.parametrize("term", [
    '"' + "a" * 5_000_000 + '"',
    '"' + "\\n" * 5_000_000 + '"@en',
    '"' + '\\"' * 5_000_000,
    "<urn:x:" + "a" * 5_000_000 + ">",
])  # fmt: skip
def test_a_long_term_is_cut(term: str) -> None:
    found = cell(term)
    assert found.text.endswith("…")
    assert len(found.text) <= MAX_CELL + 1
    assert found.iri == ""


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    found = Store().query(
        f"SELECT (?a AS ?x) (<urn:x:b> AS ?y) {{ VALUES ?a {{ {Literal(text)} }} }}"
    )
    assert isinstance(found, QuerySolutions)
    tsv = (found.serialize(format=QueryResultsFormat.TSV) or b"").decode()
    [_, line, rest] = tsv.split("\n")
    assert rest == ""
    assert row(line) == (Cell(text), Cell("urn:x:b", NamedNode("urn:x:b").value))
