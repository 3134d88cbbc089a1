"""A SPARQL 1.1 server: its queries and updates over HTTP.

SPARQL 1.1 Protocol §2.1.2 and §2.2.1, URL-encoded POST, because a query bound to many values is too
long for an address. What is kept true:

- what is asked sees the graphs that are named to it and no others: they are in each request, whatever
  a server takes for its default graph and whoever else keeps graphs there;
- an answer is whole or an error, and no longer than `LONGEST`; of what a server says of an error, a
  line is shown;
- credentials are in a header and in no message, and go only where `graph.endpoint` says; a
  redirection, which could carry them off, is none that is followed.

A request is repeated where the network or the server was at fault: every update of ours may be.

Does not do: foreign queries, which run in worker processes on a generation; proxies of the
environment.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn, cast

from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, parse, parse_query_results

from ggen_graph.core.diagnostics import RemoteUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import QuerySolutions, Triple
    from urllib3 import BaseHTTPResponse

    from ggen_graph.graph.endpoint import Endpoint

LONGEST = 512 * 1024 * 1024
"""Bytes of an answer."""

_CONNECT, _READ = 10.0, 120.0  # seconds
_ATTEMPTS = 3
_LONGEST_PAUSE = 5  # seconds
_AGAIN = (429, 502, 503, 504)
_SAID = 300  # characters of what a server says of an error
_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
_BOOLEANS = {"1": "true", "0": "false"}


class Server:
    """A SPARQL 1.1 server."""

    def __init__(self, endpoint: Endpoint) -> None:
        import urllib3  # noqa: PLC0415 - 60 ms, and most commands ask no server

        self.endpoint = endpoint
        self._broken: type[Exception] = urllib3.exceptions.HTTPError
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT, read=_READ),
            retries=urllib3.Retry(
                total=_ATTEMPTS,
                read=1,
                redirect=False,
                status_forcelist=_AGAIN,
                allowed_methods=None,
                backoff_factor=0.2,
                backoff_max=_LONGEST_PAUSE,
                retry_after_max=_LONGEST_PAUSE,
                raise_on_status=False,
            ),
        )

    def select(self, query: str, graphs: Iterable[str]) -> QuerySolutions:
        """The solutions of a SELECT over the union of `graphs`, each of which it may also name.

        Raises:
            RemoteUnavailable: there is no answer, or none that is one.
        """
        data = self._ask(query, graphs, "application/sparql-results+json")
        try:
            return cast(
                "QuerySolutions",
                parse_query_results(_with_booleans(data), QueryResultsFormat.JSON),
            )
        except (ValueError, SyntaxError) as error:
            raise self._no_answer("SPARQL results in JSON") from error

    def construct(self, query: str, graphs: Iterable[str]) -> list[Triple]:
        """The triples of a CONSTRUCT over the union of `graphs`; otherwise like `select`."""
        data = self._ask(query, graphs, "application/n-triples")
        try:
            return [quad.triple for quad in parse(data, RdfFormat.N_TRIPLES)]
        except (ValueError, SyntaxError) as error:
            raise self._no_answer("N-Triples") from error

    def update(self, text: str) -> None:
        """Run an update.

        Raises:
            RemoteUnavailable: it was not run, or nobody knows.
        """
        to = self.endpoint
        self._post(to.update, to.update_authorization, [("update", text)], "*/*")

    def insert(self, graph: str, triples: Iterable[str], *more: str) -> None:
        """Add triples, each a statement of N-Triples, to a graph; in the same request run `more`.

        Raises:
            RemoteUnavailable: as `update`.
        """
        block = "\n".join(("INSERT DATA {", f"GRAPH {NamedNode(graph)} {{", *triples, "} }"))
        self.update(" ;\n".join((block, *more)))

    def clear(self, graph: str, *more: str) -> None:
        """Remove all triples of a graph; in the same request run `more`.

        Raises:
            RemoteUnavailable: as `update`.
        """
        self.update(" ;\n".join((f"CLEAR SILENT GRAPH {NamedNode(graph)}", *more)))

    def _ask(self, query: str, graphs: Iterable[str], media_type: str) -> bytes:
        names = list(graphs)
        fields = [("query", query)]
        fields += [("default-graph-uri", name) for name in names]
        fields += [("named-graph-uri", name) for name in names]
        to = self.endpoint
        return self._post(to.query, to.query_authorization, fields, media_type)

    def _post(
        self, url: str, authorization: str, fields: Sequence[tuple[str, str]], media_type: str
    ) -> bytes:
        headers = {"Accept": media_type, "User-Agent": "ggen"}
        if authorization:
            headers["Authorization"] = authorization
        try:
            response = self._pool.request(
                "POST",
                url,
                fields=fields,
                encode_multipart=False,
                headers=headers,
                preload_content=False,
            )
            try:
                if response.status not in {200, 201, 204}:
                    self._refused(url, response)
                data = response.read(LONGEST + 1, decode_content=True)
            finally:
                response.close()  # what was read to its end has given its connection back
        except (self._broken, OSError) as error:
            raise RemoteUnavailable(
                f"{url} can't be reached: {_reason(error)}",
                help="check the address and the network, and whether the server runs",
                details={"url": url},
            ) from error
        if len(data) > LONGEST:
            raise RemoteUnavailable(f"{url} answers with more than {LONGEST >> 20} MiB")
        return data

    def _refused(self, url: str, response: BaseHTTPResponse) -> NoReturn:
        """Tell why a server did not do what it was asked."""
        said = response.read(4 * _SAID, decode_content=True).decode("utf-8", "replace")
        words = " ".join("".join(one if one.isprintable() else " " for one in said).split())[:_SAID]
        advice = {
            401: "put user:password@ in the address, or set GGEN_GRAPH and GGEN_GRAPH_TOKEN",
            403: "ask whoever keeps it for the right to do this",
            404: "check the address; GGEN_GRAPH_UPDATE is that of updates where it is another",
            405: "GGEN_GRAPH_UPDATE is the address of updates where it is another",
        }.get(response.status, "")
        if response.status in range(300, 400):
            advice = "name the address it leads to, if you trust that"
        raise RemoteUnavailable(
            f"{url} answers {response.status}" + (f": {words}" if words else ""),
            help=advice,
            details={"url": url, "status": response.status},
        )

    def _no_answer(self, wanted: str) -> RemoteUnavailable:
        return RemoteUnavailable(
            f"{self.endpoint.query} does not answer with {wanted}",
            help="check that the address is that of a SPARQL 1.1 query endpoint",
            details={"url": self.endpoint.query},
        )


def _reason(error: Exception) -> str:
    """Why a request came to nothing, in few words."""
    reason = getattr(error, "reason", None) or error
    return str(reason).rpartition(": ")[2] or type(reason).__name__


def _with_booleans(data: bytes) -> bytes:
    """Results in JSON with booleans as RDF has them: Virtuoso gives 1 and 0.

    Raises:
        ValueError: it is no JSON, or no results.
    """
    document = json.loads(data)
    if not isinstance(document, dict) or "results" not in document:
        raise ValueError("no results")
    if _BOOLEAN.encode() not in data.replace(b"\\/", b"/"):
        return data
    for solution in document.get("results", {}).get("bindings", ()):
        for term in solution.values():
            if term.get("datatype") == _BOOLEAN:
                term["value"] = _BOOLEANS.get(term["value"], term["value"])
    return json.dumps(document).encode()
