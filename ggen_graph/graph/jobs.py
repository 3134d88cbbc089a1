"""What is asked of a worker process, under which limits, and the frames in which both sides talk.

A job travels as one frame of JSON; the answer as a head, pieces of data, and a last frame that is
either the sum or an error. A frame is one byte for its kind, four for its length, and its payload.

Knows nothing of processes or stores: see `graph.worker` for the one side, `graph.workers` for the other.
"""

from __future__ import annotations

import dataclasses
import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ggen_graph.core.diagnostics import GgenError, Location, QueryTooLarge

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

Kind = Literal["rows", "bool", "triples", "checked", "findings"]

READY, JOB, HEAD, DATA, SUM, FAULT = b"R", b"J", b"H", b"D", b"S", b"F"

RENEW = b"N"
"""From the parent: let go of a generation that is not current any more. It is not answered."""

MAX_FRAME = 1 << 26
"""Bytes of payload. A job is a query and its prefixes."""

MAX_DATA = 1 << 20
"""Bytes of payload of a frame of data; what is longer comes in several."""

_FRAME = struct.Struct(">cI")
FRAME_HEAD = _FRAME.size
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take.

    Attributes:
        seconds: of time on the clock, from when the worker is asked to the last byte.
        memory: bytes of address space beyond what a worker needs for itself.
        rows: of the result, or triples.
        size: bytes of the result.
    """

    seconds: float = 30.0
    memory: int = 2048 * MIB
    rows: int = 1_000_000
    size: int = 256 * MIB


UNNAMED = "query"
"""What a text is called that came from no file."""


@dataclass(frozen=True, slots=True)
class Job:
    """A query to run, or shapes to validate by.

    Attributes:
        text: SPARQL 1.1.
        form: one of `graph.results.FORMATS`; "" only parses the query.
        file: what to call the text in errors.
        prefixes: known to the query besides those of `graph.iris.PREFIXES`.
        default_graphs: the graphs that are seen without GRAPH, whatever the query's FROM says; None
            for what FROM says, or the union of all graphs where there is none.
        named_graphs: the graphs that GRAPH sees; None for all.
        hosts: the servers that SERVICE may ask.
        shapes: files of shapes, each with who brings it, its name and its path; then `text` is "", and
            the data of the answer is what `graph.shape_files` reads.
        since: a generation that is held, and valid by these shapes: only what changed since is looked at.
    """

    text: str
    form: str = "json"
    file: str = UNNAMED
    prefixes: Mapping[str, str] = field(default_factory=dict)
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    hosts: tuple[str, ...] = ()
    shapes: tuple[tuple[str, str, str], ...] = ()
    since: str | None = None

    def payload(self, limits: Limits) -> bytes:
        """The job as the payload of a frame."""
        job = {name: getattr(self, name) for name in _JOB}  # asdict copies, which takes longer
        return json.dumps(
            {"job": job, "limits": [getattr(limits, name) for name in _LIMITS]}
        ).encode()


_JOB = tuple(one.name for one in dataclasses.fields(Job))
_LIMITS = tuple(one.name for one in dataclasses.fields(Limits))


def read_job(payload: bytes) -> tuple[Job, Limits]:
    """The job and its limits from the payload of a frame."""
    document = json.loads(payload)
    fields = document["job"]
    for name in ("default_graphs", "named_graphs", "hosts"):
        if fields[name] is not None:
            fields[name] = tuple(fields[name])
    fields["shapes"] = tuple(tuple(one) for one in fields["shapes"])
    return Job(**fields), Limits(*document["limits"])


class Head(NamedTuple):
    """What is known of an answer before its data.

    `generation` is the one that was asked; `columns` are those of rows; `answer` is that of an ASK.
    """

    kind: Kind
    generation: str
    columns: tuple[str, ...] = ()
    answer: bool | None = None


class Sum(NamedTuple):
    """What an answer came to.

    `seconds` is the time from the job to the last byte, `processor` the processor's; `memory` is the
    most that the worker has held so far, in bytes.
    """

    rows: int
    size: int
    seconds: float
    processor: float
    memory: int


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    return _FRAME.pack(kind, len(payload)) + payload


def frame_json(kind: bytes, value: object) -> bytes:
    """A frame whose payload is JSON."""
    return frame(kind, json.dumps(value).encode())


def unpack_head(head: bytes) -> tuple[bytes, int]:
    """The kind of a frame and the length of its payload, from its first `FRAME_HEAD` bytes.

    Raises:
        GgenError: no side of ours sends such a frame; who does is to be ended, since it lives on.
    """
    kind, length = _FRAME.unpack(head)
    if length > MAX_FRAME:
        raise GgenError(
            f"a worker process sent a frame of {length:,} bytes",
            help="please report it, with the query",
        )
    return kind, length


def receive(link: socket.socket) -> tuple[bytes, bytes]:
    """The kind and the payload of the next frame.

    Raises:
        EOFError: the other side is gone.
        GgenError: it sent what is no frame.
        TimeoutError: it did not come in the time that the socket allows.
    """
    kind, length = unpack_head(_exactly(link, FRAME_HEAD))
    return kind, _exactly(link, length)


def _exactly(link: socket.socket, count: int) -> bytes:
    pieces: list[bytes] = []
    while count:
        piece = link.recv(min(count, 1 << 18))
        if not piece:
            raise EOFError("the other side is gone")
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def needs_memory(limits: Limits) -> QueryTooLarge:
    """The error for a query that wants more memory than it may have."""
    return QueryTooLarge(
        f"the query needs more than {limits.memory // MIB:,} MiB of memory",
        help="ask for less: LIMIT, no ORDER BY or GROUP BY over everything, fewer unrelated patterns",
    )


def fault(error: GgenError) -> dict[str, Any]:
    """An error as JSON values."""
    return {
        "name": error.name,
        "message": error.message,
        "help": error.help,
        "where": error.where,
        "details": error.details,
    }


def error_of(values: Mapping[str, Any]) -> GgenError:
    """The error that `fault` made JSON values of."""
    kinds: list[type[GgenError]] = [GgenError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    kind = next((one for one in kinds if one.name == values["name"]), GgenError)
    return kind(
        values["message"],
        help=values["help"],
        where=Location(*values["where"]) if values["where"] else None,
        details=values["details"],
    )
