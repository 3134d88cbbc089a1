"""`packs sparql`: every way to give a query, every form of an answer."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen

pytestmark = pytest.mark.usefixtures("results_dropped")

SEEDS = (
    "SELECT ?pack ?health WHERE { ?pack a ggen:Pack ; ggen:category ggen:web ; "
    "ggen:healthScore ?health . FILTER (?health > 85) } ORDER BY DESC(?health)"
)
NAMES = 'SELECT ?name ?about { ?p a ggen:Pack ; ggen:name ?name . BIND("a,b\\n\'" AS ?about) } ORDER BY ?name'


def test_the_seeds_query_finds_the_web_api_starter(ggen: Ggen) -> None:
    answer = ggen("packs", "sparql", "--query", SEEDS)
    assert answer.code == 0
    assert answer.out.splitlines()[0].split() == ["pack", "health"]
    assert "pack/web-api-starter" in answer.out


def test_json_is_the_w3cs(ggen: Ggen) -> None:
    for options in (["--format", "json"], ["--json"]):
        document = json.loads(ggen("packs", "sparql", "--query", SEEDS, *options).out)
        assert document["head"] == {"vars": ["pack", "health"]}
        bindings = document["results"]["bindings"]
        assert bindings[0]["pack"]["type"] == "uri"
        assert bindings[0]["health"]["datatype"] == "http://www.w3.org/2001/XMLSchema#integer"


def test_csv_tsv_and_xml_are_what_their_readers_read(ggen: Ggen) -> None:
    def answer(form: str) -> str:
        return ggen("packs", "sparql", "--query", NAMES, "--format", form).out

    rows = list(csv.reader(io.StringIO(answer("csv"))))
    assert rows[0] == ["name", "about"]
    assert ["web-api-starter", "a,b\n'"] in rows
    assert answer("tsv").splitlines()[0] == "?name\t?about"
    root = ET.fromstring(answer("xml"))
    assert root.tag == "{http://www.w3.org/2005/sparql-results#}sparql"


def test_triples_are_turtle(ggen: Ggen) -> None:
    query = "CONSTRUCT { ?p ggen:name ?n } WHERE { ?p a ggen:Pack ; ggen:name ?n }"
    for options in (["--format", "turtle"], []):
        answer = ggen("packs", "sparql", "--query", query, *options)
        assert answer.code == 0
    turtle = ggen("packs", "sparql", "--query", query, "--format", "turtle").out
    assert len(list(pyoxigraph.parse(turtle, pyoxigraph.RdfFormat.TURTLE))) >= 3
    table = ggen("packs", "sparql", "--query", query).out
    assert table.splitlines()[0].split() == ["subject", "predicate", "object"]
    refused = ggen("packs", "sparql", "--query", query, "--json").error
    assert refused["name"] == "usage"


def test_a_yes_or_no_is_given_as_one(ggen: Ggen) -> None:
    assert ggen("packs", "sparql", "--query", "ASK { ?p a ggen:Pack }").out.split() == [
        "answer",
        "true",
    ]
    document = json.loads(ggen("packs", "sparql", "--query", "ASK {}", "--json").out)
    assert document["boolean"] is True


def test_a_query_comes_from_a_file_or_from_stdin(ggen: Ggen) -> None:
    (ggen.folder / "q.rq").write_text(SEEDS, "utf-8")
    expected = ggen("packs", "sparql", "--query", SEEDS).out
    assert ggen("packs", "sparql", "--query-file", "q.rq").out == expected
    assert ggen("packs", "sparql", "--query-file", "-", stdin=SEEDS.encode()).out == expected


@pytest.mark.parametrize("name", ["missing.rq", ".", "latin.rq"])
def test_a_query_file_that_can_not_be_read_is_a_usage_error(ggen: Ggen, name: str) -> None:
    (ggen.folder / "latin.rq").write_bytes(b"# caf\xe9\nASK {}")
    error = ggen("packs", "sparql", "--query-file", name, "--json").error
    assert error["name"] == "usage"
    assert name in error["message"]
    assert error["help"]
    assert "No such file" not in error["message"]


def test_stdin_that_is_not_text_is_a_usage_error(ggen: Ggen) -> None:
    error = ggen("packs", "sparql", "--query-file", "-", "--json", stdin=b"\xff\xfe").error
    assert error["name"] == "usage"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["base"],
        ["--query", "ASK {}", "--query-file", "-"],
        ["base", "classes", "--query", "ASK {}"],
        ["base", "--query", "ASK {}"],
    ],
)
def test_there_is_exactly_one_query(ggen: Ggen, arguments: list[str]) -> None:
    error = ggen("packs", "sparql", *arguments, "--json").error
    assert (error["name"], error["exit_code"]) == ("usage", 2)


def test_an_empty_query_is_invalid(ggen: Ggen) -> None:
    for query in ("", "   ", "# nothing"):
        error = ggen("packs", "sparql", "--query", query, "--json").error
        assert error["name"] == "query-invalid"


def test_a_packs_query_is_asked_of_the_projects_model(project: Ggen) -> None:
    answer = project("packs", "sparql", "base", "classes")
    assert answer.out.splitlines()[1:] == [
        "http://example.org/library#Book    Book",
        "http://example.org/library#Reader  Reader",
    ]
    error = project("packs", "sparql", "base", "clases", "--json").error
    assert error["help"] == 'did you mean "classes"?'
    error = project("packs", "sparql", "bse", "classes", "--json").error
    assert error["name"] == "pack-not-found"


def test_scope_chooses_whose_graph_is_asked(project: Ggen, ggen: Ggen, workshop: Path) -> None:
    files = "SELECT (COUNT(*) AS ?n) { ?f a ggen:GeneratedFile }"
    packs = "SELECT (COUNT(*) AS ?n) { ?p ggen:healthScore ?h }"

    def count(run: Ggen, query: str, *options: str | Path) -> int:
        return int(run("packs", "sparql", "--query", query, *options).out.split()[1])

    assert count(project, files) == count(project, files, "--scope", "project") == 8
    assert count(project, files, "--scope", "catalog") == 0
    assert count(project, packs, "--scope", "catalog") > count(ggen, packs)
    assert count(project, packs, "--registry", workshop) > 0


def test_a_project_and_another_registry_can_not_be_asked_together(
    project: Ggen, workshop: Path
) -> None:
    error = project(
        *("packs", "sparql", "--query", "ASK {}", "--scope", "project", "--json"),
        *("--registry", workshop),
    ).error
    assert error["name"] == "usage"


def test_a_long_table_is_not_cut_off_a_terminal(ggen: Ggen) -> None:
    word = "x" * 500
    assert word in ggen("packs", "sparql", "--query", f'SELECT ("{word}" AS ?w) {{}}').out


def test_a_query_is_not_a_template(ggen: Ggen) -> None:
    answer = ggen("packs", "sparql", "--query", 'SELECT ("{{ 1 }} %s $HOME" AS ?w) {}')
    assert "{{ 1 }} %s $HOME" in answer.out


def test_where_only_the_catalog_has_rows_that_is_said(project: Ggen) -> None:
    of_twelve = "SELECT ?x { ?x ?p 'twelve' }"
    asked = project("packs", "sparql", "--query", of_twelve)
    assert (asked.code, len(asked.out.splitlines())) == (0, 1)
    assert "the catalog's has: --scope catalog" in asked.err
    for options in (("--scope", "project"), ("--scope", "catalog"), ("--format", "csv")):
        told = project("packs", "sparql", "--query", of_twelve, *options)
        assert (told.code, "--scope" in told.err) == (0, False)
    nowhere = project("packs", "sparql", "--query", "SELECT ?x { ?x ?p 'no such thing' }")
    assert (nowhere.code, nowhere.err) == (0, "")
