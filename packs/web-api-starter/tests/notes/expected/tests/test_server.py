"""The service as others meet it: a real server on a real port."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from notes.main import create_app
from notes.settings import Settings

PATIENCE = 30  # seconds for the server to start, and to stop


@pytest.fixture
def base_url(tmp_path: Path) -> Iterator[str]:
    """The address of a server on a free port of this machine, stopped when the test is over."""
    app = create_app(Settings(database=tmp_path / "server.sqlite3"))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE
            while not server.started and thread.is_alive() and time.monotonic() < deadline:
                time.sleep(0.01)
            assert server.started, "the server did not start"
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=PATIENCE)
            assert not thread.is_alive(), "the server did not stop"


def test_a_real_server_answers_for_each_collection(base_url: str) -> None:
    with httpx.Client(base_url=base_url, timeout=PATIENCE) as client:
        assert client.get("/health").json() == {"status": "ok"}
        paths = client.get("/openapi.json").json()["paths"]
        collections = [path for path in paths if "{" not in path and path != "/health"]
        for path in collections:
            assert client.get(path).json()["items"] == []
            assert client.get(f"{path}/unknown").status_code == 404
