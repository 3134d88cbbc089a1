"""A part of a query's result, as a page shows it: some rows of a table, an answer, or triples as text.

Keeps true: of a result no more than `MAX_SIZE` bytes are read, those before the rows that are shown included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ggen_graph.server.cells import Cell, row
from ggen_graph.server.media import TRIPLES, formats_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ggen_graph.graph.jobs import Job
    from ggen_graph.server.pool import Gone, Reply
    from ggen_graph.server.service import Service

PAGE_ROWS = 100
MAX_SIZE = 1 << 22
"""Bytes of a result that are read for a page; more than a window of `server.link`, so that the first rows
of a longer one are shown."""

MAX_TEXT = 100_000
"""Characters of triples that a page shows."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a page shows of a result.

    Attributes:
        kind: "rows", "bool" or "triples".
        columns: the names of the columns of rows.
        rows: not more than `PAGE_ROWS`.
        start: how many rows come before these.
        more: whether more follow.
        text: triples in Turtle.
        answer: of an ASK.
        generation: the one that was asked.
    """

    kind: str
    generation: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    start: int = 0
    more: bool = False
    text: str = ""
    answer: bool | None = None


async def part_of(service: Service, job: Job, gone: Gone, start: int, count: int) -> Part:
    """Some of what a query gives.

    Args:
        service: whom to ask.
        job: the query; in which format is said here.
        gone: returns when nobody waits for the page any more.
        start: how many rows to leave out.
        count: how many rows to show.

    Raises:
        QueryTooLarge: the rows lie beyond `MAX_SIZE`, or are longer.
        and whatever else ends the query.
    """
    form = "turtle" if formats_for(job.text) is TRIPLES else "tsv"
    asking = replace(job, form=form)
    most = service.settings.limits
    limits = replace(most, size=min(MAX_SIZE, most.size))
    async with await service.pool.ask(asking, limits, gone) as reply:
        head = reply.head
        if head.kind == "bool":
            return Part("bool", head.generation, answer=head.answer)
        if head.kind == "triples":
            text, more = await _text(reply)
            return Part("triples", head.generation, text=text, more=more)
        rows: list[tuple[Cell, ...]] = []
        number = -2  # the first line has the names
        async for line in _lines(reply):
            number += 1
            if start <= number < start + count:
                rows.append(row(line))
            elif number >= start + count:
                return Part("rows", head.generation, head.columns, tuple(rows), start, more=True)
        return Part("rows", head.generation, head.columns, tuple(rows), start)


async def _text(reply: Reply) -> tuple[str, bool]:
    """The beginning of a text, and whether there is more of it."""
    data = b""
    async for piece in reply.pieces():
        data += piece
        if len(data) > 4 * MAX_TEXT:
            break
    text = data.decode("utf-8", "ignore")
    return text[:MAX_TEXT], len(text) > MAX_TEXT


async def _lines(reply: Reply) -> AsyncIterator[str]:
    rest = b""
    async for piece in reply.pieces():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.decode()
    if rest:
        yield rest.decode()
