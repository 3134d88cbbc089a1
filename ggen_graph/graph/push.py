"""A store's graphs sent to a SPARQL server, so that what is cut off can go on where it stopped.

What is kept true:

- a graph is whole on the server or recorded as not whole, from before its first triple is replaced
  until all of them are counted there; nobody is answered from a graph in between (`graph.pushed`);
- triples go in a fixed order, in batches, and each request records how many are left: so a later
  push of the same graph sends the rest of it and nothing twice;
- a graph of which the server has the same already is not sent, one that there is no more is removed,
  and other graphs on the server are not touched.

A batch is INSERT DATA, which every server has (the Graph Store Protocol has no place in SPARQL's
endpoint, and no way to go on in the middle of a graph). Two that push for one scope at the same time
harm each other: the count finds it, or the next push.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from ggen_graph.core.diagnostics import RemoteUnavailable, UsageError
from ggen_graph.graph.pushed import Pushed, count, forget, pushed, record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pyoxigraph import Store

    from ggen_graph.graph.remote import Server

TRIPLES = 1_000
"""Triples of a request; Virtuoso refuses longer updates."""

LENGTH = 1 << 20
"""Characters of a request, as long as it has more than one triple."""


@dataclass(frozen=True, slots=True)
class GraphPush:
    """A graph that is to be sent.

    Attributes:
        graph: its name.
        triples: how many it has.
        checksum: of its triples, in their order and batches.
        batches: in how many requests they are sent.
        done: how many of those the server has had.
        replaces: whether the server has an older one.
    """

    graph: str
    triples: int
    checksum: str
    batches: int
    done: int
    replaces: bool

    def left(self, sent: int) -> int:
        """What is left when `sent` batches were sent; the count counts as one."""
        return self.batches + 1 - sent


@dataclass(frozen=True, slots=True)
class Push:
    """What makes a server have a store's graphs: which to send, which to remove, which it has."""

    send: tuple[GraphPush, ...]
    drop: tuple[tuple[str, Pushed], ...]
    same: tuple[str, ...]

    @property
    def replaces(self) -> list[str]:
        """The graphs that the server would have no more, as they are."""
        return [one.graph for one in self.send if one.replaces] + [name for name, _ in self.drop]


def plan_push(store: Store, server: Server, scope: str, only: Collection[str] = ()) -> Push:
    """What is to be sent, compared with what the server has recorded.

    Args:
        store: an open store.
        server: where to.
        scope: the project or catalog whose graphs the store holds.
        only: names of graphs; others are neither sent nor removed. Empty for all.

    Raises:
        UsageError: the store has no graph of such a name.
        RemoteUnavailable: the server can't be asked.
    """
    names = sorted(name.value for name in store.named_graphs() if isinstance(name, NamedNode))
    unknown = sorted(set(only) - set(names))
    if unknown:
        raise UsageError(
            f"there is no graph <{unknown[0]}>", help="`ggen graph status` lists the graphs"
        )
    known = pushed(server, scope)
    found = [
        _compared(name, _batches(store, name), known.get(name))
        for name in names
        if not only or name in only
    ]
    same = [one for one in found if one.done > one.batches]
    gone = [] if only else [name for name in known if name not in names]
    return Push(
        tuple(one for one in found if one not in same),
        tuple((name, known[name]) for name in gone),
        tuple(one.graph for one in same),
    )


def carry_out(
    push: Push, store: Store, server: Server, scope: str, tell: Callable[[str], None]
) -> None:
    """Send and remove what `push` says.

    Args:
        push: of this store, server and scope.
        store: the open store.
        server: where to.
        scope: whose graphs they are.
        tell: told what is being sent.

    Raises:
        RemoteUnavailable: the server can't be reached or refuses, or has other triples in the end
            than it was sent.
    """
    planned = {one.graph: Pushed(one.checksum, one.left(one.done)) for one in push.send}
    planned |= {name: Pushed(known.checksum, 1) for name, known in push.drop}
    if planned:
        server.update(record(planned, scope))
    for name, _ in push.drop:
        tell(f"removing {name}")
        server.clear(name, forget(name))
    for one in push.send:
        _send(one, _batches(store, one.graph), server, scope, tell)


def _send(
    one: GraphPush,
    batches: Sequence[Sequence[str]],
    server: Server,
    scope: str,
    tell: Callable[[str], None],
) -> None:
    if not one.done:
        server.clear(one.graph)
    for number, batch in enumerate(batches[one.done :], one.done + 1):
        tell(f"{one.graph}: {number} of {one.batches}")
        left = Pushed(one.checksum, one.left(number))
        server.insert(one.graph, batch, record({one.graph: left}, scope))
    there = count(server, one.graph)
    if there != one.triples:
        server.update(record({one.graph: Pushed(one.checksum, one.left(0))}, scope))
        raise RemoteUnavailable(
            f"{server.endpoint.query} has {there:,} of the {one.triples:,} triples of"
            f" <{one.graph}> that it was sent",
            help="`ggen graph push` sends it again; does somebody else write there?",
            details={"graph": one.graph, "sent": one.triples, "found": there},
        )
    server.update(record({one.graph: Pushed(one.checksum, 0)}, scope))


def _compared(name: str, batches: Sequence[Sequence[str]], known: Pushed | None) -> GraphPush:
    digest = hashlib.sha256()
    for batch in batches:
        digest.update("\n".join((*batch, "", "")).encode())  # an empty line ends a batch
    checksum = f"sha256:{digest.hexdigest()}"
    total = len(batches)
    same = known is not None and known.checksum == checksum
    return GraphPush(
        name,
        sum(map(len, batches)),
        checksum,
        total,
        max(0, total + 1 - known.left) if known is not None and same else 0,
        replaces=known is not None and not same,
    )


def _batches(store: Store, name: str) -> list[list[str]]:
    """A graph's triples as statements of N-Triples, in their order, as they are sent together."""
    lines = sorted(
        f"{quad.triple} ." for quad in store.quads_for_pattern(None, None, None, NamedNode(name))
    )
    batches: list[list[str]] = []
    length = 0
    for line in lines:
        if not batches or len(batches[-1]) == TRIPLES or length + len(line) > LENGTH:
            batches.append([])
            length = 0
        batches[-1].append(line)
        length += len(line)
    return batches
