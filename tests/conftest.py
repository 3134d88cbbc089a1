"""What holds for every test: a home of its own, no network but loopback, no wall-time limits."""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from ggen_graph.graph.remote import Endpoint, Server
from tests import engines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

collect_ignore = ["data"]  # packs there bring tests of their own

settings.register_profile("ggen", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("ggen")


def pytest_configure(config: pytest.Config) -> None:
    """Leave the soak tests out unless someone chose by marker (`make soak`)."""
    config.option.markexpr = config.option.markexpr or "not soak"


@pytest.fixture(autouse=True)
def ggen_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty `$GGEN_HOME` for this test and the commands it starts; nobody's own is touched."""
    home = tmp_path_factory.mktemp("ggen-home")
    monkeypatch.setenv("GGEN_HOME", str(home))
    monkeypatch.setenv("NO_COLOR", "1")
    return home


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep coverage out of the processes that a test starts, where it would be seen among imports."""
    for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """Refuse connections that leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
            raise AssertionError(f"a test may not connect to {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session", params=["oxigraph", "virtuoso"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[engines.Engine]:
    """A SPARQL server of this worker's own; what a test puts into it, it removes."""
    start = {"oxigraph": engines.oxigraph, "virtuoso": engines.virtuoso}[request.param]
    if request.param == "virtuoso" and not (engines.has_virtuoso() or os.environ.get("CI")):
        pytest.skip("Virtuoso is not installed, and there is no package of it here")
    with start(tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture(scope="session")
def server(engine: engines.Engine) -> Server:
    """The same as ggen sees it."""
    return Server(Endpoint(engine.query, engine.update))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
