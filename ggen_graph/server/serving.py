"""Running the server: its socket, granian around the application, the signals that end it.

Granian is embedded: its HTTP runs in threads of Rust, the application in this process's one loop of
events, and queries in the workers. Granian would bind its port so that a second server could share it;
the socket is made here, so that a port that is taken is an error and port 0 has a number.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import signal
import socket
from typing import TYPE_CHECKING, Any

import uvloop
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from ggen_graph.core.diagnostics import AddressInUse, GgenError, NotPermitted, UsageError
from ggen_graph.server.app import application
from ggen_graph.server.metrics import Metrics
from ggen_graph.server.pool import Pool
from ggen_graph.server.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.graph.store import GraphStore
    from ggen_graph.server.service import Settings

BACKLOG = 1024
HEADER_SECONDS = 10
LEAVE_SECONDS = 5.0
"""How long answers that are on their way may take when the server ends; then their queries are stopped."""

END_SECONDS = 1.0
"""How long it may take to say so to those who still wait."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        AddressInUse: something else listens there.
        NotPermitted: the system does not let us.
        UsageError: there is no such address.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(
                f"port {port} of {host} is taken",
                help="end what listens there, or choose another with --port; 0 takes any that is free",
            ) from error
        if error.errno == errno.EACCES:
            raise NotPermitted(
                f"the system does not let us listen on port {port}",
                help="choose one above 1023 with --port",
            ) from error
        reason = error.strerror or str(error)
        raise UsageError(
            f"can't listen on {host}: {reason}", help="--host names an address of this machine"
        ) from error


def url_of(listening: socket.socket) -> str:
    """The address under which a socket is reached."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(
    graph: GraphStore,
    settings: Settings,
    listening: socket.socket,
    started: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        graph: the store.
        settings: how.
        listening: where; it is closed at the end.
        started: told the address once queries are answered.
    """
    uvloop.run(_serve(graph, settings, listening, started))


async def _serve(
    graph: GraphStore,
    settings: Settings,
    listening: socket.socket,
    started: Callable[[str], None],
) -> None:
    metrics = Metrics()
    pool = Pool(
        graph.root,
        size=settings.workers,
        limits=settings.limits,
        waiting=settings.waiting,
        metrics=metrics,
    )
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    with listening:
        async with pool:
            service = Service(graph, pool, metrics, settings)
            watching = loop.create_task(service.watch())
            http = _Http(application(service), listening)
            running = loop.create_task(http.serve())
            await asyncio.sleep(0)  # granian listens, or fails, before it waits for anything
            _check(running)
            started(url_of(listening))
            waiting = loop.create_task(ended.wait())
            await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            watching.cancel()
            _check(running)
            http.signal_handler_interrupt()  # type: ignore[no-untyped-call]
            await asyncio.wait({running}, timeout=LEAVE_SECONDS)
        await asyncio.wait({running}, timeout=END_SECONDS)
        loop.set_exception_handler(lambda *_: None)  # of granian, about who still reads


def _check(running: asyncio.Task[None]) -> None:
    """See that the HTTP server runs.

    Raises:
        GgenError: it ended, which it does only if it failed or was told to.
    """
    if running.done():
        error = running.exception()
        raise GgenError(
            f"the HTTP server ended by itself{f': {error}' if error else ''}",
            help="please report it, with how it was started",
        ) from error


class _Http(Server):
    """Granian on a socket of ours."""

    def __init__(self, app: Any, listening: socket.socket) -> None:
        super().__init__(
            app,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=1 << 17
            ),
            log_enabled=False,
        )
        self._listening = listening

    def _init_shared_socket(self) -> None:
        self._sfd: Any = os.dup(self._listening.fileno())  # granian closes what it is given
        self._shd: Any = SocketHolder(self._sfd, False, BACKLOG)  # type: ignore[call-arg] # not in its stub
