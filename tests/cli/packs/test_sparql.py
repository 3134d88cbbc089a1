"""`packs sparql`: every way to give a query, every form of an answer."""

from __future__ import annotations

import csv
import io
import json
import shlex
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest

from tests.cli.test_terminal import on_a_terminal

if TYPE_CHECKING:
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


# -- parameters, and what queries there are


PARTS = (
    "#+ summary: Packs of a category.\n#+ params: {category: iri}\n"
    "SELECT ?pack { VALUES ?category { UNDEF } ?pack a ggen:Pack ; ggen:category ?category }"
)


def test_a_parameter_is_bound_in_a_query_of_ones_own_too(ggen: Ggen) -> None:
    everything = ggen("packs", "sparql", "--query", PARTS).out
    some = ggen("packs", "sparql", "--query", PARTS, "--param", "category=ggen:web")
    assert "pack/web-api-starter" in some.out
    assert len(some.out.splitlines()) < len(everything.splitlines())


@pytest.mark.parametrize(
    ("param", "says"),
    [
        ("category", "write NAME=VALUE"),
        ("=ggen:web", "write NAME=VALUE"),
        ("kategory=ggen:web", 'takes no parameter "kategory"'),
        ("category=web", "is of type iri, and 'web' is none"),
        ("category=http://e/ a> } DROP ALL #", "is of type iri"),
        ("category=urn:x\n}", "is of type iri"),
    ],
)
def test_a_parameter_that_is_wrong_is_a_usage_error(ggen: Ggen, param: str, says: str) -> None:
    error = ggen("packs", "sparql", "--query", PARTS, "--param", param, "--json").error
    assert (error["name"], error["exit_code"]) == ("usage", 2)
    assert says in error["message"]
    assert error["help"]


def test_the_queries_of_a_pack_are_listed(project: Ggen) -> None:
    listed = project("packs", "sparql", "base", "--list")
    assert listed.out.splitlines()[0].split() == ["QUERY", "PARAMETERS", "SUMMARY"]
    assert "classes" in listed.out
    (only,) = project("packs", "sparql", "base", "--list", "--json").json["queries"]
    assert set(only) == {"name", "summary", "parameters", "returns"}
    for wrong in (["--list"], ["base", "classes", "--list"], ["base", "--list", "--query", "ASK {}"]):
        assert project("packs", "sparql", *wrong, "--json").error["name"] == "usage"
    assert project("packs", "sparql", "none", "--list", "--json").error["name"] == "pack-not-found"


# -- limits


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def test_an_endless_query_is_stopped_at_its_limit_and_was_warned_of(ggen: Ggen) -> None:
    stopped = ggen("packs", "sparql", "--query", ENDLESS, "--timeout", "0.5")
    assert (stopped.code, stopped.out) == (1, "")
    assert "this may be slow: nothing joins the patterns of ?a, ?b, ?c and ?d" in stopped.err
    assert "error[query-timeout]: the query was stopped after 0.5 s" in stopped.err
    assert "--timeout SECONDS" in stopped.err
    assert "--timeout SECONDS" in stopped.err


def test_rows_and_memory_have_limits_too(ggen: Ggen) -> None:
    every = "SELECT * { ?s ?p ?o }"
    for form in ("table", "json", "csv"):
        error = ggen(
            *("packs", "sparql", "--query", every, "--format", form, "--max-rows", "5", "--json")
        ).error
        assert (error["name"], error["exit_code"]) == ("query-too-large", 1)
        assert error["message"] == "the result has more than 5 rows"
    error = ggen(
        *("packs", "sparql", "--query", f"{ENDLESS.replace('(COUNT(*) AS ?n)', '*')} ORDER BY ?l"),
        *("--max-memory", "16", "--json"),
    ).error
    assert error["message"] == "the query needs more than 16 MiB of memory"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--timeout", "nan"],
        ["--timeout", "inf"],
        ["--timeout", "0"],
        ["--timeout", "soon"],
        ["--max-rows", "0"],
        ["--max-memory", "1"],
        ["--format", "yaml"],
        ["--param", "x"],
    ],
    ids=" ".join,
)
def test_a_limit_that_is_none_is_a_usage_error(ggen: Ggen, arguments: list[str]) -> None:
    error = ggen("packs", "sparql", "--query", "ASK {}", *arguments, "--json").error
    assert error["name"] == "usage"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no device that never ends")
def test_a_query_file_without_an_end_is_not_read_to_it(ggen: Ggen) -> None:
    error = ggen("packs", "sparql", "--query-file", "/dev/zero", "--json").error
    assert error["name"] == "query-too-large"


def test_a_stop_on_the_terminal_ends_the_query_and_its_process(ggen: Ggen) -> None:
    running = subprocess.Popen(
        ggen.command("packs", "sparql", "--query", ENDLESS),
        cwd=ggen.folder,
        env=ggen.process_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever starts the tests in the background of a shell has them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    assert running.stderr is not None
    assert "this may be slow" in running.stderr.readline()  # then it is asked
    running.send_signal(signal.SIGINT)
    said = running.communicate()[1]
    assert running.returncode == 130
    assert "Traceback" not in said


def test_streams_that_were_closed_do_not_keep_a_query_from_its_worker(ggen: Ggen) -> None:
    words = shlex.join(ggen.command("packs", "sparql", "--query", "ASK {}", "--no-cache"))
    for closed, out in (("<&-", "answer\ntrue\n"), ("<&- 2>&-", "answer\ntrue\n"), ("<&- >&- 2>&-", "")):
        done = subprocess.run(
            ["sh", "-c", f"exec {words} {closed}"],
            cwd=ggen.folder,
            env=ggen.process_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, out), done.stderr


def test_a_prefix_that_is_misspelt_is_named_with_its_place(ggen: Ggen) -> None:
    (ggen.folder / "my.rq").write_text("SELECT ?p\n{ ?p a gen:Pack }\n")
    told = ggen("packs", "sparql", "--query-file", "my.rq").err.splitlines()
    assert told[0] == "error[query-invalid]: the query does not parse: the prefix gen: is not declared"
    assert told[1].strip() == "--> my.rq:2:8"
    assert told[2:4] == ["  { ?p a gen:Pack }", "         ^"]
    assert told[4].strip().startswith("did you mean ggen:?")


def test_data_can_not_steer_a_terminal(ggen: Ggen) -> None:
    query = 'SELECT ("\\u001b[31mred\\u009b\\u0007" AS ?x) {}'
    assert ggen("packs", "sparql", "--query", query).out == "x\n\ufffd[31mred\ufffd\ufffd\n"


# -- answers that are remembered


CATALOG = "SELECT ?pack { ?pack a ggen:Pack }"


def test_asking_again_costs_no_process(ggen: Ggen) -> None:
    first = ggen("packs", "sparql", "--query", CATALOG, "--stats")
    assert " rows, " in first.err
    assert " MB of memory" in first.err
    again = ggen("packs", "sparql", "--query", CATALOG, "--stats")
    assert "remembered from before" in again.err
    assert again.out == first.out
    for changed in (["--format", "json"], ["--max-rows", "1000"], ["--no-cache"]):
        assert "remembered" not in ggen("packs", "sparql", "--query", CATALOG, "--stats", *changed).err


def test_what_changes_by_itself_is_not_remembered(ggen: Ggen) -> None:
    for _ in range(2):
        told = ggen("packs", "sparql", "--query", "SELECT (NOW() AS ?now) {}", "--stats")
        assert "remembered" not in told.err


def test_no_cache_keeps_nothing(ggen: Ggen, ggen_home: Path) -> None:
    ggen("packs", "sparql", "--query", CATALOG, "--no-cache")
    assert not (ggen_home / "cache" / "results").exists()
    ggen("packs", "sparql", "--query", CATALOG)
    assert len(list((ggen_home / "cache" / "results").iterdir())) == 1


def test_what_a_limit_would_refuse_is_not_given_from_memory(ggen: Ggen) -> None:
    assert ggen("packs", "sparql", "--query", CATALOG).code == 0
    refused = ggen("packs", "sparql", "--query", CATALOG, "--max-rows", "1", "--json").error
    assert refused["name"] == "query-too-large"


def test_a_new_generation_never_serves_old_rows(project: Ggen) -> None:
    asked = ("packs", "sparql", "--query", "SELECT ?s { ?s a rdfs:Class }", "--stats")
    before = project(*asked)
    assert "remembered" in project(*asked).err
    (project.folder / "model" / "more.ttl").write_text(
        "<urn:shelf> a <http://www.w3.org/2000/01/rdf-schema#Class> .", "utf-8"
    )
    after = project(*asked)
    assert "remembered" not in after.err
    assert "urn:shelf" in after.out
    (project.folder / "model" / "more.ttl").unlink()
    assert project(*asked).out == before.out


def test_a_store_that_was_removed_does_not_come_back_from_memory(project: Ggen) -> None:
    asked = ("packs", "sparql", "--query", "SELECT ?s { ?s a rdfs:Class }")
    (project.folder / "model" / "more.ttl").write_text(
        "<urn:shelf> a <http://www.w3.org/2000/01/rdf-schema#Class> .", "utf-8"
    )
    assert "urn:shelf" in project(*asked).out
    shutil.rmtree(project.folder / ".ggen" / "graph")
    (project.folder / "model" / "more.ttl").unlink()
    assert "urn:shelf" not in project(*asked).out


def test_a_damaged_memory_is_asked_anew(ggen: Ggen, ggen_home: Path) -> None:
    first = ggen("packs", "sparql", "--query", CATALOG)
    (kept,) = (ggen_home / "cache" / "results").iterdir()
    kept.write_bytes(kept.read_bytes()[:-5])
    again = ggen("packs", "sparql", "--query", CATALOG, "--stats")
    assert again.out == first.out
    assert "remembered" not in again.err


def test_answers_are_remembered_in_redis_where_one_is_named(
    ggen: Ggen, ggen_home: Path, redis_url: str
) -> None:
    run = ggen.having(GGEN_REDIS_URL=redis_url)
    first = run("packs", "sparql", "--query", CATALOG, "--stats")
    again = run("packs", "sparql", "--query", CATALOG, "--stats")
    assert "remembered" not in first.err
    assert "remembered" in again.err
    assert again.out == first.out
    assert not (ggen_home / "cache" / "results").exists()


def test_a_redis_that_can_not_be_used_is_said_and_the_query_answered(
    ggen: Ggen, tmp_path: Path
) -> None:
    run = ggen.having(GGEN_REDIS_URL=f"unix://{tmp_path}/none.sock")
    told = run("packs", "sparql", "--query", "ASK {}")
    assert (told.code, told.out) == (0, "answer\ntrue\n")
    assert told.err.count("GGEN_REDIS_URL can't be used, results are not cached") == 1
    wrong = ggen.having(GGEN_REDIS_URL="localhost:6379")
    error = wrong("packs", "sparql", "--query", "ASK {}", "--json").error
    assert error["name"] == "config-invalid"
    assert wrong("packs", "sparql", "--query", "ASK {}", "--no-cache").code == 0


# -- a terminal


def test_a_table_longer_than_the_terminal_is_paged(ggen: Ggen) -> None:
    pager = ggen.folder / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n")
    pager.chmod(0o755)
    long = 'SELECT ?x ("y" AS ?z) { VALUES ?x { ' + " ".join(map(str, range(100))) + " } }"

    def shown(*arguments: str) -> list[str]:
        on = on_a_terminal(ggen, "packs", "sparql", *arguments, PAGER=str(pager), LINES="24")
        return on.replace("\r\n", "\n").splitlines()

    paged = shown("--query", long)
    assert paged[0] == "PAGED"
    assert len(paged) >= 102
    assert paged[-1].split() == ["99", "y"]
    assert "PAGED" not in shown("--query", long, "--no-pager")
    assert "PAGED" not in shown("--query", long, "--format", "csv")
    assert "PAGED" not in shown("--query", "SELECT (1 AS ?x) {}")
