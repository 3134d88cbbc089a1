"""`ggen config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_what_is_set_is_listed_and_used(ggen: Ggen, workshop: Path, ggen_home: Path) -> None:
    assert ggen("config", "list").out == ""
    assert ggen("config", "list", "--json").json["settings"] == {}
    told = ggen("config", "set", "registries.workshop", workshop)
    assert told.out == f"registries.workshop = {workshop}\n"
    assert ggen("config", "set", "defaults.title", "Ours").code == 0
    assert ggen("config", "get", "defaults.title").out == "Ours\n"
    assert ggen("config", "list").out.splitlines() == [
        f"registries.workshop  {workshop}",
        "defaults.title       Ours",
    ]
    made = ggen("new", "x", "--pack", "base", "--json")
    assert made.code == 0, made.err
    assert (ggen.folder / "x" / "README.md").read_text("utf-8").startswith("# Ours\n")


def test_a_registry_that_is_set_is_the_folder_that_was_meant(ggen: Ggen, workshop: Path) -> None:
    ggen.at(workshop.parent)("config", "set", "registries.workshop", workshop.name)
    assert ggen("config", "get", "registries.workshop").out == f"{workshop}\n"


def test_what_is_unset_is_gone(ggen: Ggen) -> None:
    ggen("config", "set", "defaults.title", "Ours")
    assert ggen("config", "unset", "defaults.title").out == "defaults.title is not set any more\n"
    assert ggen("config", "list").out == ""


def test_what_is_not_set_is_not_found(ggen: Ggen) -> None:
    told = ggen("config", "get", "defaults.title")
    assert told.code == 1
    assert told.out == ""
    assert "defaults.title" in told.err
    assert told.err.startswith("error[setting-not-found]: ")
    assert ggen("config", "unset", "defaults.title").out == "defaults.title was not set\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["set", "default.title", "x"], 'did you mean "defaults.title"?'),
        (["set", "defaults.1x", "x"], "defaults.1x"),
        (["set", "registries.X", "x"], "registries.X"),
        (["set", "registries.x", "https://packs.example.org"], "only folders and index files"),
        (["get", "defaults"], "defaults.NAME"),
        (["set", "defaults.x"], "VALUE"),
    ],
)
def test_a_key_that_does_not_exist_is_a_usage_error(
    ggen: Ggen, arguments: list[str], said: str
) -> None:
    error = ggen("config", *arguments, "--json").error
    assert error["name"] == "usage"
    assert said in error["message"] + error.get("help", "")


def test_a_configuration_that_is_wrong_is_1_with_its_place(ggen: Ggen, ggen_home: Path) -> None:
    (ggen_home / "config.toml").write_text("[defaults]\ntitle = \n", "utf-8")
    for command in (["config", "list"], ["packs", "list"], ["config", "set", "defaults.a", "b"]):
        error = ggen(*command, "--json").error
        assert (error["name"], error["exit_code"]) == ("config-invalid", 1)
        assert error["where"]["line"] == 2
    assert (ggen_home / "config.toml").read_text("utf-8") == "[defaults]\ntitle = \n"


def test_a_path_without_a_registry_is_refused_before_it_is_written(
    ggen: Ggen, ggen_home: Path
) -> None:
    (ggen.folder / "notes" / "mine").mkdir(parents=True)
    (ggen.folder / "wrong.jsonl").write_text("oops\n", "utf-8")
    (ggen.folder / "declared").mkdir()
    (ggen.folder / "declared" / "registry.toml").write_text("nmae = 1\n", "utf-8")
    for path, name in (
        ("gone", "registry-unavailable"),
        ("notes", "registry-unavailable"),
        ("wrong.jsonl", "manifest-invalid"),
        ("declared", "manifest-invalid"),
    ):
        told = ggen("config", "set", "registries.acme", path, "--json")
        assert told.error["name"] == name, path
        assert not (ggen_home / "config.toml").exists()
    (ggen.folder / "empty").mkdir()
    taken = ggen("config", "set", "registries.starter", "empty", "--json").error
    assert (taken["name"], (ggen_home / "config.toml").exists()) == ("usage", False)
    assert ggen("config", "set", "registries.acme", "empty").code == 0
