"""Tidying up the home: what is old and not needed for an undo goes, and nothing that is installed."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import Busy, VersionConflict
from ggen_graph.edges.locks import exclusive

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.conftest import Work


def age(folder: Path, seconds: float = 0.0) -> None:
    """Let a folder be of 1970."""
    os.utime(folder, (seconds, seconds))


def edited(root: Path, text: str) -> None:
    (root / "README.md").write_text(text, "utf-8")


@pytest.fixture
def root(work: Work) -> Path:
    """A project whose history has three backups, all of them old."""
    root = work.new("library", "base@1.0.0")
    for title in ("One", "Two", "Three"):
        work.generate(root, title=title)
    for second, folder in enumerate(sorted((api.home().path / "backups").glob("*/*"))):
        age(folder, second)
    return root


def backups() -> list[str]:
    return sorted(path.name for path in (api.home().path / "backups").glob("*/*"))


def test_old_backups_go_and_the_latest_stays_however_old(root: Path) -> None:
    had = backups()
    assert len(had) == 3
    cleaned = api.clean(api.home())
    (scope,) = (path.name for path in (api.home().path / "backups").iterdir())
    assert list(cleaned.backups) == [f"{scope}/{one}" for one in had[:2]]
    assert scope.startswith(f"{api.read_project(root).manifest.id}-")
    assert backups() == had[2:]
    api.roll_back(api.read_project(root), api.home(), "latest")
    assert "Two" in (root / "README.md").read_text("utf-8")


def test_each_clone_of_a_project_keeps_its_latest_and_one_that_moved_finds_it(
    root: Path, work: Work
) -> None:
    clone = shutil.copytree(root, root.with_name("clone"), symlinks=True)
    work.generate(clone, title="Four")
    for folder in (api.home().path / "backups").glob("*/*"):
        age(folder)
    api.clean(api.home())
    assert len(backups()) == 2
    api.roll_back(api.read_project(root), api.home(), "latest")
    assert "Two" in (root / "README.md").read_text("utf-8")
    moved = clone.rename(root.with_name("moved"))
    api.roll_back(api.read_project(moved), api.home(), "latest")
    assert "Three" in (moved / "README.md").read_text("utf-8")


def test_what_is_younger_than_a_day_stays(root: Path, work: Work) -> None:
    for folder in (api.home().path / "backups").glob("*/*"):
        os.utime(folder)
    assert api.clean(api.home()).backups == ()
    assert len(backups()) == 3
    cleaned = api.clean(api.home(), older_than=-60)
    assert len(cleaned.backups) == 2


def test_a_dry_run_says_the_same_and_removes_nothing(root: Path) -> None:
    had = backups()
    dry = api.clean(api.home(), dry=True)
    assert backups() == had
    assert dry.freed == 0
    wet = api.clean(api.home())
    assert (wet.backups, wet.trees) == (dry.backups, dry.trees)
    assert wet.freed > 0


def test_trees_that_were_uninstalled_go_after_a_day_and_free_what_nobody_shares(work: Work) -> None:
    home = api.home()
    shutil.rmtree(home.packages)
    api.install_only(work.catalog(), [api.parse_pack_spec("twelve"), api.parse_pack_spec("typed")])
    api.uninstall_from_home(home, [api.parse_pack_spec("twelve")])
    assert api.clean(home).trees == ()
    age(home.packages / "twelve")
    size = sum(
        p.stat().st_size for p in (home.packages / "twelve" / "1.0.0").rglob("*") if p.is_file()
    )
    cleaned = api.clean(home)
    assert cleaned.trees == ("twelve 1.0.0",)
    assert 0 < cleaned.freed <= size
    assert not (home.packages / "twelve" / "1.0.0").exists()
    assert not [one for one in api.verify(home, None) if one.fault]


def test_what_is_installed_stays_however_old(work: Work) -> None:
    home = api.home()
    for folder in home.packages.iterdir():
        if folder.is_dir():
            age(folder)
    assert api.clean(home).trees == ()
    assert len(api.verify(home, None)) == 7


def test_what_a_killed_removal_left_is_swept(root: Path) -> None:
    scope = next((api.home().path / "backups").iterdir())
    (scope / ".ggen-trash-0").mkdir()
    (scope / ".ggen-trash-0" / "rest").write_bytes(b"x")
    had = backups()
    api.clean(api.home())
    assert backups() == [had[-1]]


def test_in_a_project_only_the_latest_of_the_failed_resolutions_stays(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    folder = root / ".ggen" / "records"
    had = {path.name for path in folder.iterdir()}
    for spec in ("base@^7", "base@^8", "base@^9"):
        with pytest.raises(VersionConflict):
            work.install(root, spec)
    project = api.read_project(root)
    assert api.clean(api.home()).records == ()
    dry = api.clean(api.home(), project, dry=True)
    assert len({path.name for path in folder.iterdir()} - had) == 3
    assert api.clean(api.home(), project).records == dry.records
    assert len(dry.records) == 2
    assert had < {path.name for path in folder.iterdir()}
    query = (
        "SELECT ?message { ?r a ggen:Resolution ; ggen:outcome 'failed' ; ggen:message ?message }"
    )
    ((message,),) = work.rows(root, query)
    assert ">=9.0.0" in message
    assert api.clean(api.home(), project).records == ()


def test_an_empty_home_is_clean(ggen_home: Path) -> None:
    assert api.clean(api.home()) == api.Cleaned((), (), 0)


def test_it_does_not_go_between_what_someone_else_does(ggen_home: Path) -> None:
    with exclusive(ggen_home / "lock", "the home"), pytest.raises(Busy):
        api.clean(api.home(), terms=api.Terms(wait=False))
