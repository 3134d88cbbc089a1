"""The application: settings in, an ASGI app out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from notes import __version__
from notes.database import open_database
from notes.routers import ROUTERS, TABLES
from notes.settings import Settings
from notes.table import NoSuchRecordError

TITLE = "Notes API"
DESCRIPTION = "Notes and notebooks."


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the service; without settings they are read from the environment."""
    app = FastAPI(
        title=TITLE,
        description=DESCRIPTION,
        version=__version__,
        lifespan=prepare_database,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings or Settings.from_environment()
    app.add_exception_handler(NoSuchRecordError, not_found)
    app.add_exception_handler(RequestValidationError, invalid)
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")

    @app.get("/health", tags=["service"])
    def health() -> dict[str, str]:
        """Say that the service is up."""
        return {"status": "ok"}

    return app


@asynccontextmanager
async def prepare_database(app: FastAPI) -> AsyncIterator[None]:
    """See to it that all tables are there before the first request."""
    with open_database(app.state.settings.database) as connection:
        for table in TABLES:
            table.prepare(connection)
    yield


async def not_found(_: Request, error: Exception) -> JSONResponse:
    """Answer 404 for a record that is not there."""
    return JSONResponse(status_code=404, content={"detail": str(error)})


async def invalid(_: Request, error: Exception) -> JSONResponse:
    """Answer 422 with every fault, but without the input: it may hold what JSON cannot write."""
    assert isinstance(error, RequestValidationError)
    faults = [{name: fault[name] for name in ("type", "loc", "msg")} for fault in error.errors()]
    return JSONResponse(status_code=422, content={"detail": faults})
