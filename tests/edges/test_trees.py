from __future__ import annotations

import hashlib
import os
import socket
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import PathRefused
from ggen_graph.core.release import TreeFile
from ggen_graph.edges import trees

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "templates").mkdir(parents=True)
    (root / "gpack.toml").write_bytes(b"[pack]\n")
    (root / "templates" / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "templates" / "run.sh").chmod(0o755)
    return root


def test_a_tree_is_its_files_sorted_with_their_hashes(tree: Path) -> None:
    assert trees.tree_files(tree) == [
        TreeFile("gpack.toml", 7, hashlib.sha256(b"[pack]\n").hexdigest()),
        TreeFile("templates/run.sh", 10, hashlib.sha256(b"#!/bin/sh\n").hexdigest(), True),
    ]


def test_the_checksum_is_the_hash_of_the_list_as_documented(tree: Path) -> None:
    listed = (
        f"gpack.toml\0-\0{hashlib.sha256(b'[pack]' + bytes([10])).hexdigest()}\n"
        f"templates/run.sh\0x\0{hashlib.sha256(b'#!/bin/sh' + bytes([10])).hexdigest()}\n"
    )
    expected = "sha256:" + hashlib.sha256(listed.encode()).hexdigest()
    assert trees.tree_checksum(trees.tree_files(tree)) == expected
    assert trees.tree_checksum(reversed(trees.tree_files(tree))) == expected


@pytest.mark.parametrize("change", ["content", "name", "mode", "more", "less"])
def test_any_change_changes_the_checksum(tree: Path, change: str) -> None:
    before = trees.tree_checksum(trees.tree_files(tree))
    match change:
        case "content":
            (tree / "gpack.toml").write_bytes(b"[Pack]\n")
        case "name":
            (tree / "gpack.toml").rename(tree / "hpack.toml")
        case "mode":
            (tree / "gpack.toml").chmod(0o755)
        case "more":
            (tree / "new").write_bytes(b"")
        case _:
            (tree / "gpack.toml").unlink()
    assert trees.tree_checksum(trees.tree_files(tree)) != before


def test_times_owners_rights_of_others_and_noise_do_not_change_the_checksum(tree: Path) -> None:
    before = trees.tree_files(tree)
    os.utime(tree / "gpack.toml", (0, 0))
    (tree / "gpack.toml").chmod(0o666)
    for folder in (".git", "__pycache__", "node_modules", ".venv", ".pytest_cache"):
        (tree / "templates" / folder).mkdir()
        (tree / "templates" / folder / "a").write_bytes(b"x")
    for name in (".DS_Store", "a.pyc", "a~", ".a.swp", "#a#", ".#a", ".ggen-1.tmp"):
        (tree / name).write_bytes(b"x")
    assert trees.tree_files(tree) == before


@pytest.mark.parametrize(
    "name", [".gitignore", ".github", "a.py", "swp", "~a", "#a", "venv", ".env"]
)
def test_what_only_looks_like_noise_belongs_to_the_tree(name: str) -> None:
    assert not trees.is_noise(name)


def test_a_link_inside_counts_as_the_file_it_points_to(tree: Path) -> None:
    (tree / "LICENSE").symlink_to("gpack.toml")
    linked = {file.path: file.sha256 for file in trees.tree_files(tree)}
    assert linked["LICENSE"] == linked["gpack.toml"]


def test_a_link_that_leaves_is_refused_with_its_name(tree: Path) -> None:
    (tree.parent / "secret").write_text("x")
    (tree / "templates" / "a").symlink_to("../../secret")
    with pytest.raises(PathRefused, match=r"templates/a leads out of its folder"):
        trees.tree_files(tree)


def test_a_folder_beside_that_begins_with_the_same_name_is_outside(tree: Path) -> None:
    beside = tree.with_name("tree-2")
    beside.mkdir()
    (beside / "secret").write_text("x")
    (tree / "a").symlink_to("../tree-2/secret")
    with pytest.raises(PathRefused, match="leads out"):
        trees.tree_files(tree)


@pytest.mark.parametrize("kind", ["folder", "nowhere", "pipe", "socket"])
def test_what_is_no_file_is_refused(tree: Path, kind: str) -> None:
    odd = tree / "odd"
    match kind:
        case "folder":
            odd.symlink_to("templates")
        case "nowhere":
            odd.symlink_to("missing")
        case "pipe":
            os.mkfifo(odd)
        case _:
            with socket.socket(socket.AF_UNIX) as unix:
                unix.bind(os.path.relpath(odd))
    with pytest.raises(PathRefused, match="odd is not a file, nor a link to one"):
        trees.tree_files(tree)


def test_a_name_that_is_no_utf8_survives(tree: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (tree / name).write_bytes(b"x")
    files = trees.tree_files(tree)
    copy = tmp_path / "copy"
    copy.mkdir()
    trees.copy_tree(tree, files, copy)
    assert [os.fsencode(path.name) for path in copy.glob("caf*")] == [b"caf\xe9.txt"]
    assert trees.tree_checksum(trees.tree_files(copy)) == trees.tree_checksum(files)


def test_a_copy_has_plain_modes_and_the_same_checksum(tree: Path, tmp_path: Path) -> None:
    (tree / "gpack.toml").chmod(0o600)
    copy = tmp_path / "copy"
    copy.mkdir()
    files = trees.tree_files(tree)
    trees.copy_tree(tree, files, copy)
    assert trees.tree_files(copy) == files
    assert (copy / "gpack.toml").stat().st_mode & 0o777 == 0o644
    assert (copy / "templates" / "run.sh").stat().st_mode & 0o777 == 0o755
