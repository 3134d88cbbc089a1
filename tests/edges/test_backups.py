"""What transactions replaced: whole and checked, of one scope, and never the latest thrown away."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import BackupMissing, InstallFailed, PathRefused
from ggen_graph.edges import backups as module
from ggen_graph.edges.backups import Backups, old_backups, size_alone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY = 86400.0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def checksum(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def aged(home: Path, scope: str, transaction: str, when: float) -> Path:
    Backups(home, scope).keep(transaction, [transaction.encode()])
    folder = home / "backups" / scope / transaction
    os.utime(folder, (when, when))
    return folder


def test_what_is_kept_is_read_back(home: Path) -> None:
    backups = Backups(home, "project")
    contents = [b"", b"one\r\n", b"\xff\0", b"one\r\n"]
    backups.keep("1-abc", contents)
    assert [backups.read("1-abc", checksum(data)) for data in contents] == contents


def test_a_content_is_kept_once_for_all_transactions(home: Path) -> None:
    backups = Backups(home, "project")
    backups.keep("1-abc", [b"text"])
    backups.keep("2-def", [b"text"])
    Backups(home, "another").keep("1-abc", [b"text"])
    files = [path for path in (home / "backups").rglob("*") if path.is_file()]
    assert len(files) == 3
    assert len({path.stat().st_ino for path in files}) == 1
    assert not any(path.stat().st_mode & 0o222 for path in files)


def test_a_file_that_is_replaced_is_its_own_backup(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"text")
    inode = file.stat().st_ino
    backups = Backups(home, "project")
    backups.keep("1-abc", [b"text", b"other"], {b"text": file})
    file.unlink()
    assert backups.read("1-abc", checksum(b"text")) == b"text"
    assert inode in {path.stat().st_ino for path in (home / "backups").rglob("*")}
    (folder,) = (home / "backups" / "project").iterdir()
    assert size_alone(folder) == 4  # the other one is a blob as well


def hard_linked(file: Path) -> None:
    file.with_name("second").hardlink_to(file)


def linked_to(file: Path) -> None:
    file.rename(file.with_name("second"))
    file.symlink_to("second")


def somebody_elses(file: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(file, 65534, 65534)


SHARED: dict[str, Callable[[Path], object]] = {
    "hard link": hard_linked,
    "symbolic link": linked_to,
    "somebody else's": somebody_elses,
    "changed": lambda file: file.write_bytes(b"an edit"),
    "gone": lambda file: file.unlink(),
}


@pytest.mark.parametrize("how", SHARED)
def test_what_may_be_written_to_by_another_name_is_copied(
    home: Path, tmp_path: Path, how: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"text")
    SHARED[how](file)
    backups = Backups(home, "project")
    backups.keep("1-abc", [b"text"], {b"text": file})
    if file.exists():
        file.write_bytes(b"later")
    assert backups.read("1-abc", checksum(b"text")) == b"text"


def test_a_backup_that_was_written_into_is_found_out_and_can_be_mended(
    home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"text")
    backups = Backups(home, "project")
    with file.open("r+b") as still_open:
        backups.keep("1-abc", [b"text"], {b"text": file})
        still_open.write(b"oops")
    with pytest.raises(BackupMissing):
        backups.read("1-abc", checksum(b"text"))
    backups.keep("1-abc", [b"text"])
    assert backups.read("1-abc", checksum(b"text")) == b"text"
    assert file.read_bytes() == b"oops"


def test_keeping_again_what_was_kept_changes_nothing(home: Path) -> None:
    backups = Backups(home, "project")
    backups.keep("1-abc", [b"one"])
    backups.keep("1-abc", [b"one", b"two"])
    assert backups.read("1-abc", checksum(b"two")) == b"two"


def test_nothing_to_keep_makes_no_folder(home: Path) -> None:
    Backups(home, "project").keep("1-abc", [])
    assert not home.exists()


def test_a_backup_that_is_gone_or_damaged_is_missing(home: Path) -> None:
    backups = Backups(home, "project")
    with pytest.raises(BackupMissing, match="transaction 1-abc") as missing:
        backups.read("1-abc", checksum(b"text"))
    assert "packs clean" in missing.value.help
    backups.keep("1-abc", [b"text"])
    file = next((home / "backups" / "project" / "1-abc").iterdir())
    file.chmod(0o644)
    file.write_bytes(b"oops")
    with pytest.raises(BackupMissing):
        backups.read("1-abc", checksum(b"text"))


def test_two_checkouts_of_a_project_are_two_and_read_each_others(
    home: Path, tmp_path: Path
) -> None:
    one, two = (Backups(home, "project", tmp_path / name) for name in ("one", "two"))
    one.keep("1-abc", [b"text"])
    two.keep("2-def", [b"other"])
    assert one.read("2-def", checksum(b"other")) == b"other"  # one was moved to two, perhaps
    for when, folder in enumerate((home / "backups").glob("*/*")):
        os.utime(folder, (when, when))
    assert old_backups(home, older_than=DAY, now=9 * DAY) == []
    two.drop("1-abc")
    assert one.read("1-abc", checksum(b"text")) == b"text"
    with pytest.raises(BackupMissing):
        Backups(home, "project2", tmp_path / "one").read("1-abc", checksum(b"text"))


def test_a_checkout_is_known_by_where_it_really_is(home: Path, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "link").symlink_to("one")
    Backups(home, "project", tmp_path / "link").keep("1-abc", [b"text"])
    Backups(home, "project", tmp_path / "one").drop("1-abc")
    assert not list((home / "backups").glob("*/1-abc"))


def test_a_backup_is_dropped_whole(home: Path) -> None:
    backups = Backups(home, "project")
    backups.keep("1-abc", [b"one", b"two"])
    backups.keep("2-def", [b"two"])
    backups.drop("1-abc")
    backups.drop("1-abc")
    assert [path.name for path in (home / "backups" / "project").iterdir()] == ["2-def"]
    assert backups.read("2-def", checksum(b"two")) == b"two"


def test_a_full_disk_is_found_before_the_first_byte(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, size: int) -> None:
        raise InstallFailed(f"the disk is too full for {size} bytes")

    monkeypatch.setattr(module, "ensure_space", full)
    with pytest.raises(InstallFailed, match="7 bytes"):
        Backups(home, "project").keep("1-abc", [b"one", b"text"])
    assert not home.exists()


@pytest.mark.parametrize("name", ["..", "", "a/b", ".hidden", "a\n"])
def test_a_name_that_leads_elsewhere_is_refused(home: Path, name: str) -> None:
    with pytest.raises(PathRefused, match="names no backup"):
        Backups(home, name)
    with pytest.raises(PathRefused):
        Backups(home, "project").keep(name, [b"text"])
    with pytest.raises(PathRefused):
        Backups(home, "project").read("1-abc", f"sha256:{name}")


def test_the_old_are_found_but_never_the_latest_of_a_scope(home: Path) -> None:
    now = 100 * DAY
    oldest = aged(home, "one", "1-a", now - 3 * DAY)
    old = aged(home, "one", "2-b", now - 2 * DAY)
    aged(home, "one", "3-c", now - DAY / 2)
    aged(home, "two", "1-a", now - 50 * DAY)
    assert old_backups(home, older_than=DAY, now=now) == [oldest, old]
    assert old_backups(home, older_than=0, now=now) == [oldest, old]
    assert old_backups(home, older_than=4 * DAY, now=now) == []


def test_what_a_killed_removal_left_does_not_count_as_the_latest(home: Path) -> None:
    now = 100 * DAY
    latest = aged(home, "one", "1-a", now - 50 * DAY)
    trash = latest.with_name(".ggen-trash-0")
    trash.mkdir()
    assert old_backups(home, older_than=DAY, now=now) == []


def test_without_backups_none_are_old(home: Path) -> None:
    assert old_backups(home, older_than=0, now=DAY) == []
