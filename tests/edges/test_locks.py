from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import Busy, NotPermitted
from ggen_graph.edges import locks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from ggen_graph.edges import locks
with getattr(locks, sys.argv[2])(Path(sys.argv[1]), "the thing"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "lock"


@pytest.fixture
def held(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its input ends."""
    with holding(lock, "exclusive") as process:
        yield process


def holding(lock: Path, kind: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock), kind, "--var", "token=hunter2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_lock_that_is_free_is_taken_and_given_back(lock: Path) -> None:
    with locks.exclusive(lock, "the thing", wait=False):
        assert locks.holder(lock) is not None
    with locks.exclusive(lock, "the thing", wait=False):
        pass
    assert locks.holder(lock) is None
    assert lock.exists()


def test_who_may_not_wait_is_told_who_holds_it_and_since_when(
    lock: Path, held: subprocess.Popen[str]
) -> None:
    with pytest.raises(Busy) as raised, locks.exclusive(lock, "this project", wait=False):
        pass
    message = raised.value.message
    assert message.startswith(f"this project is in use by process {held.pid} (`")
    assert "since 20" in message
    assert raised.value.details["pid"] == held.pid
    assert raised.value.exit_code == 10


def test_a_secret_on_the_command_line_is_not_written_down(
    lock: Path, held: subprocess.Popen[str]
) -> None:
    assert "hunter2" not in lock.read_text("utf-8")
    assert "token=…" in lock.read_text("utf-8")


def test_who_waits_is_told_once_and_then_gets_it(lock: Path, held: subprocess.Popen[str]) -> None:
    told: list[locks.Holder | None] = []

    def release(holder: locks.Holder | None) -> None:
        told.append(holder)
        assert held.stdin is not None
        held.stdin.close()

    with locks.exclusive(lock, "the thing", on_wait=release):
        assert held.wait() == 0
    assert [holder.pid for holder in told if holder] == [held.pid]


def test_waiting_ends_at_the_timeout(lock: Path, held: subprocess.Popen[str]) -> None:
    with (
        pytest.raises(Busy, match=r"in use by process .* after 0.05 s"),
        locks.exclusive(lock, "the thing", timeout=0.05),
    ):
        pass


def test_a_killed_process_holds_nothing_and_is_not_named(
    lock: Path, held: subprocess.Popen[str]
) -> None:
    held.kill()
    held.wait()
    assert f"pid {held.pid}" in lock.read_text("utf-8")
    assert locks.holder(lock) is None
    with locks.exclusive(lock, "the thing", wait=False):
        found = locks.holder(lock)
    assert found is not None
    assert found.pid == os.getpid()


def test_readers_share_and_a_writer_waits_for_them(lock: Path) -> None:
    with holding(lock, "shared") as reader:
        with locks.shared(lock, "the thing", wait=False):
            pass
        with (
            pytest.raises(Busy, match="in use by another process"),
            locks.exclusive(lock, "the thing", wait=False),
        ):
            pass
        reader.kill()


def test_a_reader_waits_for_a_writer(lock: Path, held: subprocess.Popen[str]) -> None:
    with pytest.raises(Busy), locks.shared(lock, "the thing", wait=False):
        pass


def test_a_lock_file_that_is_removed_meanwhile_does_not_let_two_in(lock: Path) -> None:
    """The one who got the lock on a removed file must look again at the file of that name now."""
    with locks.exclusive(lock, "the thing"):
        lock.unlink()
        with locks.exclusive(lock, "the thing", wait=False):
            assert locks.holder(lock) is not None


def test_a_lock_on_a_file_replaced_while_it_was_opened_is_not_taken(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock.parent.mkdir()
    flock = fcntl.flock
    times = []

    def replace_first(descriptor: int, kind: int) -> None:
        flock(descriptor, kind)
        times.append(kind)
        if len(times) == 1:
            lock.unlink()

    monkeypatch.setattr(fcntl, "flock", replace_first)
    with locks.exclusive(lock, "the thing"):
        assert lock.exists()
    assert len(times) == 2


def test_two_threads_of_one_process_exclude_each_other(lock: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(20):
            with locks.exclusive(lock, "the thing"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1}
    assert len(most) == 60


def test_the_lock_is_given_back_when_the_block_fails(lock: Path) -> None:
    with pytest.raises(ZeroDivisionError), locks.exclusive(lock, "the thing"):
        raise ZeroDivisionError
    with locks.exclusive(lock, "the thing", wait=False):
        pass


def test_a_reader_may_be_the_first_and_is_not_named(lock: Path) -> None:
    assert locks.holder(lock) is None
    with locks.shared(lock, "the thing"):
        assert locks.holder(lock) is None


@pytest.mark.parametrize("text", ["", "pid x\nsince y\ncommand z\n", "pid 1\n", "\xff\n"])
def test_a_lock_file_without_a_name_names_nobody(lock: Path, text: str) -> None:
    lock.parent.mkdir()
    lock.write_text(text, "latin-1")
    assert locks.holder(lock) is None


def test_a_process_of_someone_else_counts_as_running(lock: Path) -> None:
    lock.parent.mkdir()
    lock.write_text(f"pid {10**30}\nsince y\ncommand z\n", "utf-8")
    found = locks.holder(lock)
    assert found is not None
    assert found.command == "z"


def test_a_folder_in_place_of_the_lock_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="could not open the lock"), locks.exclusive(tmp_path, "x"):
        pass


def test_a_file_system_without_locks_is_said(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, kind: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (
        pytest.raises(NotPermitted, match="can't be locked: No locks available"),
        locks.exclusive(lock, "x"),
    ):
        pass


def test_an_interrupt_while_locking_leaves_no_descriptor_open(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(descriptor: int, kind: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fcntl, "flock", interrupt)
    with pytest.raises(KeyboardInterrupt), locks.exclusive(lock, "x"):
        pass


def test_a_lock_holds_without_a_name_when_the_disk_is_full(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes, offset: int) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with locks.exclusive(lock, "x", wait=False):
        assert locks.holder(lock) is None


def test_a_reader_needs_no_right_to_create(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock.parent.mkdir()
    lock.write_bytes(b"")
    real_open = os.open

    def read_only_disk(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & (os.O_CREAT | os.O_RDWR):
            raise OSError(30, "Read-only file system")
        return real_open(path, flags, mode)

    monkeypatch.setattr(os, "open", read_only_disk)
    with locks.shared(lock, "x"):
        pass
    with pytest.raises(NotPermitted, match="could not open the lock"), locks.exclusive(lock, "x"):
        pass
