from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import (
    FileChanged,
    InstallFailed,
    NotPermitted,
    OperationInterrupted,
    PathRefused,
)
from ggen_graph.edges import files, journal_file
from ggen_graph.edges import writes as module
from ggen_graph.edges.journal import place, recover
from ggen_graph.edges.journal_file import pending
from ggen_graph.edges.writes import (
    Applied,
    Write,
    apply_writes,
    carry_out,
    survey,
    write_staged_tree,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "src").mkdir(parents=True)
    (root / "src" / "main.py").write_bytes(b"old")
    return root


@pytest.fixture
def journal(root: Path) -> Path:
    return root / ".ggen" / "transaction"


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def failing(number: int, wanted: str) -> Callable[[Path, Path], Path]:
    replace = Path.replace

    def fails(self: Path, target: Path) -> Path:
        if Path(target).name == wanted:
            raise OSError(number, os.strerror(number), str(self), None, str(target))
        return replace(self, target)

    return fails


def test_files_are_created_and_replaced_and_nothing_else_is_left(root: Path, journal: Path) -> None:
    plan = [Write("src/main.py", b"new"), Write("docs/a/b.md", b"text")]
    applied = apply_writes(root, plan, journal, what="ggen new")
    assert applied == Applied(("docs/a/b.md",), ("src/main.py",), (), ())
    assert contents(root) == {"src/main.py": b"new", "docs/a/b.md": b"text"}
    assert recover(root, journal) is None


def test_a_file_has_the_mode_it_is_given(root: Path, journal: Path) -> None:
    apply_writes(root, [Write("run", b"", 0o755), Write("key", b"", 0o600)], journal)
    assert (root / "run").stat().st_mode & 0o777 == 0o755
    assert (root / "key").stat().st_mode & 0o777 == 0o600


def test_without_a_mode_the_old_one_stays(root: Path, journal: Path) -> None:
    (root / "src" / "main.py").chmod(0o700)
    apply_writes(root, [Write("src/main.py", b"new")], journal)
    assert (root / "src" / "main.py").stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_as_wanted_is_not_touched(root: Path, journal: Path) -> None:
    os.utime(root / "src" / "main.py", ns=(1, 1))
    before = (root / "src" / "main.py").stat()
    applied = apply_writes(root, [Write("src/main.py", b"old", 0o644)], journal)
    after = (root / "src" / "main.py").stat()
    assert applied.unchanged == ("src/main.py",)
    assert (after.st_mtime_ns, after.st_ino) == (1, before.st_ino)
    assert not journal.exists()


def test_where_only_the_mode_differs_only_the_mode_changes(root: Path, journal: Path) -> None:
    os.utime(root / "src" / "main.py", ns=(1, 1))
    applied = apply_writes(root, [Write("src/main.py", b"old", 0o755)], journal)
    assert applied.replaced == ("src/main.py",)
    assert (root / "src" / "main.py").stat().st_mtime_ns == 1
    assert (root / "src" / "main.py").stat().st_mode & 0o777 == 0o755


def test_a_link_inside_stays_a_link_and_its_file_changes(root: Path, journal: Path) -> None:
    (root / "start.py").symlink_to("src/main.py")
    apply_writes(root, [Write("start.py", b"new")], journal)
    assert (root / "start.py").is_symlink()
    assert (root / "src" / "main.py").read_bytes() == b"new"


def test_a_name_that_is_no_utf8_survives(root: Path, journal: Path) -> None:
    apply_writes(root, [Write(os.fsdecode(b"caf\xe9"), b"x")], journal)
    assert os.path.lexists(os.fsencode(root) + b"/caf\xe9")


@pytest.mark.parametrize("path", ["../a", "src", "src/main.py/a", "OUT/a", ".ggen/transaction/x"])
def test_a_plan_with_one_wrong_path_writes_nothing(root: Path, journal: Path, path: str) -> None:
    (root / "OUT").symlink_to("/tmp")
    with pytest.raises(PathRefused):
        apply_writes(root, [Write("good", b"x"), Write(path, b"x")], journal)
    assert contents(root) == {"src/main.py": b"old"}
    assert not journal.exists()


def test_a_full_disk_is_found_before_the_first_byte(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = os.statvfs(root)
    full = os.statvfs_result((status.f_bsize, status.f_frsize, *status[2:4], 0, *status[5:]))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    with pytest.raises(InstallFailed, match="too full"):
        apply_writes(root, [Write("a", b"x")], journal)
    assert not journal.exists()


def test_a_failure_while_staging_leaves_nothing(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(InstallFailed, match="disk is full: could not stage"):
            apply_writes(root, [Write("a", b"x")], journal)
    assert contents(root) == {"src/main.py": b"old"}
    assert recover(root, journal) is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_a_failure_in_the_middle_takes_everything_back(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    plan = [
        Write("new/deep/a", b"x"),
        Write("src/main.py", b"new"),
        Write("run", b"", 0o755),
        Write("last", b"x"),
    ]
    (root / "run").write_bytes(b"")
    inode = (root / "src" / "main.py").stat().st_ino
    monkeypatch.setattr(Path, "replace", failing(number, "last"))
    with pytest.raises((InstallFailed, NotPermitted)) as raised:
        apply_writes(root, plan, journal)
    assert "last" in raised.value.message
    assert contents(root) == {"src/main.py": b"old", "run": b""}
    assert not (root / "new").exists()
    assert (root / "run").stat().st_mode & 0o777 == 0o644
    assert (root / "src" / "main.py").stat().st_ino == inode
    assert not pending(journal)


def test_an_interrupt_in_the_middle_takes_everything_back(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        if Path(target).name == "last":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        apply_writes(root, [Write("src/main.py", b"new"), Write("last", b"x")], journal)
    assert contents(root) == {"src/main.py": b"old"}


def test_an_interrupt_while_tidying_up_undoes_nothing(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is done once its journal is unlinked; what follows must not take it back."""

    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ggen_graph.edges.journal_file.delete_tree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            apply_writes(root, [Write("src/main.py", b"new")], journal)
    assert (root / "src" / "main.py").read_bytes() == b"new"
    assert recover(root, journal) is None
    assert contents(root) == {"src/main.py": b"new"}


def test_a_failure_while_tidying_up_is_left_to_the_next_start(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> None:
        raise OSError(errno.EBUSY, "busy")

    with monkeypatch.context() as patch:
        patch.setattr("ggen_graph.edges.journal_file.delete_tree", refused)
        apply_writes(root, [Write("src/main.py", b"new")], journal)
    assert (journal / "staging").exists()
    apply_writes(root, [Write("src/main.py", b"newer")], journal)
    assert contents(root) == {"src/main.py": b"newer"}


def test_an_interrupt_before_the_journal_leaves_nothing(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "flush", interrupted)
    with pytest.raises(KeyboardInterrupt):
        apply_writes(root, [Write("src/main.py", b"new")], journal)
    assert contents(root) == {"src/main.py": b"old"}


def test_who_edits_a_file_while_we_write_finds_the_edit_beside_it(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = journal_file.begin

    def edit_first(journal_dir: Path, change: journal_file.Journal) -> None:
        (root / "src" / "main.py").unlink()
        (root / "src" / "main.py").write_bytes(b"edited")
        begin(journal_dir, change)

    monkeypatch.setattr(journal_file, "begin", edit_first)
    applied = apply_writes(root, [Write("src/main.py", b"new")], journal)
    assert applied.kept == ("src/main.py.ggen-kept",)
    assert contents(root) == {"src/main.py": b"new", "src/main.py.ggen-kept": b"edited"}


def test_a_change_that_waits_for_recovery_stops_the_next(root: Path, journal: Path) -> None:
    journal.mkdir(parents=True)
    (journal / "journal.json").write_text("{}")
    with pytest.raises(OperationInterrupted) as raised:
        apply_writes(root, [Write("a", b"x")], journal)
    assert raised.value.exit_code == 6


def test_where_links_cannot_be_made_the_old_file_is_copied(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    monkeypatch.setattr(Path, "replace", failing(errno.EIO, "last"))
    with pytest.raises(InstallFailed):
        apply_writes(root, [Write("src/main.py", b"new"), Write("last", b"x")], journal)
    assert contents(root) == {"src/main.py": b"old"}


def test_a_folder_on_another_file_system_gets_its_file_too(
    root: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def across(self: Path, target: Path) -> Path:
        if "staging" in self.parts and "staging" not in target.parts and target.suffix != ".json":
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", across)
    apply_writes(root, [Write("src/main.py", b"new", 0o755)], journal)
    assert contents(root) == {"src/main.py": b"new"}
    assert (root / "src" / "main.py").stat().st_mode & 0o777 == 0o755


def test_on_another_file_system_a_name_is_flushed_before_what_was_staged_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "staged").write_bytes(b"new")
    done: list[str] = []
    replace, unlink, sync_folder = Path.replace, Path.unlink, files.sync_folder

    def across(self: Path, target: Path) -> Path:
        if self.name == "staged":
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        done.append(f"name {target.name}")
        return replace(self, target)

    def noted_unlink(self: Path, missing_ok: bool = False) -> None:
        done.append(f"unlink {self.name}")
        unlink(self, missing_ok=missing_ok)

    def noted_sync(folder: Path) -> None:
        done.append("flush")
        sync_folder(folder)

    monkeypatch.setattr(Path, "replace", across)
    monkeypatch.setattr(Path, "unlink", noted_unlink)
    monkeypatch.setattr("ggen_graph.edges.journal.sync_folder", noted_sync)
    place(tmp_path / "staged", tmp_path / "target")
    assert done[-3:] == ["name target", "flush", "unlink staged"]
    assert contents(tmp_path) == {"target": b"new"}


def test_a_staged_tree_is_written_without_a_flush_or_a_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flushed(descriptor: int) -> None:
        raise AssertionError

    monkeypatch.setattr(os, "fsync", flushed)
    write_staged_tree(tmp_path, [Write("a", b"1", 0o700), Write("d/e/b", b"2")])
    write_staged_tree(tmp_path, [Write("a", b"3"), Write("d/c", b"4", 0o600), Write("d/e/b", b"2")])
    assert contents(tmp_path) == {"a": b"3", "d/e/b": b"2", "d/c": b"4"}
    modes = {path: (tmp_path / path).stat().st_mode & 0o777 for path in contents(tmp_path)}
    assert modes == {"a": 0o700, "d/e/b": 0o666 & ~umask(), "d/c": 0o600}


@pytest.mark.parametrize("path", ["../a", "D/a", "out/a"])
def test_a_staged_tree_is_not_left(tmp_path: Path, path: str) -> None:
    (tmp_path / "tree" / "d").mkdir(parents=True)
    (tmp_path / "tree" / "out").symlink_to("..")
    with pytest.raises(PathRefused):
        write_staged_tree(tmp_path / "tree", [Write("d/b", b""), Write(path, b"")])
    assert contents(tmp_path) == {}


def test_a_staged_tree_on_a_full_disk_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(InstallFailed, match=r"disk is full: could not write .*/d/a"):
        write_staged_tree(tmp_path, [Write("d/a", b"x")])


def test_a_removed_file_goes_and_with_it_the_folder_it_leaves_empty(
    root: Path, journal: Path
) -> None:
    applied = apply_writes(root, [Write("src/main.py", None)], journal, emptied=["src"])
    assert applied.removed == ("src/main.py",)
    assert not (root / "src").exists()
    assert apply_writes(root, [Write("src/main.py", None)], journal).unchanged == ("src/main.py",)


def test_a_file_that_is_not_as_expected_stops_everything(root: Path, journal: Path) -> None:
    before = contents(root)
    seen = "sha256:" + "0" * 64
    for write in (
        Write("src/main.py", b"", expected=seen),
        Write("src/main.py", b"", expected=None),
    ):
        with pytest.raises(FileChanged, match=r"src/main\.py was changed"):
            apply_writes(root, [Write("new", b""), write], journal)
    assert contents(root) == before


def test_a_file_that_was_edited_after_the_survey_is_kept_beside(root: Path, journal: Path) -> None:
    changes = survey(root, [Write("src/main.py", b"new")], journal)
    (root / "src/main.py").write_bytes(b"an edit")
    assert carry_out(root, changes, journal) == ("src/main.py.ggen-kept",)
    assert (root / "src/main.py").read_bytes() == b"new"
    assert (root / "src/main.py.ggen-kept").read_bytes() == b"an edit"


def test_a_removed_file_that_was_edited_after_the_survey_is_kept_beside(
    root: Path, journal: Path
) -> None:
    changes = survey(root, [Write("src/main.py", None)], journal)
    (root / "src/main.py").write_bytes(b"an edit")
    assert carry_out(root, changes, journal, emptied=["src"]) == ("src/main.py.ggen-kept",)
    assert (root / "src/main.py.ggen-kept").read_bytes() == b"an edit"


names = st.sampled_from(["a", "b", "c", "d/a", "d/b", "d/e/f", "g/h"])
plans = st.dictionaries(
    names,
    st.tuples(st.none() | st.binary(max_size=20), st.sampled_from([None, 0o644, 0o755])),
    max_size=7,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=st.lists(plans, min_size=1, max_size=3))
def test_after_any_plans_each_file_is_what_the_last_that_named_it_said(
    tmp_path_factory: pytest.TempPathFactory,
    plans: list[dict[str, tuple[bytes | None, int | None]]],
) -> None:
    root = tmp_path_factory.mktemp("root")
    expected: dict[str, bytes] = {}
    modes: dict[str, int] = {}
    for plan in plans:
        wanted = [Write(path, data, mode) for path, (data, mode) in plan.items()]
        apply_writes(root, wanted, root.parent / "journal")
        for write in wanted:
            if write.data is None:
                expected.pop(write.path, None)
                modes.pop(write.path, None)
                continue
            expected[write.path] = write.data
            modes[write.path] = write.mode or modes.get(write.path, 0o666 & ~umask())
    assert contents(root) == expected
    assert {path: (root / path).stat().st_mode & 0o777 for path in expected} == modes


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
