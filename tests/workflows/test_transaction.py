"""The one path by which files change: plan, consent, backup, journal, record; all of it or nothing."""

from __future__ import annotations

import errno
import getpass
import json
import os
import re
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.diagnostics import (
    Busy,
    FileChanged,
    GgenError,
    InstallFailed,
    PathRefused,
    RecordInvalid,
    StoreBusy,
)
from ggen_graph.core.plan import ChangePlan
from ggen_graph.core.transaction import parse_transaction
from ggen_graph.edges.backups import Backups
from ggen_graph.edges.config import Home, home
from ggen_graph.edges.files import write_new
from ggen_graph.edges.journal_file import Journal, Step, begin
from ggen_graph.edges.locks import exclusive
from ggen_graph.edges.writes import Write, carry_out, checksum_of
from ggen_graph.workflows import transaction as module
from ggen_graph.workflows.places import Place, Terms, agreed, asked_unheld, hold_home, home_place
from ggen_graph.workflows.project import read_project
from ggen_graph.workflows.transaction import Proposal, commit, follow, transactions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ggen_graph.workflows.places import Consent, Contents
    from tests.workflows.conftest import Work


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with a file, as a project's."""
    root = tmp_path / "root"
    (root / "src").mkdir(parents=True)
    (root / "src" / "main.py").write_bytes(b"old")
    (root / "src" / "main.py").chmod(0o640)
    return Place(root, "project", ".ggen/", Home(tmp_path / "home"))


def backups(place: Place) -> list[str]:
    return sorted(path.name for path in (place.home.path / "backups").glob("*/*"))


def theirs(place: Place) -> dict[str, bytes]:
    """The files of a place that are not ggen's own."""
    return {
        name: path.read_bytes()
        for path in place.root.rglob("*")
        if path.is_file()
        and not (name := path.relative_to(place.root).as_posix()).startswith(".ggen/")
    }


def test_a_transaction_that_happened_has_a_record_that_says_all_of_it(place: Place) -> None:
    proposal = Proposal(
        "packs generate",
        (Write("src/main.py", b"new"), Write("docs/deep/a.md", b"text", 0o600)),
        why={"docs/deep/a.md": "base 1.0.0, a.md.tera"},
        run="a-run",
    )
    done = commit(place, proposal)
    assert done is not None
    assert done.kept == ()
    (found,) = transactions(place)
    assert found == done.transaction
    assert (found.number, found.by) == (1, getpass.getuser())
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", found.at)
    assert (found.command, found.run, found.reverts) == ("packs generate", "a-run", "")
    assert found.folders == ("docs", "docs/deep")
    replaced, created = found.changes
    assert replaced.before is not None
    assert replaced.after is not None
    assert (replaced.before.checksum, replaced.before.mode) == (checksum_of(b"old"), 0o640)
    assert (replaced.after.checksum, replaced.after.mode) == (checksum_of(b"new"), 0o640)
    assert (created.before, created.why) == (None, "base 1.0.0, a.md.tera")
    document = json.loads((place.root / place.record(found.id)).read_bytes())
    assert (document["kind"], document["schema"], document["run"]) == ("transaction", 1, "a-run")


def test_what_it_replaces_is_kept_and_what_it_creates_needs_no_backup(place: Place) -> None:
    first = commit(place, Proposal("x", (Write("new", b"1"),)))
    assert first is not None
    assert backups(place) == []
    second = commit(place, Proposal("x", (Write("src/main.py", b"new"), Write("new", None))))
    assert second is not None
    identity = second.transaction.id
    assert backups(place) == [identity]
    for data in (b"old", b"1"):
        assert place.backups.read(identity, checksum_of(data) or "") == data


def test_a_change_of_mode_alone_needs_no_backup(place: Place) -> None:
    done = commit(place, Proposal("x", (Write("src/main.py", b"old", 0o755),)))
    assert done is not None
    assert [change.kind for change in done.transaction.changes] == ["mode"]
    assert backups(place) == []
    assert (place.root / "src" / "main.py").stat().st_mode & 0o777 == 0o755


def test_what_is_so_already_is_no_transaction_but_is_shown(place: Place) -> None:
    shown: list[ChangePlan] = []
    proposal = Proposal("x", (Write("src/main.py", b"old"), Write("nothing", None)))
    assert commit(place, proposal, lambda plan, _: shown.append(plan)) is None
    assert [plan.changes for plan in shown] == [()]
    assert transactions(place) == []
    assert not (place.root / ".ggen").exists()


def test_numbers_go_on_from_the_greatest_whatever_else_lies_there(place: Place) -> None:
    place.records.mkdir(parents=True)
    for name in ("transaction-41-abcdef.json", "transaction-x.json", "run-99-a.json"):
        (place.records / name).write_text("{}", "utf-8")
    done = commit(place, Proposal("x", (Write("a", b""),)))
    assert done is not None
    assert done.transaction.number == 42
    assert transactions(place) == [done.transaction]


def test_consent_sees_the_plan_and_what_is_in_the_files(place: Place) -> None:
    seen: list[tuple[ChangePlan, Contents]] = []
    proposal = Proposal(
        "x",
        (Write("src/main.py", b"new"), Write("a", b"1")),
        edited={"src/main.py", "a"},
        remarks=("told",),
        irreversible="base",
    )
    commit(place, proposal, lambda plan, contents: seen.append((plan, contents)))
    ((plan, contents),) = seen
    assert contents == {"src/main.py": (b"old", b"new"), "a": (None, b"1")}
    assert [change.edited for change in plan.changes] == [True, False]  # none is edited that is new
    assert (plan.remarks, plan.irreversible) == (("told",), "base")


def test_without_consent_nothing_happens(place: Place) -> None:
    def never(_plan: ChangePlan, _contents: Contents) -> None:
        raise Busy("no")

    with pytest.raises(Busy):
        commit(place, Proposal("x", (Write("src/main.py", b"new"),)), never)
    assert theirs(place) == {"src/main.py": b"old"}
    assert not (place.root / ".ggen").exists()
    assert not place.home.path.exists()


def test_an_edit_made_before_it_began_stops_it(place: Place) -> None:
    proposal = Proposal("x", (Write("src/main.py", b"new", expected=checksum_of(b"older")),))
    with pytest.raises(FileChanged, match=r"src/main\.py"):
        commit(place, proposal)
    assert transactions(place) == []


def test_an_edit_made_between_the_survey_and_the_write_is_kept_beside(place: Place) -> None:
    def edit(_plan: ChangePlan, _contents: Contents) -> None:
        (place.root / "src" / "main.py").unlink()  # as editors save: another file of that name
        (place.root / "src" / "main.py").write_bytes(b"an edit")

    done = commit(place, Proposal("x", (Write("src/main.py", b"new"),)), edit)
    assert done is not None
    assert done.kept == ("src/main.py.ggen-kept",)
    assert theirs(place) == {"src/main.py": b"new", "src/main.py.ggen-kept": b"an edit"}


def test_an_edit_in_the_very_file_that_is_its_own_backup_does_not_spoil_that(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*arguments: Any, **options: Any) -> tuple[str, ...]:
        (place.root / "src" / "main.py").write_bytes(b"an edit")
        return carry_out(*arguments, **options)

    monkeypatch.setattr(module, "carry_out", late)
    done = commit(place, Proposal("x", (Write("src/main.py", b"new"),)))
    assert done is not None
    assert done.kept == ("src/main.py.ggen-kept",)
    old = checksum_of(b"old")
    assert old is not None
    assert place.backups.read(done.transaction.id, old) == b"old"
    assert theirs(place) == {"src/main.py": b"new", "src/main.py.ggen-kept": b"an edit"}


def test_a_path_that_is_refused_stops_all_of_it(place: Place) -> None:
    with pytest.raises(PathRefused):
        commit(place, Proposal("x", (Write("a", b"1"), Write("../b", b"2"))))
    assert theirs(place) == {"src/main.py": b"old"}


@pytest.mark.parametrize("step", ["stage", "rename", "record"])
def test_what_fails_leaves_no_record_no_backup_and_no_change(
    place: Place, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    replace = Path.replace

    def full(path: Path) -> OSError:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    def renaming(self: Path, target: Path) -> Path:
        name = Path(target).name
        if (step == "rename" and name == "b") or (
            step == "record" and name.startswith("transaction-")
        ):
            raise full(target)
        return replace(self, target)

    def staging(path: Path, *arguments: object, **options: object) -> None:
        if step == "stage" and path.parent.name == "staging":
            raise full(path)
        write_new(path, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "replace", renaming)
    monkeypatch.setattr("ggen_graph.edges.writes.write_new", staging)
    writes = (Write("src/main.py", b"new"), Write("b", b"2"))
    with pytest.raises(InstallFailed, match="disk is full"):
        commit(place, Proposal("x", writes))
    monkeypatch.undo()
    assert theirs(place) == {"src/main.py": b"old"}
    assert transactions(place) == []
    assert backups(place) == []
    assert commit(place, Proposal("x", writes)) is not None


def test_a_backup_that_fails_is_not_left_as_the_latest_one(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Backups.keep

    def half(self: Backups, transaction: str, contents: Iterable[bytes], *_: object) -> None:
        keep(self, transaction, list(contents)[:1])
        raise InstallFailed("the disk is full")

    monkeypatch.setattr(Backups, "keep", half)
    with pytest.raises(InstallFailed):
        commit(place, Proposal("x", (Write("src/main.py", b"new"),)))
    assert backups(place) == []
    assert theirs(place) == {"src/main.py": b"old"}


def test_that_a_backup_can_not_be_dropped_does_not_hide_why_it_failed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object, **_options: object) -> None:
        raise InstallFailed("the first failure")

    def fails_too(self: Backups, transaction: str) -> None:
        raise InstallFailed("the second failure")

    monkeypatch.setattr(module, "carry_out", fails)
    monkeypatch.setattr(Backups, "drop", fails_too)
    with pytest.raises(InstallFailed, match="the first failure"):
        commit(place, Proposal("x", (Write("src/main.py", b"new"),)))


def test_who_did_it_is_left_out_where_the_system_knows_no_name(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    done = commit(place, Proposal("x", (Write("a", b""),)))
    assert done is not None
    assert done.transaction.by == ""
    assert transactions(place) == [done.transaction]


def test_a_name_that_is_no_utf8_is_recorded_and_read_back(place: Place) -> None:
    strange = os.fsdecode(b"\xff.txt")
    done = commit(place, Proposal("x", (Write(strange, b"1"),)))
    assert done is not None
    assert transactions(place)[0].changes[0].path == strange


@pytest.mark.parametrize(
    "change",
    [
        {"number": "many"},
        {"id": 7},
        {"changes": None},
        {"changes": [{"path": "a"}]},
        {
            "changes": [
                {"path": "a", "before": 7, "after": None, "why": "", "release": "", "edited": False}
            ]
        },
        {"folders": [1]},
        {"by": None},
    ],
)
def test_a_record_that_is_none_is_left_out_and_said_when_asked_for(
    place: Place, change: dict[str, object]
) -> None:
    done = commit(place, Proposal("x", (Write("a", b""),)))
    assert done is not None
    record = place.root / place.record(done.transaction.id)
    record.write_text(json.dumps(json.loads(record.read_bytes()) | change), "utf-8")
    assert transactions(place) == []
    with pytest.raises(RecordInvalid, match="no record of a transaction"):
        parse_transaction(json.loads(record.read_bytes()))


def test_a_record_that_is_no_json_is_left_out(place: Place) -> None:
    place.records.mkdir(parents=True)
    (place.records / "transaction-1-a.json").write_bytes(b"\xff{")
    (place.records / "transaction-2-b.json").write_text("[]", "utf-8")
    assert transactions(place) == []


def test_a_transaction_is_of_when_it_happened_whatever_a_build_is_said_to_be_of(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    done = commit(place, Proposal("test", (Write("a", b"new"),)))
    assert done is not None
    assert done.transaction.at > "2026-"


# Holding the home


def cut_off(of: Home) -> None:
    """A change of the home that stopped after its journal was written."""
    place = home_place(of)
    staging = place.journal / "staging"
    staging.mkdir(parents=True)
    (staging / "0").write_bytes(b"new")
    step = Step(
        "a", "0", None, None, (checksum_of(b"new") or "").removeprefix("sha256:"), None, None
    )
    begin(place.journal, Journal("ggen packs install", "2026-01-01T00:00:00Z", (), (step,), ()))


def test_who_holds_the_home_first_finishes_what_was_cut_off(tmp_path: Path) -> None:
    there = Home(tmp_path / "home")
    cut_off(there)
    told: list[str] = []
    with hold_home(there, Terms(tell=told.append)):
        assert (there.path / "a").read_bytes() == b"new"
    assert told == [
        "`ggen packs install` of 2026-01-01T00:00:00Z was cut off and has been finished"
    ]
    cut_off(there)
    with hold_home(there, Terms()):
        assert told[1:] == []


def test_who_may_not_wait_for_the_home_is_told_who_has_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with (
        exclusive(home.path / "lock", "the home"),
        pytest.raises(GgenError) as busy,
        hold_home(home, Terms(wait=False)),
    ):
        pass
    assert busy.value.name == "busy"
    assert f"process {os.getpid()}" in busy.value.message
    assert "since 20" in busy.value.message


def changed(of: Home, text: bytes) -> Callable[[Consent], None]:
    """What makes a file of the home hold `text`, with consent."""

    def attempt(consent: Consent) -> None:
        with hold_home(of, Terms(wait=False)):
            commit(home_place(of), Proposal("test", (Write("a", text),)), consent)

    return attempt


def test_a_question_is_put_while_the_home_is_free_and_again_for_another_plan(
    tmp_path: Path,
) -> None:
    there, shown, noted = Home(tmp_path / "home"), list[ChangePlan](), list[str]()

    def consent(plan: ChangePlan, _: Contents) -> None:
        shown.append(plan)
        if len(shown) == 1:
            changed(there, b"theirs")(agreed)  # who can't have the home fails at once

    asked_unheld(Terms(consent, note=noted.append), changed(there, b"ours"))
    assert [one.changes[0].kind for one in shown] == ["create", "replace"]
    assert noted == ["what was agreed to was changed meanwhile by another command"]
    assert (there.path / "a").read_bytes() == b"ours"


def test_nobody_is_asked_for_ever(tmp_path: Path) -> None:
    there, asked = Home(tmp_path / "home"), count()

    def consent(_plan: ChangePlan, _contents: Contents) -> None:
        changed(there, b"theirs %d" % next(asked))(agreed)

    with pytest.raises(FileChanged, match="was changed by others each time that `ggen test`"):
        asked_unheld(Terms(consent), changed(there, b"ours"))
    assert (there.path / "a").read_bytes() == b"theirs %d" % (next(asked) - 1)


# The graph afterwards


@pytest.mark.parametrize("error", [StoreBusy("busy"), InstallFailed("full"), OSError("gone")])
def test_a_graph_that_can_not_follow_is_told_and_undoes_nothing(
    work: Work, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    project = read_project(work.new("library", "base@1.0.0"))

    def fails(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr("ggen_graph.workflows.transaction.sync_project", fails)
    told: list[str] = []
    follow(project, home(), Terms(note=told.append))
    assert told == [f"the graph is behind its files, until the next command: {error}"]
    follow(project, home(), Terms())


def test_an_interrupt_after_the_change_leaves_its_backup(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ggen_graph.edges.journal_file.delete_tree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        commit(place, Proposal("x", (Write("src/main.py", b"new"),)))
    assert theirs(place) == {"src/main.py": b"new"}
    [happened] = transactions(place)
    assert backups(place) == [happened.id]


def test_a_backup_is_for_its_owner_s_eyes_only(place: Place) -> None:
    (place.root / "src" / "open.py").write_bytes(b"text")
    (place.root / "src" / "second").hardlink_to(place.root / "src" / "open.py")  # so it is copied
    commit(place, Proposal("x", (Write("src/main.py", b"new"), Write("src/open.py", b"new"))))
    for name in ("backups", "blobs"):
        assert (place.home.path / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", ["folders", "emptied"])
def test_a_record_that_names_a_folder_outside_is_none(place: Place, key: str) -> None:
    commit(place, Proposal("x", (Write("src/main.py", b"new"),)))
    [path] = place.records.iterdir()
    record = json.loads(path.read_text("utf-8"))
    record[key] = ["../victim"] if key == "folders" else {"../victim": "755"}
    path.write_text(json.dumps(record), "utf-8")
    assert transactions(place) == []
