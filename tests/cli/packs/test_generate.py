"""`packs generate` in a project: what it says, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ggen

    Snapshot = Callable[[Path], dict[str, Any]]


def test_with_nothing_to_do_it_says_so_and_changes_nothing(
    project: Ggen, snapshot: Snapshot
) -> None:
    before = snapshot(project.folder)
    told = project("packs", "generate")
    assert (told.code, told.out, told.err) == (0, "0 created, 0 replaced, 8 unchanged\n", "")
    assert snapshot(project.folder) == before


def test_what_is_beside_an_edit_is_11_and_named(project: Ggen) -> None:
    (project.folder / "README.md").write_text("# Mine\n", "utf-8")
    told = project("packs", "generate", "--var", "title=Books")
    assert told.code == 11
    assert "edited by hand, left alone: README.md" in told.out
    assert "error[merge-conflicts]" in told.err
    assert "README.md.ggen-new" in told.err
    assert (project.folder / "README.md").read_text("utf-8") == "# Mine\n"
    assert (project.folder / "README.md.ggen-new").is_file()


def test_what_is_beside_an_edit_is_told_to_programs(project: Ggen) -> None:
    (project.folder / "README.md").write_text("# Mine\n", "utf-8")
    told = project("packs", "generate", "--var", "title=Books", "--json")
    assert told.code == 11
    assert told.json["beside"] == ["README.md.ggen-new"]
    assert '"name": "merge-conflicts"' in told.err


def test_an_edit_that_the_pack_leaves_alone_is_0(project: Ggen) -> None:
    (project.folder / "README.md").write_text("# Mine\n", "utf-8")
    told = project("packs", "generate")
    assert told.code == 0
    assert told.out.startswith("edited by hand, left alone: README.md\n")


def test_a_file_in_the_way_is_1_and_named(
    project: Ggen, workshop: Path, snapshot: Snapshot
) -> None:
    (project.folder / "values.txt").write_text("mine", "utf-8")
    before = {path: one[0] for path, one in snapshot(project.folder).items()}
    error = project("packs", "generate", "typed", "--var", "owner=ann", "--json").error
    assert (error["name"], error["exit_code"]) == ("file-exists", 1)
    assert error["details"]["paths"] == ["values.txt"]
    assert {path: one[0] for path, one in snapshot(project.folder).items()} == before


def test_a_folder_in_the_way_is_an_error_that_names_it(project: Ggen, workshop: Path) -> None:
    (project.folder / "values.txt").mkdir()
    error = project("packs", "generate", "typed", "--var", "owner=ann", "--json").error
    assert error["name"] == "file-exists"
    assert error["details"]["paths"] == ["values.txt"]


def test_a_link_in_the_way_is_not_followed_out_of_the_project(
    project: Ggen, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine", "utf-8")
    (project.folder / "values.txt").symlink_to(outside)
    error = project("packs", "generate", "typed", "--var", "owner=ann", "--json").error
    assert error["exit_code"] in {1, 10}
    assert outside.read_text("utf-8") == "mine"
    (project.folder / "values.txt").unlink()
    (project.folder / "values.txt").symlink_to(tmp_path / "nowhere.txt")
    error = project("packs", "generate", "typed", "--var", "owner=ann", "--json").error
    assert not (tmp_path / "nowhere.txt").exists()


def test_orphans_are_named(project: Ggen) -> None:
    model = project.folder / "model" / "library.ttl"
    lines = [line for line in model.read_text("utf-8").splitlines() if "Reader" not in line]
    model.write_text("\n".join(lines), "utf-8")
    told = project("packs", "generate")
    assert "no longer made by any template, left alone: notes/Reader.md" in told.out
    assert project("packs", "generate", "--json").json["orphaned"] == ["notes/Reader.md"]


def test_a_pack_is_added_from_a_registry_that_is_named(project: Ggen, tmp_path: Path) -> None:
    folder = tmp_path / "more" / "hello"
    (folder / "templates").mkdir(parents=True)
    (folder / "gpack.toml").write_text('[pack]\nname = "hello"\nversion = "1.0.0"\n', "utf-8")
    (folder / "templates" / "hello.txt.tera").write_text("Hello {{ project.name }}\n", "utf-8")
    added = project("packs", "generate", "hello", "--registry", tmp_path / "more")
    assert added.code == 0, added.err
    assert (project.folder / "hello.txt").read_text("utf-8") == "Hello library\n"
    assert project("packs", "generate").out == "0 created, 0 replaced, 9 unchanged\n"


def test_a_manifest_that_is_a_folder_makes_no_project(ggen: Ggen) -> None:
    (ggen.folder / "ggen.toml").mkdir()
    told = ggen("packs", "generate")
    assert told.code == 2
    assert "outside of a project" in told.err
