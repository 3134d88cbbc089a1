from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import PathRefused
from ggen_graph.edges.targets import resolve_targets, same_on_some_disk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "src").mkdir(parents=True)
    (root / "src" / "main.py").write_text("x")
    return root


def test_plain_paths_land_where_they_say(root: Path) -> None:
    paths = ["src/main.py", "src/new/deep/file.py", "README.md"]
    assert resolve_targets(root, paths) == paths


def test_a_path_is_given_back_without_empty_steps_of_its_own(root: Path) -> None:
    assert resolve_targets(root, ["./src/./main.py"]) == ["src/main.py"]


@pytest.mark.parametrize(
    "path", ["../a", "/etc/passwd", "a/../../b", "~/a", "a\\b", "", "a//b", "."]
)
def test_a_path_that_is_not_inside_is_refused(root: Path, path: str) -> None:
    with pytest.raises(PathRefused):
        resolve_targets(root, [path])


def test_a_link_inside_is_followed(root: Path) -> None:
    (root / "lib").symlink_to("src")
    (root / "start.py").symlink_to("src/main.py")
    assert resolve_targets(root, ["lib/new.py", "start.py"]) == ["src/new.py", "src/main.py"]


def test_a_link_to_a_file_that_does_not_exist_yet_is_followed(root: Path) -> None:
    (root / "start.py").symlink_to("src/start.py")
    assert resolve_targets(root, ["start.py"]) == ["src/start.py"]


def test_a_root_that_is_itself_a_link_is_its_folder(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("root")
    assert resolve_targets(tmp_path / "link", ["src/main.py"]) == ["src/main.py"]


@pytest.mark.parametrize("path", ["out/a.py", "out/deep/a.py", "file"])
def test_a_link_that_leaves_is_refused(root: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / "out").symlink_to("../elsewhere")
    (root / "file").symlink_to("../elsewhere/a")
    with pytest.raises(PathRefused, match="leads through a link out of its folder"):
        resolve_targets(root, [path])


def test_a_folder_beside_that_begins_with_the_same_name_is_outside(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "root-2").mkdir()
    (root / "out").symlink_to("../root-2")
    with pytest.raises(PathRefused, match="out of its folder"):
        resolve_targets(root, ["out/a"])


def test_a_folder_or_a_device_is_no_target(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with pytest.raises(PathRefused, match="src is a folder"):
        resolve_targets(root, ["src"])
    with pytest.raises(PathRefused, match="pipe is not a regular file"):
        resolve_targets(root, ["pipe"])


@pytest.mark.parametrize("path", ["src/main.py/a", "src/main.py/deep/a"])
def test_a_file_where_a_folder_is_needed_is_named(root: Path, path: str) -> None:
    with pytest.raises(PathRefused, match=r"needs a folder where src/main.py is a file"):
        resolve_targets(root, [path])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.txt", "a.txt"),
        ("readme.md", "README.md"),
        ("straße", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
        ("d/A", "d/a"),
    ],
)
def test_two_paths_that_some_disk_takes_for_one_are_refused(
    root: Path, first: str, second: str
) -> None:
    assert same_on_some_disk(first) == same_on_some_disk(second)
    with pytest.raises(PathRefused, match="are the same file on some disks"):
        resolve_targets(root, [first, second])


def test_two_links_to_one_file_are_one_file(root: Path) -> None:
    (root / "start.py").symlink_to("src/main.py")
    with pytest.raises(PathRefused, match="the same file"):
        resolve_targets(root, ["start.py", "src/main.py"])


def test_two_folders_that_differ_in_case_are_refused(root: Path) -> None:
    with pytest.raises(PathRefused, match="needs the folder lib beside Lib"):
        resolve_targets(root, ["Lib/a.py", "lib/b.py"])


@pytest.mark.parametrize("paths", [["new", "new/a"], ["new/Deep/a", "new/deep"]])
def test_a_file_that_would_be_a_folder_too_is_refused(root: Path, paths: list[str]) -> None:
    with pytest.raises(PathRefused, match="would be a file and a folder"):
        resolve_targets(root, paths)


def test_a_name_that_is_no_utf8_keeps_its_bytes(root: Path) -> None:
    name = os.fsdecode(b"src/caf\xe9.txt")
    assert resolve_targets(root, [name]) == [name]


@pytest.mark.parametrize("path", ["../\udce9", "\ud800\udce9", "\ud800"])
def test_a_name_that_no_disk_can_write_or_that_leaves_is_refused(root: Path, path: str) -> None:
    with pytest.raises(PathRefused):
        resolve_targets(root, [path])
