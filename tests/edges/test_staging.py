from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import FileExists, GgenError, InstallFailed
from ggen_graph.edges import staging

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_tree_appears_when_it_is_complete(tmp_path: Path) -> None:
    destination = tmp_path / "not" / "yet"
    with staging.stage_tree(destination) as building:
        (building / "sub").mkdir()
        (building / "sub" / "a").write_text("x")
        (building / "link").symlink_to("sub/a")
        assert not destination.exists()
    assert (destination / "link").read_text() == "x"
    assert names(tmp_path / "not") == ["yet"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    with staging.stage_tree(tmp_path / "shop") as building:
        (building / "a").write_text("x")
    assert names(tmp_path / "shop") == ["a"]


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def build() -> None:
        with staging.stage_tree(tmp_path / "shop") as building:
            (building / "a").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build()
    assert names(tmp_path) == []


@pytest.mark.parametrize("other", ["", "deep/other"])
def test_folders_above_go_again_when_a_build_fails_unless_something_is_in_them(
    tmp_path: Path, other: str
) -> None:
    def build() -> None:
        with staging.stage_tree(tmp_path / "deep" / "down" / "shop"):
            if other:
                (tmp_path / other).write_text("someone's")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build()
    left = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")]
    assert left == (["deep", other] if other else [])


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_there_is_not_replaced(tmp_path: Path, kind: str) -> None:
    shop = tmp_path / "shop"
    if kind == "folder":
        shop.mkdir()
        (shop / "mine").write_text("x")
    elif kind == "file":
        shop.write_text("x")
    else:
        shop.symlink_to("nowhere")
    with pytest.raises(FileExists, match="shop already exists"), staging.stage_tree(shop):
        raise AssertionError
    assert names(tmp_path) == ["shop"]


def test_what_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    def build() -> None:
        with staging.stage_tree(tmp_path / "shop") as building:
            (building / "a").write_text("ours")
            (tmp_path / "shop").mkdir()
            (tmp_path / "shop" / "a").write_text("theirs")

    with pytest.raises(FileExists):
        build()
    assert (tmp_path / "shop" / "a").read_text() == "theirs"
    assert names(tmp_path) == ["shop"]


def test_what_a_killed_build_left_goes_with_the_next_and_one_under_way_stays(
    tmp_path: Path,
) -> None:
    program = """
import sys
from pathlib import Path
from ggen_graph.edges.staging import stage_tree
with stage_tree(Path(sys.argv[1])) as building:
    (building / "a").write_text("x")
    print(building.name, flush=True)
    sys.stdin.read()
"""

    def build(name: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    killed, left = build("one")
    with killed:
        killed.kill()
    assert names(tmp_path) == [left]
    under_way, building = build("two")
    with under_way:
        assert names(tmp_path) == [building]
        with staging.stage_tree(tmp_path / "three") as mine:
            (mine / "a").write_text("x")
            assert names(tmp_path) == sorted([building, mine.name])
    assert under_way.returncode == 0
    assert names(tmp_path) == ["three", "two"]


def test_a_sweep_leaves_what_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / ".ggen-build-file").write_text("not a folder")
    (tmp_path / "kept").mkdir()
    (tmp_path / ".ggen-trash-1").mkdir()
    staging.sweep(tmp_path)
    staging.sweep(tmp_path / "missing")
    assert names(tmp_path) == [".ggen-build-file", "kept"]


def test_a_read_only_tree_can_be_removed(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "sub" / "a").write_text("x")
    (tree / "link").symlink_to("sub/a")
    staging.make_read_only(tree)
    assert (tree.stat().st_mode | (tree / "sub" / "a").stat().st_mode) & 0o222 == 0
    staging.remove_tree(tree)
    assert names(tmp_path) == []


def test_a_tree_deeper_than_the_call_stack_can_be_removed(tmp_path: Path) -> None:
    deepest = tmp_path / "deep"
    for _ in range(1200):
        deepest.mkdir()
        deepest /= "d"
    staging.remove_tree(tmp_path / "deep")
    assert names(tmp_path) == []


def test_removing_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(GgenError, match="could not remove"):
        staging.remove_tree(tmp_path / "missing")


@pytest.mark.parametrize("before", ["opened", "locked"])
def test_a_build_is_claimed_anew_when_a_sweep_takes_it_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """Between making the folder and holding it, it looks like one that a killed process left."""
    flock, opened = fcntl.flock, os.open
    swept: list[str] = []

    def sweep_once(when: str) -> None:
        if when == before and not swept:
            swept.append(when)
            staging.sweep(tmp_path)

    def sweep_before_lock(descriptor: int, kind: int) -> None:
        if kind == fcntl.LOCK_EX:
            sweep_once("locked")
        flock(descriptor, kind)

    def sweep_before_open(path: str, flags: int, mode: int = 0o777) -> int:
        if "build" in str(path):
            sweep_once("opened")
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "open", sweep_before_open)
    monkeypatch.setattr(fcntl, "flock", sweep_before_lock)
    with staging.stage_tree(tmp_path / "shop") as building:
        (building / "a").write_text("x")
    assert swept == [before]
    assert names(tmp_path) == ["shop"]


def test_a_full_disk_while_flushing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    def build() -> None:
        with staging.stage_tree(tmp_path / "shop") as building:
            (building / "a").write_text("x")
            monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(InstallFailed, match="disk is full"):
        build()
    assert names(tmp_path) == []
