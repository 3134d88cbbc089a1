"""What a pack declares of itself has effect: the ggen it is made for, and prefixes of its queries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import ReleaseNotFound
from ggen_graph.core.names import PackSpec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Write = Callable[..., Path]

PREFIXES = '[rdf]\nprefixes = { lib = "http://example.org/library#" }\n'
FILES = {
    "queries/books.rq": "SELECT ?book WHERE { VALUES ?book { lib:Book } }\n",
    "queries/about.rq": "DESCRIBE lib:Book\n",
    "templates/a.txt.tera": (
        "---\nto: a.txt\nsparql: { books: books, any: 'ASK { lib:Book ?p ?o }' }\n---\n"
        "{{ books[0].book }} {{ any }}\n"
    ),
    "ontology/library.ttl": "<http://example.org/library#Book> a <http://example.org/Kind> .\n",
}


def test_a_pack_that_is_made_for_another_ggen_is_refused_when_it_is_planned(
    work: Work, own_registry: Write
) -> None:
    own = replace(work, registry=own_registry("late", {}, 'ggen_compat = ">=99"\n'))
    with pytest.raises(ReleaseNotFound) as refused:
        api.plan(own.catalog(), [PackSpec("late", "*")])
    assert refused.value.help.startswith("late 1.0.0 is made for ggen >=99, and this is ")
    with pytest.raises(ReleaseNotFound):
        own.new("shop", "late")
    assert not (work.folder / "shop").exists()


def test_a_packs_prefixes_are_known_to_its_templates_and_queries(
    work: Work, own_registry: Write
) -> None:
    registry = own_registry("books", FILES, PREFIXES)
    own = replace(work, registry=registry)
    root = own.new("shop", "books")
    assert (root / "a.txt").read_text("utf-8") == "http://example.org/library#Book true\n"
    project = api.read_project(root)
    answer = api.ask(api.Question(pack="books", name="books"), "table", project, None)
    assert answer.rows == (("http://example.org/library#Book",),)
    in_catalog = api.ask(api.Question(pack="books", name="books"), "csv", None, own.catalog())
    assert in_catalog.data == b"book\r\nhttp://example.org/library#Book\r\n"


def test_a_pack_may_bring_a_query_that_describes(work: Work, own_registry: Write) -> None:
    own = replace(work, registry=own_registry("books", FILES, PREFIXES))
    root = own.new("shop", "books")
    question = api.Question(pack="books", name="about")
    answer = api.ask(question, "turtle", api.read_project(root), None)
    assert b"http://example.org/Kind" in answer.data


def test_queries_are_checked_with_the_packs_prefixes_and_only_read(own_registry: Write) -> None:
    files = FILES | {"queries/other.rq": "ASK { no:thing ?p ?o }", "queries/harm.rq": "CLEAR ALL"}
    found = api.validate_pack(own_registry("books", files, PREFIXES) / "books")
    wrong = {one.file for one in found if one.severity == "violation"}
    assert wrong == {"queries/other.rq", "queries/harm.rq"}


def test_what_a_project_asks_for_is_of_the_registry_that_its_lock_names(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    asked = (
        "SELECT DISTINCT ?name ?registry WHERE { ?project ggen:hasRequirement ?wanted ; "
        "ggen:usesRegistry/ggen:name ?registry . ?wanted ggen:onPack ?pack . ?pack ggen:name ?name }"
    )
    [(name, registry)] = work.rows(root, asked)
    assert name == "base"
    assert registry in {one.name for one in api.read_project(root).manifest.registries}
    files = work.rows(root, "SELECT ?files WHERE { ?project ggen:modelFiles ?files }")
    assert sorted(files) == sorted((one,) for one in api.read_project(root).manifest.graph.files)
