"""What queries gave, remembered for a while: in memory, in files of the home, or in Redis.

A key says all that an answer depends on (`workflows.ask`), so that what is found is right however old;
it goes after `LIFETIME` because nobody asks again. What can't be read or written is as good as not
remembered: a cache never makes a query fail. `GGEN_REDIS_URL` that can't be used is said, once.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from ggen_graph.core.diagnostics import ConfigInvalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIFETIME = 300.0
"""Seconds that an answer is remembered."""

LARGEST = 8 << 20
"""Bytes of the largest answer that is remembered."""

ROOM = 64 << 20
"""Bytes of all answers that are remembered in memory, and of all in files."""

_DIGEST = 32  # bytes of SHA-256
_REDIS_SECONDS = 1.0
_PREFIX = "ggen:result:"


class ResultCache(Protocol):
    """Where answers are remembered, by keys that are hex digits."""

    def get(self, key: str) -> bytes | None:
        """What is remembered under a key."""

    def put(self, key: str, value: bytes) -> None:
        """Remember something, if there is room for it."""


def _sealed(value: bytes) -> bytes:
    """An answer behind its own digest."""
    return sha256(value).digest() + value


def _opened(data: bytes) -> bytes | None:
    """The answer that was sealed; None if it was damaged, or somebody else's."""
    digest, value = data[:_DIGEST], data[_DIGEST:]
    return value if sha256(value).digest() == digest else None


class MemoryCache:
    """Answers in this process, the latest `entries` as far as there is `ROOM`; for many threads."""

    def __init__(self, entries: int = 64, clock: Callable[[], float] = time.monotonic) -> None:
        self._entries = entries
        self._clock = clock
        self._found: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._size = 0
        self._turn = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """What is remembered under a key."""
        with self._turn:
            at, value = self._found.get(key, (0.0, b""))
            if key not in self._found or self._clock() - at > LIFETIME:
                self._forget(key)
                return None
            self._found.move_to_end(key)
            return value

    def put(self, key: str, value: bytes) -> None:
        """Remember something that is not too large."""
        if len(value) > LARGEST:
            return
        with self._turn:
            self._forget(key)
            self._found[key] = self._clock(), value
            self._size += len(value)
            while len(self._found) > self._entries or self._size > ROOM:
                self._forget(next(iter(self._found)))

    def _forget(self, key: str) -> None:
        _, value = self._found.pop(key, (0.0, b""))
        self._size -= len(value)


class DiskCache:
    """Answers as files in a folder that is the owner's alone; each begins with its own digest."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def get(self, key: str) -> bytes | None:
        """What is remembered under a key; what was damaged is forgotten."""
        path = self._folder / key
        try:
            if not 0 <= self._clock() - path.stat().st_mtime <= LIFETIME:
                return None
            data = path.read_bytes()
        except OSError:
            return None
        return _opened(data)

    def put(self, key: str, value: bytes) -> None:
        """Remember something that is not too large, and forget what is too old or too much."""
        if len(value) > LARGEST:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._make_room(len(value))
            # Not flushed to the disk: what a power cut leaves of it does not fit its digest.
            temporary = self._folder / f"{key}.{os.urandom(8).hex()}"
            temporary.write_bytes(_sealed(value))
            temporary.replace(self._folder / key)

    def _make_room(self, size: int) -> None:
        kept: list[tuple[float, int, Path]] = []
        for path in self._folder.iterdir():
            with suppress(OSError):
                found = path.stat()
                if self._clock() - found.st_mtime > LIFETIME:
                    path.unlink()
                else:
                    kept.append((found.st_mtime, found.st_size, path))
        size += sum(length for _, length, _ in kept)
        for _, length, path in sorted(kept):
            if size <= ROOM:
                break
            with suppress(OSError):
                path.unlink()
                size -= length


class RedisCache:
    """Answers in a Redis that several machines share.

    Args:
        url: as of redis-py, such as `redis://localhost:6379/0`.
        tell: told once if it can't be used.

    Raises:
        ConfigInvalid: the URL is none, or the package `redis` is not installed.
    """

    def __init__(self, url: str, tell: Callable[[str], None]) -> None:
        try:
            import redis  # noqa: PLC0415 - only for those who have one
            from redis.backoff import NoBackoff  # noqa: PLC0415
            from redis.retry import Retry  # noqa: PLC0415
        except ImportError as error:
            raise ConfigInvalid(
                "GGEN_REDIS_URL is set, and the package redis is not installed",
                help="pip install 'ggen-graph[redis]', or unset GGEN_REDIS_URL",
            ) from error
        try:
            _refuse(url)
            self._client: Any = redis.Redis.from_url(
                url,
                socket_timeout=_REDIS_SECONDS,
                socket_connect_timeout=_REDIS_SECONDS,
                retry=Retry(NoBackoff(), 0),  # it waits for seconds before it gives up, else
            )
            pool = self._client.connection_pool
            # Not arguments of from_url: what stands behind the `?` comes before those.
            pool.connection_kwargs |= {"decode_responses": False, "encoding": "utf-8"}
            pool.make_connection()  # reads what stands behind the `?`
        except (TypeError, ValueError, OSError, redis.RedisError):
            # Without the library's words, and without their traceback: of a URL that can't be read,
            # they may quote the password.
            raise ConfigInvalid(
                "GGEN_REDIS_URL is no URL of a Redis",
                help="it is like redis://localhost:6379/0; in a password, write /, ? and # as %2F,"
                " %3F and %23",
            ) from None
        self._failures = (redis.RedisError, OSError, ValueError)  # a host may be none for IDNA
        self._tell = tell
        self._works = True

    def get(self, key: str) -> bytes | None:
        """What is remembered under a key."""
        data: bytes | None = self._tried(lambda: self._client.get(_PREFIX + key))
        return None if data is None else _opened(data)

    def put(self, key: str, value: bytes) -> None:
        """Remember something that is not too large."""
        if len(value) <= LARGEST:
            self._tried(lambda: self._client.set(_PREFIX + key, _sealed(value), ex=int(LIFETIME)))

    def _tried(self, act: Callable[[], Any]) -> Any:
        if not self._works:
            return None
        try:
            return act()
        except self._failures as error:
            self._works = False
            self._tell(f"GGEN_REDIS_URL can't be used, results are not cached: {error}")
            return None


def _refuse(url: str) -> None:
    """Refuse a URL of which redis-py passes over a part: that may belong to a password.

    Raises:
        ValueError: it is such a URL.
    """
    parts = urlsplit(url)
    database = parts.path.removeprefix("/")
    if parts.fragment or (parts.scheme != "unix" and database and not database.isdecimal()):
        raise ValueError(url)
    if parts.query:
        parse_qsl(parts.query, strict_parsing=True)


class Layers:
    """A cache in front of another."""

    def __init__(self, near: ResultCache, far: ResultCache) -> None:
        self._near = near
        self._far = far

    def get(self, key: str) -> bytes | None:
        """What is remembered under a key by either."""
        value = self._near.get(key)
        if value is None:
            value = self._far.get(key)
            if value is not None:
                self._near.put(key, value)
        return value

    def put(self, key: str, value: bytes) -> None:
        """Remember something in both."""
        self._near.put(key, value)
        self._far.put(key, value)


def result_cache(folder: Path, tell: Callable[[str], None]) -> ResultCache:
    """The cache that is set: in memory, and behind it Redis if `GGEN_REDIS_URL` is set, else `folder`.

    Args:
        folder: of the files.
        tell: told what a person should know.
    """
    url = os.environ.get("GGEN_REDIS_URL")
    return Layers(MemoryCache(), RedisCache(url, tell) if url else DiskCache(folder))
