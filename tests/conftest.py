"""What holds for every test: a home of its own, no network but loopback, no wall-time limits."""

from __future__ import annotations

import ipaddress
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from ggen_graph.graph.endpoint import Endpoint
from ggen_graph.graph.remote import Server
from tests import engines, redis_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

NOBODY = 65534

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
    monkeypatch.delenv("GGEN_GRAPH", raising=False)
    return home


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep coverage out of the processes that a test starts, where it would be seen among imports."""
    for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def locked_out() -> Callable[[Path], AbstractContextManager[None]]:
    """A block in which the system does not let us into a folder, not even as root."""

    @contextmanager
    def block(folder: Path) -> Iterator[None]:
        mode = folder.stat().st_mode
        root = os.geteuid() == 0
        folder.chmod(0)
        try:
            if root:
                os.seteuid(NOBODY)
            yield
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(mode)

    return block


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


@pytest.fixture(scope="session")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (redis_server.has_redis() or os.environ.get("CI")):
        pytest.skip("Redis is not installed, and there is no package of it here")
    with redis_server.running(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(_redis: str) -> str:
    """A Redis of this worker's own, empty."""
    redis_server.empty(_redis)
    return _redis


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
