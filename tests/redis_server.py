"""A real Redis for tests: Debian's `redis-server`, on a socket in a folder, ended by its process."""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import redis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVER = "redis-server"
START = 30.0
"""Seconds within which it must answer."""


def has_redis() -> bool:
    """Whether it is installed; scripts/system-packages.sh installs it where there is apt-get."""
    return shutil.which(SERVER) is not None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A Redis that keeps nothing, as a URL, until the block ends."""
    path = folder / "redis.sock"
    command = [SERVER, "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
        try:
            url = f"unix://{path}"
            _wait(url, folder)
            yield url
        finally:
            process.terminate()
            process.wait(30)


def empty(url: str) -> None:
    """Remove all that it holds."""
    with redis.Redis.from_url(url) as client:
        client.flushall()


def _wait(url: str, folder: Path) -> None:
    until = time.monotonic() + START
    while True:
        with redis.Redis.from_url(url) as client:
            try:
                client.ping()
            except redis.RedisError:
                if time.monotonic() > until:
                    raise AssertionError((folder / "said").read_text("utf-8")) from None
            else:
                return
        time.sleep(0.05)
