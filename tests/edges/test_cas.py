"""Contents that are kept once: shared by hard links, never the wrong one, and thrift only."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import NotPermitted
from ggen_graph.edges.cas import BlobStore


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "home" / "blobs")


def made(path: Path, data: bytes, mode: int = 0o444) -> tuple[Path, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)
    return path, hashlib.sha256(data).hexdigest()


def test_files_of_the_same_content_become_one(blobs: BlobStore, tmp_path: Path) -> None:
    first, digest = made(tmp_path / "one" / "a", b"text")
    second, _ = made(tmp_path / "two" / "b", b"text")
    blobs.share(first, digest)
    blobs.share(second, digest)
    assert first.samefile(second)
    assert first.samefile(blobs.path(digest))
    assert blobs.path(digest) == blobs.root / digest[:2] / digest[2:]
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["b"]


def test_an_executable_file_is_shared_with_executable_files_only(
    blobs: BlobStore, tmp_path: Path
) -> None:
    plain, digest = made(tmp_path / "plain", b"text")
    script, _ = made(tmp_path / "script", b"text", 0o555)
    other, _ = made(tmp_path / "other", b"text", 0o555)
    for path in (plain, script, other):
        blobs.share(path, digest)
    assert script.samefile(other)
    assert not script.samefile(plain)
    assert (plain.stat().st_mode & 0o777, script.stat().st_mode & 0o777) == (0o444, 0o555)


def test_a_damaged_blob_is_shared_with_nobody_and_replaced(
    blobs: BlobStore, tmp_path: Path
) -> None:
    first, digest = made(tmp_path / "one", b"text")
    blobs.share(first, digest)
    first.chmod(0o644)
    first.write_bytes(b"oops")  # and with it the blob
    second, _ = made(tmp_path / "two", b"text")
    blobs.share(second, digest)
    assert second.read_bytes() == b"text"
    assert second.samefile(blobs.path(digest))
    assert first.read_bytes() == b"oops"


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EMLINK, errno.EPERM, errno.ENOTSUP])
def test_where_links_can_not_be_made_a_file_keeps_bytes_of_its_own(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    first, digest = made(tmp_path / "one", b"text")
    blobs.share(first, digest)
    second, _ = made(tmp_path / "two", b"text")

    def refused(self: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "hardlink_to", refused)
    blobs.share(second, digest)
    third, other = made(tmp_path / "three", b"another")
    blobs.share(third, other)
    assert (second.read_bytes(), third.read_bytes()) == (b"text", b"another")
    assert not second.samefile(first)
    assert not blobs.path(other).exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "one", "three", "two"]


def test_another_failure_of_a_link_is_told_and_changes_nothing(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, digest = made(tmp_path / "one", b"text")

    def fails(self: Path, target: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "hardlink_to", fails)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        blobs.share(path, digest)
    assert path.read_bytes() == b"text"


def test_a_blob_that_someone_else_makes_at_the_same_moment_is_no_error(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, digest = made(tmp_path / "one", b"text")
    link = Path.hardlink_to

    def later(self: Path, target: Path) -> None:
        self.write_bytes(b"text")
        link(self, target)

    monkeypatch.setattr(Path, "hardlink_to", later)
    blobs.share(path, digest)
    assert path.read_bytes() == blobs.path(digest).read_bytes() == b"text"


def test_what_nobody_shares_goes_and_says_how_much_that_frees(
    blobs: BlobStore, tmp_path: Path
) -> None:
    kept, digest = made(tmp_path / "kept", b"kept")
    gone, other = made(tmp_path / "gone", b"going")
    blobs.share(kept, digest)
    blobs.share(gone, other)
    assert blobs.prune() == 0
    gone.unlink()
    assert blobs.prune() == len(b"going")
    assert blobs.path(digest).exists()
    assert not blobs.path(other).exists()


def test_without_a_blob_there_is_nothing_to_prune(blobs: BlobStore) -> None:
    assert blobs.prune() == 0


def test_what_can_not_be_pruned_is_said(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, digest = made(tmp_path / "one", b"text")
    blobs.share(path, digest)
    path.unlink()

    def refused(self: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(NotPermitted, match="tidy up"):
        blobs.prune()


def test_a_link_that_can_not_take_the_place_of_the_file_is_not_left_behind(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, digest = made(tmp_path / "one", b"text")
    blobs.share(first, digest)
    second, _ = made(tmp_path / "two", b"text")

    def fails(self: Path, target: Path) -> Path:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        blobs.share(second, digest)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "one", "two"]
    assert not second.samefile(first)
