"""`ggen new`: what it says, and what is there afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import tomli

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_a_new_project_says_what_was_made_and_what_comes_next(ggen: Ggen, workshop: Path) -> None:
    made = ggen("new", "library", "--pack", "app", "--registry", workshop)
    assert made.code == 0, made.err
    assert made.out.splitlines()[0] == "library: 6 files from base 1.1.0, app 1.0.0"
    assert made.out.splitlines()[1:] == ["next:", "  cd library"]


def test_a_new_project_for_programs(ggen: Ggen, workshop: Path) -> None:
    document = ggen("new", "library", "--pack", "app", "--registry", workshop, "--json").json
    assert document["project"] == "library"
    assert [one["name"] for one in document["releases"]] == ["base", "app"]
    assert "README.md" in document["files"]
    record = f".ggen/records/run-{document['run']}.json"
    assert (ggen.folder / "library" / record).is_file()


def test_a_name_may_be_a_path(ggen: Ggen, workshop: Path) -> None:
    made = ggen("new", "deep/library", "--pack", "base", "--registry", workshop)
    assert made.code == 0, made.err
    manifest = tomli.loads((ggen.folder / "deep" / "library" / "ggen.toml").read_text("utf-8"))
    assert manifest["project"]["name"] == "library"


def test_a_path_is_made_plain_first(ggen: Ggen, workshop: Path) -> None:
    made = ggen("new", "a/../library", "--pack", "base", "--registry", workshop)
    assert made.code == 0, made.err
    assert [path.name for path in ggen.folder.iterdir()] == ["library"]


def test_a_model_is_taken_from_files(ggen: Ggen, workshop: Path) -> None:
    (ggen.folder / "m.ttl").write_text(
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<#Shelf> a rdfs:Class ; rdfs:label "Shelf" .\n',
        "utf-8",
    )
    made = ggen(
        *("new", "library", "--pack", "base", "--registry", workshop),
        *("--model", "m.ttl", "--model-base", "http://example.org/m"),
    )
    assert made.code == 0, made.err
    note = (ggen.folder / "library" / "notes" / "Shelf.md").read_text("utf-8")
    assert "http://example.org/m#Shelf" in note


def test_a_model_that_does_not_parse_is_1_with_its_place(ggen: Ggen, workshop: Path) -> None:
    (ggen.folder / "m.ttl").write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> nonsense .\n", "utf-8")
    error = ggen(
        "new", "x", "--pack", "base", "--registry", workshop, "--model", "m.ttl", "--json"
    ).error
    assert (error["name"], error["exit_code"]) == ("rdf-invalid", 1)
    assert error["where"]["file"] == "m.ttl"
    assert error["where"]["line"] == 2


def test_packs_generate_outside_of_a_project_is_new(ggen: Ggen, workshop: Path) -> None:
    made = ggen("packs", "generate", "base@1.0.0", "library", "--registry", workshop, "--json")
    assert made.code == 0, made.err
    assert made.json["project"] == "library"
    taken = ggen("packs", "generate", "base@1.0.0", "library", "--registry", workshop, "--json")
    assert taken.error["name"] == "file-exists"


@pytest.mark.parametrize("options", [["other"], ["--model", "m.ttl"], ["--model-base", "urn:x"]])
def test_in_a_project_a_new_one_is_not_meant(project: Ggen, options: list[str]) -> None:
    error = project("packs", "generate", "base", *options, "--json").error
    assert error["name"] == "usage"
    assert "library" in error["message"]


def test_progress_is_told_to_a_terminal_alone(ggen: Ggen, workshop: Path) -> None:
    made = ggen("new", "library", "--pack", "base", "--registry", workshop)
    assert made.err == "note: registry workshop is trusted because you named its path\n"


def test_shell_characters_in_a_name_are_refused(ggen: Ggen, workshop: Path) -> None:
    for name in ("$(touch x)", "a;b", "a\tb", "-", "--", "a" * 300):
        told = ggen("new", "--pack", "base", "--registry", workshop, "--", name)
        assert told.code in {2, 10}, name
        assert "Traceback" not in told.err
    assert list(ggen.folder.iterdir()) == []


def test_what_comes_next_is_to_run_the_tests_where_the_readme_says_how(ggen: Ggen) -> None:
    made = ggen("new", "tool", "--pack", "python-base", "--var", "author=Ann")
    assert made.code == 0, made.err
    assert "pytest" in (ggen.folder / "tool" / "README.md").read_text("utf-8")
    assert made.out.splitlines()[1:] == ["next:", "  cd tool", "  run its tests, as README.md says"]
    manifest = (ggen.folder / "tool" / "ggen.toml").read_text("utf-8")
    assert "docs/reference" not in manifest  # which no project has
