"""What git is asked of a repository, with git itself and without it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.edges.repository import conflict_text, driver, file_at, set_driver

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a file in a folder, committed, and changed since."""
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "x.lock").write_bytes(b"one\r\n\xff")
    for arguments in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "x"],
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    (tmp_path / "a b" / "x.lock").write_bytes(b"two")
    return tmp_path


def test_a_file_at_a_revision_is_given_byte_for_byte(repository: Path) -> None:
    assert file_at(repository / "a b", "HEAD", "x.lock") == b"one\r\n\xff"


@pytest.mark.parametrize(
    ("revision", "path"),
    [("HEAD~9", "x.lock"), ("HEAD", "y.lock"), ("--help", "x.lock"), ("", "y.lock"), ("a\0b", "x")],
)
def test_what_git_does_not_have_is_a_usage_error(
    repository: Path, revision: str, path: str
) -> None:
    with pytest.raises(UsageError, match="git has no"):
        file_at(repository / "a b", revision, path)


def test_the_driver_is_of_the_repository_alone(repository: Path) -> None:
    assert driver(repository / "a b") == ""
    set_driver(repository / "a b", "a title", "run %O %A '%P'")
    assert driver(repository) == "run %O %A '%P'"


def test_without_a_repository_or_without_git_there_is_no_driver(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError):
        driver(repository)
    with pytest.raises(UsageError, match="git has no") as raised:
        file_at(repository, "HEAD", "x.lock")
    assert raised.value.help == "git is not installed"


def test_a_conflict_is_marked_where_the_texts_differ() -> None:
    text = conflict_text(b"a\nx\nz\n", b"a\nb\nz\n", b"a\ny\nz\n")
    assert text == (b"a\n<<<<<<< ours\nx\n||||||| base\nb\n=======\ny\n>>>>>>> theirs\nz\n")


WHOLE = b"<<<<<<< ours\nx\nb\n||||||| base\nb\n=======\nb\ny\n>>>>>>> theirs\n"


def test_where_git_sees_none_all_of_it_is_one() -> None:
    apart = b"b\n1\n2\n3\n4\n5\n"
    ours, theirs = b"x\n" + apart, apart + b"y"
    assert conflict_text(ours, apart, theirs) == (
        b"<<<<<<< ours\n" + ours + b"||||||| base\n" + apart + b"=======\n" + theirs
        + b"\n>>>>>>> theirs\n"
    )  # fmt: skip


def test_without_git_all_of_it_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert conflict_text(b"x\nb\n", b"b\n", b"b\ny") == WHOLE
