"""What a running server is made of: the graph, the workers, the counts, and how it was told to be.

A new generation of the graph is used as soon as it is there: each worker looks for itself, and what is
kept here of a generation is asked again of the next.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph import __version__
from ggen_graph.graph.jobs import Job, Limits
from ggen_graph.graph.queries import text as our_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ggen_graph.graph.store import GraphStore
    from ggen_graph.server.metrics import Metrics
    from ggen_graph.server.pool import Pool

MAX_BODY = 1 << 20
MAX_ADDRESS = 1 << 15
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server was told to be.

    Attributes:
        name: what is served, as a page's title says it.
        limits: the most that a query may take.
        workers: how many queries run at once.
        waiting: how many requests may wait for a worker.
        prefixes: known to queries beside ours.
        token: what a request must bear; None where anyone may ask.
        origins: whose pages may ask from a browser; `*` for all.
        hosts: the names under which the server may be asked; None for any.
    """

    name: str = "graph"
    limits: Limits = field(default_factory=Limits)
    workers: int = 2
    waiting: int = 64
    prefixes: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    origins: tuple[str, ...] = ()
    hosts: frozenset[str] | None = None


class Edition(NamedTuple):
    """A generation, and what tells it from those of the same name in other stores."""

    generation: str | None
    mark: str


class Service:
    """A server's state."""

    def __init__(self, graph: GraphStore, pool: Pool, metrics: Metrics, settings: Settings) -> None:
        self.graph = graph
        self.pool = pool
        self.metrics = metrics
        self.settings = settings
        self._sizes: tuple[Edition, asyncio.Task[dict[str, int]]] | None = None
        self._edition: tuple[tuple[int, int] | None, Edition] = (None, Edition(None, ""))

    def limits(self, seconds: float | None) -> Limits:
        """The limits of a query that may take `seconds`, within what the server allows."""
        most = self.settings.limits
        if seconds is None or seconds >= most.seconds:
            return most
        return Limits(seconds, most.memory, most.rows, most.size)

    @property
    def generation(self) -> int:
        """The number of the current generation; 0 before the first."""
        name = self.graph.current()
        return int(name.partition("-")[2]) if name else 0

    def edition(self) -> Edition:
        """The current generation, and what answers from it depend on besides the request.

        A store that was made anew counts from one again; where it lies, when it was made or what from is
        then another. Only a new generation costs more than one call of the system.
        """
        stamp = self.graph.stamp()
        if stamp is None or stamp != self._edition[0]:
            with self.graph.peek() as state:
                name = self.graph.current()
            known = sorted(self.settings.prefixes.items())
            text = f"{__version__}\n{self.graph.root}\n{name}\n{stamp}\n{known}\n{state}"
            mark = blake2b(text.encode(errors="surrogateescape"), digest_size=12).hexdigest()
            self._edition = (stamp, Edition(name, mark))
        return self._edition[1]

    async def watch(self) -> None:
        """Let go of old generations, for ever: workers that nobody asks would hold them."""
        stamp = self.graph.stamp()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if (now := self.graph.stamp()) != stamp:
                stamp = now
                self.pool.renew()

    async def sizes(self) -> dict[str, int]:
        """Each named graph with its number of triples, by name; counted once for a generation.

        However many ask while it is counted, one worker counts.

        Raises:
            GgenError: the query was not answered; who asks next has it asked again.
        """
        edition = self.edition()
        if self._sizes is None or self._sizes[0] != edition or _failed(self._sizes[1]):
            counting = asyncio.get_running_loop().create_task(self._counted())
            self._sizes = (edition, counting)
        # One who leaves lets the others have it all the same.
        return await asyncio.shield(self._sizes[1])

    async def _counted(self) -> dict[str, int]:
        job = Job(our_query("graphs/count-triples"), "json", "graphs/count-triples")
        async with await self.pool.ask(job, self.settings.limits) as reply:
            document = json.loads(b"".join([piece async for piece in reply.pieces()]))
        rows = document["results"]["bindings"]
        return {row["graph"]["value"]: int(row["triples"]["value"]) for row in rows}


def _failed(task: asyncio.Task[dict[str, int]]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
