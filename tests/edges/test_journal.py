from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from ggen_graph.core.diagnostics import OperationInterrupted, PathRefused
from ggen_graph.edges.journal import Recovery, recover, take_back
from ggen_graph.edges.journal_file import pending, read


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project in the middle of a change: `a` is in place, `b` and `new/c` are still staged."""
    root = tmp_path / "root"
    staging = root / ".ggen" / "staging"
    staging.mkdir(parents=True)
    (root / "a").write_bytes(b"new a")
    (root / "b").write_bytes(b"old b")
    (root / "run").write_bytes(b"run")
    (root / "run").chmod(0o644)
    (staging / "0.old").write_bytes(b"old a")
    (staging / "1").write_bytes(b"new b")
    (staging / "1.old").hardlink_to(root / "b")
    (staging / "2").write_bytes(b"new c")
    steps = [
        step("a", "0", b"old a", b"new a"),
        step("b", "1", b"old b", b"new b"),
        step("new/c", "2", None, b"new c"),
        step("run", None, b"run", b"run", mode=0o755),
    ]
    document = {
        "schema": 3,
        "emptied": [],
        "modes": [],
        "what": "ggen packs generate",
        "started": "2026-11-20T12:00:00Z",
        "folders": ["new"],
        "steps": steps,
    }
    (root / ".ggen" / "journal.json").write_text(json.dumps(document))
    return root


def step(
    path: str, staged: str | None, before: bytes | None, after: bytes, mode: int = 0o644
) -> dict[str, Any]:
    return {
        "path": path,
        "staged": staged,
        "saved": None if staged is None or before is None else f"{staged}.old",
        "before": None if before is None else sha(before),
        "after": sha(after),
        "mode_before": None if before is None else 0o644,
        "mode": mode,
    }


def contents(root: Path) -> dict[str, bytes]:
    files = [path for path in root.rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def rewrite(root: Path, **changes: Any) -> None:
    path = root / ".ggen" / "journal.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


OLD = {"a": b"old a", "b": b"old b", "run": b"run"}
NEW = {"a": b"new a", "b": b"new b", "new/c": b"new c", "run": b"run"}


def test_a_change_that_was_cut_off_is_finished_and_said(root: Path) -> None:
    assert pending(root / ".ggen")
    assert recover(root, root / ".ggen") == Recovery(
        "finished", "ggen packs generate", "2026-11-20T12:00:00Z", ("a", "b", "new/c", "run"), ()
    )
    assert contents(root) == NEW
    assert (root / "run").stat().st_mode & 0o777 == 0o755
    assert not pending(root / ".ggen")
    assert recover(root, root / ".ggen") is None


def test_a_change_that_was_being_taken_back_is_taken_back(root: Path) -> None:
    (root / ".ggen" / "journal.json").rename(root / ".ggen" / "undo.json")
    (root / "run").chmod(0o755)
    (root / "new").mkdir()
    recovery = recover(root, root / ".ggen")
    assert recovery is not None
    assert recovery.outcome == "undone"
    assert contents(root) == OLD
    assert (root / "run").stat().st_mode & 0o777 == 0o644
    assert not (root / "new").exists()


def test_a_folder_that_someone_else_uses_by_now_stays(root: Path) -> None:
    (root / ".ggen" / "journal.json").rename(root / ".ggen" / "undo.json")
    (root / "new").mkdir()
    (root / "new" / "mine").write_bytes(b"mine")
    recover(root, root / ".ggen")
    assert contents(root) == {**OLD, "new/mine": b"mine"}


def test_staged_files_without_a_journal_are_thrown_away(root: Path) -> None:
    (root / ".ggen" / "journal.json").unlink()
    assert recover(root, root / ".ggen") is None
    assert contents(root) == {"a": b"new a", "b": b"old b", "run": b"run"}


def test_a_project_that_was_never_written_to_needs_nothing(tmp_path: Path) -> None:
    assert recover(tmp_path, tmp_path / ".ggen") is None


def test_a_project_that_moved_since_is_finished_where_it_is(root: Path, tmp_path: Path) -> None:
    root.rename(tmp_path / "moved")
    recover(tmp_path / "moved", tmp_path / "moved" / ".ggen")
    assert contents(tmp_path / "moved") == NEW


def test_what_was_edited_since_the_cut_is_kept_beside_when_finishing(root: Path) -> None:
    (root / "b").unlink()
    (root / "b").write_bytes(b"edited")
    (root / "b.ggen-kept").write_bytes(b"kept before")
    recovery = recover(root, root / ".ggen")
    assert recovery is not None
    assert recovery.kept == ("b.ggen-kept-2",)
    assert contents(root) == {**NEW, "b.ggen-kept": b"kept before", "b.ggen-kept-2": b"edited"}


def test_what_was_edited_since_the_cut_is_kept_beside_when_taking_back(root: Path) -> None:
    (root / ".ggen" / "journal.json").rename(root / ".ggen" / "undo.json")
    (root / "a").write_bytes(b"edited")
    recovery = recover(root, root / ".ggen")
    assert recovery is not None
    assert recovery.kept == ("a.ggen-kept",)
    assert contents(root) == {**OLD, "a.ggen-kept": b"edited"}


def test_what_was_removed_since_the_cut_does_not_stop_the_recovery(root: Path) -> None:
    (root / "run").unlink()
    (root / "a").unlink()
    recover(root, root / ".ggen")
    assert contents(root) == {"b": b"new b", "new/c": b"new c"}


def test_a_change_that_can_not_be_finished_is_taken_back(root: Path) -> None:
    (root / "b").unlink()
    (root / "b").mkdir()
    with pytest.raises(OperationInterrupted):
        recover(root, root / ".ggen")  # `b` is a folder: no place to put it
    (root / "b").rmdir()
    (root / "b").write_bytes(b"old b")
    (root / "new").symlink_to(".")
    with pytest.raises(OperationInterrupted):
        recover(root, root / ".ggen")
    (root / "new").unlink()
    assert recover(root, root / ".ggen") is not None
    assert contents(root) == NEW


def test_a_disk_that_is_full_at_recovery_gets_the_old_state(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if self.name == "2":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    recovery = recover(root, root / ".ggen")
    assert recovery is not None
    assert recovery.outcome == "undone"
    assert contents(root) == OLD


def test_when_taking_back_fails_too_what_was_saved_stays_and_the_next_try_does_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Path, target: Path) -> Path:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", broken)
        with pytest.raises(
            OperationInterrupted, match="could not take back ggen packs generate"
        ) as e:
            recover(root, root / ".ggen")
    assert e.value.exit_code == 6
    assert "staging" in e.value.help
    recovery = recover(root, root / ".ggen")
    assert recovery is not None
    assert recovery.outcome == "undone"
    assert contents(root) == OLD


def test_a_folder_removed_since_is_not_made_again_only_to_take_back(root: Path) -> None:
    (root / ".ggen" / "journal.json").rename(root / ".ggen" / "undo.json")
    document = json.loads((root / ".ggen" / "undo.json").read_text())
    document["steps"][0]["path"] = "gone/a"
    (root / ".ggen" / "undo.json").write_text(json.dumps(document))
    recover(root, root / ".ggen")
    assert not (root / "gone").exists()


def test_taking_back_what_is_finished_does_nothing(root: Path) -> None:
    journal = read(root, root / ".ggen" / "journal.json")
    recover(root, root / ".ggen")
    assert take_back(root, root / ".ggen", journal) == ()
    assert contents(root) == NEW


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": 4}', '{"schema": 3, "what": "", "started": ""}', "\xff"],
)
def test_a_journal_that_can_not_be_read_is_said_and_nothing_is_touched(
    root: Path, text: str
) -> None:
    before = contents(root)
    (root / ".ggen" / "journal.json").write_text(text, "latin-1")
    with pytest.raises(OperationInterrupted, match="can't be used") as raised:
        recover(root, root / ".ggen")
    assert "staging" in raised.value.help
    before[".ggen/journal.json"] = text.encode("latin-1")
    assert contents(root) == before


def test_a_journal_of_a_later_ggen_is_left_to_it(root: Path) -> None:
    rewrite(root, schema=4)
    with pytest.raises(OperationInterrupted, match="its schema is 4, not 3"):
        recover(root, root / ".ggen")


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "out/outside"])
def test_a_journal_that_came_with_a_project_writes_nothing_outside(
    root: Path, tmp_path: Path, path: str
) -> None:
    """Whoever is cloned from may have put one there."""
    (tmp_path / "elsewhere").mkdir()
    (root / "out").symlink_to("../elsewhere")
    rewrite(root, steps=[step(path, "1", None, b"new b")])
    with pytest.raises(OperationInterrupted):
        recover(root, root / ".ggen")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not (tmp_path / "outside").exists()


def test_a_journal_that_goes_through_a_link_inside_is_none_of_ours(root: Path) -> None:
    (root / "link").symlink_to("new")
    rewrite(root, steps=[step("link/c", "2", None, b"new c")])
    with pytest.raises(OperationInterrupted, match="leads through a link"):
        recover(root, root / ".ggen")


@pytest.mark.parametrize("staged", ["../../../secret", "/etc/passwd", "1.new"])
def test_a_journal_takes_only_what_is_staged(root: Path, staged: str) -> None:
    rewrite(root, steps=[step("b", staged, None, b"new b")])
    with pytest.raises(OperationInterrupted, match="is no staged file"):
        recover(root, root / ".ggen")


@pytest.mark.parametrize("folder", ["../elsewhere", "/tmp"])
def test_a_journal_removes_no_folder_outside(root: Path, folder: str) -> None:
    rewrite(root, folders=[folder])
    with pytest.raises(OperationInterrupted):
        recover(root, root / ".ggen")


def test_a_journal_folder_that_is_a_link_elsewhere_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "staging").mkdir(parents=True)
    (root / "ggen").symlink_to("../elsewhere")
    with pytest.raises(PathRefused, match="out of its folder"):
        recover(root, root / "ggen")
    assert (tmp_path / "elsewhere" / "staging").exists()
