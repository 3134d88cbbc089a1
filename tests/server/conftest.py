"""A real `ggen serve`, as a process on a free port of loopback, and what asks it over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    Start = Callable[..., AbstractContextManager["Served"]]

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p }"
"""Some 10^17 rows on the catalog of the starter packs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def rows(self) -> list[dict[str, str]]:
        """The solutions of a result in JSON."""
        return [
            {name: cell["value"] for name, cell in row.items()}
            for row in self.json["results"]["bindings"]
        ]


class Served:
    """A server that runs."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self.address = (parts.hostname, parts.port)

    def __call__(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        **headers: str,
    ) -> Answer:
        """Ask for a path; `content_type` is the header Content-Type, and so on."""
        connection = HTTPConnection(*self.address, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            with suppress(BrokenPipeError):  # it may answer before it has read all of a large body
                connection.request(method, path, body, named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def query(self, query: str, *, accept: str = "", **parameters: str) -> Answer:
        """Ask a query by GET."""
        path = "/sparql?" + urlencode({"query": query, **parameters})
        return self(path, accept=accept) if accept else self(path)

    def workers(self) -> set[int]:
        """The processes below the server's."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in children.read_text().split()}

    def gauge(self, name: str) -> float:
        """A count or a measure."""
        lines = self("/metrics").body.decode().splitlines()
        found = [line for line in lines if line.startswith((f"{name} ", f"{name}{{"))]
        return sum(float(line.rpartition(" ")[2]) for line in found)


def until(true: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.01)


@contextmanager
def started(
    folder: Path, *options: str | Path, environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """`ggen serve` in a folder, on a free port, until the block ends; then it is ended by SIGTERM."""
    command = [sys.executable, "-m", "ggen_graph", "serve", "--json", "--port", "0"]
    with subprocess.Popen(
        [*command, *map(str, options)],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not said.endswith("}\n"):
                line = process.stdout.readline()
                assert line, process.stderr.read() if process.stderr else ""
                said += line
            yield Served(process, json.loads(said)["url"])
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert "Traceback" not in errors, errors


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """What starts a server for one test."""

    def run(*options: str | Path, **environment: str) -> AbstractContextManager[Served]:
        return started(tmp_path, *options, environment=environment)

    return run


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = str(tmp_path_factory.mktemp("served-home"))
    options = ("--timeout", "2", "--workers", "3", "--rows", "20000")
    folder = tmp_path_factory.mktemp("served")
    with started(folder, *options, environment={"GGEN_HOME": home}) as served:
        yield served


@pytest.fixture
def served(_served: Served) -> Served:
    """A server of the starter packs' catalog that many tests ask; a query may take 2 s."""
    return _served
