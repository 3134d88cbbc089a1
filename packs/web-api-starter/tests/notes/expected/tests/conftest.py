"""What the tests share: the service on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from notes.main import create_app
from notes.settings import Settings


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The application, built once: what a test changes is in its own database."""
    return create_app(Settings())


@pytest.fixture
async def client(app: FastAPI, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application itself: no server, no network, an empty database."""
    app.state.settings = Settings(database=tmp_path / "test.sqlite3")
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as asgi_client,
    ):
        yield asgi_client
