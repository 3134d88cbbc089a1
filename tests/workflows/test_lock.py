"""Locking: checksums as the registries tell them, and where they tell none."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import ChecksumMismatch, LockMissing, VersionConflict
from ggen_graph.edges.archive import pack_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from ggen_graph.core.lock.lockfile import Lock
    from tests.workflows.conftest import Work

    Snapshot = Callable[[Path], dict[str, Any]]


def lock(work: Work, root: Path, *update: str) -> api.Locking:
    return api.lock_project(api.read_project(root), work.catalog(root), update=update)


def locked(root: Path) -> Lock:
    found = api.read_project(root).lock
    assert found is not None
    return found


def add(root: Path, line: str) -> None:
    """One more pack in `ggen.toml`, as a person adds it."""
    path = root / "ggen.toml"
    path.write_text(path.read_text("utf-8").replace("[packs]\n", f"[packs]\n{line}\n"), "utf-8")


@pytest.fixture
def archives(tmp_path: Path, work: Work) -> Path:
    """An index of archives that states no checksums."""
    registry = tmp_path / "archives"
    registry.mkdir()
    pack_tree(work.registry / "typed", registry / "typed.tar.gz")
    line = {"name": "typed", "version": "2.0.0", "dependencies": {}, "archive": "typed.tar.gz"}
    manifest = (work.registry / "typed" / "gpack.toml").read_text("utf-8")
    tree = tmp_path / "typed"
    shutil.copytree(work.registry / "typed", tree)
    (tree / "gpack.toml").write_text(manifest.replace("1.0.0", "2.0.0"), "utf-8")
    pack_tree(tree, registry / "typed.tar.gz")
    (registry / "index.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    return registry


def test_a_release_whose_registry_states_no_checksum_is_hashed_and_not_installed(
    work: Work, archives: Path, ggen_home: Path
) -> None:
    root = work.new("library", "base@1.0.0")
    add(root, 'typed = "^2"')
    path = root / "ggen.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("[registries]\n", f'[registries]\nown = "{archives}"\n'), "utf-8")
    found = lock(work, root)
    one = next(one for one in locked(root).releases if one.name == "typed")
    assert (one.version, len(one.checksum)) == ("2.0.0", 71)
    assert {one.name for one in locked(root).registries} == {"own", "workshop"}
    assert not (ggen_home / "packages" / "typed" / "2.0.0").exists()
    assert not lock(work, root).diff
    installed = work.install(root)
    assert {each.release.spec: each.release.checksum for each in installed.installed} == {
        each.spec: each.checksum for each in found.lock.releases
    }
    # What is locked is not fetched again to be hashed.
    (archives / "typed.tar.gz").unlink()
    assert not lock(work, root, "*").diff


def test_a_release_that_changed_in_its_registry_is_refused(
    work: Work, tmp_path: Path, snapshot: Snapshot
) -> None:
    registry = tmp_path / "registry"
    shutil.copytree(work.registry, registry)
    mine = type(work)(work.folder, registry)
    root = mine.new("library", "typed", owner="ann")
    (registry / "typed" / "templates" / "values.txt.tera").write_text("something else\n", "utf-8")
    before = snapshot(root)
    with pytest.raises(ChecksumMismatch, match=r"typed 1\.0\.0 in the registry workshop"):
        lock(mine, root)
    assert snapshot(root) == before


def test_what_was_chosen_is_recorded_and_what_could_not_be_too(work: Work) -> None:
    root = work.new("library", "base@1.0.0")

    def records() -> list[dict[str, Any]]:
        found = (root / ".ggen" / "records").glob("resolution-*.json")
        return [json.loads(path.read_text("utf-8")) for path in found]

    add(root, 'app = "^1"')
    lock(work, root)
    assert len(records()) == 2
    lock(work, root)
    assert len(records()) == 2
    add(root, 'typed = "^9"')
    with pytest.raises(VersionConflict):
        lock(work, root)
    assert sorted(one["outcome"] for one in records()) == ["failed", "solved", "solved"]
    project = api.read_project(root)
    with pytest.raises(VersionConflict):
        api.compare_with_lock(project, work.catalog(root))
    assert len(records()) == 3


def test_values_and_files_of_the_lock_stay(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    before = locked(root)
    add(root, 'app = "^1"')
    lock(work, root)
    after = locked(root)
    assert (after.files, after.variables, after.now) == (before.files, before.variables, before.now)
    assert before.files


def test_a_pack_that_nothing_asks_for_any_more_goes(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    add(root, 'app = "^1"')
    lock(work, root)
    path = root / "ggen.toml"
    path.write_text(path.read_text("utf-8").replace('app = "^1"\n', ""), "utf-8")
    found = lock(work, root)
    assert next(iter(found.diff.lines())) == "ggen.toml app  ^1 → not asked for"
    assert [one.spec for one in locked(root).releases] == ["base@1.0.0"]
    assert api.frozen_lock(api.read_project(root)) == found.lock


def test_taking_a_pack_away_leaves_a_lock_for_what_is_still_asked(work: Work) -> None:
    root = work.new("library", "app", "typed", owner="ann")
    project = api.read_project(root)
    api.uninstall(project, work.catalog(root).home, ["app"], keep_dependencies=True)
    assert [one.name for one in api.frozen_lock(api.read_project(root)).roots] == ["base", "typed"]
    api.uninstall(api.read_project(root), work.catalog(root).home, ["typed"])
    assert [one.name for one in api.frozen_lock(api.read_project(root)).roots] == ["base"]


def test_a_range_that_was_changed_by_hand_is_not_taken_for_resolved_by_an_uninstall(
    work: Work,
) -> None:
    root = work.new("library", "base@1.0.0", "typed", owner="ann")
    path = root / "ggen.toml"
    path.write_text(path.read_text("utf-8").replace('base = "1.0.0"', 'base = "^1.1"'), "utf-8")
    api.uninstall(api.read_project(root), work.catalog(root).home, ["typed"])
    assert [(one.name, one.range) for one in locked(root).roots] == [("base", "1.0.0")]


def test_a_project_without_a_lock_has_no_frozen_one(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    with pytest.raises(LockMissing):
        api.frozen_lock(replace(api.read_project(root), lock=None))
