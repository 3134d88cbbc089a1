"""What a person asked to be inferred: a file beside what it is about, so that the graph can be made again.

`.ggen/inference.json` is a project's, `$GGEN_HOME/inference.json` that of the catalogs. It has a schema
number and, by request, the engine and the graphs to infer from. The inferred graphs are sources like
any other (`graph.infer`): a sync makes those anew of which an input has changed, and drops those that
nobody asks for any more. A file that is wrong is left out and named.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import GgenError, Location, RecordInvalid
from ggen_graph.edges.files import read_bytes, write_atomic
from ggen_graph.graph.infer import ENGINES, RULES, Request, inference_source
from ggen_graph.graph.sync import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ggen_graph.graph.store import Store

SCHEMA = 1


def read_requests(path: Path) -> tuple[Request, ...]:
    """What a file asks for; nothing where there is none.

    Raises:
        RecordInvalid: it is no such file.
    """
    try:
        found = _requests(json.loads(read_bytes(path))) if path.is_file() else []
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise RecordInvalid(
            "it does not say what to infer",
            help="`ggen graph infer --clear` removes it, `ggen graph infer` writes it",
            where=Location(path.name),
        ) from error
    return tuple({request.name: request for request in found}.values())


def _requests(document: Any) -> list[Request]:
    if document["schema"] != SCHEMA:
        raise ValueError(document["schema"])
    return [_request(one) for one in document["requests"]]


def _request(document: Any) -> Request:
    engine, graphs = document["engine"], document["graphs"]
    if engine not in {RULES, *ENGINES} or not isinstance(graphs, list):
        raise ValueError(engine)
    if not all(isinstance(graph, str) for graph in graphs):
        raise ValueError(graphs)
    return Request(engine, tuple(graphs))


def write_requests(path: Path, requests: Iterable[Request]) -> None:
    """Write what is asked for; no file where nothing is."""
    asked = [{"engine": one.engine, "graphs": list(one.graphs)} for one in sorted(requests)]
    if not asked:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"schema": SCHEMA, "requests": asked}
    write_atomic(path, json.dumps(document, indent=2).encode() + b"\n")


def inference_sources(
    path: Path,
    sources: Sequence[Source],
    name: Callable[[str], str],
    by_default: Callable[[str], bool],
) -> list[Source]:
    """The inferred graphs that a file asks for, as sources that stand after those they infer from.

    Args:
        path: the file.
        sources: of the store.
        name: gives an inferred graph's IRI.
        by_default: tells by its key whether to infer from a source if a request names no graphs.
    """
    try:
        requests = read_requests(path)
    except GgenError as error:
        fault = error

        def refuse(_store: Store, _graph: str) -> Sequence[GgenError]:
            return (fault,)

        return [Source("inferred", name("inferred"), (path,), refuse)]
    return [
        inference_source(
            request,
            name(request.name),
            [
                source
                for source in sources
                if (source.graph in request.graphs if request.graphs else by_default(source.key))
            ],
        )
        for request in requests
    ]
