from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.graph import lift
from ggen_graph.graph.lift import load, node
from ggen_graph.graph.lift.stream import load_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

GRAPH = NamedNode("urn:x:graph")
MORE_THAN_A_PIPE_HOLDS = 1_000_000


def nodes(count: int) -> Iterator[dict[str, object]]:
    return (
        node(f"urn:x:pack/{number}", "Release", name=f"pack {number}") for number in range(count)
    )


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize("little", [0, 1_000, 10_000_000])
def test_a_graph_is_the_same_whether_it_was_streamed_or_not(
    little: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lift, "LITTLE", little)
    store, whole = Store(), Store()
    load(store, GRAPH.value, nodes(2_345))
    whole.load(lift.document(nodes(2_345)), RdfFormat.JSON_LD, to_graph=GRAPH)
    assert len(store) == 2 * 2_345
    assert set(store) == set(whole)
    assert "lifting" not in threads()


def test_what_making_a_node_raises_is_raised() -> None:
    def broken() -> Iterator[bytes]:
        yield b'{"@context":{"name":"urn:x:name"},"@graph":['
        yield b'{"@id":"urn:x:a","name":"a"},' * 10_000
        raise ManifestInvalid("this one is wrong")

    with pytest.raises(ManifestInvalid, match="this one is wrong"):
        load_stream(Store(), GRAPH, broken())
    assert "lifting" not in threads()


def test_what_is_raised_where_the_document_could_end_is_raised_too() -> None:
    def broken() -> Iterator[bytes]:
        yield b'{"@id":"urn:x:a","urn:x:name":"a"}'
        raise ManifestInvalid("this one is wrong")

    with pytest.raises(ManifestInvalid, match="this one is wrong"):
        load_stream(Store(), GRAPH, broken())


def test_a_wrong_document_is_a_syntax_error_and_ends_the_making_of_it() -> None:
    def wrong() -> Iterator[bytes]:
        yield b'{"@graph": nothing that JSON knows'
        while True:
            yield b" " * MORE_THAN_A_PIPE_HOLDS

    with pytest.raises(SyntaxError):
        load_stream(Store(), GRAPH, wrong())
    assert "lifting" not in threads()


def test_a_chunk_may_be_more_than_a_pipe_holds() -> None:
    store = Store()
    value = b"x" * MORE_THAN_A_PIPE_HOLDS
    load_stream(store, GRAPH, [b'{"@id":"urn:x:a","urn:x:name":"', value, b'"}'])
    assert [quad.object for quad in store] == [Literal(value.decode())]
