"""A real server among clients that are many, slow, hostile, or gone; and its own beginning and end."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from SPARQLWrapper import CSV, JSON, N3, POST, POSTDIRECTLY, RDFXML, TURTLE, XML, SPARQLWrapper

from ggen_graph import resources
from tests.graph.asked import LONG
from tests.server.conftest import ENDLESS, Answer, Served, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.conftest import Start

SELECT = "SELECT ?name WHERE { ?pack a ggen:Pack ; ggen:name ?name } ORDER BY ?name"
NAMES = sorted(path.parent.name for path in resources.path("packs").glob("*/gpack.toml"))

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def names(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [row["name"] for row in answer.rows]


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def memory(pid: int) -> int:
    """What a process holds, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(pid)


@pytest.fixture
def few(start: Start) -> Iterator[Served]:
    """A server of its own, with two workers."""
    with start("--workers", "2", "--timeout", "10", "--queue", "4") as served:
        until(lambda: served.gauge("ggen_workers") == 2, "the workers come up")
        yield served


# -- another client


@pytest.mark.parametrize("method", ["GET", POST])
@pytest.mark.parametrize("how", [POSTDIRECTLY, "urlencoded"])
@pytest.mark.parametrize("form", [JSON, XML, CSV])
def test_sparqlwrapper_gets_the_rows(served: Served, method: str, how: str, form: str) -> None:
    client = SPARQLWrapper(f"{served.url}sparql")
    client.setQuery(f"PREFIX ggen: <http://ggen.io/ontology#>\n{SELECT}")
    client.setMethod(method)
    client.setRequestMethod(how)
    client.setReturnFormat(form)
    found: Any = client.queryAndConvert()
    if form == JSON:
        assert [row["name"]["value"] for row in found["results"]["bindings"]] == NAMES
    elif form == XML:
        assert [node.firstChild.data for node in found.getElementsByTagName("literal")] == NAMES
    else:
        assert found.decode().split() == ["name", *NAMES]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # SPARQLWrapper's, of rdflib
@pytest.mark.parametrize("form", [TURTLE, RDFXML, N3])
def test_sparqlwrapper_gets_triples(served: Served, form: str) -> None:
    client = SPARQLWrapper(f"{served.url}sparql", defaultGraph="http://ggen.io/ontology")
    client.setQuery("CONSTRUCT WHERE { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o }")
    client.setReturnFormat(form)
    found: Any = client.queryAndConvert()
    assert b"label" in found if isinstance(found, bytes) else len(found) > 10


# -- many


def test_many_clients_at_once_get_what_they_asked(served: Served) -> None:
    def ask(number: int) -> str:
        answer = served.query(f"SELECT ({number} AS ?n) {{}}")
        assert answer.status == 200, answer.body
        [row] = answer.rows
        return row["n"]

    with ThreadPoolExecutor(24) as clients:
        assert list(clients.map(ask, range(200))) == [str(number) for number in range(200)]


def test_who_comes_when_too_many_wait_is_told_to_come_again(few: Served) -> None:
    def endless(_: int) -> Answer:
        return few.query(ENDLESS, timeout="3")

    with ThreadPoolExecutor(12) as clients:
        answers = list(clients.map(endless, range(12)))
    told = {(answer.status, answer.json["name"]) for answer in answers}
    assert told == {(504, "query-timeout"), (503, "server-busy")}
    assert {one.headers.get("retry-after") for one in answers if one.status == 503} == {"1"}
    assert names(few.query(SELECT)) == NAMES


# -- endless


@linux
def test_endless_queries_leave_nothing_behind(few: Served) -> None:
    _stop_endless_queries(few, 10)


@linux
@pytest.mark.soak
def test_a_hundred_endless_queries_leave_nothing_behind(few: Served) -> None:
    _stop_endless_queries(few, 100)


def _stop_endless_queries(few: Served, count: int) -> None:
    def up() -> bool:
        return few.gauge("ggen_workers") == 2

    _one_endless_query(few)
    until(up, "the workers come up")
    pid = few.process.pid
    before, held = descriptors(pid), memory(pid)
    for _ in range(count):
        _one_endless_query(few)
        assert names(few.query(SELECT)) == NAMES
    until(up, "the workers come up again")
    assert len(few.workers()) == 2
    until(lambda: descriptors(pid) <= before + 2, "descriptors are let go")
    assert memory(pid) < held + 24_000_000
    assert few.gauge('ggen_worker_kills_total{reason="query-timeout"}') == count + 1


def _one_endless_query(served: Served) -> None:
    answer = served.query(ENDLESS, timeout="0.2")
    assert (answer.status, answer.json["name"]) == (504, "query-timeout")


@linux
def test_a_query_that_nobody_waits_for_is_stopped(few: Served) -> None:
    with socket.create_connection(few.address) as client:
        client.sendall(_get(ENDLESS))
        until(lambda: few.gauge("ggen_workers_busy") == 1, "the query runs")
    until(lambda: few.gauge('ggen_worker_kills_total{reason="abandoned"}') == 1, "it is stopped")
    until(lambda: few.gauge("ggen_workers") == 2, "its worker is replaced")


def test_who_hangs_up_leaves_the_queue(start: Start) -> None:
    def waiting() -> float:
        return served.gauge("ggen_requests_waiting")

    def client() -> socket.socket:
        made = socket.create_connection(served.address)
        made.sendall(_get(ENDLESS))
        return made

    with start("--workers", "1", "--timeout", "30", "--queue", "2") as served:
        first = client()
        until(lambda: served.gauge("ggen_workers_busy") == 1, "the first one's query runs")
        second, third = client(), client()
        until(lambda: waiting() == 2, "the others wait")
        third.close()
        until(lambda: waiting() == 1, "the third one's place is free")
        first.close()
        until(lambda: waiting() == 0, "it is the second one's turn")
        second.close()
        until(lambda: served.gauge('ggen_worker_kills_total{reason="abandoned"}') == 2, "it left")
        assert names(served.query(SELECT)) == NAMES


def test_head_of_a_long_result_is_answered_at_once_and_its_query_stopped(few: Served) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o . ?t ?u ?v } LIMIT 200000"
    head = few("/sparql?" + urlencode({"query": query}), method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert few.gauge('ggen_worker_kills_total{reason="abandoned"}') == 1
    until(lambda: few.gauge("ggen_workers") == 2, "its worker is replaced")


@linux
def test_a_worker_that_is_killed_is_replaced_and_nobody_notices(few: Served) -> None:
    workers = few.workers()
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    until(lambda: all(map(_is_dead, workers)), "they are dead")
    assert few("/health").status == 200  # so the server has looked about since
    assert names(few.query(SELECT)) == NAMES


def _is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@linux
def test_a_worker_that_is_killed_at_work_is_an_error_for_its_query_alone(few: Served) -> None:
    with ThreadPoolExecutor(1) as clients:
        asked = clients.submit(few.query, ENDLESS, timeout="9")
        until(lambda: few.gauge("ggen_workers_busy") == 1, "the query runs")
        assert names(few.query(SELECT)) == NAMES
        for pid in few.workers():
            os.kill(pid, signal.SIGKILL)
        assert (
            asked.result().json["name"] == "query-too-large"
        )  # as the kernel ends who wants too much
    assert names(few.query(SELECT)) == NAMES


def _get(query: str) -> bytes:
    from urllib.parse import quote

    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


# -- slow and hostile


def test_a_literal_of_any_length_is_sent_and_its_worker_asked_again(few: Served) -> None:
    answer = few(
        "/sparql",
        method="POST",
        body=LONG.encode(),
        content_type="application/sparql-query",
        accept="text/csv",
    )
    assert (answer.status, len(answer.body)) == (200, len("long\r\n") + (65 << 20) + 2)
    assert names(few.query(SELECT)) == NAMES
    assert few.gauge('ggen_worker_kills_total{reason="abandoned"}') == 0


def test_slow_readers_hold_no_worker(few: Served) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o . ?t ?u ?v } LIMIT 6000"  # about 1 MB
    readers = [socket.create_connection(few.address) for _ in range(6)]
    try:
        for reader in readers:
            reader.sendall(_get(query))
        until(lambda: few.gauge("ggen_workers_busy") == 0, "all are answered")
        assert names(few.query(SELECT)) == NAMES
    finally:
        for reader in readers:
            reader.close()


def test_who_reads_nothing_of_a_long_answer_is_given_up(start: Start) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o . ?t ?u ?v } LIMIT 200000"
    with start("--workers", "1", "--timeout", "1.5") as served:
        with socket.create_connection(served.address) as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.sendall(_get(query))
            until(lambda: served.gauge("ggen_workers_busy") == 1, "it is answered")
            until(lambda: served.gauge("ggen_workers_busy") == 0, "it is given up")
        assert names(served.query(SELECT)) == NAMES


@pytest.mark.parametrize("sent", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
    b"GET\r\n\r\n",
    b"GET /sparql HTTP/9.9\r\n\r\n",
    b"G\0T / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nASK{}",
    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\nASK",
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://elsewhere/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
])  # fmt: skip
def test_what_is_no_request_is_refused_and_the_service_goes_on(served: Served, sent: bytes) -> None:
    with socket.create_connection(served.address) as client:
        client.settimeout(30)
        client.sendall(sent)
        with suppress(OSError):  # it was told off already
            client.shutdown(socket.SHUT_WR)
        said = client.recv(100)
    assert not said or said[9:10] in {b"3", b"4"} or said.startswith(b"HTTP/1.1 200"), said
    assert names(served.query(SELECT)) == NAMES


def test_a_body_that_never_ends_is_cut_off(served: Served) -> None:
    with socket.create_connection(served.address) as client:
        client.settimeout(30)
        client.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: application/sparql-query\r\n\r\n"
        )
        said = b""
        try:
            for _ in range(200):
                client.sendall(b"10000\r\n" + b"#" * 65536 + b"\r\n")
            said = client.recv(100)
        except ConnectionError:
            pass
    assert not said or b" 413 " in said
    assert names(served.query(SELECT)) == NAMES


# -- who may ask


def test_a_server_that_wants_a_token_answers_who_has_it(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("s3cret\n")
    basic = base64.b64encode(b"anyone:s3cret").decode()
    with start("--token-file", file) as served:
        assert served("/health").status == 200
        for path in ("/sparql?query=ASK%7B%7D", "/store?default", "/metrics", "/"):
            refused = served(path)
            assert (refused.status, refused.json["name"]) == (401, "token-missing")
            assert "Bearer" in refused.headers["www-authenticate"]
            for wrong in (
                "Bearer s3cre",
                "Bearer",
                "s3cret",
                "Basic s3cret",
                "Basic !",
                "Bearer ü",
            ):
                assert served(path, authorization=wrong).status == 401
        for right in ("Bearer s3cret", "bearer s3cret", f"Basic {basic}"):
            assert served("/sparql?query=ASK%7B%7D", authorization=right).status == 200


def test_the_token_may_stand_in_the_environment(start: Start) -> None:
    with start(GGEN_TOKEN="s3cret\n") as served:
        assert served.query(SELECT).status == 401
        authorized = served("/sparql?query=ASK%7B%7D", authorization="Bearer s3cret")
        assert authorized.status == 200


@pytest.mark.parametrize("token", [" ", "two words", "s3crét", "s3cret\nmore"])
def test_what_is_no_token_in_the_environment_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("GGEN_TOKEN", token)
    done = serve("--port", "0", folder=tmp_path)
    assert done.returncode == 2
    assert "GGEN_TOKEN holds no token" in done.stderr


@pytest.mark.parametrize(("host", "status"), [
    ("localhost", 200),
    ("127.0.0.1:7878", 200),
    ("[::1]:80", 200),
    ("LOCALHOST", 200),
    ("evil.example", 421),
    ("evil.example:80", 421),
    ("127.0.0.1.evil.example", 421),
])  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_not_answered(
    served: Served, host: str, status: int
) -> None:
    assert served("/health", host=host).status == status


def test_what_is_no_name_of_a_server_gets_into_no_iri(start: Start) -> None:
    with start("--workers", "1", GGEN_TOKEN="s3cret") as any_name:
        for host in ("a>b", 'a"b', "a b", "a/b", "{x}", "a\\b", "a@b", "ü"):
            for path in ("/sparql", "/.well-known/void", "/health"):
                answer = any_name(
                    path, host=host, accept="text/turtle", authorization="Bearer s3cret"
                )
                assert (answer.status, host.encode() in answer.body) == (400, False), host
        assert any_name("/health", host="ggen.example:80").status == 200


def test_pages_of_other_origins_read_nothing_unless_named(served: Served, start: Start) -> None:
    theirs = "https://there.example"
    assert "access-control-allow-origin" not in served("/health", origin=theirs).headers
    with start("--cors", theirs) as open_:
        answer = open_.query(SELECT, accept="text/csv")
        assert "access-control-allow-origin" not in answer.headers
        answer = open_("/sparql?query=ASK%7B%7D", origin=theirs)
        assert answer.headers["access-control-allow-origin"] == theirs
        assert "access-control-allow-origin" not in open_("/health", origin="https://x").headers
        before = open_("/sparql", method="OPTIONS", origin=theirs)
        assert before.status == 204
        assert "POST" in before.headers["access-control-allow-methods"]


# -- its beginning and end


def serve(*options: str, folder: Path) -> Any:
    command = [sys.executable, "-m", "ggen_graph", "serve", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_port_that_is_taken_is_one_clear_error(served: Served, tmp_path: Path) -> None:
    done = serve("--port", str(served.address[1]), folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error[address-in-use]: port")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize(("options", "error"), [
    (("--host", "0.0.0.0"), "anyone who reaches 0.0.0.0 could read the graph"),
    (("--host", "no.such.host.invalid", "--anyone"), "can't listen on no.such.host.invalid"),
    (("--host", "192.0.2.1", "--anyone"), "can't listen on 192.0.2.1"),
    (("--token-file", "missing"), "--token-file missing can't be read"),
    (("--token-file", "empty"), "--token-file empty holds no token"),
    (("--port", "70000"), "70000 is not in the range"),
    (("--scope", "project", "--port", "0"), "project"),
])  # fmt: skip
def test_what_can_not_be_served_is_one_clear_error(
    tmp_path: Path, options: tuple[str, ...], error: str
) -> None:
    (tmp_path / "empty").write_text("\n")
    done = serve(*options, folder=tmp_path)
    assert done.returncode in {1, 2}
    assert error in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_its_workers_in_the_middle_of_queries(
    start: Start, number: signal.Signals
) -> None:
    with start("--workers", "2") as served, ThreadPoolExecutor(1) as clients:
        clients.submit(served.query, ENDLESS).add_done_callback(lambda asked: asked.exception())
        until(lambda: served.gauge("ggen_workers_busy") == 1, "the query runs")
        workers = served.workers()
        served.process.send_signal(number)
        assert served.process.wait(30) == 0
        assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_a_signal_lets_an_answer_that_is_on_its_way_finish(start: Start) -> None:
    with start("--workers", "1", "--timeout", "2") as served, ThreadPoolExecutor(1) as clients:
        asked = clients.submit(served.query, ENDLESS)
        until(lambda: served.gauge("ggen_workers_busy") == 1, "the query runs")
        served.process.send_signal(signal.SIGTERM)
        answer = asked.result()
        assert (answer.status, answer.json["name"]) == (504, "query-timeout")
        assert served.process.wait(30) == 0


def test_a_new_generation_is_served_without_a_restart(
    start: Start, tmp_path: Path, ggen_home: Path
) -> None:
    def ggen(*arguments: str) -> None:
        command = [sys.executable, "-m", "ggen_graph", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    (tmp_path / "more").mkdir()
    ggen("config", "set", "registries.more", str(tmp_path / "more"))
    packs = "SELECT ?name { ?pack a ggen:Pack ; ggen:name ?name FILTER (?name = 'extra') }"
    with start("--workers", "2") as served:
        until(lambda: served.gauge("ggen_workers") == 2, "the workers come up")
        assert names(served.query(packs)) == []
        _leave_a_worker_idle(served)
        [first] = ggen_home.glob("graph/*/gen-*")
        (tmp_path / "more" / "extra").mkdir()
        (tmp_path / "more" / "extra" / "gpack.toml").write_text(
            '[pack]\nname = "extra"\nversion = "1.0.0"\ndescription = "One more."\n'
        )
        assert _is_held(first)
        ggen("graph", "sync")
        assert names(served.query(packs)) == ["extra"]
        assert served("/health").json["generation"] == 2
        until(lambda: not _is_held(first), "the old one is let go")


def _leave_a_worker_idle(served: Served) -> None:
    """Have a worker open the graph, and another, newer one that is asked before it."""
    with ThreadPoolExecutor(1) as clients:
        endless = clients.submit(served.query, ENDLESS, timeout="0.5")
        until(lambda: served.gauge("ggen_workers_busy") == 1, "the query runs")
        assert names(served.query(SELECT)) == NAMES
        assert endless.result().status == 504
    until(lambda: served.gauge("ggen_workers") == 2, "the worker is replaced")


def _is_held(generation: Path) -> bool:
    """Whether someone reads a generation."""
    import fcntl

    with (generation / "lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
