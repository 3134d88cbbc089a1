"""What was cut off is finished or taken back by the next command, in the project and in the home."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import OperationInterrupted
from ggen_graph.edges.journal_file import Journal, Step, begin
from ggen_graph.edges.locks import exclusive
from ggen_graph.workflows.recovery import recover_cut_off

if TYPE_CHECKING:
    from pathlib import Path

WHEN = "2026-01-01T00:00:00Z"


def cut_off(root: Path, journal: Path, path: str = "file") -> None:
    """A change of one file whose journal was written, and no more."""
    (journal / "staging").mkdir(parents=True)
    (journal / "staging" / "0").write_bytes(b"new")
    step = Step(path, "0", None, None, sha256(b"new").hexdigest(), None, None)
    begin(journal, Journal("ggen packs generate", WHEN, (), (step,), ()))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose manifest is half written, and we are in a folder of it."""
    root = tmp_path / "project"
    (root / "deep" / "er").mkdir(parents=True)
    (root / "ggen.toml").write_text("[pro", "utf-8")
    monkeypatch.chdir(root / "deep" / "er")
    return root


def test_a_change_of_the_project_is_finished_from_any_folder_of_it(root: Path) -> None:
    cut_off(root, root / ".ggen" / "transaction")
    told: list[str] = []
    recover_cut_off(told.append)
    assert told == [f"`ggen packs generate` of {WHEN} was cut off and has been finished"]
    assert (root / "file").read_bytes() == b"new"
    recover_cut_off(told.append)
    assert len(told) == 1


def test_what_was_being_taken_back_is_taken_back(root: Path) -> None:
    journal = root / ".ggen" / "transaction"
    cut_off(root, journal)
    (journal / "journal.json").rename(journal / "undo.json")
    told: list[str] = []
    recover_cut_off(told.append)
    assert told == [f"`ggen packs generate` of {WHEN} was cut off and has been taken back"]
    assert not (root / "file").exists()


def test_a_change_of_the_home_is_finished_wherever_we_are(
    ggen_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cut_off(ggen_home, ggen_home / "transaction", "packages/receipt")
    told: list[str] = []
    recover_cut_off(told.append)
    assert (ggen_home / "packages" / "receipt").read_bytes() == b"new"
    assert len(told) == 1


def test_what_is_still_under_way_is_left_to_who_does_it(root: Path, ggen_home: Path) -> None:
    cut_off(root, root / ".ggen" / "transaction")
    cut_off(ggen_home, ggen_home / "transaction")
    told: list[str] = []
    with (
        exclusive(root / ".ggen" / "lock", "the project"),
        exclusive(ggen_home / "lock", "the home"),
    ):
        recover_cut_off(told.append)
    assert told == []
    assert not (root / "file").exists()
    assert not (ggen_home / "file").exists()


def test_what_can_be_neither_finished_nor_taken_back_stops_the_command(root: Path) -> None:
    journal = root / ".ggen" / "transaction"
    journal.mkdir(parents=True)
    (journal / "journal.json").write_text("{", "utf-8")
    with pytest.raises(OperationInterrupted):
        recover_cut_off(lambda _: None)
    assert (journal / "journal.json").exists()


def test_where_nothing_was_cut_off_nothing_is_touched(root: Path, ggen_home: Path) -> None:
    recover_cut_off(lambda _: None)
    assert not (root / ".ggen").exists()
    assert list(ggen_home.iterdir()) == []
