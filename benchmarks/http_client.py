"""A light HTTP client: sockets that stay open, each with one request on its way, and no library between.

It reads no more of an answer than where it ends, so that the server is what is measured.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

ACCEPT = "application/sparql-results+json"


@dataclass(slots=True)
class Load:
    """What came of asking for a while: the seconds of each answer, sorted, and the first body."""

    seconds: float
    taken: list[float] = field(default_factory=list)
    first: bytes = b""
    failed: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.taken) / self.seconds

    def percentile(self, share: float) -> float:
        """The seconds within which this share of the answers came."""
        return sorted(self.taken)[min(int(len(self.taken) * share), len(self.taken) - 1)]


def get(path: str, query: str, **parameters: str) -> bytes:
    """A request for a query."""
    address = f"{path}?{urlencode({'query': query, **parameters})}"
    return f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept: {ACCEPT}\r\n\r\n".encode()


def load(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    """Ask a server on loopback for a while.

    Args:
        port: where it listens.
        requests: sent in turn, by each connection from another place on.
        connections: how many are open at once.
        seconds: for how long.
    """
    return asyncio.run(_load(port, requests, connections, seconds))


async def _load(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    found = Load(seconds)
    loop = asyncio.get_running_loop()
    end = time.perf_counter() + seconds
    clients = []
    for number in range(connections):
        start = number * len(requests) // connections
        order = requests[start:] + requests[:start]
        client = _Client(order, found, end)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    return found


class _Client(asyncio.Protocol):
    def __init__(self, requests: list[bytes], found: Load, end: float) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._found = found
        self._end = end
        self._sent = 0
        self._at = 0.0
        self._unread = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        head = self._unread.find(b"\r\n\r\n")
        if head < 0 or not _is_whole(self._unread, head):
            return
        if self._unread[9:12] != b"200":
            self._found.failed += 1
        self._found.taken.append(time.perf_counter() - self._at)
        self._found.first = self._found.first or self._unread[head + 4 :]
        self._unread = b""
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        self._at = time.perf_counter()
        if self._at > self._end:
            self._transport.close()
            return
        self._transport.write(self._requests[self._sent % len(self._requests)])
        self._sent += 1


def _is_whole(answer: bytes, head: int) -> bool:
    headers = answer[:head].lower()
    at = headers.find(b"content-length:")
    if at < 0:
        return answer.endswith(b"0\r\n\r\n")
    length = int(headers[at + 15 :].split(b"\r\n", 1)[0])
    return len(answer) >= head + 4 + length
