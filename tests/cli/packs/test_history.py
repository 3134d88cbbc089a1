"""`packs history` and `packs rollback`."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Ggen


def test_what_happened_is_listed_the_latest_first(project: Ggen) -> None:
    assert project("packs", "generate", "typed", "--var", "owner=ann").code == 0
    latest, first = project("packs", "history").out.splitlines()
    assert latest.startswith("2-")
    assert f"packs generate by {getpass.getuser()}  (" in latest
    assert first.startswith("1-")
    assert "  new by " in first
    assert project("packs", "history", "-n", "1").out.splitlines() == [latest]
    document = project("packs", "history", "--json").json
    assert [one["number"] for one in document["transactions"]] == [2, 1]
    assert document["transactions"][0]["run"]


def test_one_transaction_is_shown_with_its_files(project: Ggen) -> None:
    assert project("packs", "generate", "typed", "--var", "owner=ann").code == 0
    for name in ("2", "latest"):
        shown = project("packs", "history", name).out.splitlines()
        assert any(line.startswith("  create   values.txt  (typed 1.0.0") for line in shown)
        assert "  replace  ggen.lock" in shown
        assert not any(".ggen/" in line for line in shown)
    error = project("packs", "history", "9", "--json").error
    assert (error["name"], error["exit_code"]) == ("transaction-not-found", 1)


def test_what_changed_a_file_is_asked_of_the_graph(project: Ggen) -> None:
    assert project("packs", "generate", "--var", "port=8001").code == 0
    assert project("packs", "rollback", "latest").code == 0
    head, *rows = project("packs", "history", "--file", "settings.ini").out.splitlines()
    assert head.split()[0] == "TRANSACTION"
    assert [row.partition("-")[0] for row in rows] == ["3", "2", "1"]
    document = project("packs", "history", "--file", "settings.ini", "-n", "2", "--json").json
    assert document["path"] == "settings.ini"
    assert [one["command"] for one in document["changes"]] == ["packs rollback", "packs generate"]
    nothing = project("packs", "history", "--file", "nothing.txt")
    assert (nothing.code, nothing.out) == (0, "no transaction changed nothing.txt\n")


def test_a_path_is_taken_from_where_we_are(project: Ggen) -> None:
    inside = project.at(project.folder / "notes")
    assert inside("packs", "history", "--file", "Book.md", "--json").json["path"] == "notes/Book.md"
    above = inside("packs", "history", "--file", "../settings.ini", "--json").json
    assert above["path"] == "settings.ini"
    assert len(above["changes"]) == 1


def test_outside_of_a_project_there_are_no_files_to_ask_about(ggen: Ggen) -> None:
    refused = ggen("packs", "history", "--file", "a")
    assert refused.code == 2
    assert "--file is for a project's files" in refused.err


def test_a_rollback_says_what_it_did_and_how_to_redo_it(project: Ggen) -> None:
    assert project("packs", "generate", "typed", "--var", "owner=ann").code == 0
    undone = project("packs", "rollback", "latest")
    assert undone.code == 0, undone.err
    assert any(line.startswith("  delete   values.txt") for line in undone.out.splitlines())
    assert not (project.folder / "values.txt").exists()
    told = undone.out.splitlines()[-1]
    assert " is undone; redo: ggen packs rollback 3-" in told
    assert "packs rollback 2-" in project("packs", "history").out.splitlines()[0]
    redone = project("packs", "rollback", told.rpartition(" ")[2], "--json").json
    assert redone["kept"] == []
    assert redone["reverts"].startswith("3-")
    assert (project.folder / "values.txt").exists()


def test_what_is_undone_already_is_said(project: Ggen) -> None:
    assert project("packs", "generate", "--var", "port=8001").code == 0
    assert project("packs", "rollback", "2").code == 0
    again = project("packs", "rollback", "2")
    assert (again.code, again.out) == (0, "nothing to undo: everything is as it was before\n")
    assert project("packs", "rollback", "2", "--json").json["transaction"] is None


def test_what_a_later_one_changed_is_refused_with_the_one_to_undo_first(project: Ggen) -> None:
    for port in ("8001", "8002"):
        assert project("packs", "generate", "--var", f"port={port}").code == 0
    latest = project("packs", "history", "--json").json["transactions"][0]["transaction"]
    error = project("packs", "rollback", "2", "--json").error
    assert (error["name"], error["exit_code"]) == ("rollback-blocked", 1)
    assert error["help"] == f"`ggen packs rollback {latest}` first"
    assert project("packs", "rollback", "1", "--json").error["name"] == "rollback-blocked"


def test_outside_of_a_project_it_is_the_homes(ggen: Ggen) -> None:
    listed = ggen("packs", "history").out.splitlines()
    assert all("packs install" in line for line in listed)
    assert len(listed) == 6


def test_a_home_without_a_history_says_so(first_time: Ggen) -> None:
    assert first_time("packs", "history").out == "nothing was changed yet\n"
