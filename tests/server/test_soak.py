"""Many clients for a while, one request in ten hostile or endless: what the others get is right."""

from __future__ import annotations

import random
import socket
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.server.conftest import ENDLESS, Served, until

if TYPE_CHECKING:
    from tests.server.conftest import Start

QUERIES = [
    "SELECT ?name WHERE { ?pack a ggen:Pack ; ggen:name ?name } ORDER BY ?name",
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "SELECT ?p ?o WHERE { ggen:Pack ?p ?o } ORDER BY ?p ?o",
    "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 500",
    "ASK { ?pack a ggen:Pack }",
]
MALFORMED = [
    b"\0\0\0\0",
    b"GET /sparql\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nContent-Length: x\r\n\r\n",
]
REFUSED = [
    ("CLEAR ALL", 403),
    ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403),
    ("SELECT * WHERE " + "{" * 300 + "}" * 300, 403),
    ("SELECT nonsense", 400),
]
SLOW = 0.3
"""Seconds after which an endless query is stopped."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_a_few_clients_for_a_moment(start: Start) -> None:
    _soak(start, clients=8, seconds=5)


@pytest.mark.soak
def test_many_clients_for_a_minute(start: Start) -> None:
    _soak(start, clients=32, seconds=60)


def _soak(start: Start, *, clients: int, seconds: float) -> None:
    with start("--workers", "4", "--timeout", "20", "--queue", "1000") as served:
        right = {query: served.query(query).body for query in QUERIES}
        _load(served, right, clients, 2.0)  # what is allocated once is
        until(lambda: served.gauge("ggen_workers") == 4, "the workers come up")
        before = _memory(served)
        found = _load(served, right, clients, seconds)
        until(lambda: served.gauge("ggen_workers") == 4, "the workers come up again")
        until(lambda: served.gauge("ggen_workers_busy") == 0, "nothing is asked any more")
        after = _memory(served)
        assert found["right"] > clients
        assert found["stopped"] > 0
        assert set(found) <= {"right", "stopped", "refused", "malformed", "left"}, found
        assert after < before + (48 << 20)
        assert len(served.workers()) == 4


def _load(served: Served, right: dict[str, bytes], clients: int, seconds: float) -> Counter[str]:
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(clients) as pool:
        found = pool.map(lambda seed: _client(served, right, seed, end), range(clients))
        return sum(found, Counter())


def _client(served: Served, right: dict[str, bytes], seed: int, end: float) -> Counter[str]:
    """Ask until the end; what came of it, by kind."""
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    connection = HTTPConnection(*served.address, timeout=60)
    while time.monotonic() < end:
        if chance.random() < 0.1:
            found[_attack(served, chance)] += 1
            continue
        query = chance.choice(QUERIES)
        status, body = _ask(connection, query)
        found["right" if (status, body) == (200, right[query]) else f"wrong {status}"] += 1
    connection.close()
    return found


def _attack(served: Served, chance: random.Random) -> str:
    kind = chance.choice(["endless", "refused", "malformed", "left"])
    if kind == "endless":
        answer = served.query(ENDLESS, timeout=str(SLOW))
        named = (answer.status, answer.json["name"])
        return "stopped" if named == (504, "query-timeout") else f"not stopped: {named}"
    if kind == "refused":
        query, status = chance.choice(REFUSED)
        answer = served.query(query)
        return "refused" if answer.status == status else f"not refused: {answer.status}"
    with socket.create_connection(served.address) as client:
        if kind == "left":
            request = (
                f"GET /sparql?{urlencode({'query': ENDLESS})} HTTP/1.1\r\nHost: localhost\r\n\r\n"
            )
            client.sendall(request.encode())
        else:
            client.sendall(chance.choice(MALFORMED))
    return kind


def _ask(connection: HTTPConnection, query: str) -> tuple[int, bytes]:
    try:
        connection.request("GET", "/sparql?" + urlencode({"query": query}))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (HTTPException, OSError) as error:
        connection.close()
        return 0, repr(error).encode()


def _memory(served: Served) -> int:
    """Bytes that the server holds; its workers are replaced, and each is held to its limit."""
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024
