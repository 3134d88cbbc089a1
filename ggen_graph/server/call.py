"""One request and its answer, as ASGI has them: what is read of the one, how the other is sent.

Keeps true: no more of a body is read than the server takes, and not for longer than it waits; an answer
to HEAD has the headers of its GET and no body.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ggen_graph.server.pool import ClientGoneError, hung_up
from ggen_graph.server.problems import BodyTooLarge, BodyTooSlow, RequestInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

    from ggen_graph.server.pool import Reply

BODY_SECONDS = 10.0
"""How long the body of a request may take to come."""


class Call:
    """A request, and the way back."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.address: bytes = scope["query_string"]
        self._headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            before = self._headers.get(name)
            self._headers[name] = value if before is None else before + b", " + value
        self._receive = receive
        self._send = send

    def header(self, name: bytes) -> str:
        """The value of a header, several joined as one (RFC 9110 §5.3); "" where there is none."""
        return self._headers.get(name, b"").decode("latin-1")

    async def body(self, most: int) -> bytes:
        """The whole body, of at most `most` bytes.

        Raises:
            BodyTooLarge, BodyTooSlow, RequestInvalid: it is not to be had.
        """
        length = self.header(b"content-length")
        if length.isdecimal() and int(length[:12]) > most:
            raise _too_large(most)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await self._whole(most)
        except TimeoutError as error:
            raise BodyTooSlow(
                f"the body did not come within {BODY_SECONDS:g} s", help="send it again"
            ) from error

    async def _whole(self, most: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise RequestInvalid("the body was cut off", help="send it again")
            piece = message.get("body", b"")
            size += len(piece)
            if size > most:
                raise _too_large(most)
            pieces.append(piece)
            if not message.get("more_body"):
                return b"".join(pieces)

    async def gone(self) -> None:
        """Wait until nobody waits for the answer any more."""
        await hung_up(self._receive)

    async def answer(
        self,
        status: int,
        content_type: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send an answer that is here as a whole."""
        await self._send(_start(status, content_type, headers, len(body)))
        await self._send(
            {"type": "http.response.body", "body": b"" if self.method == "HEAD" else body}
        )

    async def nothing(self, status: int, headers: Mapping[str, str]) -> None:
        """Send an answer that has no body."""
        await self._send(
            {"type": "http.response.start", "status": status, "headers": _encoded(headers)}
        )
        await self._send({"type": "http.response.body", "body": b""})

    async def stream(self, reply: Reply, content_type: str, headers: Mapping[str, str]) -> None:
        """Send an answer piece by piece. An error on the way cuts it off, which the client notices.

        To HEAD nothing of it is sent; its query is stopped with its worker, since Oxigraph can't be.

        Raises:
            ClientGoneError: nobody takes it.
            and whatever ends the query.
        """
        await self._send(_start(200, content_type, headers, None))
        if self.method != "HEAD":
            async for piece in reply.pieces():
                try:
                    async with asyncio.timeout(reply.left):
                        await self._send(
                            {"type": "http.response.body", "body": piece, "more_body": True}
                        )
                except TimeoutError as error:
                    raise ClientGoneError from error
        await self._send({"type": "http.response.body", "body": b""})


def _start(
    status: int, content_type: str, headers: Mapping[str, str] | None, length: int | None
) -> dict[str, object]:
    all_headers = [(b"content-type", content_type.encode())]
    if length is not None:
        all_headers.append((b"content-length", b"%d" % length))
    if headers:
        all_headers += _encoded(headers)
    return {"type": "http.response.start", "status": status, "headers": all_headers}


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def _too_large(most: int) -> BodyTooLarge:
    return BodyTooLarge(f"the body is longer than {most:,} bytes", help="ask for less at once")
