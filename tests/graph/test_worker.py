"""The worker process by itself: what it keeps to when its parent does nothing, or is gone."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ggen_graph.graph import jobs, worker
from ggen_graph.graph.jobs import MIB, Job, Limits
from ggen_graph.graph.workers import USUAL, Worker
from tests.graph.asked import COUNT, ENDLESS, LONG, SIZE, STREAMING, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.graph.store import GraphStore


@pytest.fixture
def store(graph: GraphStore) -> GraphStore:
    return fill(graph)


@pytest.fixture
def process(store: GraphStore) -> Iterator[Worker]:
    process = Worker(store.root)
    process.start()
    yield process
    process.kill()


def send(process: Worker, text: str, limits: Limits = USUAL, form: str = "json") -> None:
    process.link.sendall(jobs.frame(jobs.JOB, Job(text, form).payload(limits)))


def answer(process: Worker) -> list[tuple[bytes, bytes]]:
    """The frames of an answer."""
    process.link.settimeout(60)
    frames = [jobs.receive(process.link)]
    while frames[-1][0] not in {jobs.SUM, jobs.FAULT}:
        frames.append(jobs.receive(process.link))
    return frames


def test_it_answers_in_a_head_data_and_a_sum(process: Worker) -> None:
    send(process, COUNT, form="csv")
    head, data, total = answer(process)
    assert head == (jobs.HEAD, b'["rows", "gen-000001", ["n"], null]')
    assert data == (jobs.DATA, f"n\r\n{SIZE}\r\n".encode())
    assert total[0] == jobs.SUM
    assert jobs.Sum(*json.loads(total[1]))[:2] == (1, len(data[1]))


def test_a_literal_of_any_length_comes_in_frames_of_a_bounded_one(process: Worker) -> None:
    send(process, LONG, form="csv")
    head, *data, total = answer(process)
    assert head[0] == jobs.HEAD
    assert total[0] == jobs.SUM
    assert max(len(payload) for _, payload in data) <= jobs.MAX_DATA
    assert sum(len(payload) for _, payload in data) == len("long\r\n") + 65 * MIB + 2


def test_it_ends_by_its_own_clock_where_its_parent_does_nothing(process: Worker) -> None:
    send(process, ENDLESS, Limits(seconds=0.1))
    assert os.WTERMSIG(process.died()) == signal.SIGALRM


def test_its_clock_stands_still_between_queries(process: Worker) -> None:
    send(process, "ASK {}", Limits(seconds=60))
    answer(process)
    send(process, COUNT, Limits(seconds=0.2))
    assert answer(process)[-1][0] == jobs.SUM
    readable, _, _ = select.select([process.link], [], [], worker.GRACE + 1)
    assert not readable
    assert process.waits()


def test_it_ends_when_it_wants_too_much_memory(process: Worker) -> None:
    send(process, f"{STREAMING} ORDER BY ?l", Limits(seconds=60, memory=32 * MIB))
    assert os.WTERMSIG(process.died()) == signal.SIGABRT


def test_it_ends_with_its_parent(process: Worker) -> None:
    process.link.shutdown(socket.SHUT_RDWR)
    assert os.waitstatus_to_exitcode(process.died()) == 0


@pytest.mark.parametrize("sent", [b"\xff" * 100, jobs.frame(jobs.JOB, b"no JSON")])
def test_what_is_no_job_ends_it(process: Worker, sent: bytes) -> None:
    process.link.sendall(sent)
    process.link.shutdown(socket.SHUT_WR)
    assert os.waitstatus_to_exitcode(process.died()) in {0, 1}


PARENT = """
import os, signal, sys
from pathlib import Path
from ggen_graph.graph import jobs
from ggen_graph.graph.workers import USUAL, Worker

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM, signal.SIGTERM])
worker = Worker(Path(sys.argv[1]))
worker.start()
limits = jobs.Limits(seconds=float(sys.argv[3]), rows=1 << 40, size=1 << 40)
worker.link.sendall(jobs.frame(jobs.JOB, jobs.Job(sys.argv[2]).payload(limits)))
if sys.argv[4] == "first":
    jobs.receive(worker.link)
print(worker.pid, flush=True)
signal.pause()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the system does not tell of its end")
@pytest.mark.parametrize(
    ("query", "seconds", "when"),
    [(STREAMING, 600, "first"), (ENDLESS, 600, "at once"), (COUNT, 600, "first")],
)
def test_it_ends_in_good_time_when_its_parent_was_killed(
    store: GraphStore, query: str, seconds: float, when: str
) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(store.root), query, str(seconds), when],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    orphan = os.pidfd_open(int(parent.stdout.readline()))
    try:
        parent.kill()
        parent.wait()
        ended, _, _ = select.select([orphan], [], [], 60)
        assert ended
    finally:
        parent.stdout.close()
        os.close(orphan)


def test_the_address_space_is_that_of_this_process() -> None:
    before = worker.address_space()
    if not before:
        pytest.skip("the system does not tell")
    more = bytearray(256 * MIB)
    assert worker.address_space() >= before + len(more)
