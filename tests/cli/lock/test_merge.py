"""`ggen lock merge`, called by git itself: two branches, and what is there after they met."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.lock.check import inconsistencies

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.lock.conftest import Repository


def branches(
    repository: Repository, theirs: Callable[[], object], ours: Callable[[], object]
) -> None:
    """Two branches of one commit: `other`, and `main`, on which we are."""
    repository.git("checkout", "--quiet", "-b", "other")
    theirs()
    repository.commit("theirs")
    repository.git("checkout", "--quiet", "main")
    ours()
    repository.commit("ours")


def keep_both(repository: Repository) -> None:
    """Settle a conflict in ggen.toml as a person does: the lines of both sides."""
    path = repository.folder / "ggen.toml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    marks = ("<<<<<<<", "=======", ">>>>>>>")
    path.write_text("".join(line for line in lines if not line.startswith(marks)), "utf-8")


def test_both_branches_add_a_pack(merging: Repository) -> None:
    branches(
        merging,
        lambda: merging.run("packs", "install", "typed"),
        lambda: merging.run("packs", "install", "twelve"),
    )
    said = merging.git("merge", "other", fails=True)
    assert "CONFLICT (content): Merge conflict in ggen.toml" in said
    assert "Merge conflict in ggen.lock" not in said
    assert merging.versions() == ["base@1.0.0", "twelve@1.0.0", "typed@1.0.0"]
    keep_both(merging)
    merging.run("lock", "--frozen")
    merging.run("lock", "--locked")
    merging.commit("merged")
    backup = merging.git("show", "HEAD:.ggen/backup/ggen.lock")
    assert backup == merging.git("show", "HEAD:ggen.lock")


def test_without_the_driver_the_same_is_a_conflict(repository: Repository) -> None:
    branches(
        repository,
        lambda: repository.run("packs", "install", "typed"),
        lambda: repository.run("packs", "install", "twelve"),
    )
    assert "Merge conflict in ggen.lock" in repository.git("merge", "other", fails=True)


def test_both_branches_move_one_pack_and_the_newest_is_kept(
    merging: Repository, workshop: Path, tmp_path: Path
) -> None:
    registry = tmp_path / "registry"
    shutil.copytree(workshop, registry)
    text = (merging.folder / "ggen.toml").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("workshop = "))
    merging.edit("ggen.toml", line, f'workshop = "{registry}"')
    merging.commit()

    def release_and_update() -> None:
        shutil.copytree(registry / "base" / "1.1.0", registry / "base" / "1.2.0")
        manifest = registry / "base" / "1.2.0" / "gpack.toml"
        manifest.write_text(manifest.read_text("utf-8").replace("1.1.0", "1.2.0"), "utf-8")
        merging.run("lock", "--update")
        assert merging.versions() == ["base@1.2.0"]
        shutil.rmtree(registry / "base" / "1.2.0")

    def update_and_add() -> None:
        merging.run("lock", "--update")
        merging.run("packs", "install", "app")
        assert merging.versions() == ["app@1.0.0", "base@1.1.0"]

    branches(merging, release_and_update, update_and_add)
    merging.git("merge", "other")  # what is in the registry now does not matter
    assert merging.versions() == ["app@1.0.0", "base@1.2.0"]
    assert merging.lock().releases[0].dependencies == ("base@1.2.0",)
    merging.run("lock", "--frozen")


def test_generated_files_of_both_branches_are_locked(merging: Repository) -> None:
    branches(
        merging,
        lambda: merging.run("packs", "generate", "overwrites"),
        lambda: merging.run("packs", "generate", "typed", "--var", "owner=ann"),
    )
    merging.git("merge", "other", fails=True)
    keep_both(merging)
    packs = {file.pack for file in merging.lock().files}
    assert packs == {"base", "overwrites", "typed"}
    assert {one.pack for one in merging.lock().variables} >= {"base", "typed"}
    merging.run("lock", "--frozen")
    assert merging.run("check").code == 0


def test_what_can_not_be_merged_gets_markers_and_is_explained(merging: Repository) -> None:
    def ask(wanted: str) -> None:
        text = (merging.folder / "ggen.toml").read_text("utf-8")
        line = next(line for line in text.splitlines() if line.startswith('base = "^'))
        merging.edit("ggen.toml", line, f'base = "{wanted}"')
        merging.run("lock")

    branches(merging, lambda: ask("1.1.0"), lambda: ask("1.0.0"))
    said = merging.git("merge", "other", fails=True)
    assert "error[lock-conflict]: ggen.lock can't be merged" in said
    assert "Merge conflict in ggen.lock" in said
    text = (merging.folder / "ggen.lock").read_text("utf-8")
    for mark in ("<<<<<<< ours\n", "||||||| base\n", "=======\n", ">>>>>>> theirs\n"):
        assert mark in text
    assert "a merge conflict of git is still in the file" in merging.ggen("lock").err
    # as the message says
    merging.git("checkout", "--ours", "--", "ggen.lock")
    merging.git("checkout", "--theirs", "--", "ggen.toml")
    merging.run("lock")
    assert merging.versions() == ["base@1.1.0"]


def test_a_rebase_goes_the_same_way(merging: Repository) -> None:
    branches(
        merging,
        lambda: merging.run("lock", "--update"),
        lambda: merging.run("packs", "install", "app"),
    )
    merging.git("rebase", "--quiet", "other")
    assert merging.versions() == ["app@1.0.0", "base@1.1.0"]
    assert not list(inconsistencies(merging.lock()))


# By hand


@pytest.fixture
def sides(repository: Repository) -> dict[str, str]:
    """The texts of three locks: what they were, and what two sides made of it."""
    path = repository.folder / "ggen.lock"
    texts = {"base": path.read_text("utf-8")}
    repository.run("packs", "install", "app")
    texts["ours"] = path.read_text("utf-8")
    path.write_text(texts["base"], "utf-8")
    repository.git("checkout", "--quiet", "--", ".")
    repository.run("lock", "--update")
    texts["theirs"] = path.read_text("utf-8")
    return texts


def test_the_result_is_written_over_ours_and_the_others_stay(
    repository: Repository, sides: dict[str, str]
) -> None:
    for name, text in sides.items():
        (repository.folder / name).write_text(text, "utf-8")
    done = repository.run("lock", "merge", "base", "ours", "theirs", "--json")
    assert done.json["path"] == "ggen.lock"
    merged = (repository.folder / "ours").read_text("utf-8")
    assert 'version = "1.1.0"' in merged
    assert 'name = "app"' in merged
    assert (repository.folder / "theirs").read_text("utf-8") == sides["theirs"]
    assert (repository.folder / "base").read_text("utf-8") == sides["base"]


def test_an_empty_base_is_no_lock_at_all(repository: Repository, sides: dict[str, str]) -> None:
    for name, text in (sides | {"base": ""}).items():
        (repository.folder / name).write_text(text, "utf-8")
    repository.run("lock", "merge", "base", "ours", "theirs")
    assert 'name = "app"' in (repository.folder / "ours").read_text("utf-8")


@pytest.mark.parametrize("wrong", ["base", "ours", "theirs"])
@pytest.mark.parametrize(
    "text", [b"[project\n", b"schema = 9\n", b"\xff", b"<<<<<<< a\n", b"\0" * 9]
)
def test_what_is_no_lock_is_named_and_ours_stays(
    repository: Repository, sides: dict[str, str], wrong: str, text: bytes
) -> None:
    for name, right in sides.items():
        (repository.folder / name).write_bytes(text if name == wrong else right.encode())
    before = (repository.folder / "ours").read_bytes()
    done = repository.ggen(
        "lock", "merge", "base", "ours", "theirs", "--path", "x/ggen.lock", "--json"
    )
    assert done.error["name"] == "lock-corrupt"
    assert done.error["where"]["file"] == f"x/ggen.lock ({wrong})"
    assert (repository.folder / "ours").read_bytes() == before


def test_a_file_that_is_not_there_is_named(repository: Repository) -> None:
    done = repository.ggen("lock", "merge", "a", "b", "c", "--json")
    assert done.error["message"] == "there is no file a"
