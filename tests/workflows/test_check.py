"""How managed files stand to what was generated: by their bytes, their mode and their baselines."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import LockMissing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work


@pytest.fixture
def root(work: Work) -> Path:
    return work.new("library", "base@1.0.0")


def checked(root: Path, *, unmanaged: bool = False) -> dict[str, tuple[str, str]]:
    """Status and detail by path, of all that are not the same."""
    files = api.check(api.read_project(root), unmanaged=unmanaged)
    assert [one.path for one in files] == sorted(one.path for one in files)
    return {one.path: (one.status, one.detail) for one in files if one.status != "same"}


def test_a_new_project_is_as_it_was_generated(root: Path) -> None:
    files = api.check(api.read_project(root))
    assert len(files) == 8
    assert {(one.status, one.pack, one.version) for one in files} == {("same", "base", "1.0.0")}
    assert not any(one.finding for one in files)


def test_each_way_to_differ_has_its_status(root: Path) -> None:
    (root / "README.md").write_text("# Mine\n", "utf-8")
    (root / "old.txt").unlink()
    (root / "run.sh").chmod(0o644)
    (root / ".ggen" / "baseline" / "kept.txt").unlink()
    (root / ".ggen" / "baseline" / "settings.ini").write_text("something else", "utf-8")
    assert checked(root) == {
        "README.md": ("edited", ""),
        "old.txt": ("missing", ""),
        "run.sh": ("mode changed", "755 → 644"),
        "kept.txt": ("no baseline", "gone"),
        "settings.ini": ("no baseline", "not what the lock says"),
    }
    assert all(one.finding for one in api.check(api.read_project(root)) if one.status != "same")


def test_a_link_or_a_folder_in_place_of_a_file_is_said(root: Path) -> None:
    (root / "README.md").rename(root / "elsewhere.md")
    (root / "README.md").symlink_to("elsewhere.md")
    (root / "old.txt").unlink()
    (root / "old.txt").mkdir()
    (root / "kept.txt").unlink()
    (root / "kept.txt").symlink_to("nowhere")
    assert checked(root) == {
        "README.md": ("edited", "it is a link now"),
        "old.txt": ("edited", "it is a folder now"),
        "kept.txt": ("edited", "it is a link now"),
    }


def test_what_is_no_file_is_not_waited_for(root: Path) -> None:
    (root / "README.md").unlink()
    os.mkfifo(root / "README.md")
    assert checked(root) == {"README.md": ("edited", "it is no file now")}


CHECKED = """
import sys
from pathlib import Path
from ggen_graph import api
for one in api.check(api.read_project(Path(sys.argv[1]))):
    print(one.path, one.status, one.detail, one.finding, sep=", ")
"""


def test_a_file_that_can_not_be_read_is_one_finding_among_the_others(
    root: Path, as_anybody: Callable[..., str]
) -> None:
    (root / "README.md").chmod(0)
    (root / ".ggen" / "baseline" / "kept.txt").chmod(0)
    (root / "notes").chmod(0)
    (root / "old.txt").unlink()
    printed = as_anybody(CHECKED, root)
    (root / "notes").chmod(0o755)
    assert printed.splitlines() == [
        "README.md, unreadable, Permission denied, True",
        "fixed.txt, same, , False",
        "kept.txt, unreadable, Permission denied, True",
        "notes/Book.md, unreadable, Permission denied, True",
        "notes/Reader.md, unreadable, Permission denied, True",
        "old.txt, missing, , True",
        "run.sh, same, , False",
        "settings.ini, same, , False",
    ]


def test_a_file_in_place_of_a_folder_leaves_what_was_in_it_missing(root: Path) -> None:
    shutil.rmtree(root / "notes")
    (root / "notes").write_text("a file now", "utf-8")
    assert set(checked(root).values()) == {("missing", "")}
    assert sorted(checked(root)) == ["notes/Book.md", "notes/Reader.md"]


def test_of_the_mode_only_what_git_keeps_counts(root: Path) -> None:
    (root / "README.md").chmod(0o600)
    (root / "run.sh").chmod(0o700)
    assert checked(root) == {}


def test_files_that_ggen_did_not_make_are_listed_on_request_and_are_no_finding(root: Path) -> None:
    (root / "mine.txt").write_text("", "utf-8")
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("", "utf-8")
    (root / "link").symlink_to("mine.txt")
    assert checked(root) == {}
    found = checked(root, unmanaged=True)
    assert found["mine.txt"] == ("unmanaged", "")
    assert {path.partition("/")[0] for path in found} == {"mine.txt", "model"}
    unmanaged = [
        one
        for one in api.check(api.read_project(root), unmanaged=True)
        if one.status == "unmanaged"
    ]
    assert not any(one.finding or one.pack or one.version for one in unmanaged)


def test_nothing_is_written_by_looking(root: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    api.check(api.read_project(root), unmanaged=True)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_without_a_lock_nothing_is_known(root: Path) -> None:
    (root / "ggen.lock").unlink()
    with pytest.raises(LockMissing):
        api.check(api.read_project(root))
    shutil.rmtree(root / ".ggen" / "baseline")
    with pytest.raises(LockMissing, match="nothing is known of its files"):
        api.check(api.read_project(root))
