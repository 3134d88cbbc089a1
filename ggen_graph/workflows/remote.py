"""Whether commands that only read ask a server in place of the graph here: the one place that decides.

GGEN_GRAPH is the address of a SPARQL 1.1 server that `ggen graph push` has filled. Commands that
write, and those that run a query of somebody else, keep to the files and the store here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ggen_graph.graph.store import GraphStore


def remote_graph(scope: str) -> GraphStore | None:
    """What the server has of a scope, to be read as a store is; None where GGEN_GRAPH is not set.

    Raises:
        UsageError: GGEN_GRAPH is no address that may be asked.
    """
    if not os.environ.get("GGEN_GRAPH"):
        return None
    from ggen_graph.graph.endpoint import environment  # noqa: PLC0415 - most often there is none
    from ggen_graph.graph.pushed import RemoteGraph  # noqa: PLC0415 - likewise
    from ggen_graph.graph.remote import Server  # noqa: PLC0415 - likewise

    endpoint = environment(os.environ)
    return RemoteGraph(Server(endpoint), scope) if endpoint else None
