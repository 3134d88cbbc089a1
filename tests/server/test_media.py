from __future__ import annotations

import pytest

from ggen_graph.server.media import SOLUTIONS, TRIPLES, accepts, by_name, listed, negotiated


@pytest.mark.parametrize(("accept", "name"), [
    ("", "json"),
    ("*/*", "json"),
    ("application/*", "json"),
    ("text/*", "xml"),
    ("application/sparql-results+xml", "xml"),
    ("application/json", "json"),
    ("text/csv", "csv"),
    ("TEXT/CSV", "csv"),
    (" text/csv ; q=0.5 , text/tab-separated-values ", "tsv"),
    ("text/csv;q=0.9, text/tab-separated-values;q=0.8, */*;q=0.1", "csv"),
    ("application/sparql-results+json;q=0, */*", "json"),  # it is application/json as well
    ("application/sparql-results+json;q=0, application/json;q=0, */*", "xml"),
    ("text/csv;charset=utf-8;q=0.4, application/sparql-results+xml;q=.3", "csv"),
    ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "xml"),
    ("nonsense, text/csv", "csv"),
    ("text/csv;q=high, text/tab-separated-values;q=0.1", "tsv"),
    ("text/csv;q=7", "csv"),
    ("image/png", None),
    ("text/turtle", None),
    ("nonsense", None),
    ("*/*;q=0", None),
    (",".join(["text/x"] * 5000) + ",text/csv", "json"),  # longer than anyone needs
])  # fmt: skip
def test_a_result_is_given_in_the_format_that_is_accepted_most(
    accept: str, name: str | None
) -> None:
    found = negotiated(accept, SOLUTIONS)
    assert (found and found.name) == name


@pytest.mark.parametrize(("accept", "name"), [
    ("", "turtle"),
    ("application/n-triples", "ntriples"),
    ("application/rdf+xml", "rdfxml"),
    ("application/ld+json;q=0.9, text/turtle;q=0.8", "jsonld"),
    ("text/csv", None),
])  # fmt: skip
def test_triples_have_formats_of_their_own(accept: str, name: str | None) -> None:
    found = negotiated(accept, TRIPLES)
    assert (found and found.name) == name


@pytest.mark.parametrize(("accept", "quality"), [
    ("text/html", 1.0),
    ("text/html;q=0.3", 0.3),
    ("text/*, */*", 0.0),
    ("", 0.0),
])  # fmt: skip
def test_only_who_names_a_media_type_wants_it(accept: str, quality: float) -> None:
    assert accepts(accept, "text/html") == quality


def test_a_format_is_found_by_its_name_or_by_a_media_type() -> None:
    assert by_name("CSV", SOLUTIONS) == by_name("text/csv", SOLUTIONS)
    assert by_name("csv", TRIPLES) is None


def test_text_says_that_it_is_utf_8() -> None:
    kinds = {one.name: one.content_type for one in (*SOLUTIONS, *TRIPLES)}
    assert kinds["csv"] == "text/csv; charset=utf-8"
    assert kinds["json"] == "application/sparql-results+json"


def test_formats_are_listed_for_who_asked_for_another() -> None:
    assert listed(TRIPLES).startswith("text/turtle, application/n-triples")
