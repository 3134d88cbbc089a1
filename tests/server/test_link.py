"""What a worker may send wrong, over a real socket."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.graph.workers import Worker
from ggen_graph.server.link import Link

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_no_frame_ends_the_talk_with_a_worker_that_lives_on(tmp_path: Path) -> None:
    async def told(worker: Worker) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            loop = asyncio.get_running_loop()
            _, link = await loop.create_connection(lambda: Link(worker), sock=ours)
            theirs.sendall(b"D\xff\xff\xff\xff")
            try:
                await link.ready
            finally:
                assert not link.lives

    worker = Worker(tmp_path)
    try:
        with pytest.raises(GgenError, match="a frame of 4,294,967,295 bytes"):
            asyncio.run(told(worker))
    finally:
        worker.kill()
