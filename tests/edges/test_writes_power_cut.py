"""What was flushed when: whatever a power cut leaves of a change is the old or the new, once recovered."""

from __future__ import annotations

import errno
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import InstallFailed
from ggen_graph.edges import files, flushing, journal, journal_file, staging, writes
from ggen_graph.edges.journal import recover
from ggen_graph.edges.staging import stage_tree
from ggen_graph.edges.writes import Write, write_staged_tree
from tests.edges.cut_off_writes import change, journal_of, lay_out, state
from tests.edges.power_cuts import Disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

NEVER = 10**9


@pytest.fixture
def root(tmp_path: Path) -> Path:
    lay_out(tmp_path / "root")
    return tmp_path / "root"


def recovered(allowed: list[object], folder: Path) -> str | None:
    try:
        recover(folder, journal_of(folder))
    except Exception as error:  # noqa: BLE001 - whatever it is, a cut must not lead to it
        return f"not recovered: {error}"
    found = state(folder)
    return None if found in allowed else f"half a state: {found}"


def watched(root: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[Path], object]) -> Disk:
    """Have cuts of `work` judged: old or new on the way, and after it what it left."""
    copy = root.with_name("copy")
    lay_out(copy)
    old = state(copy)
    change(copy)
    allowed: list[object] = [old, state(copy)]
    disk = Disk(root, root.with_name("scratch"), partial(recovered, allowed))
    with monkeypatch.context() as patch:
        disk.watch(patch)
        work(root)
        allowed[:] = [state(root)]
        disk.look_again()
    return disk


def failing_change(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that finds the disk full when most of it is in place, and is taken back."""
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if Path(target) == root / "e" / "d.bin":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self), None, str(target))
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(InstallFailed):
            change(root)


@pytest.mark.parametrize("many", [1, NEVER], ids=["syncfs", "fsync"])
def test_whatever_a_cut_leaves_of_a_change_is_the_old_or_the_new(
    root: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(flushing, "MANY", many)
    disk = watched(root, monkeypatch, change)
    assert disk.faults == []
    assert disk.cuts > 40
    assert ("syncfs" in disk.flushes) == (many == 1)
    assert disk.as_it_is() == {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("many", [1, NEVER], ids=["syncfs", "fsync"])
def test_whatever_a_cut_leaves_of_a_change_that_is_taken_back_is_the_old_or_the_new(
    root: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(flushing, "MANY", many)
    disk = watched(root, monkeypatch, lambda root: failing_change(root, monkeypatch))
    assert disk.faults == []
    assert disk.cuts > 60


def nothing(*_: object) -> None: ...


def only_folders(paths: Iterable[Path]) -> None:
    flushing.flush(path for path in paths if path.is_dir())


def only_files(paths: Iterable[Path]) -> None:
    flushing.flush(path for path in paths if path.is_file())


def write_unflushed(path: Path, data: bytes) -> None:
    files.write_new(path, data, flushed=False)


@pytest.mark.parametrize("many", [1, NEVER], ids=["syncfs", "fsync"])
@pytest.mark.parametrize("module", [writes, journal], ids=["staged", "in place"])
def test_many_files_that_are_not_flushed_are_found(
    root: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, many: int
) -> None:
    monkeypatch.setattr(flushing, "MANY", many)
    monkeypatch.setattr(module, "flush", nothing)
    assert watched(root, monkeypatch, change).faults != []


@pytest.mark.parametrize(
    ("module", "name", "mutant"),
    [
        pytest.param(writes, "flush", only_folders, id="staged content"),
        pytest.param(journal, "flush", only_files, id="names in place"),
        pytest.param(journal, "flush", only_folders, id="modes in place"),
        pytest.param(journal_file, "write_new", write_unflushed, id="the journal's content"),
        pytest.param(journal_file, "sync_folder", nothing, id="the journal's name"),
    ],
)
def test_one_flush_that_is_left_out_is_found(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str,
    mutant: Callable[..., None],
) -> None:
    monkeypatch.setattr(module, name, mutant)
    assert watched(root, monkeypatch, change).faults != []


@pytest.mark.parametrize("name", ["flush", "sync_folder"])
def test_a_flush_that_is_left_out_while_taking_back_is_found(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(journal, name, nothing)
    disk = watched(root, monkeypatch, lambda root: failing_change(root, monkeypatch))
    assert disk.faults != []


TREE = {"a.txt": b"a", "d/b.txt": b"b", "d/e/run": b"run", "empty": b""}


def create(tree: Path) -> None:
    """As a new project is made: written twice, and only then seen."""
    with stage_tree(tree) as building:
        write_staged_tree(building, [Write("a.txt", b"before"), Write("d/b.txt", b"before")])
        write_staged_tree(building, [Write(path, data, 0o644) for path, data in TREE.items()])


def whole_or_not_there(folder: Path) -> str | None:
    if not (folder / "tree").exists():
        return None
    contents = state(folder / "tree")[0]
    return None if contents == TREE else f"half a tree: {contents}"


def watched_creation(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    (folder / "here").mkdir()
    disk = Disk(folder / "here", folder / "scratch", whole_or_not_there)
    with monkeypatch.context() as patch:
        disk.watch(patch)
        create(folder / "here" / "tree")
    disk.judge = lambda folder: whole_or_not_there(folder) if (folder / "tree").exists() else "lost"
    disk.look_again()
    return disk


@pytest.mark.parametrize("many", [1, NEVER], ids=["syncfs", "fsync"])
def test_whatever_a_cut_leaves_of_a_new_tree_it_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(flushing, "MANY", many)
    disk = watched_creation(tmp_path, monkeypatch)
    assert disk.faults == []
    assert disk.as_it_is() == {f"tree/{path}": data for path, data in TREE.items()}
    if many == 1:
        assert disk.flushes == ["syncfs", "fsync"]  # the tree, then its name


@pytest.mark.parametrize("name", ["flush", "sync_folder"])
def test_a_flush_that_is_left_out_of_a_new_tree_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(staging, name, nothing)
    assert watched_creation(tmp_path, monkeypatch).faults != []
