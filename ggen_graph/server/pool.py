"""The worker processes of a server: foreign queries under limits, asked from one loop of events.

What `graph.workers.Pool` is to threads. What is kept true:

- a query runs in a worker of its own, and one that was stopped, failed or left in the middle of an
  answer is ended and replaced;
- an answer ends, whole or with an error, not later than its limit on the clock;
- not more than `waiting` requests wait for a worker: the next is told to come again;
- when nobody waits for an answer any more, its query is stopped, and its place in the queue is free;
- a short answer is here as a whole before any of it is sent, so that its errors still have a status.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Self

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.graph import jobs
from ggen_graph.graph.workers import START_SECONDS, Worker, ended, timeout
from ggen_graph.server.link import Link
from ggen_graph.server.problems import ServerBusy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

    from starlette.types import Receive

    from ggen_graph.graph.jobs import Job, Limits
    from ggen_graph.server.metrics import Metrics

    Gone = Callable[[], Coroutine[None, None, None]]

LOOK_SECONDS = 0.025
"""How often it is looked at what runs: so much longer than its limit may a query take."""

STALLED = 30.0
"""Seconds after which a client that takes nothing is given up."""

AGAIN = 1.0
"""Seconds until a worker is started again that did not come up."""


class ClientGoneError(Exception):
    """Nobody waits for the answer any more. No error."""


async def hung_up(receive: Receive) -> None:
    """Wait until nobody waits for the answer of a request any more."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Reply:
    """An answer: all of it in `whole`, or None where it is longer than a window, then piece by piece."""

    def __init__(self, run: _Run, data: list[bytes]) -> None:
        self.head = run.link.head
        self.whole = b"".join(data) if run.finished else None
        self._run = run
        self._data = data

    async def __aenter__(self) -> Self:
        """The answer; where it was not read to its end, its worker ends with the block."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the worker to others."""
        self._run.finish("abandoned")

    @property
    def left(self) -> float:
        """Seconds in which the next piece must be taken."""
        return STALLED if self._run.finished else min(self._run.watch.left, STALLED)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The pieces of an answer; raises as `Pool.ask`. The worker is free before the last is out."""
        data = self._data
        while not self._run.finished:
            if data:
                yield b"".join(data)
            data = await self._run.more()
        if data:
            yield b"".join(data)


class Pool:
    """The worker processes for one store.

    Args:
        root: the folder of the store.
        size: how many queries run at once.
        limits: the most that a query may take.
        waiting: how many requests may wait for a worker.
        metrics: where it is counted why workers are ended.
    """

    def __init__(
        self, root: Path, *, size: int, limits: Limits, waiting: int, metrics: Metrics
    ) -> None:
        self.limits = limits
        self.size = size
        self._root = root
        self._waiting = waiting
        self._metrics = metrics
        self._idle: deque[Link] = deque()
        self._turns: deque[asyncio.Future[Link]] = deque()
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self.running: set[_Run] = set()

    @property
    def up(self) -> int:
        """How many workers are up."""
        return len(self._links)

    @property
    def busy(self) -> int:
        """How many workers answer a query."""
        return len(self._links) - len(self._idle)

    @property
    def queued(self) -> int:
        """How many requests wait for a worker."""
        return len(self._turns)

    async def __aenter__(self) -> Self:
        """The pool with its first process up; all end with the block.

        Raises:
            GgenError: it did not come up.
        """
        self._offer(await self._start())  # the first says whether any can
        for _ in range(self.size - 1):
            self._later(self._refill())
        self._later(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End all processes; who waits for an answer is told so."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_exception(_ending())
        links, self._links = self._links, set()
        for link in links:
            link.fail(_ending())
            link.let_go()
            link.worker.kill()

    async def ask(self, job: Job, limits: Limits, gone: Gone | None = None) -> Reply:
        """Ask a query.

        Args:
            job: the query.
            limits: what it may take.
            gone: returns when nobody waits for the answer any more.

        Raises:
            ServerBusy: as many wait as may.
            QueryInvalid, QueryRefused: it is no query, or may do more than read.
            QueryTimeout, QueryTooLarge: it exceeds a limit.
            ClientGoneError: nobody waits any more.
        """
        run = _Run(self, await self._turn(gone), limits, gone)
        run.link.ask(jobs.frame(jobs.JOB, job.payload(limits)))
        return Reply(run, await run.more())

    def renew(self) -> None:
        """Have workers let go of a generation that is not current any more."""
        for link in self._links:
            link.renew()

    # -- whose turn it is

    async def _turn(self, gone: Gone | None) -> Link:
        if self._closed:
            raise _ending()
        while self._idle:
            link = self._idle.pop()
            if link.lives and link.worker.waits():  # its end may not have come to the loop yet
                return link
            self._replaced(link, "died")
        if len(self._turns) >= self._waiting:
            raise ServerBusy(
                f"all {self.size} workers are busy, and {self._waiting} requests wait",
                help="try again in a moment",
                headers={"Retry-After": "1"},
            )
        return await self._waited(gone)

    async def _waited(self, gone: Gone | None) -> Link:
        """A worker, once it is our turn and somebody still waits for that."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Link] = loop.create_future()
        self._turns.append(turn)
        leaving = None if gone is None else loop.create_task(gone())
        awaited: set[asyncio.Future[Any]] = {turn} if leaving is None else {turn, leaving}
        try:
            await asyncio.wait(
                awaited, timeout=self.limits.seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if turn.done():
                return turn.result()
        except asyncio.CancelledError:
            if turn.done() and turn.exception() is None:
                self._offer(turn.result())  # it came at the last moment
            raise
        finally:
            if leaving is not None:
                leaving.cancel()
            if turn in self._turns:
                self._turns.remove(turn)
        if leaving is not None and leaving.done():
            raise ClientGoneError
        raise ServerBusy(
            f"no worker was free for {self.limits.seconds:g} s",
            help="try again in a moment",
            headers={"Retry-After": "1"},
        )

    def _offer(self, link: Link) -> None:
        """Give a worker to who has waited longest, or keep it."""
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(link)
                return
        self._idle.append(link)

    def take_back(self, link: Link, reason: str) -> None:
        """Offer a worker again; or replace it, for a reason, if it is in the middle of an answer."""
        if self._closed:
            return
        if not link.worker.between:
            self._replaced(link, reason)
        elif link.worker.memory - link.worker.itself >= self.limits.memory // 4:
            self._replaced(link, "grown")
        else:
            self._offer(link)

    def _replaced(self, link: Link, reason: str) -> None:
        self._metrics.kills[reason] += 1
        self._later(self._replace(link))

    # -- processes

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for run in list(self.running):
                run.watch.look()

    async def _replace(self, link: Link) -> None:
        self._links.discard(link)
        link.let_go()
        await asyncio.to_thread(link.worker.kill)
        await self._refill()

    async def _refill(self) -> None:
        while not self._closed:
            try:
                self._offer(await self._start())
            except GgenError:
                self._metrics.failures["worker-not-started"] += 1
                await asyncio.sleep(AGAIN)
            else:
                return

    async def _start(self) -> Link:
        worker = Worker(self._root)
        try:
            worker.link.setblocking(False)
            loop = asyncio.get_running_loop()
            _, link = await loop.create_connection(lambda: Link(worker), sock=worker.link)
            async with asyncio.timeout(START_SECONDS):
                await link.ready
        except (EOFError, OSError, TimeoutError) as error:
            worker.kill()
            raise GgenError(
                "a worker process did not start",
                help=f"`{sys.executable} -P -m ggen_graph.graph.worker` must be able to run",
            ) from error
        except BaseException:
            worker.kill()
            raise
        self._links.add(link)
        return link


class _Run:
    """One query on one worker, from its job to its end."""

    def __init__(self, pool: Pool, link: Link, limits: Limits, gone: Gone | None) -> None:
        self.link = link
        self.finished = False
        self.watch = _Watch(link, limits, gone)
        pool.running.add(self)
        self._pool = pool
        self._limits = limits

    async def more(self) -> list[bytes]:
        """The data since the last time; the run is finished where it was the last."""
        try:
            data, done = await self.link.more()
        except (EOFError, OSError) as error:
            status = await asyncio.to_thread(self.link.worker.died)
            self.finish("died")
            raise ended(status, self._limits) from error
        except GgenError as error:
            self.finish(error.name)
            raise
        except BaseException:
            self.finish("abandoned")
            raise
        if done:
            self.finish("")
        return data

    def finish(self, reason: str) -> None:
        """The query is over: for a reason that counts where the worker can't be used again."""
        if not self.finished:
            self.finished = True
            self.watch.stop()
            self._pool.running.discard(self)
            self._pool.take_back(self.link, reason)


class _Watch:
    """Stops a query when its time is over, or when nobody waits for its answer any more.

    The pool looks at all that run from time to time: a timer for each would cost as much as a tenth of
    a short query.
    """

    def __init__(self, link: Link, limits: Limits, gone: Gone | None) -> None:
        self._link = link
        self._limits = limits
        self._gone = gone
        self._task: asyncio.Task[None] | None = None
        self._deadline = time.monotonic() + limits.seconds
        self._looked = False

    @property
    def left(self) -> float:
        """Seconds until the query is stopped."""
        return max(self._deadline - time.monotonic(), 0.0)

    def stop(self) -> None:
        """The query is over."""
        if self._task is not None:
            self._task.cancel()

    def look(self) -> None:
        """Stop the query if its time is over; and from the second time on, see who waits for it."""
        if not self.left:
            self._link.fail(timeout(self._limits))
        elif self._looked and self._gone is not None and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._wait(self._gone))
        self._looked = True

    async def _wait(self, gone: Gone) -> None:
        await gone()
        self._link.fail(ClientGoneError())


def _ending() -> ServerBusy:
    return ServerBusy("the server ends", help="try again later", headers={"Retry-After": "5"})
