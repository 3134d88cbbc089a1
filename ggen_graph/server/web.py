"""The pages for people: a query and its result, our named queries, the graphs, a page per resource.

HTML that needs no script. Whatever comes from the graph or a request is escaped by the templates in
`pages/`, and a page may load nothing but its style sheet. Queries run under the limits of all others.
"""

from __future__ import annotations

from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ggen_graph.core.diagnostics import GgenError, QueryNotFound
from ggen_graph.graph import queries
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.jobs import Job
from ggen_graph.graph.parameters import bind_parameters
from ggen_graph.graph.results import shorten_iri
from ggen_graph.server.media import SOLUTIONS, TRIPLES
from ggen_graph.server.pool import hung_up
from ggen_graph.server.problems import NotThere, RequestInvalid, problem
from ggen_graph.server.protocol import iri as checked_iri
from ggen_graph.server.tables import PAGE_ROWS, part_of
from ggen_graph.workflows.own_queries import own_queries, own_query

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from ggen_graph.server.service import Service
    from ggen_graph.server.tables import Part
    from ggen_graph.workflows.own_queries import OwnQuery

PAGES = Path(__file__).parent / "pages"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
FIRST_QUERY = "catalog/list-packs"
STATEMENTS, MENTIONS = "resource/list-statements", "resource/list-mentions"
MOST_STATEMENTS = 500


class Pages:
    """The pages of a service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._templates = Environment(
            loader=FileSystemLoader(PAGES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {"resource": resource_link, "store": store_link}

    def routes(self) -> list[Route]:
        """What lies where."""
        pages: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/": self.query,
            "/queries": self.queries,
            "/queries/{noun}/{name}": self.named,
            "/graphs": self.graphs,
            "/resource": self.resource,
        }
        found = [Route(path, self._shown(page)) for path, page in pages.items()]
        return [*found, Route("/style.css", self.style)]

    async def query(self, request: Request) -> Response:
        """A form for a query, and what it gives."""
        text = request.query_params.get("query", "")
        content: dict[str, Any] = {
            "query": text or _without_header(queries.text(FIRST_QUERY)),
            "prefixes": ", ".join(f"{name}:" for name in sorted(PREFIXES)),
            "part": None,
        }
        if text:
            job = Job(text, prefixes=self._service.settings.prefixes)
            return await self._with_result("query.html", request, job, content)
        return self._page("query.html", content)

    async def queries(self, _: Request) -> Response:
        """Our queries, by what they are about."""
        groups = groupby(self._own, key=lambda query: query.name.partition("/")[0])
        content = {"groups": [(noun, list(members)) for noun, members in groups]}
        return self._page("queries.html", content)

    async def named(self, request: Request) -> Response:
        """One of our queries: what it is for, a form for its parameters, and what it gives."""
        name = f"{request.path_params['noun']}/{request.path_params['name']}"
        named = next((query for query in self._own if query.name == name), None)
        if named is None:
            raise _no_query(name)
        given = {
            parameter.name: values
            for parameter in named.signature.parameters
            if (values := _values(request.query_params.get(f"p.{parameter.name}", "")))
        }
        text = queries.text(name)
        content: dict[str, Any] = {
            "named": named,
            "given": given,
            "text": text,
            "edit": "/?" + urlencode({"query": _without_header(text)}),
            "part": None,
        }
        if "run" not in request.query_params:
            return self._page("named.html", content)
        try:
            job = Job(bind_parameters(text, given, name, option=""), file=name)
        except GgenError as error:
            return self._page("named.html", content, error)
        return await self._with_result("named.html", request, job, content)

    async def graphs(self, _: Request) -> Response:
        """The named graphs."""
        sizes = await self._service.sizes()
        forms = [one.name for one in TRIPLES]
        content = {"sizes": sorted(sizes.items()), "total": sum(sizes.values()), "forms": forms}
        return self._page("graphs.html", content)

    async def resource(self, request: Request) -> Response:
        """What is said of a resource, and where it is mentioned."""
        iri = _full(request.query_params.get("iri", ""))
        said = await self._about(request, STATEMENTS, iri)
        mentions = await self._about(request, MENTIONS, iri)
        if not said.rows and not mentions.rows:
            raise NotThere(
                f"the graph says nothing of <{iri[:500]}>", help="/graphs lists what there is"
            )
        names = [row[2].text for row in said.rows if row[1].text in {"rdfs:label", "dcterms:title"}]
        outward = [
            ((prop, ""), (value, label.text), (graph, ""))
            for graph, prop, value, label in said.rows
        ]
        inward = [
            ((of, label.text), (prop, ""), (graph, "")) for graph, of, prop, label in mentions.rows
        ]
        content = {
            "title": names[0] if names else shorten_iri(iri),
            "iri": iri,
            "web": iri.startswith(("http://", "https://")),
            "tables": [
                (
                    "What is said of it",
                    ("property", "value", "graph"),
                    outward,
                    _rest(said, STATEMENTS, iri),
                ),
                (
                    "Where it is a value",
                    ("of", "property", "graph"),
                    inward,
                    _rest(mentions, MENTIONS, iri),
                ),
            ],
        }
        return self._page("resource.html", content)

    async def style(self, _: Request) -> Response:
        """The style sheet."""
        return Response((PAGES / "style.css").read_bytes(), media_type="text/css")

    # -- how

    @cached_property
    def _own(self) -> list[OwnQuery]:
        return own_queries()

    async def _about(self, request: Request, name: str, iri: str) -> Part:
        text = bind_parameters(queries.text(name), {"resource": [f"<{iri}>"]}, name)
        return await part_of(
            self._service,
            Job(text, file=name),
            partial(hung_up, request.receive),
            0,
            MOST_STATEMENTS,
        )

    async def _with_result(
        self, template: str, request: Request, job: Job, content: dict[str, Any]
    ) -> Response:
        start = _start(request.query_params.get("start", "0"))
        try:
            part = await part_of(
                self._service, job, partial(hung_up, request.receive), start, PAGE_ROWS
            )
        except GgenError as error:
            return self._page(template, content, error)
        forms = TRIPLES if part.kind == "triples" else SOLUTIONS
        links = [
            (form.name, "/sparql?" + urlencode({"query": job.text, "format": form.name}))
            for form in forms
        ]
        before = _at(request, max(start - PAGE_ROWS, 0)) if start else ""
        after = _at(request, start + PAGE_ROWS) if part.kind == "rows" and part.more else ""
        return self._page(
            template, {**content, "part": part, "links": links, "before": before, "after": after}
        )

    def _shown(
        self, page: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """A page, or one that says why it can't be shown."""

        async def shown(request: Request) -> Response:
            try:
                return await page(request)
            except GgenError as error:
                return self._page("problem.html", {}, error)

        return shown

    def _page(
        self, template: str, content: Mapping[str, Any], error: GgenError | None = None
    ) -> Response:
        status, headers = 200, HEADERS
        if error is not None:
            self._service.metrics.failures[error.name] += 1
            found = problem(error)
            status, headers = found.status, {**HEADERS, **found.headers}
        html = self._templates.get_template(template).render(
            **content,
            name=self._service.settings.name,
            generation=self._service.generation,
            error=error,
        )
        return HTMLResponse(html, status, headers)


def resource_link(iri: str) -> str:
    """The address of a resource's page."""
    return "/resource?" + urlencode({"iri": iri})


def store_link(graph: str, form: str) -> str:
    """The address of a graph in a format."""
    return "/store?" + urlencode({"graph": graph, "format": form})


def _full(text: str) -> str:
    """An IRI as it was given, or one with a known prefix."""
    prefix, _, local = text.partition(":")
    if prefix in PREFIXES and not local.startswith("//"):
        return checked_iri(PREFIXES[prefix] + local)
    return checked_iri(text)


def _start(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise RequestInvalid("start is a number of rows", help="as the links on the page have it")
    return int(text)


def _values(text: str) -> list[str]:
    return [line for line in text.replace("\r\n", "\n").split("\n") if line]


def _at(request: Request, start: int) -> str:
    """The address of the same page, from another row on."""
    others = [
        (name, value) for name, value in request.query_params.multi_items() if name != "start"
    ]
    return f"{request.url.path}?" + urlencode([*others, ("start", str(start))])


def _rest(part: Part, name: str, iri: str) -> str:
    """The address of all that a table leaves out, "" where that is nothing."""
    if not part.more:
        return ""
    text = bind_parameters(queries.text(name), {"resource": [f"<{iri}>"]}, name)
    return "/?" + urlencode({"query": _without_header(text).rpartition("LIMIT")[0]})


def _without_header(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")) + "\n"


def _no_query(name: str) -> GgenError:
    try:
        own_query(name)
    except QueryNotFound as error:
        return NotThere(error.message, help=error.help)
    return NotThere(f'there is no query "{name[:200]}"', help="/queries lists them")
