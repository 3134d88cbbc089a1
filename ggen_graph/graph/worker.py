"""The worker process: opens a generation read-only, runs one query at a time, answers in frames.

Started by `graph.workers` as `python -P -m ggen_graph.graph.worker ROOT [GENERATION]`, with the socket
to its parent as file descriptor 3. What is kept true, whatever a query does:

- it has no network, where the system lets a process drop it, and writes no core file;
- past its time on the clock, its processor time or its address space the system ends the process: in
  Oxigraph a query can't be stopped, and a refused allocation aborts. The parent has its own clock, and
  makes a new worker of one that is gone;
- it has the socket to its parent, a pipe from it and the files of the store, and no other descriptor;
- it ends when its parent does, in the middle of a query too.

Each job is asked of the generation that is current when it comes, or of GENERATION, which the parent
holds.
"""

from __future__ import annotations

import fcntl
import os
import resource
import select
import signal
import socket
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import QueryBoolean, QueryTriples, Store

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.graph import jobs
from ggen_graph.graph.foreign import failed, run
from ggen_graph.graph.results import Counted, check_form, columns_of, write
from ggen_graph.graph.store import GraphStore

if TYPE_CHECKING:
    from ggen_graph.graph.jobs import Job, Limits
    from ggen_graph.graph.results import Result

LINK = 3
"""The file descriptor of the socket to the parent."""

GRACE = 2
"""Seconds that the parent has to stop a query first."""

NETWORK = "--network"
"""The argument of a worker that keeps its network."""

_PIECE = 1 << 16
_PROCESSORS = os.cpu_count() or 1
_SHORT = 0.002
"""Processor seconds in which a query takes no memory that would matter."""
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # linux/sched.h


def drop_network() -> bool:
    """Leave the network for a namespace of its own, which has none; whether that was possible."""
    if sys.platform != "linux":
        return False
    import ctypes  # noqa: PLC0415 - 3.11 has no os.unshare

    unshare = ctypes.CDLL(None).unshare
    done = unshare(_NEW_NETWORK) == 0 or unshare(_NEW_USER | _NEW_NETWORK) == 0
    return bool(done)


def _bug(error: Exception) -> GgenError:
    return GgenError(
        f"a worker process failed in the middle of a query: {type(error).__name__}: {error}",
        help="please report it, with the query",
    )


def address_space() -> int:
    """Bytes of address space that this process has; 0 where the system does not tell (and keep to it)."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()
    except FileNotFoundError:
        return 0


def _held_most() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT


def _lower(limit: int, value: int) -> None:
    """Set what the system watches, within what it allows anyway."""
    _, most = resource.getrlimit(limit)
    resource.setrlimit(limit, (value if most == resource.RLIM_INFINITY else min(value, most), most))


def _lift(limit: int) -> None:
    """Take back what `_lower` set."""
    _, most = resource.getrlimit(limit)
    resource.setrlimit(limit, (most, most))


def close_inherited() -> None:
    """Let go of whatever descriptors whoever started our parent left open."""
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 - names, no paths
        if int(name) > LINK:
            with suppress(OSError):  # the one that lists them is closed already
                os.close(int(name))


class Worker:
    """The process's one worker.

    Args:
        link: the socket to the parent.
        graph: the store that is asked.
        generation: the one that is asked; None for the current one.
    """

    def __init__(
        self, link: socket.socket, graph: GraphStore, generation: str | None = None
    ) -> None:
        self._link = link
        self._graph = graph
        self._only = generation
        self._held = ExitStack()
        self._name = ""
        self._stamp: tuple[int, int] | None = None
        self._store: Store | None = None
        self._limits = (0, 0)
        self._memory = 0

    def work(self) -> None:
        """Do what the parent asks until it is gone."""
        with suppress(EOFError, ConnectionError), self._held:
            while True:
                kind, payload = jobs.receive(self._link)
                if kind == jobs.RENEW:
                    self._renew()
                else:
                    self._answer(*jobs.read_job(payload))

    def _answer(self, job: Job, limits: Limits) -> None:
        start, before = time.perf_counter(), time.process_time()
        short = False
        frames = _Frames(self._link)
        try:
            store = self._current() if job.form else Store()
            self._limit(limits)
            out = Counted(frames.write, rows=limits.rows, size=limits.size)
            if job.shapes:
                self._validate(store, job, frames, out)
            else:
                self._query(store, job, frames, out)
        except GgenError as error:
            frames.end(jobs.frame_json(jobs.FAULT, jobs.fault(error)))
        except MemoryError:
            frames.end(jobs.frame_json(jobs.FAULT, jobs.fault(jobs.needs_memory(limits))))
        except (OSError, RuntimeError) as error:  # what Oxigraph finds out while it evaluates
            if isinstance(error, ConnectionError):
                raise
            frames.end(jobs.frame_json(jobs.FAULT, jobs.fault(failed(error, job.file))))
        except Exception as error:  # noqa: BLE001 - a bug is told to who can report it
            frames.end(jobs.frame_json(jobs.FAULT, jobs.fault(_bug(error))))
        else:
            processor = time.process_time() - before
            short = processor < _SHORT
            if not short or not self._memory:
                self._memory = _held_most()
            seconds = time.perf_counter() - start
            total = jobs.Sum(out.rows, out.size, seconds, processor, self._memory)
            frames.end(jobs.frame_json(jobs.SUM, total))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            if not short:
                self._unlimit()

    def _query(self, store: Store, job: Job, frames: _Frames, out: Counted) -> None:
        result = run(
            store,
            job.text,
            default_graphs=job.default_graphs,
            named_graphs=job.named_graphs,
            file=job.file,
            prefixes=job.prefixes,
            hosts=job.hosts,
        )
        frames.put(jobs.frame_json(jobs.HEAD, self._head(result, job)))
        if job.form:
            write(result, job.form, out)

    def _validate(self, store: Store, job: Job, frames: _Frames, out: Counted) -> None:
        from ggen_graph.graph import shape_files  # noqa: PLC0415 - most jobs are queries

        frames.put(jobs.frame_json(jobs.HEAD, jobs.Head("findings", self._name)))
        before = self._graph.read_held(job.since) if job.since else None
        for line in shape_files.checked_lines(store, job, before):
            out.add()
            out.write(line)

    def _limit(self, limits: Limits) -> None:
        """Have the system end this process if it goes on for too long, or wants too much memory."""
        seconds = limits.seconds + GRACE
        signal.setitimer(signal.ITIMER_REAL, seconds)
        used = int(time.process_time() + seconds * _PROCESSORS) + 1
        if (used, limits.memory) == self._limits:
            return  # they still hold; each call of the system counts beside a query of 0.1 ms
        self._limits = (used, limits.memory)
        _lower(resource.RLIMIT_CPU, used)
        space = address_space()
        if space:
            _lower(resource.RLIMIT_AS, space + limits.memory)

    def _unlimit(self) -> None:
        """Take no account of what this process has grown by; the next query's limits are set anew."""
        _lift(resource.RLIMIT_AS)
        self._limits = (0, 0)

    def _renew(self) -> None:
        """Hold no generation but the current one, which the next job will find open."""
        if self._store is not None:
            with suppress(GgenError):  # the next job meets it as well, and has someone to tell
                self._current()

    def _current(self) -> Store:
        """The generation to ask: the current one, opened anew where another one was current before."""
        if self._only is not None:
            if self._store is None:
                self._store, self._name = self._graph.read_held(self._only), self._only
            return self._store
        stamp = self._graph.stamp()
        if self._store is None or stamp is None or stamp != self._stamp:
            self._store = self._stamp = None
            self._held.close()
            self._unlimit()
            generation = self._held.enter_context(self._graph.read())
            self._store, self._stamp = generation.store, stamp
            self._name = generation.name
        return self._store

    def _head(self, result: Result, job: Job) -> jobs.Head:
        generation = self._name
        if not job.form:
            return jobs.Head("checked", generation)
        check_form(result, job.form)
        columns = columns_of(result)
        if isinstance(result, QueryBoolean):
            return jobs.Head("bool", generation, columns, bool(result))
        return jobs.Head(
            "triples" if isinstance(result, QueryTriples) else "rows", generation, columns
        )


class _Frames:
    """Frames on their way to the parent: small ones together, large ones at once."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._frames: list[bytes] = []
        self._data: list[bytes] = []
        self._waiting = 0

    def put(self, frame: bytes) -> None:
        """Send a frame with the next that must go."""
        self._frames.append(frame)

    def write(self, piece: bytes) -> None:
        """Send a piece of data, with others of its kind."""
        self._data.append(piece)
        self._waiting += len(piece)
        if self._waiting >= _PIECE:
            self._gather()
            self._send()

    def end(self, frame: bytes) -> None:
        """Send all that waits, and the last frame of an answer."""
        self._gather()
        self._frames.append(frame)
        self._send()

    def _gather(self) -> None:
        """Frame the data that waits; Oxigraph writes a literal as one piece, however long it is."""
        if self._waiting <= jobs.MAX_DATA:
            if self._data:
                self._frames.append(jobs.frame(jobs.DATA, b"".join(self._data)))
        else:
            self._send()
            for piece in self._data:
                for at in range(0, len(piece), jobs.MAX_DATA):
                    self._frames.append(jobs.frame(jobs.DATA, piece[at : at + jobs.MAX_DATA]))
                    self._send()
        self._data, self._waiting = [], 0

    def _send(self) -> None:
        self._link.sendall(b"".join(self._frames))
        self._frames = []


_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, KiB here


def end_with_parent(link: socket.socket) -> None:
    """Have the system end this process when its parent is gone, however that ended and whatever runs here.

    The parent holds one end of a pipe; when it closes, the system signals who holds the other.
    """
    _, [lifeline], _, _ = socket.recv_fds(link, 1, 1)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        sys.exit(1)  # it was gone before that


def main() -> None:
    """Work for the parent until it is gone."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    close_inherited()
    root, *rest = sys.argv[1:]
    isolated = False if NETWORK in rest else drop_network()
    generation = next((name for name in rest if name != NETWORK), None)
    with socket.socket(fileno=LINK) as link:
        end_with_parent(link)
        link.sendall(jobs.frame_json(jobs.READY, {"isolated": isolated, "memory": _held_most()}))
        Worker(link, GraphStore(Path(root)), generation).work()


if __name__ == "__main__":
    main()
