"""What queries gave, remembered: in memory, in files, in a real Redis."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
import redis

from ggen_graph.core.diagnostics import ConfigInvalid
from ggen_graph.edges import results
from ggen_graph.edges.results import (
    LARGEST,
    LIFETIME,
    ROOM,
    DiskCache,
    Layers,
    MemoryCache,
    RedisCache,
    result_cache,
)

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = sha256(b"key").hexdigest(), sha256(b"other").hexdigest()


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def disk(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path / "results")


@pytest.fixture
def told() -> list[str]:
    return []


def written(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


# -- in memory


def test_memory_gives_what_it_was_told_until_it_is_old(clock: Clock) -> None:
    cache = MemoryCache(clock=clock)
    cache.put(KEY, b"a")
    clock.now += LIFETIME
    assert cache.get(KEY) == b"a"
    clock.now += 1
    assert cache.get(KEY) is None
    assert cache.get(OTHER) is None


def test_memory_forgets_what_was_used_longest_ago(clock: Clock) -> None:
    cache = MemoryCache(2, clock)
    cache.put("a", b"1")
    cache.put("b", b"2")
    assert cache.get("a") == b"1"
    cache.put("c", b"3")
    assert [cache.get(key) for key in "abc"] == [b"1", None, b"3"]


def test_memory_has_room_for_so_many_bytes(clock: Clock) -> None:
    cache = MemoryCache(clock=clock)
    for key in "aabcdefghij":
        cache.put(key, bytes(LARGEST))
    kept = [key for key in "abcdefghij" if cache.get(key) is not None]
    assert kept == list("cdefghij")
    assert len(kept) * LARGEST == ROOM
    clock.now += LIFETIME + 1
    assert cache.get("c") is None
    cache.put("k", bytes(LARGEST))
    assert cache.get("k") is not None


def test_an_empty_answer_is_an_answer(clock: Clock, disk: DiskCache) -> None:
    for cache in (MemoryCache(clock=clock), disk):
        cache.put(KEY, b"")
        assert cache.get(KEY) == b""


def test_what_is_very_large_is_not_remembered(tmp_path: Path, disk: DiskCache) -> None:
    for cache in (MemoryCache(), disk):
        cache.put(KEY, bytes(LARGEST + 1))
        assert cache.get(KEY) is None
    assert not (tmp_path / "results").exists()


def test_many_threads_may_use_one_memory() -> None:
    cache = MemoryCache(4)

    def use(number: int) -> bool:
        cache.put(str(number % 9), b"%d" % (number % 9))
        return cache.get(str(number % 7)) in {None, b"%d" % (number % 7)}

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(5000)))


# -- in files


def test_files_are_the_owners_alone_and_outlive_the_process(tmp_path: Path) -> None:
    DiskCache(tmp_path / "a" / "results").put(KEY, b"rows")
    assert (tmp_path / "a" / "results").stat().st_mode & 0o777 == 0o700
    assert DiskCache(tmp_path / "a" / "results").get(KEY) == b"rows"
    assert DiskCache(tmp_path / "a" / "results").get(OTHER) is None


@pytest.mark.parametrize("age", [LIFETIME + 1, -60])
def test_a_file_that_is_old_or_of_the_future_is_not_read(tmp_path: Path, age: float) -> None:
    clock = Clock()
    cache = DiskCache(tmp_path, clock)
    cache.put(KEY, b"rows")
    os.utime(tmp_path / KEY, (clock.now - age, clock.now - age))
    assert cache.get(KEY) is None


def test_what_is_old_is_removed_with_the_next(tmp_path: Path) -> None:
    clock = Clock()
    cache = DiskCache(tmp_path, clock)
    for name in (KEY, f"{KEY}.left-by-one-that-was-killed"):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (0, 0))
    cache.put(OTHER, b"rows")
    assert [path.name for path in written(tmp_path)] == [OTHER]


def test_the_oldest_make_room(tmp_path: Path) -> None:
    clock = Clock()
    cache = DiskCache(tmp_path, clock)
    for number in range(12):
        cache.put(f"{number:x}", bytes(LARGEST - 100))
        os.utime(tmp_path / f"{number:x}", (clock.now + number - 100,) * 2)
    assert sum(path.stat().st_size for path in written(tmp_path)) <= ROOM
    assert cache.get("b") is not None
    assert cache.get("0") is None


@pytest.mark.parametrize(
    "data",
    [b"", b"short", bytes(32), bytes(40), sha256(b"rows").digest() + b"row", b"rows" * 100],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, data: bytes) -> None:
    cache = DiskCache(tmp_path)
    cache.put(KEY, b"rows")
    (tmp_path / KEY).write_bytes(data)
    assert cache.get(KEY) is None
    cache.put(KEY, b"rows")
    assert cache.get(KEY) == b"rows"


def test_a_place_that_can_not_be_used_makes_nothing_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder" / KEY).mkdir(parents=True)
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "folder"):
        cache = DiskCache(folder)
        cache.put(KEY, b"rows")
        assert cache.get(KEY) is None


def test_a_folder_that_we_may_not_use_makes_nothing_fail(tmp_path: Path, locked_out: Any) -> None:
    cache = DiskCache(tmp_path / "results")
    cache.put(KEY, b"rows")
    with locked_out(tmp_path / "results"):
        assert cache.get(KEY) is None
        cache.put(OTHER, b"rows")
    assert cache.get(KEY) == b"rows"
    assert cache.get(OTHER) is None


RACE = """
import sys
from pathlib import Path
from ggen_graph.edges.results import DiskCache
cache = DiskCache(Path(sys.argv[1]))
for number in range(300):
    key, value = str(number % 5), str(number % 5).encode() * 50_000
    cache.put(key, value)
    assert cache.get(key) in (None, value)
"""


def test_processes_that_write_the_same_never_read_half_of_it(tmp_path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", RACE, str(tmp_path)]) for _ in range(3)]
    assert [one.wait() for one in running] == [0, 0, 0]
    assert [path.name for path in written(tmp_path)] == list("01234")


# -- in Redis


def test_redis_gives_what_another_process_told_it_until_it_is_old(
    redis_url: str, told: list[str]
) -> None:
    RedisCache(redis_url, told.append).put(KEY, b"rows\x00")
    cache = RedisCache(redis_url, told.append)
    assert cache.get(KEY) == b"rows\x00"
    assert cache.get(OTHER) is None
    with redis.Redis.from_url(redis_url) as client:
        (name,) = client.keys()
        assert 0 < client.ttl(name) <= LIFETIME
        client.set(name, b"what somebody else wrote")
    assert cache.get(KEY) is None
    assert told == []


def test_redis_is_not_given_what_is_very_large(redis_url: str, told: list[str]) -> None:
    RedisCache(redis_url, told.append).put(KEY, bytes(LARGEST + 1))
    with redis.Redis.from_url(redis_url) as client:
        assert client.keys() == []


def test_a_redis_that_holds_something_else_there_is_said_once(
    redis_url: str, told: list[str]
) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.lpush(f"ggen:result:{KEY}", "a list")
    cache = RedisCache(redis_url, told.append)
    assert cache.get(KEY) is None
    cache.put(OTHER, b"rows")
    assert cache.get(OTHER) is None
    assert len(told) == 1
    assert told[0].startswith("GGEN_REDIS_URL can't be used, results are not cached: ")


def test_a_redis_that_is_not_there_is_said_once(tmp_path: Path, told: list[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        for url in (f"redis://127.0.0.1:{port}/0", f"unix://{tmp_path}/none.sock"):
            told.clear()
            cache = RedisCache(url, told.append)
            cache.put(KEY, b"rows")
            assert cache.get(KEY) is None
            assert len(told) == 1


def test_a_redis_that_does_not_answer_is_not_waited_for(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "_REDIS_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache = RedisCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", told.append)
        assert cache.get(KEY) is None
    assert len(told) == 1


@pytest.mark.parametrize(
    "url",
    [
        "localhost:6379",
        "http://localhost/",
        "redis://localhost:port/0",
        "redis://localhost:6379/0?no_such_setting=1",
        "redis://localhost:6379/0?socket_timeout=soon",
        "redis://localhost:6379/0?protocol=9",
        "redis://localhost:6379/zero",
        "redis://[::1/0",
    ],
)
def test_a_url_that_is_none_is_a_fault_of_the_configuration(url: str, told: list[str]) -> None:
    with pytest.raises(ConfigInvalid, match="GGEN_REDIS_URL is no URL of a Redis") as caught:
        RedisCache(url, told.append)
    assert caught.value.help.startswith("it is like redis://localhost:6379/0; ")


@pytest.mark.parametrize("password", ["hid/cret", "12/cret", "12?cret", "12#cret", "[cret"])
def test_a_password_is_in_no_message(password: str, told: list[str]) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        RedisCache(f"redis://:{password}@localhost/0", told.append)
    shown = f"{caught.value.message} {caught.value.help}".replace("localhost:6379/0", "")
    assert not any(part in shown for part in ("hid", "12", "cret"))
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("url", ["redis://a..b/0", "redis://\ud800/0", "unix:///a%00b"])
def test_an_address_that_no_network_has_is_said_once(url: str, told: list[str]) -> None:
    cache = RedisCache(url, told.append)
    cache.put(KEY, b"rows")
    assert cache.get(KEY) is None
    assert len(told) == 1


@pytest.mark.parametrize("setting", ["decode_responses=true", "encoding=utf-16"])
def test_answers_are_bytes_whatever_the_url_asks_for(
    redis_url: str, told: list[str], setting: str
) -> None:
    RedisCache(redis_url, told.append).put(KEY, b"\xff\x00")
    cache = RedisCache(f"{redis_url}?{setting}", told.append)
    assert cache.get(KEY) == b"\xff\x00"
    cache.put(OTHER, b"\xff")
    assert RedisCache(redis_url, told.append).get(OTHER) == b"\xff"
    assert told == []


def test_without_the_package_the_person_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigInvalid, match="the package redis is not installed") as caught:
        RedisCache("redis://localhost/0", told.append)
    assert "pip install" in caught.value.help


# -- together


def test_what_is_far_is_remembered_near() -> None:
    near, far = MemoryCache(), MemoryCache()
    far.put(KEY, b"rows")
    cache = Layers(near, far)
    assert near.get(KEY) is None
    assert cache.get(KEY) == near.get(KEY) == b"rows"
    cache.put(OTHER, b"more")
    assert near.get(OTHER) == far.get(OTHER) == b"more"


def test_redis_takes_the_place_of_files_where_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_url: str, told: list[str]
) -> None:
    monkeypatch.setenv("GGEN_REDIS_URL", redis_url)
    result_cache(tmp_path / "results", told.append).put(KEY, b"rows")
    assert not (tmp_path / "results").exists()
    assert result_cache(tmp_path / "elsewhere", told.append).get(KEY) == b"rows"
    monkeypatch.setenv("GGEN_REDIS_URL", "")
    result_cache(tmp_path / "results", told.append).put(KEY, b"rows")
    assert [path.name for path in written(tmp_path / "results")] == [KEY]
