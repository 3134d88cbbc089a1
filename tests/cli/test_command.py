"""What every command shares: global options, groups that load late, names that were nearly right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from ggen_graph.cli.command import Session, session

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_c_works_as_if_started_there(project: Ggen, ggen: Ggen) -> None:
    inside = project("packs", "sparql", "--query", "ASK { ?f a ggen:GeneratedFile }")
    assert "true" in inside.out
    for arguments in (["-C", "library", "packs", "sparql"], ["packs", "sparql", "-C", "library"]):
        assert ggen(*arguments, "--query", "ASK { ?f a ggen:GeneratedFile }").out == inside.out


def test_c_decides_what_relative_paths_mean(ggen: Ggen, workshop: Path) -> None:
    made = ggen("-C", workshop.parent, "packs", "list", "--registry", workshop.name)
    assert made.code == 0
    assert "twelve" in made.out


def test_c_of_a_file_is_a_usage_error(ggen: Ggen) -> None:
    (ggen.folder / "file").write_text("", "utf-8")
    told = ggen("-C", "file", "packs", "list")
    assert told.code == 2
    assert "-C file: Not a directory" in told.err


def test_a_project_is_found_from_the_folders_below_it(project: Ggen) -> None:
    below = project.folder / "notes"
    found = project.at(below)("graph", "status", "--json").json
    assert found["scope"] == "project"
    assert project.at(below)("packs", "generate").code == 0


def test_an_alias_finds_the_same_command(ggen: Ggen) -> None:
    assert ggen("pack", "list").out == ggen("packs", "list").out


def test_a_group_without_a_command_shows_what_it_has(ggen: Ggen) -> None:
    for group in ("packs", "graph", "config"):
        told = ggen(group)
        assert told.code == 2
        assert f"Usage: ggen {group}" in told.err


def test_an_option_before_a_command_is_the_groups(ggen: Ggen) -> None:
    told = ggen("packs", "--registry", "x", "list")
    assert told.code == 2
    assert "--registry" in told.err
    assert "`ggen packs --help`" in told.err


def test_without_a_running_command_there_is_no_session() -> None:
    with click.Context(click.Command("other")), pytest.raises(LookupError):
        session()


def test_what_is_no_result_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    state = Session(color=False)
    for _ in range(2):
        state.note("registry shop is trusted because you named its path")
    assert len(state.notes) == 1
    assert capsys.readouterr().err.count("trusted") == 1
