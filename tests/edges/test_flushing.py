from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

import pytest

from ggen_graph.edges import flushing
from ggen_graph.edges.flushing import MANY, flush, syncfs

linux = pytest.mark.skipif(sys.platform != "linux", reason="syncfs is Linux's")


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The inodes that `os.fsync` was given."""
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.append(os.fstat(descriptor).st_ino))
    return seen


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The devices that were flushed whole."""
    seen: list[int] = []

    def note(descriptor: int) -> bool:
        seen.append(os.fstat(descriptor).st_dev)
        return True

    monkeypatch.setattr(flushing, "syncfs", note)
    return seen


def files(folder: Path, number: int) -> list[Path]:
    paths = [folder / str(n) for n in range(number)]
    for path in paths:
        path.write_bytes(b"x")
    return paths


def kernel(monkeypatch: pytest.MonkeyPatch, system: str, release: str) -> None:
    monkeypatch.setattr(os, "uname", lambda: os.uname_result((system, "", release, "", "")))


def test_a_few_are_flushed_one_by_one(tmp_path: Path, flushed: list[int], whole: list[int]) -> None:
    paths = [*files(tmp_path, MANY - 2), tmp_path]
    flush(paths)
    assert flushed == [path.stat().st_ino for path in paths]
    assert whole == []


def test_many_are_flushed_in_one_call(tmp_path: Path, flushed: list[int], whole: list[int]) -> None:
    flush([*files(tmp_path, MANY - 1), tmp_path])
    assert flushed == []
    assert whole == [tmp_path.stat().st_dev]


def test_where_that_can_not_be_done_many_are_flushed_one_by_one(
    tmp_path: Path, flushed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flushing, "syncfs", lambda descriptor: False)
    paths = files(tmp_path, MANY)
    flush(paths)
    assert flushed == [path.stat().st_ino for path in paths]


@linux
def test_each_file_system_is_flushed_by_what_is_on_it(
    tmp_path: Path, flushed: list[int], whole: list[int]
) -> None:
    other = Path("/proc")
    flush([other, *files(tmp_path, MANY)])
    assert flushed == [other.stat().st_ino]
    assert whole == [tmp_path.stat().st_dev]


def test_a_file_that_can_not_be_flushed_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="Input/output error"):
        flush(files(tmp_path, 1))


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        flush([tmp_path / "missing"])


@linux
def test_the_system_flushes_a_whole_file_system(tmp_path: Path) -> None:
    if tuple(map(int, os.uname().release.split(".")[:2])) < (5, 8):
        pytest.skip("this kernel is not asked")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    assert syncfs(descriptor)
    os.close(descriptor)
    assert not syncfs(-1)  # no descriptor: the system says no


@pytest.mark.parametrize(
    ("system", "release"),
    [("Linux", "5.7.19"), ("Linux", "4.18.0-553.el8"), ("Linux", "?"), ("Darwin", "24.1.0")],
)
def test_a_kernel_that_would_not_report_errors_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, release: str
) -> None:
    def asked(name: None) -> None:
        raise AssertionError

    kernel(monkeypatch, system, release)
    monkeypatch.setattr(ctypes, "CDLL", asked)
    assert not syncfs(0)


@pytest.mark.parametrize("release", ["5.8", "5.15.0-91-generic", "6.1.0", "10.0"])
@pytest.mark.parametrize(("answer", "done"), [(0, True), (-1, False)])
def test_a_kernel_that_reports_errors_is_asked(
    monkeypatch: pytest.MonkeyPatch, release: str, answer: int, done: bool
) -> None:
    class Library:
        def __init__(self, name: None) -> None: ...

        def syncfs(self, descriptor: ctypes.c_int) -> int:
            assert descriptor.value == 7
            return answer

    kernel(monkeypatch, "Linux", release)
    monkeypatch.setattr(ctypes, "CDLL", Library)
    assert syncfs(7) is done


def test_a_c_library_without_the_call_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel(monkeypatch, "Linux", "6.1.0")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert not syncfs(0)
