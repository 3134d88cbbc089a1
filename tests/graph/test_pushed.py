"""What was pushed to a real server, and the graph that is read there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.diagnostics import RemoteUnavailable
from ggen_graph.graph import iris
from ggen_graph.graph import pushed as bookkeeping
from ggen_graph.graph.pushed import Pushed, RemoteGraph

if TYPE_CHECKING:
    from ggen_graph.graph.remote import Server


def test_a_scope_of_which_something_is_missing_is_not_asked(server: Server) -> None:
    graph = RemoteGraph(server, "urn:ggen:project:p")
    with pytest.raises(RemoteUnavailable, match="has no graphs of this project"), graph.read():
        pass
    try:
        server.insert("urn:a", ['<urn:s> <http://ggen.io/ontology#name> "x" .'])
        server.update(bookkeeping.record({"urn:a": Pushed("sha256:1", 2)}, "urn:ggen:project:p"))
        with pytest.raises(RemoteUnavailable, match="does not have all of this project"):
            graph.read().__enter__()
        server.update(bookkeeping.record({"urn:a": Pushed("sha256:1", 0)}, "urn:ggen:project:p"))
        server.insert("urn:other", ['<urn:t> <http://ggen.io/ontology#name> "y" .'])
        with graph.read() as generation:
            query = "SELECT ?n WHERE { ?s <http://ggen.io/ontology#name> ?n }"
            rows: Any = generation.store.query(query, use_default_graph_as_union=True)
            assert [row["n"].value for row in rows] == ["x"]
        assert bookkeeping.count(server, "urn:a") == 1
        server.clear("urn:a", bookkeeping.forget("urn:a"))
        assert bookkeeping.pushed(server, "urn:ggen:project:p") == {}
        assert bookkeeping.count(server, "urn:a") == 0
    finally:
        for name in ("urn:a", "urn:other", iris.PUSHED_GRAPH):
            server.clear(name)
