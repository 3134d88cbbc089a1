"""The whole of the server as one ASGI application: what lies under which path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from ggen_graph.graph.description import dataset_description
from ggen_graph.server.endpoint import SparqlEndpoint, StoreEndpoint, chosen
from ggen_graph.server.guard import Guard
from ggen_graph.server.media import TRIPLES
from ggen_graph.server.metrics import CONTENT_TYPE
from ggen_graph.server.problems import NotThere
from ggen_graph.server.web import Pages

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from ggen_graph.server.service import Service


def application(service: Service) -> ASGIApp:
    """The application that answers for a service."""
    status = _Status(service)
    routes = [
        Route("/health", status.health),
        Route("/metrics", status.metrics),
        Route("/.well-known/void", status.void),
        *Pages(service).routes(),
    ]
    direct: dict[str, ASGIApp] = {
        "/sparql": SparqlEndpoint(service),
        "/store": StoreEndpoint(service),
    }
    return Guard(Router(routes, default=_nothing, redirect_slashes=False), direct, service)


class _Status:
    """What the server says of itself."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def health(self, _: Request) -> Response:
        """Whether queries are answered: there is a generation, and a worker that is up."""
        generation, ready = self._service.generation, self._service.pool.up > 0
        fine = bool(generation) and ready
        document = {"status": "ready" if fine else "not ready", "generation": generation}
        return JSONResponse(document, 200 if fine else 503, headers={"Cache-Control": "no-store"})

    async def metrics(self, _: Request) -> Response:
        """The counts."""
        pool = self._service.pool
        gauges: dict[str, tuple[str, float]] = {
            "ggen_workers": ("Workers that are up.", pool.up),
            "ggen_workers_busy": ("Workers that answer a query.", pool.busy),
            "ggen_requests_waiting": ("Requests that wait for a worker.", pool.queued),
            "ggen_generation": ("The current generation.", self._service.generation),
        }
        return Response(self._service.metrics.text(gauges), media_type=CONTENT_TYPE)

    async def void(self, request: Request) -> Response:
        """The data, described."""
        form = chosen(request.headers.get("accept", ""), (), TRIPLES)
        data = dataset_description(
            str(request.base_url),
            await self._service.sizes(),
            self._service.settings.name,
            form.name,
        )
        return Response(data, media_type=form.content_type, headers={"Vary": "Accept"})


async def _nothing(scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer for every path that is not one of ours."""
    raise NotThere(f"there is nothing at {scope['path'][:200]}", help="/ is where to begin")
