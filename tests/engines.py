"""Real SPARQL servers for tests: the Oxigraph server (PyPI `oxigraph`) and Virtuoso (Debian's package).

Each is started on free ports of loopback with its data in a folder of its own, and ended by its
process. Both are small: together they take some 300 MB.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

START = 60.0
"""Seconds within which a server must answer."""

VIRTUOSO = "virtuoso-t"

_INI = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
DisableUnixSocket = 1
ServerThreads = 8
CheckpointInterval = 0
NumberOfBuffers = 2000
MaxDirtyBuffers = 1000
CaseMode = 2
SchedulerInterval = 0
AsyncQueueMaxThreads = 2
ThreadsPerQuery = 1
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 4
[SPARQL]
ResultSetMaxRows = 1000000
"""


class Engine(NamedTuple):
    """A running server: where it answers queries, and where it takes updates."""

    name: str
    query: str
    update: str


@contextmanager
def oxigraph(folder: Path) -> Iterator[Engine]:
    """The Oxigraph server, on a store in `folder`."""
    (port,) = _free_ports(1)
    program = Path(sys.executable).with_name("oxigraph")
    command = [str(program), "serve", "--location", str(folder / "store")]
    with _running([*command, "--bind", f"127.0.0.1:{port}"], folder):
        engine = Engine(
            "oxigraph", f"http://127.0.0.1:{port}/query", f"http://127.0.0.1:{port}/update"
        )
        _wait(f"{engine.query}?query=ASK%7B%7D", folder)
        yield engine


@contextmanager
def virtuoso(folder: Path) -> Iterator[Engine]:
    """Virtuoso, on a database in `folder`, where everybody may write."""
    port, http = _free_ports(2)
    (folder / "virtuoso.ini").write_text(_INI.format(port=port, http=http), "utf-8")
    command = [VIRTUOSO, "+foreground", "+configfile", "virtuoso.ini", "+pwddba", "dba"]
    with _running(command, folder):
        url = f"http://127.0.0.1:{http}/sparql"
        _wait(f"{url}?query=SELECT+1%7B%7D", folder)
        grant = 'GRANT SPARQL_UPDATE TO "SPARQL";'
        subprocess.run(
            ["isql-vt", str(port), "dba", "dba", f"exec={grant}"], check=True, capture_output=True
        )
        yield Engine("virtuoso", url, url)


def has_virtuoso() -> bool:
    """Whether its programs are installed; scripts/system-packages.sh installs them where there is apt-get."""
    return shutil.which(VIRTUOSO) is not None and shutil.which("isql-vt") is not None


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    """A server's process, until the block ends; what it says is in `folder`/said."""
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, folder: Path) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + START
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            if time.monotonic() > until:
                raise AssertionError((folder / "said").read_text("utf-8")[-2000:]) from None
        time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    """Ports of loopback on which nothing listens."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Gate(ThreadingHTTPServer):
    """Stands before a server and lets `limit` updates through; those after it are held, or cut off.

    `asked` has the paths of all that came; `stopped` is set when an update was held or cut off.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, engine: Engine, limit: int | None = None, *, hold: bool = False) -> None:
        self.engine = engine
        self.limit = limit
        self.hold = hold
        self.updates = 0
        self.stopped = threading.Event()
        self.opened = threading.Event()
        super().__init__(("127.0.0.1", 0), _Passing)

    @property
    def url(self) -> str:
        """The address of queries; updates go to `…/update`."""
        return f"http://127.0.0.1:{self.server_port}/query"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.opened.set()
        self.shutdown()
        self.server_close()


class _Passing(BaseHTTPRequestHandler):
    server: Gate

    def do_POST(self) -> None:
        gate = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_update = self.path == "/update"
        if is_update and gate.limit is not None and gate.updates >= gate.limit:
            gate.stopped.set()
            if gate.hold:
                gate.opened.wait(START)
            self.close_connection = True
            return
        gate.updates += is_update
        url = gate.engine.update if is_update else gate.engine.query
        headers = {"Content-Type": self.headers["Content-Type"], "Accept": self.headers["Accept"]}
        try:
            with urlopen(Request(url, body, headers)) as answer:
                status, data = answer.status, answer.read()
        except HTTPError as error:
            status, data = error.code, error.read()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        pass
