"""What stands before every request: who may ask, how much, from where; and after it: errors and counts.

- A server that listens on loopback and wants no token answers to loopback's names only: a web page
  elsewhere could otherwise have its own name resolve to this machine and read the graph (DNS rebinding).
- A Host header that could not be a part of an IRI is refused.
- A token is compared in constant time. It comes as `Authorization: Bearer`, or from a browser as the
  password of `Basic`.
- Pages of other origins may read answers only if their origin was named (CORS).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import sys
import time
import traceback
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.server.call import Call
from ggen_graph.server.media import accepts
from ggen_graph.server.pool import ClientGoneError
from ggen_graph.server.problems import (
    PROBLEM,
    AddressTooLong,
    MethodNotAllowed,
    Misdirected,
    RequestInvalid,
    TokenMissing,
    encoded,
    problem,
)
from ggen_graph.server.service import MAX_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ggen_graph.server.service import Service

_OPEN = frozenset(("/health",))
"""Paths that anyone may ask: whoever starts and stops servers must know whether this one is up."""

_HOST = re.compile(r"[\w.:\[\]-]+", re.ASCII)
"""What a Host header may hold: it becomes a part of IRIs that the server names itself by."""

CLIENT_GONE = 499
"""Counted for a request that nobody waited for; never sent."""

_ROUTES = {"/sparql": "sparql", "/store": "store", "/health": "health", "/metrics": "metrics"}


class Guard:
    """An ASGI application around another.

    Args:
        app: answers for all paths but those of `direct`.
        direct: what answers for a path without being looked for.
        service: what is served.
    """

    def __init__(self, app: ASGIApp, direct: Mapping[str, ASGIApp], service: Service) -> None:
        self._app = app
        self._direct = direct
        self._service = service
        settings = service.settings
        self._hosts = settings.hosts if settings.token is None else None
        self._token = settings.token.encode() if settings.token is not None else None
        self._origins = settings.origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 0
        more = self._cors(scope) if self._origins else []

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        try:
            await self._pass(scope, receive, answer)
        except ClientGoneError:
            status = CLIENT_GONE
            raise
        except GgenError as error:
            self._service.metrics.failures[error.name] += 1
            if status:
                raise  # it is cut off, so that nobody takes what came for the whole
            await _answer_problem(Call(scope, receive, answer), error)
        except HTTPException as error:  # the router has no other
            self._service.metrics.failures[MethodNotAllowed.name] += 1
            await _answer_problem(Call(scope, receive, answer), _not_allowed(scope, error))
        except Exception as error:
            self._service.metrics.failures["internal-error"] += 1
            traceback.print_exc(file=sys.stderr)
            if status:
                raise
            bug = GgenError(f"this is a bug in ggen: {type(error).__name__}")
            await _answer_problem(Call(scope, receive, answer), bug)
        finally:
            route = _ROUTES.get(scope["path"], "page")
            self._service.metrics.answered(route, status, time.perf_counter() - start)

    async def _pass(self, scope: Scope, receive: Receive, answer: Send) -> None:
        call = Call(scope, receive, answer)
        if len(scope["raw_path"] or b"") + len(call.address) > MAX_ADDRESS:
            raise AddressTooLong(
                f"the address is longer than {MAX_ADDRESS:,} bytes",
                help="send the query in the body of a POST",
            )
        if (host := call.header(b"host")) and not _HOST.fullmatch(host):
            raise RequestInvalid(
                "the Host header names no server", help="it is a name or an address, and a port"
            )
        if self._hosts is not None and _host(host) not in self._hosts:
            raise Misdirected(
                f"this server is not {host[:100]!r}",
                help="ask it by the name it listens on, or start it with a token",
            )
        if self._origins and call.method == "OPTIONS" and call.header(b"origin"):
            await call.nothing(204, {})
            return
        if self._token is not None and scope["path"] not in _OPEN:
            self._check_token(call.header(b"authorization"))
        if direct := self._direct.get(scope["path"]):
            await direct(scope, receive, answer)
            return
        scope["app"] = self._app  # then the router raises what it would answer in its own words
        await self._app(scope, receive, answer)

    def _check_token(self, header: str) -> None:
        kind, _, value = header.strip().partition(" ")
        given = value.strip().encode("latin-1")
        if kind.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except binascii.Error:
                given = b""
        elif kind.lower() != "bearer":
            given = b""
        if not hmac.compare_digest(given, self._token or b""):
            raise TokenMissing(
                "this server wants a token" if not header else "that is not this server's token",
                help="send it as `Authorization: Bearer TOKEN`",
                headers={"WWW-Authenticate": 'Bearer realm="ggen", Basic realm="ggen"'},
            )

    def _cors(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """What a browser wants to know before it lets a page of another origin read an answer."""
        origin = next((value for key, value in scope["headers"] if key == b"origin"), b"")
        named = origin.decode("latin-1")
        headers = [(b"vary", b"Origin")]
        if not named or not ("*" in self._origins or named in self._origins):
            return headers
        headers.append((b"access-control-allow-origin", b"*" if "*" in self._origins else origin))
        headers.append((b"access-control-expose-headers", b"ETag, Retry-After"))
        if scope["method"] == "OPTIONS":
            headers += [
                (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
                (b"access-control-allow-headers", b"Accept, Authorization, Content-Type"),
                (b"access-control-max-age", b"600"),
            ]
        return headers


def _not_allowed(scope: Scope, error: HTTPException) -> MethodNotAllowed:
    allowed = (error.headers or {}).get("Allow", "GET")
    return MethodNotAllowed(
        f"{scope['method']} is no way to use {scope['path'][:200]}",
        help=f"use one of {allowed}",
        headers={"Allow": allowed},
    )


def _host(header: str) -> str:
    """The name in a Host header, without the port."""
    name, _, port = header.rpartition(":")
    return (name if name and port.isdecimal() else header).strip("[]").lower()


async def _answer_problem(call: Call, error: GgenError) -> None:
    found = problem(error)
    accept = call.header(b"accept")
    text = max(accepts(accept, "text/html"), accepts(accept, "text/plain"))
    data = max(accepts(accept, PROBLEM), accepts(accept, "application/json"))
    content_type, body = encoded(found, for_people=text > data)
    await call.answer(
        found.status, content_type, body, {**found.headers, "Cache-Control": "no-store"}
    )
