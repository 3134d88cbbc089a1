"""The pool of workers: answers, limits, and what becomes of a worker that exceeded one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.diagnostics import (
    GgenError,
    QueryInvalid,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    StoreCorrupt,
    UsageError,
)
from ggen_graph.graph.jobs import MIB, Job, Limits
from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.workers import Pool, ended
from tests.graph.asked import (
    COUNT,
    ENDLESS,
    EX,
    LONG,
    PAIRS,
    SHORT,
    SIZE,
    SMALL,
    STREAMING,
    children,
    descriptors,
    fill,
    has_children_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

on_linux = pytest.mark.skipif(
    not has_children_files(), reason="the system does not tell whose a process is"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> GraphStore:
    """A store that no test changes."""
    return fill(GraphStore(tmp_path_factory.mktemp("asked") / "graph"))


@pytest.fixture
def pool(store: GraphStore) -> Iterator[Pool]:
    with Pool(store.root, limits=SMALL) as pool:
        yield pool


@pytest.fixture
def changing(graph: GraphStore) -> GraphStore:
    """A store that a test may change."""
    return fill(graph)


@pytest.fixture
def pool_of_changing(changing: GraphStore) -> Iterator[Pool]:
    with Pool(changing.root, limits=SMALL) as pool:
        yield pool


def read(pool: Pool, text: str, form: str = "json", limits: Limits | None = None) -> bytes:
    with pool.run(Job(text, form), limits) as reply:
        return reply.read()


def count(pool: Pool) -> int:
    document = json.loads(read(pool, COUNT))
    return int(document["results"]["bindings"][0]["n"]["value"])


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# -- answers


def test_an_answer_has_a_head_data_and_a_sum(pool: Pool) -> None:
    with pool.run(Job(f"SELECT ?o {{ <{EX}7> ?p ?o }}", "tsv")) as reply:
        assert reply.head == ("rows", "gen-000001", ("o",), None)
        data = reply.read()
        total = reply.sum
    assert data == b'?o\n"7"\n'
    assert total is not None
    assert (total.rows, total.size) == (1, len(data))
    assert 0 < total.memory < 1 << 30


@pytest.mark.parametrize("form", ["csv", "tsv", "xml"])
def test_a_literal_may_be_longer_than_a_frame(pool: Pool, form: str) -> None:
    with pool.run(Job(LONG, form), Limits()) as reply:
        assert sum(map(len, reply)) > 65 * MIB
    assert count(pool) == SIZE


@pytest.mark.parametrize(
    ("text", "kind", "columns", "answer"),
    [
        ("ASK { ?s ?p ?o }", "bool", ("answer",), True),
        ("ASK { ?s ?p 'none' }", "bool", ("answer",), False),
        ("SELECT ?s ?o { ?s ?p ?o }", "rows", ("s", "o"), None),
        ("DESCRIBE <urn:x:none>", "triples", ("subject", "predicate", "object"), None),
    ],
)
def test_the_head_says_what_kind_of_answer_it_is(
    pool: Pool, text: str, kind: str, columns: tuple[str, ...], answer: bool | None
) -> None:
    with pool.run(Job(text, "table")) as reply:
        assert reply.head == (kind, "gen-000001", columns, answer)
        reply.read()


def test_a_worker_is_asked_again(pool: Pool) -> None:
    pids = set()
    for _ in range(5):
        with pool.run(Job("ASK {}")) as reply:
            reply.read()
            pids.add(reply._worker.pid)
    assert len(pids) == 1


def test_a_query_can_be_parsed_without_a_store(tmp_path: Path) -> None:
    with Pool(tmp_path / "none") as pool:
        pool.check("SELECT * { ?s a ex:Thing }", "q.rq", {"ex": EX})
        with pytest.raises(QueryInvalid) as caught:
            pool.check("SELECT * { ?s a ex:Thing }", "q.rq")
        assert str(caught.value.where) == "q.rq:1:17"


@pytest.mark.parametrize(
    ("job", "error"),
    [
        (Job("SELECT * { ?s ?p }"), QueryInvalid),
        (Job("SELECT * { ?s ?p 'open }"), QueryInvalid),
        (Job("DROP ALL"), QueryRefused),
        (Job("SELECT * { SERVICE <http://127.0.0.1:9/> {} }"), QueryRefused),
        (Job("ASK {}", "turtle"), UsageError),
        (Job("CONSTRUCT WHERE { ?s ?p ?o }", "csv"), UsageError),
        (Job("SELECT ?x { BIND(<urn:x:f>(1) AS ?x) }"), QueryInvalid),
        (Job(f"ASK {{}} # {'x' * (1 << 20)}"), QueryTooLarge),
    ],
)
def test_an_error_is_the_one_that_the_worker_met_and_harms_nothing(
    pool: Pool, job: Job, error: type[GgenError]
) -> None:
    with pytest.raises(error) as caught, pool.run(job) as reply:
        reply.read()
    assert caught.value.help or caught.value.where
    assert count(pool) == SIZE


# -- limits


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (ENDLESS, "json"),
        (f"ASK {{ {PAIRS} FILTER(CONCAT(?c, ?f, ?i, ?l) = 'none') }}", "csv"),
        (f"SELECT ?none {{ {PAIRS} FILTER(?c = 'none' || ?f = '0' || ?i = '0' || ?l = '') }} OFFSET 99999999999", "json"),
        (f"CONSTRUCT {{ <urn:x:a> <urn:x:b> 1 }} WHERE {{ {PAIRS} }}", "turtle"),
        (f"SELECT * {{ ?s ?p ?o FILTER NOT EXISTS {{ {PAIRS} FILTER(CONCAT(?c, ?f, ?i, ?l) = '') }} }}", "xml"),
    ],
)  # fmt: skip
def test_an_endless_query_is_stopped_at_its_limit(pool: Pool, text: str, form: str) -> None:
    roomy = Limits(SHORT.seconds, 1024 * MIB)  # one of them grows, faster or slower than the clock
    with pytest.raises(QueryTimeout, match=r"stopped after 0.3 s") as caught:
        read(pool, text, form, roomy)
    assert "LIMIT" in caught.value.help
    assert count(pool) == SIZE


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ {PAIRS} }} ORDER BY ?l",
        f"SELECT (GROUP_CONCAT(?x) AS ?all) {{ {PAIRS} BIND('{'x' * 200}' AS ?x) }}",
        f"SELECT DISTINCT * {{ {PAIRS} }} OFFSET 9999999",
        f"SELECT ?a ?d ?g ?j (COUNT(*) AS ?n) {{ {PAIRS} }} GROUP BY ?a ?d ?g ?j",
        f"SELECT (REPLACE('{'a' * 20000}', '', '{'b' * 20000}') AS ?x) {{}}",
    ],
)
def test_a_query_that_wants_too_much_memory_is_stopped(pool: Pool, text: str) -> None:
    with pytest.raises(QueryTooLarge, match=r"needs more than 64 MiB of memory"):
        read(pool, text, "csv")
    assert count(pool) == SIZE


@pytest.mark.parametrize("form", ["table", "json", "csv", "tsv", "xml"])
@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(20, 64 * MIB, rows=50), "more than 50 rows"),
        (Limits(20, 64 * MIB, size=5000), "larger than 5,000 bytes"),
    ],
)
def test_a_result_that_is_too_large_is_stopped(
    pool: Pool, form: str, limits: Limits, what: str
) -> None:
    with pytest.raises(QueryTooLarge, match=what):
        read(pool, STREAMING, form, limits)
    assert count(pool) == SIZE


@pytest.mark.parametrize("form", ["turtle", "ntriples", "jsonld", "rdfxml", "table"])
def test_triples_are_counted_as_rows_are(pool: Pool, form: str) -> None:
    text = "CONSTRUCT WHERE { ?s ?p ?o }"
    with pytest.raises(QueryTooLarge, match="more than 50 rows"):
        read(pool, text, form, Limits(20, 64 * MIB, rows=50))
    assert read(pool, text, form, Limits(20, 64 * MIB, rows=SIZE))


@pytest.mark.parametrize("form", ["table", "json", "csv", "tsv", "xml"])
def test_a_result_that_is_just_as_large_as_it_may_be_is_given(pool: Pool, form: str) -> None:
    text = "SELECT ?s ?o { ?s ?p ?o }"
    with pool.run(Job(text, form), Limits(20, 64 * MIB, rows=SIZE)) as reply:
        size = len(reply.read())
        assert reply.sum is not None
        assert reply.sum.rows == SIZE
    assert len(read(pool, text, form, Limits(20, 64 * MIB, size=size))) == size
    with pytest.raises(QueryTooLarge):
        read(pool, text, form, Limits(20, 64 * MIB, size=size - 1))


@pytest.mark.parametrize(
    "text",
    [
        "ASK { FILTER(" + "!" * 30_000 + "true) }",
        "ASK { FILTER(" + "1+" * 30_000 + "1 > 0) }",
        "ASK { ?s <urn:x:p>" + "/<urn:x:p>" * 20_000 + " ?o }",
        "ASK { {}" + " UNION {}" * 20_000 + " }",
        "ASK { " + "OPTIONAL {} " * 20_000 + "}",
    ],
    ids=lambda text: str(text)[:30],
)
def test_a_query_that_overflows_the_stack_ends_its_worker_only(pool: Pool, text: str) -> None:
    with pytest.raises(QueryTooLarge, match="too deep"):
        read(pool, text)
    assert count(pool) == SIZE


def test_the_limit_of_memory_holds_for_a_worker_s_later_queries_too(pool: Pool) -> None:
    for _ in range(5):
        with pool.run(Job("ASK {}")) as reply:
            reply.read()
            before = reply._worker.pid
    with pytest.raises(QueryTooLarge, match=r"needs more than 64 MiB of memory"):
        read(pool, f"SELECT * {{ {PAIRS} }} ORDER BY ?l", "csv")
    with pool.run(Job("ASK {}")) as reply:
        assert reply._worker.pid != before


def test_what_a_worker_grew_by_before_is_not_held_against_a_query(store: GraphStore) -> None:
    with Pool(store.root, limits=Limits(memory=2048 * MIB)) as pool:
        text = f"SELECT (STRLEN(REPLACE('{'a' * 5000}', '', '{'b' * 5000}')) AS ?n) {{}}"
        with pool.run(Job(text)) as reply:
            reply.read()
            before = reply._worker.pid
        with pool.run(Job(COUNT), Limits(memory=16 * MIB)) as reply:
            assert reply._worker.pid == before
            assert reply.read()


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (signal.SIGALRM, QueryTimeout, "stopped after 0.3 s"),
        (signal.SIGXCPU, QueryTimeout, "stopped after 0.3 s"),
        (signal.SIGSEGV, QueryTooLarge, "too deep"),
        (signal.SIGBUS, QueryTooLarge, "too deep"),
        (signal.SIGABRT, QueryTooLarge, "needs more than 64 MiB"),
        (signal.SIGKILL, QueryTooLarge, "killed from outside"),
        (1 << 8, GgenError, r"exit code 1\)"),
        (signal.SIGTERM, GgenError, r"signal 15\)"),
    ],
)
def test_how_a_worker_ended_says_why(status: int, error: type[GgenError], says: str) -> None:
    found = ended(int(status), SHORT)
    assert type(found) is error
    assert found.help
    with pytest.raises(error, match=says):
        raise found


# -- workers that are gone


def test_a_worker_that_is_killed_in_the_middle_of_an_answer_is_told_of(pool: Pool) -> None:
    with pool.run(Job(STREAMING, "csv"), Limits(rows=1 << 40)) as reply:
        pieces = iter(reply)
        next(pieces)
        os.kill(reply._worker.pid, signal.SIGKILL)
        with pytest.raises(QueryTooLarge, match="killed from outside"):
            list(pieces)
    assert count(pool) == SIZE


def test_a_worker_that_was_killed_while_it_waited_is_replaced(pool: Pool) -> None:
    with pool.run(Job("ASK {}")) as reply:
        reply.read()
        worker = reply._worker
    os.kill(worker.pid, signal.SIGKILL)
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    assert count(pool) == SIZE


def test_an_answer_that_is_left_in_the_middle_ends_its_worker(pool: Pool) -> None:
    with pool.run(Job(STREAMING, "csv"), Limits(rows=1 << 40)) as reply:
        next(iter(reply))
        pid = reply._worker.pid
    assert not is_there(pid)
    assert count(pool) == SIZE


def test_an_error_of_who_reads_ends_the_worker(pool: Pool) -> None:
    asking = pool.run(Job(STREAMING, "csv"), Limits(rows=1 << 40))
    pid = asking.__enter__()._worker.pid
    assert asking.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None) is False
    assert not is_there(pid)
    assert count(pool) == SIZE


@on_linux
def test_a_person_who_stops_waiting_leaves_no_process(pool: Pool) -> None:
    before = children()
    old = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            read(pool, ENDLESS, limits=Limits(seconds=60))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert children() == before
    assert count(pool) == SIZE


@on_linux
def test_a_pool_leaves_no_process_and_no_descriptor(store: GraphStore) -> None:
    before = children(), descriptors()
    with Pool(store.root, size=3) as pool:
        with ThreadPoolExecutor(3) as threads:
            assert list(threads.map(lambda _: count(pool), range(9))) == [SIZE] * 9
        assert children() > before[0]
    assert (children(), descriptors()) == before


@on_linux
@pytest.mark.parametrize("times", [10, pytest.param(100, marks=pytest.mark.soak)])
def test_endless_queries_in_a_row_leave_nothing(store: GraphStore, times: int) -> None:
    limits = Limits(seconds=0.2)

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    with Pool(store.root) as pool:
        for _ in range(3):
            with pytest.raises(QueryTimeout):
                read(pool, ENDLESS, limits=limits)
        before = children(), descriptors(), resident()
        for _ in range(times):
            with pytest.raises(QueryTimeout):
                read(pool, ENDLESS, limits=limits)
        assert (children(), descriptors()) == before[:2]
        assert resident() - before[2] < 8 * MIB
        assert count(pool) == SIZE


@on_linux
def test_many_threads_may_use_one_pool(store: GraphStore) -> None:
    before = children(), descriptors()

    def ask(number: int) -> str:
        try:
            match number % 4:
                case 0:
                    read(shared, ENDLESS, limits=SHORT)
                case 1:
                    read(shared, "SELECT * { ?s ?p }")
                case 2:
                    read(shared, STREAMING, limits=Limits(rows=10))
        except GgenError as error:
            return error.name
        return str(count(shared))

    with Pool(store.root, size=2) as shared, ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(32)))
    assert found == ["query-timeout", "query-invalid", "query-too-large", str(SIZE)] * 8
    assert (children(), descriptors()) == before


@on_linux
def test_a_pool_that_is_closed_while_one_asks_ends_that_worker_too(store: GraphStore) -> None:
    before = children()
    pool = Pool(store.root)
    started, closed = threading.Event(), threading.Event()

    def ask() -> int:
        with pool.run(Job(COUNT)) as reply:
            started.set()
            closed.wait(30)
            return len(reply.read())

    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask)
        assert started.wait(30)
        pool.close()
        closed.set()
        assert asked.result(30) > 0
    assert children() == before
    with pytest.raises(ValueError, match="closed"):
        count(pool)


# -- the store underneath


def test_a_query_sees_the_newest_generation(pool_of_changing: Pool, changing: GraphStore) -> None:
    assert count(pool_of_changing) == SIZE
    fill(changing, "more")
    with pool_of_changing.run(Job(COUNT)) as reply:
        assert reply.head.generation == "gen-000002"
        reply.read()
    assert count(pool_of_changing) == SIZE + 1


def test_an_answer_is_of_one_generation_whatever_is_published_meanwhile(
    pool_of_changing: Pool, changing: GraphStore
) -> None:
    text = "SELECT ?s ?t { ?s ?p ?o . ?t ?q ?r }"
    with pool_of_changing.run(Job(text, "csv"), Limits()) as reply:
        pieces = iter(reply)
        data = next(pieces)
        for number in range(3):
            fill(changing, f"more-{number}")
        data += b"".join(pieces)
    assert data.count(b"\n") == SIZE**2 + 1


def test_a_store_that_is_made_anew_under_the_same_number_is_asked_anew(
    pool_of_changing: Pool, changing: GraphStore
) -> None:
    assert count(pool_of_changing) == SIZE
    shutil.rmtree(changing.root)
    with pytest.raises(StoreCorrupt, match="no graph"):
        count(pool_of_changing)
    fill(changing, size=3)
    assert changing.current() == "gen-000001"
    assert count(pool_of_changing) == 3


def test_a_store_that_is_damaged_is_named_and_works_again_once_it_is_mended(
    changing: GraphStore,
) -> None:
    tables = list((changing.root / "gen-000001" / "store").glob("*.sst"))
    whole = {path: path.read_bytes() for path in tables}
    with Pool(changing.root) as pool:
        for path in tables:
            path.write_bytes(bytes(len(whole[path])))
        with pytest.raises(StoreCorrupt, match="damaged") as caught:
            count(pool)
        assert "graph rebuild" in caught.value.help
        for path in tables:
            path.unlink()
        with pytest.raises(StoreCorrupt, match="damaged"):
            count(pool)
        for path, data in whole.items():
            path.write_bytes(data)
        assert count(pool) == SIZE


# -- what a worker may touch


class Trap(BaseHTTPRequestHandler):
    """Notes who comes."""

    visitors: list[str]

    def do_GET(self) -> None:
        self.visitors.append(self.path)
        self.send_error(404)

    do_POST = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, and who came to it."""
    visitors: list[str] = []
    handler = type("Handler", (Trap,), {"visitors": visitors})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}", visitors
        server.shutdown()
        thread.join()


UNGUARDED = """
from ggen_graph.graph import foreign, worker
foreign.refuse = lambda *_: None
worker.main()
"""


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that look at no token before they run a query."""
    spawn = os.posix_spawn

    def start(path: str, arguments: list[str], *rest: Any, **more: Any) -> int:
        at = arguments.index("-m")
        return spawn(path, [*arguments[:at], "-c", UNGUARDED, *arguments[at + 2 :]], *rest, **more)

    monkeypatch.setattr(os, "posix_spawn", start)


def test_a_worker_has_no_network_even_for_a_query_that_nobody_looked_at(
    store: GraphStore, trap: tuple[str, list[str]], unguarded: None
) -> None:
    host, visitors = trap
    text = f"SELECT * {{ SERVICE <http://{host}/> {{ ?s ?p ?o }} }}"
    with Pool(store.root) as pool:
        with pool.run(Job("ASK {}")) as reply:
            reply.read()
            if not reply._worker.isolated:
                pytest.skip("the system does not let a process drop its network")
        with pytest.raises(QueryInvalid, match="can't be run"):
            read(pool, text)
        assert visitors == []
        with pytest.raises(QueryInvalid, match="404"), pool.run(Job(text, hosts=(host,))) as reply:
            reply.read()
        assert visitors == ["/"]


def test_an_allowed_host_is_asked_and_its_worker_is_not_asked_again(
    store: GraphStore, trap: tuple[str, list[str]]
) -> None:
    host, visitors = trap
    with Pool(store.root) as pool:
        asked = f"SELECT * {{ SERVICE SILENT <http://{host}/x> {{ ?s ?p ?o }} }}"
        with pool.run(Job(asked, hosts=(host,))) as reply:
            assert json.loads(reply.read())["results"]["bindings"] == [{}]
            pid = reply._worker.pid
        assert visitors == ["/x"]
        assert not is_there(pid)
        with pytest.raises(QueryRefused):
            read(pool, asked)
        with pytest.raises(QueryRefused), pool.run(Job(asked, hosts=("example.org",))) as reply:
            reply.read()
    assert visitors == ["/x"]


def test_a_server_that_redirects_to_another_is_not_followed(store: GraphStore) -> None:
    visitors: list[str] = []

    class Redirecting(Trap):
        def do_POST(self) -> None:
            visitors.append(self.path)
            self.send_response(307)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/elsewhere")  # type: ignore[attr-defined]
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - http.server's name

    with ThreadingHTTPServer(("127.0.0.1", 0), Redirecting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host = f"127.0.0.1:{server.server_port}"
        text = f"ASK {{ SERVICE <http://{host}/first> {{}} }}"
        with (
            Pool(store.root) as pool,
            pytest.raises(QueryInvalid, match="307"),
            pool.run(Job(text, hosts=(host,))) as reply,
        ):
            reply.read()
        server.shutdown()
        thread.join()
    assert visitors == ["/first"]


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="the system does not tell")
def test_a_worker_writes_no_core_and_has_no_streams_of_ours(pool: Pool) -> None:
    with pool.run(Job(STREAMING), Limits(seconds=7)) as reply:
        next(iter(reply))
        worker = Path("/proc") / str(reply._worker.pid)
        limits = (worker / "limits").read_text().splitlines()
        values = {line[:26].strip(): line[26:].split()[0] for line in limits}
        open_ones = {path.name: str(path.readlink()) for path in (worker / "fd").iterdir()}
    assert values["Max core file size"] == "0"
    assert int(values["Max cpu time"]) >= 7
    assert int(values["Max address space"]) > 0
    assert [open_ones.pop(number) for number in "012"] == [os.devnull] * 3
    ours = [to.partition(":")[0] for to in open_ones.values() if ":" in to]
    assert sorted(ours) == ["pipe", "socket"]  # by which it ends with us, and by which we talk


def test_a_worker_that_can_not_start_is_told_of(
    store: GraphStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(GgenError, match="did not start") as caught, Pool(store.root) as pool:
        count(pool)
    assert "must be able to run" in caught.value.help
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with Pool(store.root) as pool:
        for _ in range(2):  # it is not taken for an idle one
            with pytest.raises(GgenError, match=r"did not start \(exit code 3\)"):
                count(pool)
