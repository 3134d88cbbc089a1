"""The endpoints for programs: the SPARQL 1.1 Protocol's query operation, and reads of the Graph Store Protocol.

Each is an ASGI application for one path. Errors are raised; `server.guard` answers them.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import QueryInvalid
from ggen_graph.core.query_cost import is_constant
from ggen_graph.graph.description import service_description
from ggen_graph.graph.jobs import Job
from ggen_graph.graph.queries import text as our_query
from ggen_graph.server.call import Call
from ggen_graph.server.media import (
    TRIPLES,
    Format,
    accepts,
    by_name,
    formats_for,
    listed,
    negotiated,
)
from ggen_graph.server.problems import (
    MethodNotAllowed,
    NotAcceptable,
    NotThere,
    RequestInvalid,
)
from ggen_graph.server.protocol import METHODS, asked, iri, parameters_of
from ggen_graph.server.service import MAX_BODY

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from ggen_graph.server.protocol import Asked
    from ggen_graph.server.service import Edition, Service

READS = "GET, HEAD, OPTIONS"
HTML = "text/html"


class SparqlEndpoint:
    """`/sparql`: answers queries, and describes itself where there is none (SPARQL 1.1 Service Description §2)."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        call = Call(scope, receive, send)
        if call.method == "OPTIONS":
            await call.nothing(204, {"Allow": METHODS})
            return
        body = await call.body(MAX_BODY) if call.method == "POST" else b""
        question = asked(call.method, call.address, call.header(b"content-type"), body)
        if question is None:
            await self._describe(call, scope)
        else:
            await self._answer(call, question)

    async def _describe(self, call: Call, scope: Scope) -> None:
        accept = call.header(b"accept")
        if accepts(accept, HTML) > accepts(accept, "text/turtle"):
            await call.nothing(303, {"Location": "/", "Vary": "Accept"})
            return
        form = chosen(accept, (), TRIPLES)
        data = service_description(base_of(call, scope), await self._service.sizes(), form.name)
        await call.answer(200, form.content_type, data, {"Vary": "Accept"})

    async def _answer(self, call: Call, question: Asked) -> None:
        form = chosen(call.header(b"accept"), question.formats, formats_for(question.query))
        tag = entity_tag(question, form)
        known = call.header(b"if-none-match") if tag else ""
        if known and known == _etag(self._service.edition(), tag):
            self._service.metrics.cache_hits += 1
            await call.nothing(304, {"ETag": known, "Vary": "Accept"})
            return
        job = Job(
            question.query,
            form.name,
            prefixes=self._service.settings.prefixes,
            default_graphs=question.default_graphs if question.has_dataset else None,
            named_graphs=question.named_graphs if question.has_dataset else None,
        )
        await answer_job(call, self._service, job, form, seconds=question.timeout, tag=tag)


class StoreEndpoint:
    """`/store`: one graph, or the union of all, as RDF (SPARQL 1.1 Graph Store Protocol §5.2, §5.6)."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        call = Call(scope, receive, send)
        if call.method == "OPTIONS":
            await call.nothing(204, {"Allow": READS})
            return
        if call.method not in {"GET", "HEAD"}:
            raise MethodNotAllowed(
                "graphs can be read here, and not written",
                help="they are made from files: change those and run `ggen graph sync`",
                headers={"Allow": READS},
            )
        given = parameters_of(call.address)
        names = [(name, value) for name, value in given if name in {"graph", "default"}]
        if len(names) != 1:
            raise RequestInvalid(
                "a graph is asked for by either ?graph=IRI or ?default",
                help="`/.well-known/void` lists the graphs",
            )
        [(kind, value)] = names
        graphs = (iri(value),) if kind == "graph" else None
        if graphs and value not in await self._service.sizes():
            raise NotThere(f"there is no graph <{value}>", help="`/.well-known/void` lists them")
        wanted = tuple(value for name, value in given if name == "format")
        form = chosen(call.header(b"accept"), wanted, TRIPLES)
        name = "graphs/read-graph"
        job = Job(our_query(name), form.name, name, default_graphs=graphs)
        await answer_job(call, self._service, job, form)


async def answer_job(
    call: Call,
    service: Service,
    job: Job,
    form: Format,
    *,
    seconds: float | None = None,
    tag: str = "",
) -> None:
    """Run a job and send what it gives."""
    limits = service.limits(seconds)
    before = service.edition()
    async with await service.pool.ask(job, limits, call.gone) as reply:
        headers = {"Vary": "Accept"}
        if tag and before.generation == reply.head.generation and before == service.edition():
            headers["ETag"] = _etag(before, tag)  # else nobody can say from which edition it is
        if reply.whole is not None:
            await call.answer(200, form.content_type, reply.whole, headers)
        else:
            await call.stream(reply, form.content_type, headers)


def chosen(accept: str, wanted: tuple[str, ...], offered: tuple[Format, ...]) -> Format:
    """The format to answer in: the first that the address names and we have, else what is accepted.

    Raises:
        NotAcceptable: it is none of those offered.
    """
    named = (by_name(name, offered) for name in wanted)
    form = next((one for one in named if one), None) or negotiated(accept, offered)
    if form is None:
        raise NotAcceptable(
            f"this result can't be given as {accept[:200]}",
            help=f"it can be given as {listed(offered)}",
        )
    return form


def entity_tag(question: Asked, form: Format) -> str:
    """What tells answers of one generation apart; "" where the same query may have another answer."""
    try:
        if not is_constant(question.query):
            return ""
    except QueryInvalid:  # its worker says what is wrong
        return ""
    text = "\0".join(
        (form.name, question.query, *question.default_graphs, "", *question.named_graphs)
    )
    return blake2b(text.encode(), digest_size=12).hexdigest()


def _etag(edition: Edition, tag: str) -> str:
    return f'W/"{edition.mark}-{tag}"'


def base_of(call: Call, scope: Scope) -> str:
    """The address of the server, as the request knows it; ends with a slash."""
    host = call.header(b"host") or "localhost"
    return f"{scope['scheme']}://{host}/"
