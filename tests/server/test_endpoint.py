"""SPARQL 1.1 Protocol §2.1, as a table of requests to a real server; W3C's protocol tests are among them."""

from __future__ import annotations

import csv
import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from ggen_graph import resources
from ggen_graph.server.protocol import FORM, QUERY, UPDATE
from tests.server.conftest import ENDLESS, Answer, Served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.conftest import Start

ONTOLOGY = "http://ggen.io/ontology"
STARTER = "urn:ggen:registry:starter/graph/catalog"
SELECT = "SELECT ?name WHERE { ?pack a ggen:Pack ; ggen:name ?name } ORDER BY ?name"
ASK = "ASK { ?pack a ggen:Pack }"
CONSTRUCT = "CONSTRUCT { ?pack ggen:name ?name } WHERE { ?pack a ggen:Pack ; ggen:name ?name }"
DESCRIBE = "DESCRIBE ggen:Pack"
NAMES = sorted(path.parent.name for path in resources.path("packs").glob("*/gpack.toml"))
RESULTS = "application/sparql-results"


def asked(query: str, **more: str | list[str]) -> str:
    return "/sparql?" + urlencode({"query": query, **more}, doseq=True)


def form(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"method": "POST", "body": urlencode(pairs).encode(), "content_type": FORM}


def direct(query: str, kind: str = QUERY) -> dict[str, Any]:
    return {"method": "POST", "body": query.encode(), "content_type": kind}


def names(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [row["name"] for row in answer.rows]


# -- the query operation


@pytest.mark.parametrize(("path", "request_"), [
    (asked(SELECT), {}),  # query_get
    (asked(SELECT, timeout="1.5"), {}),
    ("/sparql", form(("query", SELECT))),  # query_post_form
    ("/sparql", form(("query", SELECT), ("unknown", "x"))),
    ("/sparql", direct(SELECT)),  # query_post_direct
    ("/sparql", direct(SELECT, QUERY + "; charset=utf-8")),
])  # fmt: skip
def test_a_query_is_answered_however_it_comes(
    served: Served, path: str, request_: dict[str, Any]
) -> None:
    answer = served(path, **request_)
    assert answer.kind == "application/sparql-results+json"
    assert names(answer) == NAMES


@pytest.mark.parametrize(("path", "request_", "status", "error"), [
    (asked(SELECT), {"method": "PUT"}, 405, "method-not-allowed"),  # bad_query_method
    (asked(SELECT), {"method": "DELETE"}, 405, "method-not-allowed"),
    (asked(SELECT), {"method": "PATCH"}, 405, "method-not-allowed"),
    (asked(SELECT) + "&query=ASK%7B%7D", {}, 400, "request-invalid"),  # bad_multiple_queries
    ("/sparql", direct(ASK, "text/plain"), 415, "media-type-unknown"),  # bad_query_wrong_media_type
    ("/sparql", {"method": "POST", "body": urlencode({"query": ASK}).encode()},
     415, "media-type-unknown"),  # bad_query_missing_form_type
    ("/sparql", {"method": "POST", "body": ASK.encode()},
     415, "media-type-unknown"),  # bad_query_missing_direct_type
    ("/sparql", {"method": "POST", "body": ASK.encode("utf-16"), "content_type": QUERY + "; charset=UTF-16"},
     415, "media-type-unknown"),  # bad_query_non_utf8
    ("/sparql", {"method": "POST", "body": b"ASK { \xff }", "content_type": QUERY},
     400, "request-invalid"),
    (asked("ASK { "), {}, 400, "query-invalid"),  # bad_query_syntax
    (asked(""), {}, 400, "query-invalid"),
    ("/sparql", direct("SELECT * WHERE { ?s ?p 'open }"), 400, "query-invalid"),
    (asked("SELECT * WHERE " + "{" * 500 + "}" * 500), {}, 403, "query-refused"),
    ("/sparql?default-graph-uri=urn%3Aa", {}, 400, "request-invalid"),
    ("/sparql", form(("default-graph-uri", "urn:a")), 400, "request-invalid"),
    (asked(ASK, **{"default-graph-uri": "not absolute"}), {}, 400, "request-invalid"),
    (asked(ASK, timeout="soon"), {}, 400, "request-invalid"),
    (asked(SELECT), {"accept": "image/png"}, 406, "not-acceptable"),
    (asked(SELECT), {"accept": "text/turtle"}, 406, "not-acceptable"),
    (asked(CONSTRUCT), {"accept": "text/csv"}, 406, "not-acceptable"),
    ("/sparql?update=CLEAR+ALL", {}, 403, "query-refused"),  # bad_update_get
    ("/sparql", form(("update", "CLEAR ALL")), 403, "query-refused"),
    ("/sparql", form(("update", "CLEAR ALL"), ("update", "CLEAR ALL")), 403, "query-refused"),
    ("/sparql", direct("CLEAR ALL", UPDATE), 403, "query-refused"),
    (asked("INSERT DATA { <urn:a> <urn:b> 1 }"), {}, 403, "query-refused"),
    ("/sparql", direct("DROP ALL"), 403, "query-refused"),
    (asked("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), {}, 403, "query-refused"),
    ("/sparql?" + "x" * 40_000, {}, 414, "address-too-long"),
    ("/sparql", direct("#" * 1_100_000), 413, "body-too-large"),
    ("/sparql/", {}, 404, "not-there"),
    ("/no/such/page", {}, 404, "not-there"),
    ("/health", {"method": "POST", "body": b""}, 405, "method-not-allowed"),
])  # fmt: skip
def test_what_is_not_the_protocol_is_refused_in_one_way(
    served: Served, path: str, request_: dict[str, Any], status: int, error: str
) -> None:
    answer = served(path, **request_)
    assert (answer.status, answer.json["name"]) == (status, error)
    assert answer.kind == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["title"]


@pytest.mark.parametrize(("query", "accept", "kind"), [
    (SELECT, "", f"{RESULTS}+json"),  # query_content_type_select
    (SELECT, f"{RESULTS}+xml", f"{RESULTS}+xml"),
    (SELECT, "text/csv", "text/csv"),
    (SELECT, "text/tab-separated-values", "text/tab-separated-values"),
    (SELECT, f"{RESULTS}+xml;q=0.5, {RESULTS}+json;q=0.4", f"{RESULTS}+xml"),
    (SELECT, "text/html, */*;q=0.1", f"{RESULTS}+json"),
    (ASK, "", f"{RESULTS}+json"),  # query_content_type_ask
    (ASK, f"{RESULTS}+xml", f"{RESULTS}+xml"),
    (CONSTRUCT, "", "text/turtle"),  # query_content_type_construct
    (CONSTRUCT, "application/n-triples", "application/n-triples"),
    (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
    (CONSTRUCT, "application/ld+json", "application/ld+json"),
    (DESCRIBE, "", "text/turtle"),  # query_content_type_describe
])  # fmt: skip
def test_the_result_is_given_as_it_is_accepted(
    served: Served, query: str, accept: str, kind: str
) -> None:
    answer = served.query(query, accept=accept)
    assert (answer.status, answer.kind) == (200, kind)
    assert answer.headers["vary"] == "Accept"
    assert _read(answer)


def _read(answer: Answer) -> object:
    """What a reader of the format makes of it."""
    if answer.kind == "text/csv":
        return [row[0] for row in csv.reader(io.StringIO(answer.body.decode()))] == ["name", *NAMES]
    if answer.kind.startswith("text/tab") or answer.kind.startswith(RESULTS):
        form = QueryResultsFormat.from_media_type(answer.kind)
        assert form is not None
        found = parse_query_results(answer.body, format=form)
        return (not isinstance(found, QuerySolutions)) or len(list(found)) == len(NAMES)
    form_ = RdfFormat.from_media_type(answer.kind)
    assert form_ is not None
    return list(parse(answer.body, format=form_))


def test_an_address_may_name_the_format(served: Served) -> None:
    answer = served(asked(SELECT, format=["unknown", "csv"]), accept="application/json")
    assert answer.body.decode().split() == ["name", *NAMES]


def test_head_has_the_headers_of_get_and_no_body(served: Served) -> None:
    get, head = served(asked(SELECT)), served(asked(SELECT), method="HEAD")
    assert head.body == b""
    without = {"date"}
    assert {k: v for k, v in head.headers.items() if k not in without} == {
        k: v for k, v in get.headers.items() if k not in without
    }


def test_options_says_how_the_endpoint_is_used(served: Served) -> None:
    answer = served("/sparql", method="OPTIONS")
    assert answer.status == 204
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert served(asked(ASK), method="PUT").headers["allow"] == answer.headers["allow"]


def test_a_wrong_query_is_shown_with_its_place(served: Served) -> None:
    answer = served.query("SELECT ?s WHERE {\n  ?s ex:p ?o\n}")
    assert answer.json["where"] == {"file": "query", "line": 2, "column": 6}
    assert answer.json["detail"].splitlines()[:2] == ["  ?s ex:p ?o", "     ^"]


def test_people_get_errors_as_text(served: Served) -> None:
    answer = served.query("ASK { ", accept="text/html, */*;q=0.1")
    assert answer.kind == "text/plain"
    assert answer.body.decode().startswith("error[query-invalid]: the query does not parse")


# -- the dataset


def dataset(default: list[str], named: list[str]) -> dict[str, list[str]]:
    return {"default-graph-uri": default, "named-graph-uri": named}


COUNTS = (
    "SELECT (COUNT(DISTINCT ?c) AS ?classes) (COUNT(DISTINCT ?r) AS ?packs)"
    " { { ?c a owl:Class } UNION { ?r a ggen:Release } }"
)
IN_GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize(("default", "named", "classes", "packs", "graphs"), [
    ([ONTOLOGY], [], True, False, []),  # query_dataset_default_graph
    ([STARTER], [], False, True, []),
    ([ONTOLOGY, STARTER], [], True, True, []),  # query_dataset_default_graphs
    ([], [ONTOLOGY], False, False, [ONTOLOGY]),  # query_dataset_named_graphs
    ([ONTOLOGY], [STARTER], True, False, [STARTER]),  # query_dataset_full
    (["urn:x:none"], ["urn:x:none"], False, False, []),
])  # fmt: skip
def test_a_request_says_which_graphs_are_asked(
    served: Served,
    way: str,
    default: list[str],
    named: list[str],
    classes: bool,
    packs: bool,
    graphs: list[str],
) -> None:
    [row] = _with_dataset(served, way, COUNTS, default, named).rows
    assert (row["classes"] != "0", row["packs"] != "0") == (classes, packs)
    found = _with_dataset(served, way, IN_GRAPHS, default, named).rows
    assert [one["g"] for one in found] == graphs


def _with_dataset(
    served: Served, way: str, query: str, default: list[str], named: list[str]
) -> Answer:
    chosen = dataset(default, named)
    if way == "get":
        return served(asked(query, **chosen))
    pairs = [(name, value) for name, values in chosen.items() for value in values]
    if way == "form":
        return served("/sparql", **form(("query", query), *pairs))
    return served("/sparql?" + urlencode(pairs), **direct(query))


def test_the_request_s_dataset_takes_precedence_over_from(served: Served) -> None:
    query = COUNTS.replace(" { {", f" FROM <{STARTER}> WHERE {{ {{", 1)
    [by_query] = served(asked(query)).rows
    assert (by_query["classes"], by_query["packs"]) == ("0", str(len(NAMES)))
    [by_request] = served(asked(query, **dataset([ONTOLOGY], []))).rows
    assert by_request["packs"] == "0"


def test_without_a_dataset_a_query_sees_the_union_of_all_graphs(served: Served) -> None:
    [row] = served(asked(COUNTS)).rows
    assert row["classes"] != "0"
    assert row["packs"] == str(len(NAMES))


# -- what a client has already


def test_an_answer_that_the_client_has_is_not_sent_again(served: Served) -> None:
    first = served(asked(SELECT))
    again = served(asked(SELECT), if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    other = served(asked(SELECT, format="csv"), if_none_match=first.headers["etag"])
    assert other.status == 200


def test_a_tag_of_another_store_is_not_taken_for_one_of_this(
    served: Served, start: Start, ggen_home: Path
) -> None:
    theirs = served(asked(SELECT)).headers["etag"]
    with start() as other:
        assert other("/health").json == served("/health").json
        ours = other(asked(SELECT), if_none_match=theirs)
        assert ours.status == 200
        assert ours.headers["etag"] != theirs
    for store in ggen_home.glob("graph/*"):
        shutil.rmtree(store)
    with start() as anew:
        assert anew(asked(SELECT), if_none_match=ours.headers["etag"]).status == 200


@pytest.mark.parametrize("query", ["SELECT (RAND() AS ?x) {}", "SELECT (struuid() AS ?x) {}"])
def test_what_differs_each_time_is_always_asked(served: Served, query: str) -> None:
    assert "etag" not in served.query(query).headers


def test_a_word_that_only_looks_like_a_changing_one_does_no_harm(served: Served) -> None:
    assert "etag" in served.query("SELECT ('now' AS ?rand) {}").headers


# -- limits


def test_an_endless_query_is_stopped_and_the_service_goes_on(served: Served) -> None:
    answer = served.query(ENDLESS, timeout="0.3")
    assert (answer.status, answer.json["name"]) == (504, "query-timeout")
    assert answer.json["details"] == {"seconds": 0.3}
    assert answer.json["detail"].startswith("ask for less")  # and no option of the command line
    assert names(served.query(SELECT)) == NAMES


def test_a_client_can_not_ask_for_more_time_than_the_server_gives(served: Served) -> None:
    answer = served.query(ENDLESS, timeout="900")
    assert answer.json["details"] == {"seconds": 2}


def test_a_result_with_too_many_rows_is_not_taken_for_a_whole_one(served: Served) -> None:
    query = "SELECT (1 AS ?x) {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {}"
    few = served.query(query.format(20_000), accept="text/csv")
    assert len(few.body.splitlines()) == 20_001
    many = served.query(query.format(20_100), accept="text/csv")
    assert many.json["name"] == "query-too-large"


def test_a_long_result_comes_whole(served: Served) -> None:
    query = "SELECT ?s ?p ?o ?t { ?s ?p ?o . ?t ?u ?v } LIMIT 15000"
    answer = served.query(query, accept="text/csv")
    assert answer.status == 200
    assert "content-length" not in answer.headers  # it came piece by piece
    assert len(list(csv.reader(io.StringIO(answer.body.decode())))) == 15_001


# -- graphs


@pytest.mark.parametrize("graph", [ONTOLOGY, STARTER])
def test_a_graph_is_read_as_a_whole(served: Served, graph: str) -> None:
    answer = served(f"/store?graph={quote(graph, safe='')}", accept="application/n-triples")
    [count] = served.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").rows
    assert answer.kind == "application/n-triples"
    assert len(answer.body.splitlines()) == int(count["n"])


def test_the_default_graph_is_the_union_of_all(served: Served) -> None:
    answer = served("/store?default", accept="application/n-triples")
    [count] = served.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    assert len(set(answer.body.splitlines())) == int(count["n"])


@pytest.mark.parametrize(("path", "method", "status"), [
    ("/store?graph=urn%3Ax%3Anone", "GET", 404),
    ("/store?graph=urn%3Ax%3Anone", "HEAD", 404),
    ("/store?default", "HEAD", 200),
    ("/store", "GET", 400),
    ("/store?default&graph=urn%3Aa", "GET", 400),
    ("/store?graph=relative", "GET", 400),
    ("/store?default", "PUT", 405),
    ("/store?default", "POST", 405),
    ("/store?default", "DELETE", 405),
    ("/store?default", "OPTIONS", 204),
])  # fmt: skip
def test_graphs_are_read_and_not_written(
    served: Served, path: str, method: str, status: int
) -> None:
    assert served(path, method=method).status == status


# -- what the server says of itself


@pytest.mark.parametrize(("path", "kind"), [
    ("/sparql", "Service"),
    ("/.well-known/void", "Dataset"),
])  # fmt: skip
def test_the_server_describes_itself_as_rdf(served: Served, path: str, kind: str) -> None:
    answer = served(path, accept="application/n-triples")
    assert (answer.status, answer.kind) == (200, "application/n-triples")
    found = list(parse(answer.body, format=RdfFormat.N_TRIPLES))
    objects = {str(quad.object) for quad in found}
    assert any(one.endswith(f"#{kind}>") for one in objects)
    assert f"<{served.url}sparql>" in objects
    [total] = served.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").rows
    if kind == "Dataset":
        assert f'"{total["n"]}"^^<http://www.w3.org/2001/XMLSchema#integer>' in objects


def test_a_browser_that_comes_to_the_endpoint_is_sent_to_the_page(served: Served) -> None:
    answer = served("/sparql", accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (answer.status, answer.headers["location"]) == (303, "/")


def test_many_who_come_at_once_have_the_graphs_counted_once(start: Start) -> None:
    with start("--workers", "1", "--queue", "1") as served, ThreadPoolExecutor(12) as clients:
        answers = list(clients.map(lambda _: served("/.well-known/void").status, range(12)))
    assert set(answers) == {200}


def test_health_tells_the_generation(served: Served) -> None:
    assert served("/health").json == {"status": "ready", "generation": 1}


def test_metrics_count_what_was_answered(served: Served) -> None:
    before = served.gauge('ggen_requests_total{route="sparql",status="200"}')
    failures = served.gauge("ggen_failures_total")
    served.query(ASK)
    served.query("ASK {")
    assert served.gauge('ggen_requests_total{route="sparql",status="200"}') == before + 1
    assert served.gauge("ggen_failures_total") == failures + 1
    assert served.gauge("ggen_workers") == 3
    assert served.gauge("ggen_generation") == 1
