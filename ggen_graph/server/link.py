"""One worker process, as a loop of events talks to it: a job goes out, an answer comes back in frames.

Keeps true: of an answer that nobody takes no more than `WINDOW` bytes and a frame lie here; the worker
waits with the rest.

Does not know limits, or whose turn it is: see `server.pool`.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, cast

from ggen_graph.core.diagnostics import GgenError, QueryTooLarge
from ggen_graph.graph import jobs
from ggen_graph.graph.jobs import Head, Sum

if TYPE_CHECKING:
    from ggen_graph.graph.workers import Worker

WINDOW = 1 << 20
"""Bytes of an answer that are kept while nobody takes them."""


class Link(asyncio.Protocol):
    """One worker, as the loop talks to it: a job goes out, an answer comes back in frames."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._transport: asyncio.Transport | None = None
        self._unread = b""
        self._data: list[bytes] = []
        self._kept = 0
        self._paused = False
        self._head: Head | None = None
        self._sum: Sum | None = None
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.ready = asyncio.get_running_loop().create_future()

    # -- what the worker says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take what came apart into frames."""
        unread = self._unread + data if self._unread else data
        at, end = 0, len(unread)
        try:
            while end - at >= jobs.FRAME_HEAD:
                kind, length = jobs.unpack_head(unread[at : at + jobs.FRAME_HEAD])
                start = at + jobs.FRAME_HEAD
                if end - start < length:
                    break
                at = start + length
                self._take(kind, unread[start:at])
        except GgenError as error:  # no frame: what follows can't be told apart any more
            self.fail(error)
            self.let_go()
            return
        self._unread = unread[at:]

    def connection_lost(self, error: Exception | None) -> None:
        """The process is gone, or was let go."""
        self.fail(error or EOFError())

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == jobs.DATA:
            self._data.append(payload)
            self._kept += len(payload)
            if self._kept > WINDOW:
                self._pause()
                self._wake()
        elif kind == jobs.HEAD:
            self._head = Head(*json.loads(payload.decode()))
        elif kind == jobs.SUM:
            self._sum = Sum(*json.loads(payload.decode()))
            self.worker.memory = self._sum.memory
            self.worker.between = True
            self._wake()
        elif kind == jobs.FAULT:
            fault = jobs.error_of(json.loads(payload))
            self.worker.between = not isinstance(fault, QueryTooLarge)
            self.fail(fault)
        elif kind == jobs.READY:
            self.worker.take_ready(payload)
            if not self.ready.done():
                self.ready.set_result(None)

    def fail(self, error: Exception) -> None:
        """Let who waits for an answer have an error instead; the first one counts."""
        if self._error is None and self._sum is None:
            self._error = error
            self._wake()
        if not self.ready.done():
            self.ready.set_exception(error)
            self.ready.exception()  # it is for who waits, if anyone does

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _pause(self) -> None:
        if not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    # -- what is asked of it

    def ask(self, frame: bytes) -> None:
        """Send a job; whatever was left of the answer before is forgotten."""
        self._data, self._kept = [], 0
        self._head = self._sum = self._error = None
        self.worker.between = False
        if self._transport is None or not self.lives:
            self.fail(EOFError())
        else:
            self._transport.write(frame)

    def renew(self) -> None:
        """Have the worker let go of a generation that is not current any more."""
        if self._transport is not None and self.lives:
            self._transport.write(jobs.frame(jobs.RENEW))

    async def more(self) -> tuple[list[bytes], bool]:
        """The data since the last time, and whether it was the last: all that came, or a window of it.

        Raises:
            GgenError: as the worker says, or that it sent what is no frame.
            EOFError, OSError: the worker is gone.
        """
        if self._sum is None and self._error is None and self._kept <= WINDOW:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._error is not None:
            raise self._error
        data, self._data, self._kept = self._data, [], 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return data, self._sum is not None

    @property
    def head(self) -> Head:
        """What is known of the answer, once `more` gave some of it."""
        if self._head is None:
            raise GgenError("a worker process answered out of turn")
        return self._head

    @property
    def lives(self) -> bool:
        """Whether the process can be talked to."""
        return self._transport is not None and not self._transport.is_closing()

    def let_go(self) -> None:
        """Talk to the process no more; it is still to be ended."""
        if self._transport is not None:
            self._transport.abort()
