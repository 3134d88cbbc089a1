"""The frames in which a pool and its workers talk."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core import diagnostics
from ggen_graph.core.diagnostics import GgenError, Location, QueryRefused
from ggen_graph.graph import jobs
from ggen_graph.graph.jobs import Job, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def link() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize(
    "job",
    [
        Job("ASK {}"),
        Job("ASK { 'ü\ud83d\x00\n' ?p ?o }", "", "café.rq", {"ex": "http://example.org/"}),
        Job("ASK {}", "csv", default_graphs=(), named_graphs=("urn:x:a", "urn:x:b")),
        Job("ASK {}", hosts=("example.org", "example.org:8080")),
        Job("", shapes=(("us", "a.ttl", "/shapes/a.ttl"), ("them", "b.ttl", "/shapes/b.ttl"))),
    ],
)
def test_a_job_comes_out_as_it_went_in(job: Job) -> None:
    limits = Limits(0.5, 1 << 40, 7, 9)
    assert jobs.read_job(job.payload(limits)) == (job, limits)


def test_frames_are_read_one_after_the_other(link: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = link
    ours.sendall(jobs.frame(jobs.DATA, b"a\n" * 10) + jobs.frame_json(jobs.SUM, [1]))
    ours.sendall(jobs.frame(jobs.DATA))
    assert jobs.receive(theirs) == (jobs.DATA, b"a\n" * 10)
    assert jobs.receive(theirs) == (jobs.SUM, b"[1]")
    assert jobs.receive(theirs) == (jobs.DATA, b"")


@pytest.mark.parametrize("sent", [b"", b"D", jobs.frame(jobs.DATA, b"abc")[:-1]])
def test_a_frame_that_breaks_off_means_that_the_other_side_is_gone(
    link: tuple[socket.socket, socket.socket], sent: bytes
) -> None:
    ours, theirs = link
    ours.sendall(sent)
    ours.close()
    with pytest.raises(EOFError, match="gone"):
        jobs.receive(theirs)


def test_a_frame_that_does_not_come_is_waited_for_no_longer_than_the_socket_allows(
    link: tuple[socket.socket, socket.socket],
) -> None:
    link[1].settimeout(0.01)
    with pytest.raises(TimeoutError):
        jobs.receive(link[1])


def test_a_frame_that_no_side_sends_is_not_waited_for() -> None:
    head = jobs.frame(jobs.DATA)[:1] + (jobs.MAX_FRAME + 1).to_bytes(4)
    assert len(head) == jobs.FRAME_HEAD
    with pytest.raises(GgenError, match="67,108,865 bytes"):
        jobs.unpack_head(head)


def errors() -> list[type[GgenError]]:
    found = vars(diagnostics).values()
    return [one for one in found if isinstance(one, type) and issubclass(one, GgenError)]


@pytest.mark.parametrize("kind", errors(), ids=lambda kind: kind.name)
def test_an_error_comes_out_as_it_went_in(kind: type[GgenError]) -> None:
    error = kind("it is ü", help="do\nthis", where=Location("q.rq", 2, 3), details={"seconds": 0.5})
    found = jobs.error_of(json.loads(json.dumps(jobs.fault(error))))
    assert (type(found), vars(found)) == (kind, vars(error))
    assert isinstance(found.where, Location)


def test_an_error_of_no_known_name_is_an_error_all_the_same() -> None:
    found = jobs.error_of(jobs.fault(QueryRefused("no")) | {"name": "of-another-release"})
    assert type(found) is GgenError
    assert (found.message, found.where) == ("no", None)
