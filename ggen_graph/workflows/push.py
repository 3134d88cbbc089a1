"""The graphs of a project or of the catalog, sent to the SPARQL server that GGEN_GRAPH names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.graph import iris
from ggen_graph.graph.endpoint import environment
from ggen_graph.graph.push import Push, carry_out, plan_push
from ggen_graph.graph.remote import Server
from ggen_graph.workflows.graphs import sync

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ggen_graph.workflows.graphs import Target

__all__ = ["Push", "Pushing", "push"]


class Pushing(NamedTuple):
    """What was sent, to which address."""

    to: str
    done: Push


def push(
    of: Target,
    to: str,
    only: Sequence[str],
    consent: Callable[[str, Push], None],
    tell: Callable[[str], None],
) -> Pushing:
    """Make a server have the graphs of a store, which is synced first.

    Args:
        of: the store.
        to: the server's address; "" takes GGEN_GRAPH.
        only: names of graphs to send; none for all.
        consent: told the address and what would be done; raises to leave it.
        tell: told what is being sent.

    Raises:
        UsageError: there is no address, or no graph of a name.
        RemoteUnavailable: the server can't be reached or refuses; what it has had is recorded there.
    """
    endpoint = environment(os.environ, to)
    if endpoint is None:
        raise UsageError(
            "there is no server to push to",
            help="give --to https://…/sparql, or set GGEN_GRAPH",
        )
    sync(of)
    scope = iris.CATALOG if of.project is None else iris.project(of.project.manifest.id)
    server = Server(endpoint)
    with of.graph.read() as generation:
        found = plan_push(generation.store, server, scope, only)
        consent(endpoint.query, found)
        carry_out(found, generation.store, server, scope, tell)
    return Pushing(endpoint.query, found)
