"""Undoing: every byte and mode as before, newer edits kept beside, later transactions first."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import (
    BackupMissing,
    FileChanged,
    RollbackBlocked,
    TransactionNotFound,
)
from ggen_graph.core.plan import Risk
from ggen_graph.edges.config import Home
from ggen_graph.edges.writes import Write
from ggen_graph.workflows.clean import clean
from ggen_graph.workflows.places import Place
from ggen_graph.workflows.rollback import find_transaction, rollback
from ggen_graph.workflows.transaction import Proposal, commit, transactions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ggen_graph.core.plan import ChangePlan
    from ggen_graph.core.transaction import Transaction
    from tests.workflows.conftest import Work

    Snapshot = Callable[[Path], dict[str, Any]]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").write_bytes(b"0")
    return Place(root, "project", ".ggen/", Home(tmp_path / "home"))


def change(place: Place, *writes: Write) -> Transaction:
    done = commit(place, Proposal("packs generate", writes))
    assert done is not None
    return done.transaction


def theirs(place: Place) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.root.iterdir() if path.is_file()}


def without_records(taken: dict[str, Any]) -> dict[str, tuple[bytes, int]]:
    """Bytes and mode by path of all but the records, which stay: what happened, happened."""
    return {
        path: (one[0], one[1])
        for path, one in taken.items()
        if not path.startswith((".ggen/records/", "records/"))
    }


def folders(root: Path) -> list[str]:
    """The folders of a project but those of its graph and its journal."""
    found = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_dir())
    return sorted(
        path for path in found if not path.startswith((".ggen/graph", ".ggen/transaction"))
    )


# Which one


def test_a_transaction_is_named_by_its_id_its_number_or_as_the_latest(place: Place) -> None:
    first = change(place, Write("a", b"1"))
    second = change(place, Write("b", b"1"))
    known = transactions(place)
    assert find_transaction(known, first.id) == first
    assert find_transaction(known, "1") == first
    assert find_transaction(known, "latest") == second


def test_what_is_no_transaction_is_said_with_the_nearest_that_is(place: Place) -> None:
    with pytest.raises(TransactionNotFound, match="latest") as raised:
        rollback(place, "latest")
    assert "ggen packs history" in raised.value.help
    first = change(place, Write("a", b"1"))
    with pytest.raises(TransactionNotFound) as raised:
        rollback(place, first.id[:-1] + "x")
    assert first.id in raised.value.help


def test_a_number_that_two_branches_gave_needs_the_whole_id(place: Place) -> None:
    first = change(place, Write("a", b"1"))
    record = place.root / place.record(first.id)
    twin = record.with_name("transaction-1-ffffff.json")
    twin.write_text(record.read_text("utf-8").replace(first.id, "1-ffffff"), "utf-8")
    with pytest.raises(TransactionNotFound, match="have the number 1") as raised:
        rollback(place, "1")
    assert "whole id" in raised.value.help
    assert rollback(place, first.id) is not None


# What a file holds now decides


def test_what_is_as_the_transaction_left_it_is_put_back(place: Place) -> None:
    (place.root / "a").chmod(0o750)
    change(place, Write("a", b"1", 0o600), Write("b", b"1"), Write("d/e/f", b"1"))
    done = rollback(place, "1")
    assert done is not None
    assert done.transaction.reverts == transactions(place)[0].id
    assert theirs(place) == {"a": b"0"}
    assert (place.root / "a").stat().st_mode & 0o777 == 0o750
    assert not (place.root / "d").exists()
    assert (done.transaction.command, done.kept) == ("packs rollback", ())
    assert {one.why for one in done.transaction.changes} == {
        f"transaction {done.transaction.reverts}"
    }


def test_what_is_as_it_was_before_is_left(place: Place) -> None:
    change(place, Write("a", b"1"), Write("b", b"1"))
    (place.root / "b").unlink()
    done = rollback(place, "1")
    assert done is not None
    assert [one.path for one in done.transaction.changes] == ["a"]
    assert rollback(place, "1") is None


def test_what_was_edited_since_is_put_back_and_the_newer_kept_beside_after_a_question(
    place: Place,
) -> None:
    change(place, Write("a", b"1"), Write("b", b"1"))
    (place.root / "a").write_bytes(b"mine")
    (place.root / "a").chmod(0o600)
    (place.root / "b").write_bytes(b"mine too")
    (place.root / "a.ggen-newer").write_bytes(b"an older one")
    asked: list[ChangePlan] = []
    rollback(place, "1", lambda plan, _: asked.append(plan))
    assert theirs(place) == {
        "a": b"0",
        "a.ggen-newer": b"an older one",
        "a.ggen-newer-2": b"mine",
        "b.ggen-newer": b"mine too",
    }
    assert (place.root / "a.ggen-newer-2").stat().st_mode & 0o777 == 0o600
    (plan,) = asked
    assert plan.risk is Risk.EDITS
    assert plan.remarks[0] == "a was changed since; that is kept beside it"


def test_a_file_that_was_removed_since_comes_back(place: Place) -> None:
    change(place, Write("a", b"1"))
    (place.root / "a").unlink()
    assert rollback(place, "1") is not None
    assert theirs(place) == {"a": b"0"}


def test_a_mode_comes_back_unless_a_person_has_chosen_another(place: Place) -> None:
    (place.root / "a").chmod(0o644)
    change(place, Write("a", b"0", 0o755))
    rollback(place, "latest")
    assert (place.root / "a").stat().st_mode & 0o777 == 0o644
    change(place, Write("a", b"1", 0o755))
    (place.root / "a").chmod(0o700)
    rollback(place, "latest")
    assert (place.root / "a").read_bytes() == b"0"
    assert (place.root / "a").stat().st_mode & 0o777 == 0o700


def test_an_edit_made_while_it_is_shown_stops_it(place: Place) -> None:
    change(place, Write("a", b"1"))
    (place.root / "a").write_bytes(b"2")

    def edit(*_: object) -> None:
        (place.root / "a").unlink()
        (place.root / "a").write_bytes(b"3")

    done = rollback(place, "1", edit)
    assert done is not None
    assert done.kept == ("a.ggen-kept",)
    assert theirs(place) == {"a": b"0", "a.ggen-kept": b"3", "a.ggen-newer": b"2"}


# Later ones


def test_a_later_transaction_of_the_same_file_is_to_be_undone_first(place: Place) -> None:
    first = change(place, Write("a", b"1"), Write("b", b"1"))
    second = change(place, Write("b", b"2"))
    third = change(place, Write("a", b"2"), Write("c", b"2"))
    with pytest.raises(RollbackBlocked, match=third.id) as blocked:
        rollback(place, first.id)
    assert blocked.value.help == f"`ggen packs rollback {third.id}` first"
    assert blocked.value.details["blocked_by"] == sorted([second.id, third.id])
    assert blocked.value.details["paths"] == ["a", "b"]
    assert theirs(place) == {"a": b"2", "b": b"2", "c": b"2"}
    rollback(place, third.id)
    with pytest.raises(RollbackBlocked, match=second.id):
        rollback(place, first.id)
    rollback(place, second.id)
    rollback(place, first.id)
    assert theirs(place) == {"a": b"0"}


def test_a_block_by_many_files_names_some_of_them(place: Place) -> None:
    change(place, *(Write(f"f{number}", b"1") for number in range(5)))
    change(place, *(Write(f"f{number}", None) for number in range(5)))
    assert rollback(place, "1") is None  # none of them is there, as before it
    change(place, *(Write(f"f{number}", b"2") for number in range(5)))
    with pytest.raises(RollbackBlocked, match="f0, f1, f2 and more since"):
        rollback(place, "1")


def test_a_transaction_of_other_files_does_not_stand_in_the_way(place: Place) -> None:
    change(place, Write("a", b"1"))
    change(place, Write("b", b"1"))
    rollback(place, "1")
    assert theirs(place) == {"a": b"0", "b": b"1"}


def test_a_rollback_is_rolled_back_and_that_too(place: Place) -> None:
    change(place, Write("a", b"1"), Write("d/b", b"1"))
    states = []
    for _ in range(4):
        states.append((theirs(place), (place.root / "d" / "b").exists()))
        rollback(place, transactions(place)[-1].id)
    assert states == [({"a": b"1"}, True), ({"a": b"0"}, False)] * 2


# When it can't be


def test_a_backup_that_is_gone_is_named_and_nothing_is_touched(place: Place) -> None:
    change(place, Write("a", b"1"), Write("b", b"1"))
    change(place, Write("b", b"2"))
    (scope,) = (place.home.path / "backups").iterdir()
    for folder in scope.iterdir():
        os.utime(folder, (0, 0))
    os.utime(scope / transactions(place)[1].id, (1, 1))
    cleaned = clean(place.home)
    assert [one.partition("/")[2] for one in cleaned.backups] == [transactions(place)[0].id]
    rollback(place, "2")  # the latest backup stays, however old
    with pytest.raises(BackupMissing, match=transactions(place)[0].id):
        rollback(place, "1")
    assert theirs(place) == {"a": b"1", "b": b"1"}


def test_a_folder_that_took_the_place_of_a_file_is_refused(place: Place) -> None:
    change(place, Write("a", b"1"))
    (place.root / "a").unlink()
    (place.root / "a").mkdir()
    with pytest.raises(api.GgenError) as refused:
        rollback(place, "1")
    assert refused.value.name == "path-refused"
    assert (place.root / "a").is_dir()


def test_what_changes_between_the_look_and_the_survey_stops_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(place, Write("a", b"1"))

    def meanwhile(*arguments: Any) -> Any:
        (place.root / "a").write_bytes(b"an edit")
        return commit(*arguments)

    monkeypatch.setattr("ggen_graph.workflows.rollback.commit", meanwhile)
    with pytest.raises(FileChanged):
        rollback(place, "1")
    assert theirs(place) == {"a": b"an edit"}


# In projects


def test_what_made_the_project_can_not_be_undone(work: Work, snapshot: Snapshot) -> None:
    root = work.new("library", "base@1.0.0")
    before = snapshot(root)
    with pytest.raises(RollbackBlocked, match="made this project") as blocked:
        api.roll_back(api.read_project(root), api.home(), "1")
    assert "remove the folder" in blocked.value.help
    assert snapshot(root) == before


def test_install_generate_and_uninstall_are_undone_byte_for_byte(
    work: Work, snapshot: Snapshot
) -> None:
    root = work.new("library", "base@1.0.0")
    project = api.read_project(root)
    states = [(without_records(snapshot(root)), folders(root))]
    for step in (
        lambda: work.install(root, "typed"),
        lambda: work.generate(root, owner="ann", title="Books"),
        lambda: api.uninstall(project, api.home(), ["base"]),
    ):
        step()
        states.append((without_records(snapshot(root)), folders(root)))
    done = [one.id for one in api.history(project, api.home())][1:]
    assert len(done) == 3
    for identity, state in zip(reversed(done), states[2::-1], strict=True):
        api.roll_back(project, api.home(), identity)
        assert (without_records(snapshot(root)), folders(root)) == state
    undoings = [one.id for one in api.history(project, api.home()) if one.reverts]
    for identity, state in zip(reversed(undoings), states[1:], strict=True):
        api.roll_back(project, api.home(), identity)
        assert (without_records(snapshot(root)), folders(root)) == state


def test_after_a_rollback_lock_graph_and_files_agree(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    work.generate(root, "typed", owner="ann")
    query = "SELECT ?n { ?p a ggen:GeneratedFile ; ggen:path ?n FILTER(?n = 'values.txt') }"
    assert work.rows(root, query) == [("values.txt",)]
    api.roll_back(api.read_project(root), api.home(), "latest")
    assert work.rows(root, query) == []
    assert not (root / "values.txt").exists()
    assert all(one.status == "same" for one in api.check(api.read_project(root)))


# In the home


def test_the_home_is_undone_as_well(work: Work, snapshot: Snapshot) -> None:
    home = api.home()
    before = without_records(snapshot(home.packages))
    gone = api.uninstall_from_home(home, [api.parse_pack_spec("typed")])
    assert [one.name for one in _installed(home)] == [
        "app",
        "base",
        "base",
        "overwrites",
        "rival",
        "twelve",
    ]
    api.roll_back(None, home, gone.transaction)
    assert without_records(snapshot(home.packages)) == before
    assert [one.fault for one in api.verify(home, None)] == [""] * 7
    api.install_only(
        work.catalog(), [api.parse_pack_spec("typed")]
    )  # there already: no transaction
    assert [one.command for one in api.history(None, home)][-2:] == [
        "packs uninstall",
        "packs rollback",
    ]


def test_a_release_whose_tree_is_gone_is_not_declared_installed_again(work: Work) -> None:
    home = api.home()
    gone = api.uninstall_from_home(home, [api.parse_pack_spec("typed")])
    os.utime(home.packages / "typed", (0, 0))
    assert clean(home).trees == ("typed 1.0.0",)
    with pytest.raises(BackupMissing, match=r"typed 1\.0\.0 are not on the disk") as raised:
        api.roll_back(None, home, gone.transaction)
    assert "ggen packs install typed@1.0.0" in raised.value.help


def _installed(home: Home) -> list[api.Verified]:
    return api.verify(home, None)


def test_a_removed_folder_is_back_with_its_mode(place: Place) -> None:
    (place.root / "private").mkdir(mode=0o700)
    change(place, Write("private/deep/x", b"1"))
    (place.root / "private" / "deep").chmod(0o750)
    removal = Proposal("x", (Write("private/deep/x", None),), emptied=("private/deep", "private"))
    done = commit(place, removal)
    assert done is not None
    assert not (place.root / "private").exists()
    rollback(place, done.transaction.id)
    assert (place.root / "private").stat().st_mode & 0o777 == 0o700
    assert (place.root / "private" / "deep").stat().st_mode & 0o777 == 0o750


def test_the_latest_is_the_last_that_still_stands(place: Place) -> None:
    change(place, Write("a", b"1"))
    change(place, Write("a", b"2"))
    rollback(place, "latest")
    assert (place.root / "a").read_bytes() == b"1"
    rollback(place, "latest")
    assert (place.root / "a").read_bytes() == b"0"
    with pytest.raises(TransactionNotFound):
        rollback(place, "latest")
