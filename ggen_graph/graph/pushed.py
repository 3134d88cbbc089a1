"""What was pushed to a SPARQL server: its bookkeeping there, and the graph to be read in place of ours.

What is kept true: a scope of which something has not arrived yet is not asked at all
(`RemoteGraph.read`), and what is asked sees the graphs that were pushed for that scope and no others.

Does not do: pushing (`graph.push`).
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from pyoxigraph import Literal, NamedNode

from ggen_graph.core.diagnostics import RemoteUnavailable
from ggen_graph.core.sparql import form
from ggen_graph.graph import iris, queries
from ggen_graph.graph.store import Generation, GraphStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import QuerySolutions, Store, Triple

    from ggen_graph.graph.remote import Server


class Pushed(NamedTuple):
    """What a server has recorded of a graph: `left` is what is still to come, 0 if it is whole."""

    checksum: str
    left: int


def pushed(server: Server, scope: str) -> dict[str, Pushed]:
    """The graphs that were pushed for a scope, by name.

    Raises:
        RemoteUnavailable: as `Server.select`.
    """
    query = queries.bind(queries.text("remote/list-pushed"), {"scope": [NamedNode(scope)]})
    return {
        row["graph"].value: Pushed(row["checksum"].value, int(row["left"].value))
        for row in server.select(query, [iris.PUSHED_GRAPH])
    }


class RemoteStore:
    """The graphs of a scope on a server, to be asked by `graph.queries` as an open store is."""

    def __init__(self, server: Server, graphs: Sequence[str]) -> None:
        self._server = server
        self._graphs = graphs

    def query(
        self,
        text: str,
        *,
        use_default_graph_as_union: bool = True,  # noqa: ARG002 - it is always asked so
    ) -> QuerySolutions | list[Triple]:
        """Solutions, or triples of a CONSTRUCT, over the union of the graphs.

        Raises:
            RemoteUnavailable: as `Server.select`.
        """
        text = queries.without_slots(text)
        if form(text) == "CONSTRUCT":
            return self._server.construct(text, self._graphs)
        return self._server.select(text, self._graphs)


class RemoteGraph(GraphStore):
    """What was pushed for a scope, in place of the generations here: it can be read, and only read."""

    def __init__(self, server: Server, scope: str) -> None:
        super().__init__(Path())
        self._server = server
        self._scope = scope

    @contextmanager
    def read(self) -> Iterator[Generation]:
        """The graphs on the server, where all that was to be pushed is there.

        Raises:
            RemoteUnavailable: it can't be asked, nothing was pushed, or not all has arrived.
        """
        known = pushed(self._server, self._scope)
        where = self._server.endpoint.query
        if not known:
            raise RemoteUnavailable(
                f"{where} has no graphs of this {_kind(self._scope)}",
                help="`ggen graph push` sends them; unset GGEN_GRAPH to use the files here",
                details={"url": where, "scope": self._scope},
            )
        partial = [graph for graph, one in known.items() if one.left]
        if partial:
            raise RemoteUnavailable(
                f"{where} does not have all of this {_kind(self._scope)} yet: {len(partial)} of its"
                f" {len(known)} graphs are being pushed, or that was cut off",
                help="`ggen graph push` goes on where it stopped",
                details={"url": where, "scope": self._scope, "graphs": partial},
            )
        yield Generation(0, cast("Store", RemoteStore(self._server, list(known))), "")

    def current(self) -> str | None:
        """None: there are no generations."""
        return None


def _kind(scope: str) -> str:
    return "catalog" if scope == iris.CATALOG else "project"


def record(rows: Mapping[str, Pushed], scope: str) -> str:
    """The update that records what a server has of graphs."""
    return queries.bind(
        queries.text("remote/record-graphs"),
        {
            "graph scope checksum left": [
                (NamedNode(graph), NamedNode(scope), Literal(one.checksum), Literal(one.left))
                for graph, one in rows.items()
            ]
        },
    )


def forget(graph: str) -> str:
    """The update that forgets that a graph was pushed."""
    return queries.bind(queries.text("remote/forget-graphs"), {"graph": [NamedNode(graph)]})


def count(server: Server, graph: str) -> int:
    """How many triples of a graph a server has.

    Raises:
        RemoteUnavailable: as `Server.select`.
    """
    query = queries.bind(queries.text("remote/count-triples"), {"graph": [NamedNode(graph)]})
    return sum(int(row["triples"].value) for row in server.select(query, [graph]))
