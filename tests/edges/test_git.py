"""What git ignores: asked of git itself, in a repository, in a part of a larger one, and without git."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.edges.git import ignored, repository

if TYPE_CHECKING:
    from pathlib import Path

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def everything(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def in_repository(root: Path, gitignore: str) -> Path:
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    (root / ".gitignore").write_text(gitignore, "utf-8")
    return root


@needs_git
def test_what_a_gitignore_names_is_ignored(tmp_path: Path) -> None:
    root = in_repository(tmp_path / "project", ".env\nout/\n!out.txt\n")
    before = everything(root)
    paths = [".env", "src/.env", "out/deep/a", "out.txt", "README.md"]
    assert ignored(root, paths, {}) == {".env", "src/.env", "out/deep/a"}
    assert everything(root) == before


@needs_git
def test_a_gitignore_counts_before_there_is_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text(".env\n", "utf-8")
    assert ignored(tmp_path, [".env", "a"], {}) == {".env"}


@needs_git
def test_a_gitignore_that_is_about_to_be_written_counts_instead_of_the_one_there(
    tmp_path: Path,
) -> None:
    (tmp_path / ".gitignore").write_text("old\n", "utf-8")
    written = {".gitignore": b"new\n", "deep/.gitignore": b"/only\n"}
    paths = ["old", "new", "deep/only", "deep/er/only"]
    assert ignored(tmp_path, paths, written) == {"new", "deep/only"}


@needs_git
def test_a_larger_repository_has_a_say(tmp_path: Path) -> None:
    top = in_repository(tmp_path / "all", "secrets\n/apps/shop/local.txt\n")
    root = top / "apps" / "shop"
    root.mkdir(parents=True)
    (top / "apps" / ".gitignore").write_text("*.log\n", "utf-8")
    paths = ["secrets", "local.txt", "a.log", "README.md"]
    assert ignored(root, paths, {".gitignore": b"!a.log\n"}) == {"secrets", "local.txt"}
    assert repository(root) == top
    assert repository(tmp_path) == tmp_path


@needs_git
def test_a_project_that_is_still_being_built_is_asked_for_where_it_will_be(tmp_path: Path) -> None:
    top = in_repository(tmp_path / "all", "/shop/local.txt\n")
    assert ignored(top / "shop", ["local.txt"], {}) == {"local.txt"}


@needs_git
def test_what_a_person_ignores_for_themselves_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    excludes = tmp_path / "excludes"
    excludes.write_text("*.txt\n", "utf-8")
    config = tmp_path / "config"
    config.write_text(f"[core]\nexcludesFile = {excludes}\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    root = tmp_path / "project"
    root.mkdir()
    assert ignored(root, ["a.txt"], {}) == frozenset()


@needs_git
def test_names_that_are_no_utf8_or_hold_a_line_end_are_asked_for_like_others(
    tmp_path: Path,
) -> None:
    (tmp_path / ".gitignore").write_bytes(b"\xff*\n")
    strange = os.fsdecode(b"\xff\xfe")
    assert ignored(tmp_path, [strange, "a\nb", 'q"'], {}) == {strange}


def test_without_git_nothing_counts_as_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitignore").write_text("*\n", "utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ignored(tmp_path, [".env"], {}) == frozenset()


def test_nothing_is_asked_about_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(subprocess, "run", lambda *arguments, **options: started.append(1))
    assert ignored(tmp_path, [], {}) == frozenset()
    assert not started


def test_a_git_that_fails_is_an_error_since_a_secret_might_be_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bin" / "git"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho out of order >&2\nexit 128\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(GgenError, match="out of order"):
        ignored(tmp_path, [".env"], {})


def test_a_git_that_never_answers_or_can_not_start_is_an_error_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (subprocess.TimeoutExpired("git", 60), OSError("exec format error")):

        def fails(*_arguments: object, _error: Exception = error, **_options: object) -> None:
            raise _error

        monkeypatch.setattr(subprocess, "run", fails)
        monkeypatch.setattr(shutil, "which", lambda _name: "/usr/bin/git")
        with pytest.raises(GgenError, match="git could not say what it ignores"):
            ignored(tmp_path, [".env"], {})
