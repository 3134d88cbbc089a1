from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import (
    GgenError,
    InstallFailed,
    ManifestInvalid,
    NotPermitted,
    UsageError,
)
from ggen_graph.edges import files


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_atomic_write_leaves_the_content_and_nothing_beside_it(tmp_path: Path) -> None:
    files.write_atomic(tmp_path / "a.txt", b"one")
    files.write_atomic(tmp_path / "a.txt", b"two")
    assert (tmp_path / "a.txt").read_bytes() == b"two"
    assert names(tmp_path) == ["a.txt"]


def test_a_new_file_has_the_mode_it_is_given_whatever_the_umask(tmp_path: Path) -> None:
    files.write_atomic(tmp_path / "run", b"", 0o755)
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o755


def test_a_new_file_without_a_mode_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        files.write_atomic(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o600)
    files.write_atomic(tmp_path / "a", b"new")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_reader_who_has_the_old_file_open_goes_on_reading_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with (tmp_path / "a").open("rb") as reader:
        files.write_atomic(tmp_path / "a", b"new")
        assert reader.read() == b"old"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(InstallFailed, match="the disk is full: could not write") as raised:
        files.write_atomic(tmp_path / "a", b"new")
    assert raised.value.details["errno"] == "ENOSPC"
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_write_in_several_pieces_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    files.write_atomic(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_a_link_is_replaced_and_what_it_points_to_is_not(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"real")
    (tmp_path / "link").symlink_to("real")
    files.write_atomic(tmp_path / "link", b"new")
    assert (tmp_path / "real").read_bytes() == b"real"
    assert not (tmp_path / "link").is_symlink()


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (errno.ENOSPC, InstallFailed, "the disk is full"),
        (errno.EDQUOT, InstallFailed, "the disk is full"),
        (errno.EACCES, NotPermitted, "Permission denied"),
        (errno.EROFS, NotPermitted, "Read-only file system"),
        (errno.EIO, InstallFailed, "Input/output error"),
    ],
)
def test_what_the_system_refuses_is_said_with_the_path(
    number: int, kind: type[GgenError], text: str
) -> None:
    error = files.explain(OSError(number, os.strerror(number)), "write", "some/file")
    assert type(error) is kind
    assert text in error.message
    assert "some/file" in error.message
    assert error.details["errno"] == errno.errorcode[number]


def test_an_error_without_a_number_is_explained_too() -> None:
    assert "odd" in files.explain(OSError("odd"), "read", "x").message


def test_a_folder_that_is_not_ours_is_not_permitted(tmp_path: Path) -> None:
    """A process without rights, not a fake: root gives its rights up first."""
    tmp_path.chmod(0o555)
    program = """
import os, sys
from pathlib import Path
from ggen_graph.core.diagnostics import NotPermitted
from ggen_graph.edges.files import write_atomic
if os.geteuid() == 0:
    os.setuid(65534)
try:
    write_atomic(Path(sys.argv[1]) / "a", b"x")
except NotPermitted as error:
    print(error.name, error.exit_code)
"""
    for parent in tmp_path.parents:  # so that the other user gets there at all
        if parent.stat().st_uid == os.geteuid() and "pytest" in str(parent):
            parent.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "not-permitted 10\n"


def test_reading_a_missing_file_is_the_callers_matter(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.read_bytes(tmp_path / "missing")


def test_reading_a_folder_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    assert files.read_bytes(tmp_path / "a") == b"x"
    with pytest.raises(InstallFailed, match="could not read"):
        files.read_bytes(tmp_path)


def test_folders_are_made_with_their_parents_and_twice_is_fine(tmp_path: Path) -> None:
    files.make_folders(tmp_path / "a" / "b")
    files.make_folders(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("path", ["file", "file/below"])
def test_a_file_where_a_folder_is_needed_is_said(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InstallFailed, match="could not create the folder"):
        files.make_folders(tmp_path / path)


def test_folders_that_are_missing_are_named_from_the_outside_in(tmp_path: Path) -> None:
    assert files.missing_folders(tmp_path / "a" / "b") == [tmp_path / "a", tmp_path / "a" / "b"]
    assert files.missing_folders(tmp_path) == []


def test_a_write_that_would_fill_the_disk_is_refused_before_it_begins(tmp_path: Path) -> None:
    status = os.statvfs(tmp_path)
    free = status.f_bavail * status.f_frsize
    with pytest.raises(InstallFailed, match="the disk is too full") as raised:
        files.ensure_space(tmp_path / "not" / "yet", free)
    assert raised.value.exit_code == 2
    assert raised.value.details["needed"] == free + free // 5
    files.ensure_space(tmp_path / "not" / "yet", 1000)


def test_a_file_system_that_cannot_flush_folders_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> None:
        def fsync(descriptor: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "fsync", fsync)

    refuse(errno.EINVAL)
    files.sync_folder(tmp_path)
    refuse(errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        files.sync_folder(tmp_path)


def test_a_name_that_is_no_utf8_can_be_printed() -> None:
    assert files.printable(os.fsdecode(b"caf\xe9")) == r"caf\xe9"
    assert files.printable("café") == "café"


def test_text_that_is_no_utf8_is_said_with_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("é = 1\nü = '".encode() + b"\xe9'\n")
    with pytest.raises(ManifestInvalid, match=r"a:2:6: this is not UTF-8: byte 0xe9"):
        files.read_text(tmp_path / "a", ManifestInvalid)
    (tmp_path / "a").write_text("é", "utf-8")
    assert files.read_text(tmp_path / "a", ManifestInvalid) == "é"


# -- what someone asked for, where they want it


def test_an_output_goes_through_a_link_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old", "utf-8")
    (tmp_path / "link.txt").symlink_to("real.txt")
    files.write_output(tmp_path / "link.txt", b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"new"


def test_an_output_into_what_is_no_file_is_written_and_not_put_in_its_place(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        files.write_output(pipe, b"all of it")
        assert os.read(reader, 100) == b"all of it"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    files.write_output(Path(os.devnull), b"gone")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("place", ["none/out.txt", "."])
def test_an_output_that_has_no_place_is_a_usage_error(tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageError, match=r"the output .* is (in )?a folder"):
        files.write_output(tmp_path / place, b"x")
