from __future__ import annotations

import gzip
import io
import struct
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import ArchiveRefused, InstallFailed, PathRefused
from ggen_graph.edges.archive import MAX_HEADERS, pack_tree, unpack
from ggen_graph.edges.staging import stage_tree
from ggen_graph.edges.trees import tree_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def tar_of(*entries: tuple[str, bytes] | tarfile.TarInfo, form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar with files given as (name, content), or whatever else as TarInfo."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=form) as tar:
        for entry in entries:
            if isinstance(entry, tuple):
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                tar.addfile(info, io.BytesIO(entry[1]))
            else:
                tar.addfile(entry)
    return whole.getvalue()


def unpacked(archive: Path, **limits: int) -> None:
    """Unpack to `out` beside the archive."""
    with stage_tree(archive.with_name("out")) as staged:
        unpack(archive, staged, **limits)


def info(name: str, kind: bytes, **fields: Any) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type = kind
    for field, value in fields.items():
        setattr(entry, field, value)
    return entry


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., ArchiveRefused]:
    """Try an archive of these bytes; it is refused and leaves nothing."""

    def attempt(data: bytes, **limits: int) -> ArchiveRefused:
        archive = tmp_path / "pack-1.0.0.tar.gz"
        archive.write_bytes(data)
        with pytest.raises(ArchiveRefused) as raised:
            unpacked(archive, **limits)
        assert [path.name for path in tmp_path.iterdir()] == [archive.name]
        assert raised.value.exit_code == 9
        assert raised.value.message.startswith("pack-1.0.0.tar.gz ")
        return raised.value

    return attempt


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "templates" / "deep").mkdir(parents=True)
    (root / "gpack.toml").write_bytes(b"[pack]\n")
    (root / ".gitignore").write_bytes(b"")
    (root / "templates" / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "templates" / "run.sh").chmod(0o755)
    (root / "templates" / "deep" / "{{ name }} é.txt").write_bytes(b"x" * 200_000)
    return root


def test_what_is_packed_comes_out_the_same(tree: Path, tmp_path: Path) -> None:
    pack_tree(tree, tmp_path / "a.tar.gz")
    unpacked(tmp_path / "a.tar.gz")
    assert tree_files(tmp_path / "out") == tree_files(tree)


def test_the_same_tree_gives_the_same_archive(tree: Path, tmp_path: Path) -> None:
    pack_tree(tree, tmp_path / "a.tar.gz")
    (tree / "gpack.toml").write_bytes((tree / "gpack.toml").read_bytes())
    pack_tree(tree, tmp_path / "b.tar.gz")
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_a_plain_tar_of_any_usual_form_is_unpacked(tmp_path: Path, form: int) -> None:
    long = "a/" * 20 + "b" * 70
    folder = info("./empty", tarfile.DIRTYPE)
    data = tar_of(info(".", tarfile.DIRTYPE), folder, ("./x", b"1"), (long, b"2"), form=form)
    (tmp_path / "a.tar").write_bytes(data)
    unpacked(tmp_path / "a.tar")
    assert (tmp_path / "out" / "x").read_bytes() == b"1"
    assert (tmp_path / "out" / long).read_bytes() == b"2"
    assert (tmp_path / "out" / "empty").is_dir()


def test_modes_owners_and_set_user_bits_do_not_come_out(tmp_path: Path) -> None:
    entry = info("run", tarfile.REGTYPE, mode=0o6777, uid=1, gid=1)
    (tmp_path / "a.tar").write_bytes(tar_of(entry, info("d", tarfile.DIRTYPE, mode=0)))
    unpacked(tmp_path / "a.tar")
    assert (tmp_path / "out" / "run").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "out" / "d").stat().st_mode & 0o700 == 0o700


@pytest.mark.parametrize(
    "name",
    [
        "../a", "a/../../b", "/etc/passwd", "a//b", "a/./b", "..", "a\\b", "C:a", "a\nb", "a\0b",
        "a.", "a ", " a", "a/ ", "con?", "caf\udce9", "a|b", "\x1b[31m",
    ],
)  # fmt: skip
def test_a_name_that_some_system_reads_otherwise_is_refused(
    refused: Callable[..., ArchiveRefused], name: str
) -> None:
    if "\0" in name:
        return  # a tar header can't hold it: the name ends there
    assert "a name that is not allowed" in refused(tar_of((name, b"x"))).message


@pytest.mark.parametrize(
    "name", ["a" * 256, "é" * 128, "/".join(["a"] * 33), "/".join(["a" * 200] * 6)]
)
def test_a_name_that_is_too_long_is_refused(
    refused: Callable[..., ArchiveRefused], name: str
) -> None:
    assert "a name that is too long" in refused(tar_of((name, b"x"))).message


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.CONTTYPE]
)  # fmt: skip
def test_links_devices_and_pipes_are_refused(
    refused: Callable[..., ArchiveRefused], kind: bytes
) -> None:
    error = refused(tar_of(("a", b"x"), info("odd", kind, linkname="a")))
    assert error.message.endswith("holds something else than files and folders: odd")
    assert error.details["entry"] == "odd"


def test_a_sparse_file_is_refused(refused: Callable[..., ArchiveRefused]) -> None:
    """It would be small in the archive and as large as it claims on the disk."""
    header = bytearray(info("hole", tarfile.REGTYPE).tobuf(tarfile.GNU_FORMAT))
    header[156:157] = b"S"
    header[386:398] = b"00000000000\0"
    header[483:495] = b"77777777777\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    error = refused(bytes(header) + bytes(10240))
    assert "something else than files" in error.message


@pytest.mark.parametrize(
    ("first", "second"),
    [("a", "a"), ("README", "readme"), ("D/a", "d/b"), ("a", "a/b"), ("a/b", "a")],
)
def test_two_entries_of_one_name_are_refused(
    refused: Callable[..., ArchiveRefused], first: str, second: str
) -> None:
    assert "two entries of one name" in refused(tar_of((first, b"1"), (second, b"2"))).message


def test_a_folder_may_be_named_twice(tmp_path: Path) -> None:
    folder = info("d", tarfile.DIRTYPE)
    (tmp_path / "a.tar").write_bytes(tar_of(folder, ("d/a", b"x"), folder))
    unpacked(tmp_path / "a.tar")
    assert (tmp_path / "out" / "d" / "a").exists()


def test_a_bomb_is_refused_by_what_comes_out_of_it(refused: Callable[..., ArchiveRefused]) -> None:
    bomb = gzip.compress(tar_of(("zeros", bytes(20_000_000))))
    assert len(bomb) < 100_000
    assert "holds more than 1,000,000 bytes" in refused(bomb, max_bytes=1_000_000).message


def test_a_bomb_after_the_end_of_the_tar_is_refused(refused: Callable[..., ArchiveRefused]) -> None:
    bomb = gzip.compress(tar_of(("a", b"x")) + bytes(20_000_000))
    assert "holds more than" in refused(bomb, max_bytes=1_000_000).message


def test_what_follows_the_end_of_the_tar_may_be_long(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tar_of(("a", b"x")) + bytes(3_000_000)))
    unpacked(tmp_path / "a.tgz")
    assert (tmp_path / "out" / "a").exists()


def test_too_many_entries_are_refused(refused: Callable[..., ArchiveRefused]) -> None:
    entries = [(f"f{number}", b"") for number in range(11)]
    assert "more than 10 entries" in refused(tar_of(*entries), max_entries=10).message


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XGLTYPE])
def test_a_header_that_fills_the_memory_is_refused(
    refused: Callable[..., ArchiveRefused], kind: bytes
) -> None:
    header = info("x", kind, size=50_000_000).tobuf(tarfile.USTAR_FORMAT)
    error = refused(gzip.compress(header + bytes(50_000_000)))
    assert f"a header of more than {MAX_HEADERS:,} bytes" in error.message


def test_a_negative_size_is_refused(refused: Callable[..., ArchiveRefused]) -> None:
    header = bytearray(info("a", tarfile.REGTYPE).tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" + struct.pack(">11s", b"\xff" * 11)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    refused(bytes(header) + bytes(10240))


@pytest.mark.parametrize("cut", [0, 1, 5, 50, -1, -9])
def test_an_archive_that_was_cut_off_is_refused(
    refused: Callable[..., ArchiveRefused], cut: int
) -> None:
    whole = gzip.compress(tar_of(("a", bytes(range(256)) * 10)), mtime=0)
    assert "is damaged" in refused(whole[:cut]).message


def test_an_archive_with_a_flipped_bit_is_refused(refused: Callable[..., ArchiveRefused]) -> None:
    whole = bytearray(gzip.compress(tar_of(("a", bytes(range(256)) * 10))))
    whole[-6] ^= 1  # in the checksum at its end
    assert "is damaged" in refused(bytes(whole)).message


@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(600), b"\x1f\x8b junk", b"x" * 2000])
def test_what_is_no_tar_is_refused(refused: Callable[..., ArchiveRefused], data: bytes) -> None:
    assert "is damaged" in refused(data).message


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 2047), value=st.integers(0, 255))
def test_whatever_byte_of_a_tar_is_changed_nothing_leaves_the_folder(
    tmp_path_factory: pytest.TempPathFactory, position: int, value: int
) -> None:
    folder = tmp_path_factory.mktemp("here")
    data = bytearray(tar_of(("d/a", b"x" * 600), info("e", tarfile.DIRTYPE)))
    data[position] = value
    (folder / "a.tar").write_bytes(data)
    try:
        unpacked(folder / "a.tar")
    except ArchiveRefused:
        assert not (folder / "out").exists()
    assert {path.name for path in folder.iterdir()} <= {"a.tar", "out"}


def test_an_archive_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InstallFailed, match="could not unpack"):
        unpacked(tmp_path / "missing.tgz")


def test_a_tree_with_a_link_that_leaves_is_not_packed(tree: Path, tmp_path: Path) -> None:
    (tree / "a").symlink_to("/etc/hostname")
    with pytest.raises(PathRefused):
        pack_tree(tree, tmp_path / "a.tar.gz")
    assert not (tmp_path / "a.tar.gz").exists()
