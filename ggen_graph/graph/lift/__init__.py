"""Lifting: from parsed files to RDF, by way of JSON-LD under `ontology/context.jsonld`.

A source is *shaped* first: shorthand expanded, IRIs assigned, keys taken from a closed list, free
maps turned into name/value nodes. So no key that a person wrote is ever JSON-LD syntax, and every
node has an IRI. The shaped document is then read by Oxigraph itself.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from zlib import crc32

from ggen_graph import resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Store

    Node = dict[str, Any]

LITTLE = 100_000
"""Bytes of JSON-LD; below it a transaction takes less time than `bulk_load`, and makes fewer files."""


@cache
def _context() -> str:
    """The context as JSON text, without its outer braces, ready to be spliced before a graph."""
    document = json.loads(resources.path("ontology", "context.jsonld").read_text("utf-8"))
    return json.dumps(document["@context"])


def shipped_digest(*names: str) -> str:
    """A short digest of shipped files: a graph that was made with others is stale."""
    digest = 0
    for name in names:
        digest = crc32(resources.path(*name.split("/")).read_bytes(), digest)
    return f"{digest:08x}"


def document(nodes: Iterable[Node]) -> bytes:
    """Shaped nodes as one JSON-LD document."""
    return b"".join(_chunks(nodes))


def load(store: Store, graph: str, nodes: Iterable[Node]) -> None:
    """Add shaped nodes to a named graph of a draft."""
    from pyoxigraph import NamedNode, RdfFormat  # noqa: PLC0415 - only writers come here

    name, chunks, start = NamedNode(graph), _chunks(nodes), b""
    for chunk in chunks:
        start += chunk
        if len(start) > LITTLE:
            from ggen_graph.graph.lift.stream import load_stream  # noqa: PLC0415 - for large sources

            load_stream(store, name, chain([start], chunks))
            return
    store.load(start, format=RdfFormat.JSON_LD, to_graph=name)


def _chunks(nodes: Iterable[Node]) -> Iterator[bytes]:
    """A JSON-LD document, part by part; the context comes first, so that it can be read as it comes."""
    write = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    yield f'{{"@context":{_context()},"@graph":['.encode()
    comma, rest = "", iter(nodes)
    while some := list(islice(rest, 500)):
        # A lone surrogate, which JSON can spell and RDF can't hold, becomes a question mark.
        yield (comma + write(some)[1:-1]).encode("utf-8", "replace")
        comma = ","
    yield b"]}"


def node(iri: str, kind: str | None = None, /, **properties: Any) -> Node:
    """A shaped node: `iri`, its type, and those properties that have a value.

    None, "" and empty collections are left out; False and 0 are values.
    """
    shaped: Node = {"iri": iri}
    if kind is not None:
        shaped["type"] = kind
    for name, value in properties.items():
        if value is None or value == "" or (isinstance(value, list | tuple) and not value):
            continue
        shaped[name] = list(value) if isinstance(value, tuple) else value
    return shaped


def json_text(value: Any) -> str:
    """Any JSON value as the text that the graph keeps: strings as they are, others as JSON."""
    return (
        value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    )


def prefixes(owner: str, pairs: Iterable[tuple[str, str]]) -> list[Node]:
    """Prefixes and their namespaces as nodes under `owner`, as SHACL declares them."""
    from ggen_graph.graph import iris  # noqa: PLC0415 - avoids a cycle at import

    return [
        node(iris.part(owner, "prefix", name), "PrefixDeclaration", namespace=namespace)
        | {"prefix": name}  # the empty one, too
        for name, namespace in pairs
    ]


def settings(owner: str, values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> list[Node]:
    """A person's free map as name/value nodes under `owner`."""
    from ggen_graph.graph import iris  # noqa: PLC0415 - avoids a cycle at import

    pairs = values.items() if hasattr(values, "items") else values
    return [
        node(iris.part(owner, "setting", key), "Setting", key=key) | {"value": json_text(value)}
        for key, value in pairs
    ]
