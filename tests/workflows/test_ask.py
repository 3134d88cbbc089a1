"""A person's query: on the catalog, on a project, as a pack wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import PackNotFound, QueryNotFound, UsageError

if TYPE_CHECKING:
    from tests.workflows.conftest import Work

pytestmark = pytest.mark.usefixtures("results_dropped")

SEEDS = (
    "SELECT ?pack ?health WHERE { ?pack a ggen:Pack ; ggen:category ggen:web ; "
    "ggen:healthScore ?health . FILTER (?health > 85) } ORDER BY DESC(?health)"
)


def test_the_health_of_packs_can_be_asked_for(work: Work) -> None:
    answer = api.ask(api.Question(SEEDS), "table", None, work.catalog())
    assert answer.columns == ("pack", "health")
    found = {pack.rpartition("/")[2] for pack, _ in answer.rows}
    assert found == {"enterprise-stack", "web-api-starter"}
    assert all(int(health) > 85 for _, health in answer.rows)


def test_a_packs_query_sees_the_model_alone(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    question = api.Question(pack="base", name="classes")
    answer = api.ask(question, "table", api.read_project(root), None)
    assert answer.rows == (
        ("http://example.org/library#Book", "Book"),
        ("http://example.org/library#Reader", "Reader"),
    )


def test_a_packs_query_sees_what_the_model_says_now(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "model" / "more.ttl").write_text(
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<urn:shelf> a rdfs:Class ; rdfs:label "Shelf" .\n',
        "utf-8",
    )
    question = api.Question(pack="base", name="classes")
    answer = api.ask(question, "table", api.read_project(root), None)
    assert ("urn:shelf", "Shelf") in answer.rows


def test_a_model_file_that_does_not_parse_is_noted(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "model" / "broken.ttl").write_text("<urn:a> <urn:b>", "utf-8")
    answer = api.ask(
        api.Question("ASK { ?f a ggen:GeneratedFile }"), "table", api.read_project(root), None
    )
    assert answer.rows == (("true",),)
    assert any("model/broken.ttl" in note for note in answer.notes)


def test_a_query_of_a_pack_that_is_not_there_is_named(work: Work) -> None:
    catalog = work.catalog()
    with pytest.raises(PackNotFound, match="bse"):
        api.ask(api.Question(pack="bse", name="classes"), "table", None, catalog)
    with pytest.raises(QueryNotFound, match="clases") as caught:
        api.ask(api.Question(pack="base", name="clases"), "table", None, catalog)
    assert caught.value.help == 'did you mean "classes"?'
    with pytest.raises(QueryNotFound) as caught:
        api.ask(api.Question(pack="base", name="zzz"), "table", None, catalog)
    assert caught.value.help == "it has: classes"


def test_a_form_that_does_not_fit_the_answer_is_refused(work: Work) -> None:
    catalog = work.catalog()
    for query, form in (
        ("SELECT * { ?s ?p ?o } LIMIT 1", "turtle"),
        ("CONSTRUCT WHERE { ?s a ggen:Pack }", "csv"),
        ("ASK {}", "turtle"),
    ):
        with pytest.raises(UsageError):
            api.ask(api.Question(query), form, None, catalog)


def test_there_must_be_something_to_ask() -> None:
    with pytest.raises(ValueError, match="neither"):
        api.ask(api.Question("ASK {}"), "table", None, None)
