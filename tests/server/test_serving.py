"""A server that can't run, in this process."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.graph.store import GraphStore
from ggen_graph.server.service import Settings
from ggen_graph.server.serving import listen, serve

if TYPE_CHECKING:
    from pathlib import Path


class Lost(socket.socket):
    """A socket that has no descriptor any more for who asks for it."""

    def fileno(self) -> int:
        """None."""
        return -1


def test_http_that_fails_is_an_error_before_anything_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    with Lost() as lost:
        lost.bind(("127.0.0.1", 0))
        with pytest.raises(GgenError, match=r"the HTTP server ended by itself: .*Bad file"):
            serve(GraphStore(tmp_path), Settings(workers=1), lost, said.append)
    assert said == []


def test_workers_that_do_not_start_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    said: list[str] = []
    with pytest.raises(GgenError, match="a worker process did not start"):
        serve(GraphStore(tmp_path), Settings(), listen("127.0.0.1", 0), said.append)
    assert said == []
