"""The endpoint beside others: a point query by many clients, and queries that would never end.

All serve the same triples to the same client, on loopback. `ggen serve` isolates each query in a worker
process and looks at its text before that; the others run it where they listen. Nobody caches results.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pyoxigraph import QueryResultsFormat, QuerySolutions

from benchmarks.http_client import ACCEPT, get, load
from benchmarks.measure import Figure
from benchmarks.places import GGEN, PYTHON, scratch
from benchmarks.report import Table
from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.workers import Job, Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.http_client import Load
    from benchmarks.places import Scratch

SUBJECTS = 20_000
PROPERTIES = 5
ROUNDS = 5
SECONDS = 3.0
CONNECTIONS = (1, 16)
LIMIT = 5
GIVE_UP = 15.0

EX = "http://example.org/"
PEERS = ("ggen serve", "Oxigraph server", "rdflib-endpoint")

SLOW = {
    "a cross product, counted": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "a cross product, sorted": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?a LIMIT 1",
    "groups of a cross product": "SELECT ?a (COUNT(?f) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a",
    "texts that none contains": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER CONTAINS(STR(?c), CONCAT(STR(?f), '!')) }",
    "unrelated optional parts": "ASK { ?a ?b ?c OPTIONAL { ?d ?e ?f } OPTIONAL { ?g ?h ?i } FILTER (STRLEN(STR(?i)) > 99) }",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """A server that runs."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]


def run() -> list[Table]:
    """The point query, where its time goes, and the slow queries."""
    with scratch() as place, ExitStack() as stack:
        triples = place.path / "data.nt"
        triples.write_text("".join(_lines()), "utf-8")
        start: dict[str, Callable[[Scratch, Path], Iterator[Peer]]] = {
            "ggen serve": _ggen,
            "Oxigraph server": _oxigraph,
            "rdflib-endpoint": _rdflib,
        }
        peers = [stack.enter_context(contextmanager(start[name])(place, triples)) for name in PEERS]
        return [_point_query(peers), _parts(place, peers[0]), _slow_queries(peers)]


def _lines() -> Iterator[str]:
    for subject in range(SUBJECTS):
        for number in range(PROPERTIES):
            yield f'<{EX}s{subject}> <{EX}p{number}> "value {subject} {number}" .\n'


def _query(subject: int) -> str:
    return f"SELECT ?p ?o WHERE {{ <{EX}s{subject}> ?p ?o }}"


# -- the point query


def _point_query(peers: list[Peer]) -> Table:
    table = Table(
        f"A point query of {PROPERTIES} rows out of {SUBJECTS * PROPERTIES:,} triples"
        " (aim: 12 times rdflib-endpoint, 0.4 of Oxigraph)",
        ("", "connections", "requests/s", "of Oxigraph", "p50 ms", "p99 ms"),
    )
    for connections in CONNECTIONS:
        found = _alternating(peers, connections)
        rates = {name: Figure(tuple(one.rate for one in loads)) for name, loads in found.items()}
        for name, loads in found.items():
            share = rates[name].times(rates["Oxigraph server"])
            table.row(
                name,
                str(connections),
                _cell(rates[name], 1, 0),
                _cell(share, 1, 3),
                _cell(Figure(tuple(one.percentile(0.5) for one in loads)), 1000, 2),
                _cell(Figure(tuple(one.percentile(0.99) for one in loads)), 1000, 2),
            )
        times = rates["ggen serve"].times(rates["rdflib-endpoint"])
        table.note(
            f"{connections} connections: {_cell(times, 1, 1)} times rdflib-endpoint,"
            f" {_cell(rates['ggen serve'].times(rates['Oxigraph server']), 1, 2)} of Oxigraph"
        )
    return table


def _alternating(peers: list[Peer], connections: int) -> dict[str, list[Load]]:
    """Each server in turn, so that what else the machine does falls on all of them."""
    found: dict[str, list[Load]] = {peer.name: [] for peer in peers}
    for number in range(ROUNDS + 1):
        for peer in peers:
            requests = [get(peer.path, _query(subject)) for subject in range(0, SUBJECTS, 20)]
            one = load(peer.port, requests, connections, SECONDS)
            rows = json.loads(_body(one.first))["results"]["bindings"]
            if one.failed or len(rows) != PROPERTIES:
                sys.exit(f"{peer.name}: {one.failed} failed, {len(rows)} rows")
            if number:
                found[peer.name].append(one)
    return found


def _body(body: bytes) -> bytes:
    """A body, out of its chunks if it came in some."""
    return body if body.startswith(b"{") else b"".join(body.split(b"\r\n")[1::2])


# -- where the time goes


def _parts(place: Scratch, ggen: Peer) -> Table:
    """One request after another on one connection, and its parts by themselves."""
    table = Table("Where a point query's time goes, one at a time", ("", "p50 µs"))
    queries = [_query(subject) for subject in range(0, SUBJECTS, 20)]
    whole = load(ggen.port, [get(ggen.path, query) for query in queries], 1, SECONDS)
    table.row("the whole, over HTTP", f"{whole.percentile(0.5) * 1e6:.0f}")
    http = load(ggen.port, [b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"], 1, SECONDS)
    table.row("HTTP alone: /health, which asks no worker", f"{http.percentile(0.5) * 1e6:.0f}")
    root = place.work / "shop" / ".ggen" / "graph"
    with Pool(root) as pool:

        def ask(text: str) -> None:
            with pool.run(Job(text)) as reply:
                reply.read()

        table.row("a worker: the job and its answer, by a socket", _each(ask, queries))
        table.row("a worker that has nothing to find", _each(ask, ["ASK {}"] * len(queries)))
    with GraphStore(root).read() as generation:
        store = generation.store

        def here(text: str) -> None:
            found = store.query(text, use_default_graph_as_union=True)
            assert isinstance(found, QuerySolutions)
            found.serialize(format=QueryResultsFormat.JSON)

        table.row("the query and its JSON, in process", _each(here, queries))
    return table


def _each(work: Callable[[str], None], texts: list[str]) -> str:
    taken = []
    for _ in range(3):
        for text in texts:
            start = time.perf_counter()
            work(text)
            taken.append(time.perf_counter() - start)
    return f"{sorted(taken)[len(taken) // 2] * 1e6:.0f}"


# -- queries that would never end


def _slow_queries(peers: list[Peer]) -> Table:
    table = Table(
        f"Five slow queries with a limit of {LIMIT} s: when they were stopped"
        f" (given up after {GIVE_UP:g} s)",
        ("", *PEERS),
    )
    stopped = dict.fromkeys(PEERS, 0)
    for name, query in SLOW.items():
        cells = []
        for peer in peers:
            said, in_time = _stopped(peer, query)
            stopped[peer.name] += in_time
            cells.append(said)
        table.row(name, *cells)
    table.row("stopped in time", *(f"{stopped[name]} of {len(SLOW)}" for name in PEERS))
    return table


def _stopped(peer: Peer, query: str) -> tuple[str, bool]:
    """What became of a slow query: as text, and whether it was over, work and all, a second after its limit."""
    start = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", peer.port, timeout=GIVE_UP)
    try:
        connection.request(
            "GET", f"{peer.path}?{urlencode({'query': query})}", headers={"Accept": ACCEPT}
        )
        answer = connection.getresponse()
        answer.read()
        status = str(answer.status)
    except (OSError, HTTPException) as error:
        status = "no answer" if isinstance(error, TimeoutError) else type(error).__name__
    taken = time.perf_counter() - start
    connection.close()
    works = _works(peer.process.pid)
    said = f"{status}, {taken:.1f} s{', and works on' if works else ''}"
    return said, taken < LIMIT + 1 and not works


def _works(pid: int) -> bool:
    """Whether a server still computes half a second after the last answer."""
    time.sleep(0.5)
    before = _processor(pid)
    time.sleep(0.5)
    return _processor(pid) - before > 0.25


def _processor(pid: int) -> float:
    """Processor seconds of a process, and of those it started."""
    ticks = 0
    children = f"/proc/{pid}/task/{pid}/children"
    with open(children, encoding="ascii") as file:  # noqa: PTH123 - a path of the kernel's
        pids = [pid, *map(int, file.read().split())]
    for one in pids:
        with open(f"/proc/{one}/stat", encoding="ascii") as file:  # noqa: PTH123 - likewise
            fields = file.read().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


# -- servers


def _ggen(place: Scratch, triples: Path) -> Iterator[Peer]:
    project = place.work / "shop"
    project.mkdir()
    (project / "ggen.toml").write_text(
        '[project]\nid = "0f9cb8a4-6a2e-4c1f-9d6b-3b1e5f7a2c10"\nname = "shop"\n'
        '[graph]\nfiles = ["data.nt"]\n',
        "utf-8",
    )
    (project / "data.nt").write_bytes(triples.read_bytes())
    command: list[Path | str] = [GGEN, "serve", "--timeout", str(LIMIT)]
    yield from _server(place, "ggen serve", "/sparql", command, "--port", folder=project)


def _oxigraph(place: Scratch, triples: Path) -> Iterator[Peer]:
    program, folder = PYTHON.with_name("oxigraph"), place.path / "oxigraph"
    load_: list[Path | str] = [program, "load", "--location", folder, "--file", triples]
    subprocess.run(load_, check=True, capture_output=True)
    command: list[Path | str] = [
        program,
        "serve-read-only",
        "--location",
        folder,
        "--timeout-s",
        str(LIMIT),
    ]
    yield from _server(place, "Oxigraph server", "/query", command, "--bind", address=True)


def _rdflib(place: Scratch, triples: Path) -> Iterator[Peer]:
    program = PYTHON.with_name("rdflib-endpoint")
    command: list[Path | str] = [program, "serve", "--host", "127.0.0.1", triples]
    yield from _server(place, "rdflib-endpoint", "/", command, "--port")


def _server(
    place: Scratch,
    name: str,
    path: str,
    command: list[Path | str],
    option: str,
    *,
    address: bool = False,
    folder: Path | None = None,
) -> Iterator[Peer]:
    port = _free_port()
    words = [*map(str, command), option, f"127.0.0.1:{port}" if address else str(port)]
    with subprocess.Popen(
        words,
        cwd=folder or place.work,
        env=place.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(port, process)
            yield Peer(name, port, path, process)
        finally:
            process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while True:
        if process.poll() is not None:
            sys.exit(f"{process.args!r} ended by itself")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            if time.monotonic() > end:
                sys.exit(f"{process.args!r} does not answer")
            time.sleep(0.1)
        else:
            return


def _cell(figure: Figure, scale: float, digits: int) -> str:
    low, median, high = (
        f"{value * scale:,.{digits}f}" for value in (figure.low, figure.median, figure.high)
    )
    return f"{median} [{low}-{high}]"
