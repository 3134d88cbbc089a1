"""Worker processes that run foreign queries under limits of time, memory, rows and bytes.

A query in Oxigraph can't be stopped; a process can. So each foreign query runs in a spawned process
that opens the generation read-only (`graph.worker`), and a process that exceeds a limit is killed and
replaced: the store is unharmed, since nobody writes to a generation. What is kept true:

- an answer ends, whole or with an error, not later than its limit on the clock;
- a worker that was stopped, failed, was left in the middle of an answer, or grew large is never asked
  again;
- no process and no descriptor outlives the pool.

A pool may be used by many threads. For one loop of events see `ggen_graph.server`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, cast

from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from ggen_graph.core.diagnostics import (
    GgenError,
    Location,
    QueryTimeout,
    QueryTooLarge,
    UsageError,
)
from ggen_graph.graph import jobs
from ggen_graph.graph.jobs import UNNAMED, Head, Job, Limits, Sum

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import QuerySolutions, Triple

    from ggen_graph.graph.store import Generation

__all__ = ["Head", "Job", "Limits", "Pool", "Reply", "Sum", "Worker"]

START_SECONDS = 30.0
"""How long a new process may take to come up."""

USUAL = Limits()
"""The limits of a person's query."""

ASK_FOR_LESS = "ask for less: LIMIT, fewer unrelated patterns, paths with a fixed start"
"""What to do about a query that takes too long."""

_LINK = 3
_TOO_LONG = (signal.SIGALRM, signal.SIGXCPU)
_TOO_DEEP = (signal.SIGSEGV, signal.SIGBUS)  # by system


class Worker:
    """One worker process, from its start to its end.

    Args:
        root: the folder of the store it asks (`graph.store.GraphStore`).
        generation: the one that it asks, which is held here; None for the current one.
        network: whether it keeps the network, for a query that may ask other servers.

    Attributes:
        link: the socket to the process.
        pid: the process.
        isolated: whether it could leave the network; None before it is up.
        memory: the most bytes that it has held, as far as it told.
        itself: what it holds of that before it does anything.
        between: whether it has answered all that it was asked.
    """

    def __init__(self, root: Path, *, generation: str | None = None, network: bool = False) -> None:
        try:
            self.link, other = socket.socketpair()
        except OSError as error:
            raise _not_started(error.strerror) from error
        try:
            rest = [generation] * (generation is not None) + ["--network"] * network
            self.pid = _spawn([str(root), *filter(None, rest)], other)
            self._lifeline = _lifeline(self.link)
        except OSError as error:
            self.link.close()
            raise _not_started(error.strerror) from error
        finally:
            other.close()
        self._status: int | None = None
        self.isolated: bool | None = None
        self.memory = self.itself = 0
        self.between = True

    def start(self) -> None:
        """Wait until the process is up.

        Raises:
            GgenError: it did not come up.
        """
        if self.isolated is None:
            self.link.settimeout(START_SECONDS)
            try:
                _, payload = jobs.receive(self.link)
            except (EOFError, OSError) as error:
                raise _not_started(_ended(self.kill())) from error
            self.take_ready(payload)

    def take_ready(self, payload: bytes) -> None:
        """Note what the first frame of the process says."""
        told = json.loads(payload)
        self.isolated = bool(told["isolated"])
        self.memory = self.itself = int(told["memory"])

    @property
    def ready(self) -> bool:
        """Whether it came up, has not been ended, and has answered all that it was asked."""
        return self.isolated is not None and self._status is None and self.between

    def waits(self) -> bool:
        """Whether the process is there still, and has nothing more to say."""
        try:
            self.link.setblocking(False)
            self.link.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def kill(self) -> int:
        """End the process, whatever it does, and wait for that; its status as of `os.waitpid`."""
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        return self.died()

    def died(self) -> int:
        """Wait for a process that closed its link; its status as of `os.waitpid`."""
        if self._status is None:
            self.link.close()
            self._status = self._reaped()
            os.close(self._lifeline)  # not before: that would end the process
        return self._status

    def _reaped(self) -> int:
        try:
            return os.waitpid(self.pid, 0)[1]
        except ChildProcessError:  # someone waits for all children of this process
            return 0


def _lifeline(link: socket.socket) -> int:
    """Send a new process one end of a pipe; it ends when the other one, this, is closed."""
    theirs, ours = os.pipe()
    try:
        socket.send_fds(link, [b"L"], [theirs])
    finally:
        os.close(theirs)
    return ours


def _spawn(arguments: list[str], link: socket.socket) -> int:
    """Start a worker process; nothing of this one is copied, and a stop on the terminal is not for it."""
    actions: list[tuple[Any, ...]] = [
        # First: it is one of the others where this process has those closed.
        (os.POSIX_SPAWN_DUP2, link.fileno(), _LINK),
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    if link.fileno() == _LINK:  # DUP2 onto itself would leave it closed on exec
        os.set_inheritable(_LINK, True)
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-P", "-m", "ggen_graph.graph.worker", *arguments],
        os.environ,
        file_actions=actions,
        setpgroup=0,
        setsigmask=[],  # a caller's thread may hold back the signals that end a worker
        setsigdef=[signal.SIGALRM, signal.SIGXCPU, signal.SIGPIPE, signal.SIGINT, signal.SIGIO],
    )


class Reply:
    """An answer on its way: its `head` at once, its data by iterating, its `sum` after that."""

    def __init__(self, worker: Worker, job: Job, limits: Limits) -> None:
        self._worker = worker
        self._file = job.file
        self._limits = limits
        self._deadline = time.monotonic() + limits.seconds
        self.sum: Sum | None = None
        worker.start()
        self._deadline = time.monotonic() + limits.seconds
        worker.between = False
        self._send(jobs.frame(jobs.JOB, job.payload(limits)))
        kind, payload = self._next()
        if kind != jobs.HEAD:
            raise GgenError(f"a worker process answered out of turn: {kind!r}")
        head = json.loads(payload)
        self.head = Head(head[0], head[1], tuple(head[2]), head[3])

    def __iter__(self) -> Iterator[bytes]:
        """The pieces of the data.

        Raises:
            QueryTimeout, QueryTooLarge: a limit was exceeded; what came so far is not the answer.
        """
        while self.sum is None:
            kind, payload = self._next()
            if kind == jobs.DATA:
                yield payload
            elif kind == jobs.SUM:
                self.sum = Sum(*json.loads(payload))
                self._worker.memory = self.sum.memory
                self._worker.between = True

    def read(self) -> bytes:
        """All of the data; raises as iterating does."""
        return b"".join(self)

    def _send(self, frame: bytes) -> None:
        try:
            self._worker.link.settimeout(max(self._deadline - time.monotonic(), 0.001))
            self._worker.link.sendall(frame)
        except TimeoutError as error:
            self._worker.kill()
            raise self._placed(timeout(self._limits)) from error
        except OSError as error:
            raise self._placed(ended(self._worker.died(), self._limits)) from error

    def _next(self) -> tuple[bytes, bytes]:
        try:
            # A timeout of zero would make the socket non-blocking.
            self._worker.link.settimeout(max(self._deadline - time.monotonic(), 0.001))
            kind, payload = jobs.receive(self._worker.link)
        except TimeoutError as error:
            self._worker.kill()
            raise self._placed(timeout(self._limits)) from error
        except (EOFError, OSError) as error:
            raise self._placed(ended(self._worker.died(), self._limits)) from error
        if kind == jobs.FAULT:
            fault = jobs.error_of(json.loads(payload))
            self._worker.between = not isinstance(fault, QueryTooLarge)
            raise fault
        return kind, payload

    def _placed(self, error: GgenError) -> GgenError:
        """An error with the file of the query, where it has one."""
        if self._file != UNNAMED:
            error.where = Location(self._file)
        return error


def timeout(limits: Limits) -> QueryTimeout:
    """The error for a query that was stopped at its limit on the clock."""
    return QueryTimeout(
        f"the query was stopped after {limits.seconds:g} s",
        help=ASK_FOR_LESS,
        details={"seconds": limits.seconds},
    )


def ended(status: int, limits: Limits) -> GgenError:
    """The error for a worker process that ended in the middle of a query."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in _TOO_LONG:
        return timeout(limits)
    if number in _TOO_DEEP:
        return QueryTooLarge(
            "the query is too deep: it needs more stack than a process has",
            help="nest less",
        )
    if number == signal.SIGABRT:  # Rust's answer where memory is refused
        return jobs.needs_memory(limits)
    if number == signal.SIGKILL:
        return QueryTooLarge(
            "the query was killed from outside, perhaps since the system ran out of memory",
            help="ask for less, or leave more of this machine's memory free",
        )
    return GgenError(
        f"a worker process failed in the middle of a query ({_ended(status)})",
        help="please report it, with the query",
    )


def _not_started(why: str | None) -> GgenError:
    return GgenError(
        f"a worker process did not start ({why})",
        help=f"`{sys.executable} -P -m ggen_graph.graph.worker` must be able to run",
    )


def _ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"exit code {os.waitstatus_to_exitcode(status)}"


class Pool:
    """Worker processes for one store, started when they are needed and used again.

    Args:
        root: the folder of the store.
        generation: the one that is asked, which is held here; None for the current one.
        size: how many queries run at once; others wait.
        limits: those of a query for which none are given.
    """

    def __init__(
        self,
        root: Path,
        *,
        generation: str | None = None,
        size: int = 1,
        limits: Limits = USUAL,
    ) -> None:
        self._root = root
        self._generation = generation
        self.limits = limits
        self._idle: list[Worker] = []
        self._turn = threading.BoundedSemaphore(size)
        self._changing = threading.Lock()
        self._closed = False

    @classmethod
    def on(cls, generation: Generation) -> Self:
        """A pool that asks a generation which is held until the pool is closed.

        Raises:
            UsageError: the generation is on another server.
        """
        if generation.folder is None:
            raise UsageError(
                "queries that are not ggen's own run on the local graph only",
                help="unset GGEN_GRAPH, or ask the server itself",
            )
        return cls(generation.folder.parent, generation=generation.folder.name)

    def __enter__(self) -> Self:
        """The pool; its processes end with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self.close()

    def close(self) -> None:
        """End the processes that are not at work; the others end with their answers."""
        with self._changing:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.kill()

    @contextmanager
    def run(self, job: Job, limits: Limits | None = None) -> Iterator[Reply]:
        """Ask a query; its answer may be read until the block ends.

        Raises:
            QueryInvalid, QueryRefused: it is no query, or may do more than read.
            QueryTimeout, QueryTooLarge: it exceeds a limit.
            UsageError: the format is not for what it gives.
        """
        with self._turn:
            worker = self._worker(network=bool(job.hosts))
            try:
                yield Reply(worker, job, limits or self.limits)
            finally:
                if job.hosts or not self._kept(worker):
                    worker.kill()

    def solutions(self, job: Job) -> QuerySolutions | bool:
        """The terms of a SELECT's rows, or what an ASK says; raises as `run` does."""
        with self.run(replace(job, form="json")) as reply:
            data = reply.read()
        if reply.head.answer is not None:
            return reply.head.answer
        return cast("QuerySolutions", parse_query_results(data, format=QueryResultsFormat.JSON))

    def triples(self, job: Job) -> list[Triple]:
        """What a CONSTRUCT or DESCRIBE gives; raises as `run` does."""
        with self.run(replace(job, form="ntriples")) as reply:
            data = reply.read()
        return [quad.triple for quad in parse(data, format=RdfFormat.N_TRIPLES)]

    def check(self, text: str, file: str, prefixes: Mapping[str, str] | None = None) -> None:
        """Parse a query without asking it of anything; raises as `run` does."""
        with self.run(Job(text, "", file, prefixes or {})) as reply:
            reply.read()

    def _kept(self, worker: Worker) -> bool:
        """Keep a worker that may be asked again; whether it may."""
        with self._changing:
            small = worker.memory - worker.itself < self.limits.memory // 4
            kept = worker.ready and small and not self._closed
            if kept:
                self._idle.append(worker)
            return kept

    def _worker(self, *, network: bool) -> Worker:
        if self._closed:
            raise ValueError("the pool is closed")
        while not network:
            with self._changing:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                break
            if worker.waits():
                return worker
            worker.kill()  # somebody else ended it meanwhile
        return Worker(self._root, generation=self._generation, network=network)
