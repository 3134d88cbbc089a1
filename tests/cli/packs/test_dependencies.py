"""`packs dependencies` and `packs why`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_what_a_pack_would_bring_along_is_a_tree(ggen: Ggen, workshop: Path) -> None:
    told = ggen("packs", "dependencies", "app", "--registry", workshop)
    assert told.out.splitlines() == [
        "app 1.0.0 (any version)",
        "└── base 1.1.0 (>=1.0.0 <2.0.0)",
    ]
    assert ggen("packs", "tree", "app", "--registry", workshop).out == told.out
    shallow = ggen("packs", "dependencies", "app", "--depth", "0", "--registry", workshop)
    assert shallow.out == "app 1.0.0 (any version)\n"


def test_it_is_drawn_too(ggen: Ggen, workshop: Path) -> None:
    command: list[str | Path] = ["packs", "dependencies", "app", "--registry", workshop, "--format"]
    assert '"app" -> "base"' in ggen(*command, "dot").out
    assert "p0 -->" in ggen(*command, "mermaid").out


def test_a_program_gets_all_of_it(ggen: Ggen, workshop: Path) -> None:
    document = ggen("packs", "dependencies", "app", "--registry", workshop, "--json").json
    assert document["roots"] == [{"name": "app", "range": "*"}]
    assert document["releases"][0] == {
        "name": "app",
        "version": "1.0.0",
        "requires": [{"name": "base", "range": ">=1.0.0 <2.0.0", "version": "1.1.0"}],
    }


def test_in_a_project_it_is_what_is_locked(project: Ggen) -> None:
    assert project("packs", "install", "app").code == 0
    assert project("packs", "dependencies").out.splitlines() == [
        "base 1.0.0 (1.0.0)",
        "app 1.0.0 (^1.0.0)",
        "└── base 1.0.0 (>=1.0.0 <2.0.0)",
    ]


def test_outside_of_a_project_a_pack_must_be_named(ggen: Ggen) -> None:
    assert ggen("packs", "dependencies", "--json").error["name"] == "usage"
    assert ggen("packs", "why", "base", "--json").error["name"] == "project-not-found"


def test_why_a_pack_is_there_is_told_up_to_what_was_asked_for(project: Ggen) -> None:
    assert project("packs", "install", "app").code == 0
    assert project("packs", "why", "base").out.splitlines() == [
        "base 1.0.0",
        "└── app 1.0.0 (requires it as >=1.0.0 <2.0.0)",
        "ggen.toml asks for app ^1.0.0",
        "ggen.toml asks for base 1.0.0",
    ]
    document = project("packs", "why", "base", "--json").json
    assert document["pack"] == "base"
    assert [one["name"] for one in document["releases"][1]["required_by"]] == ["app"]


def test_a_pack_that_is_not_there_is_said_with_the_nearest(project: Ggen) -> None:
    error = project("packs", "why", "bass", "--json").error
    assert error["name"] == "pack-not-found"
    assert '"base"' in error["help"]


def test_without_a_lock_nothing_is_known(project: Ggen) -> None:
    (project.folder / "ggen.lock").unlink()
    assert project("packs", "why", "base", "--json").error["name"] == "lock-missing"
