"""`packs uninstall`, inside and outside of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_in_a_project_it_says_what_went_what_stays_and_how_to_undo_it(project: Ggen) -> None:
    (project.folder / "README.md").write_text("# Mine\n", "utf-8")
    done = project("packs", "uninstall", "base")
    assert done.code == 0, done.err
    *told, undo = done.out.splitlines()
    assert told == [
        "base 1.0.0  uninstalled",
        "edited by hand, left alone: README.md",
        "7 files removed",
    ]
    assert undo.startswith("undo: ggen packs rollback ")
    back = project(*undo.removeprefix("undo: ggen ").split())
    assert back.code == 0, back.err
    assert project("check").out.endswith("1 edited, 7 same\n")


def test_as_json_the_same_is_said(project: Ggen) -> None:
    document = project("packs", "uninstall", "base", "--json").json
    assert document["releases"] == ["base 1.0.0"]
    assert "README.md" in document["removed"]
    assert document["left"] == []
    assert document["transaction"].startswith("2-")


def test_what_is_needed_is_refused(project: Ggen) -> None:
    assert project("packs", "install", "app").code == 0
    error = project("packs", "uninstall", "base", "--json").error
    assert (error["name"], error["exit_code"]) == ("still-needed", 1)
    assert error["help"] == "uninstall app as well"
    kept = project("packs", "uninstall", "app", "--keep-dependencies")
    assert kept.code == 0, kept.err
    assert project("packs", "uninstall", "base").code == 0


def test_a_project_has_one_release_of_a_pack_so_a_range_makes_no_sense(project: Ggen) -> None:
    refused = project("packs", "uninstall", "base@1.0.0")
    assert refused.code == 2
    assert "base@1.0.0: a project has one release of a pack" in refused.err


def test_what_is_broken_and_stays_is_named(ggen: Ggen, ggen_home: Path) -> None:
    tree = ggen_home / "packages" / "rival" / "1.0.0"
    tree.chmod(0o755)
    (tree / "gpack.toml").unlink()
    (tree / "gpack.toml").write_text("[pack", "utf-8")
    done = ggen("packs", "uninstall", "typed")
    assert done.code == 0, done.err
    assert "broken, and left alone: rival 1.0.0: " in done.out


def test_outside_of_a_project_it_is_the_home(ggen: Ggen, ggen_home: Path) -> None:
    done = ggen("packs", "uninstall", "base@1.0.0", "typed")
    assert done.code == 0, done.err
    *told, undo = done.out.splitlines()
    assert told == ["base 1.0.0  uninstalled", "typed 1.0.0  uninstalled"]
    assert ggen(*undo.removeprefix("undo: ggen ").split()).code == 0
    assert ggen("packs", "verify", "base", "typed").code == 0
    refused = ggen("packs", "uninstall", "typed", "--keep-dependencies")
    assert refused.code == 2
    assert "--keep-dependencies is for a project" in refused.err
    assert ggen("packs", "uninstall", "nothing", "--json").error["name"] == "pack-not-found"
