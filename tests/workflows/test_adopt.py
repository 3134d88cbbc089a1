"""Installing: manifest and lock change together, the home gets whole trees, a clone gets what was locked."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from ggen_graph import api
from ggen_graph.core.diagnostics import (
    ChecksumMismatch,
    DependencyCycle,
    LockMissing,
    ManifestInvalid,
    PackNotFound,
    RegistryUnavailable,
    UsageError,
    VersionConflict,
)
from ggen_graph.core.solver import Failure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Snapshot = Callable[[Path], dict[str, Any]]


def packs_of(root: Path) -> dict[str, str]:
    packs: dict[str, str] = tomli.loads((root / "ggen.toml").read_text("utf-8"))["packs"]
    return packs


def locked(root: Path) -> dict[str, str]:
    lock = tomli.loads((root / "ggen.lock").read_text("utf-8"))
    return {release["name"]: release["version"] for release in lock["release"]}


def test_outside_of_a_project_packs_are_installed_in_the_home(work: Work, ggen_home: Path) -> None:
    shutil.rmtree(ggen_home / "packages", ignore_errors=True)
    adopted = api.install_only(work.catalog(), [api.parse_pack_spec("app")])
    assert [one.release.name for one in adopted.installed] == ["base", "app"]
    assert all(one.fresh for one in adopted.installed)
    assert (ggen_home / "packages" / "base" / "1.1.0" / "gpack.toml").is_file()
    again = api.install_only(work.catalog(), [api.parse_pack_spec("app")])
    assert not any(one.fresh for one in again.installed)
    forced = api.install_only(work.catalog(), [api.parse_pack_spec("app")], force=True)
    assert all(one.fresh for one in forced.installed)
    with pytest.raises(UsageError):
        api.install_only(work.catalog(), [])


def test_a_pack_is_added_to_manifest_and_lock(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    adopted = work.install(root, "typed")
    assert packs_of(root) == {"base": "1.0.0", "typed": "^1.0.0"}
    assert locked(root) == {"base": "1.0.0", "typed": "1.0.0"}
    assert (root / ".ggen" / "backup" / "ggen.lock").read_bytes() == (
        root / "ggen.lock"
    ).read_bytes()
    assert adopted.plan.version("typed") == "1.0.0"
    assert not (root / "values.txt").exists()


def test_comments_and_order_in_a_manifest_stay(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    manifest = root / "ggen.toml"
    text = manifest.read_text("utf-8").replace('base = "1.0.0"', 'base = "1.0.0"  # as agreed')
    manifest.write_text(text, "utf-8")
    work.install(root, "typed")
    after = manifest.read_text("utf-8")
    assert 'base = "1.0.0"  # as agreed' in after
    assert after.replace('typed = "^1.0.0"\n', "") == text


def test_what_was_locked_is_kept_where_it_may_be(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    manifest = root / "ggen.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('"1.0.0"', '"^1"'), "utf-8")
    work.install(root)
    assert locked(root) == {"base": "1.0.0"}
    work.install(root, "app")
    assert locked(root) == {"app": "1.0.0", "base": "1.0.0"}
    work.install(root, "base@>=1.1")
    assert packs_of(root)["base"] == ">=1.1"
    assert locked(root) == {"app": "1.0.0", "base": "1.1.0"}


def test_a_pack_that_is_there_keeps_its_range(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    work.install(root, "base")
    assert packs_of(root) == {"base": "1.0.0"}


def test_installing_again_changes_nothing(work: Work, snapshot: Snapshot) -> None:
    root = work.new("library", "app")
    before = snapshot(root)
    work.install(root)
    work.install(root, "app")
    assert snapshot(root) == before


def test_what_was_chosen_is_recorded(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    adopted = work.install(root, "app")
    records = [
        json.loads(path.read_text("utf-8"))
        for path in (root / ".ggen" / "records").glob("resolution-*.json")
    ]
    assert len(records) == 2
    newest = next(record for record in records if len(record["releases"]) == 2)
    assert {one["name"] for one in newest["releases"]} == {
        one.name for one in adopted.plan.releases
    }


@pytest.mark.parametrize(
    ("pack", "error"),
    [("nothing", PackNotFound), ("base@^9", VersionConflict), ("app@2", VersionConflict)],
)
def test_what_can_not_be_installed_changes_nothing_but_is_recorded_if_it_was_tried(
    work: Work, snapshot: Snapshot, pack: str, error: type[Exception]
) -> None:
    root = work.new("library", "base@1.0.0")
    before = snapshot(root)
    with pytest.raises(error):
        work.install(root, pack)
    after = snapshot(root)
    assert {path: after[path] for path in before} == before
    added = [path.rpartition("-")[0] for path in set(after) - set(before)]
    assert len(added) == (error is VersionConflict)
    assert all(path.startswith(".ggen/records/resolution-") for path in added)


def test_a_manifest_that_is_wrong_is_not_touched(work: Work, snapshot: Snapshot) -> None:
    root = work.new("library", "base@1.0.0")
    project, catalog = api.read_project(root), work.catalog(root)
    (root / "ggen.toml").write_text("[project\n", "utf-8")
    before = snapshot(root)
    with pytest.raises(ManifestInvalid):
        api.adopt(project, catalog, [api.parse_pack_spec("typed")])
    assert snapshot(root) == before


# A clone


def test_a_clone_generates_the_same(work: Work, ggen_home: Path, tmp_path: Path) -> None:
    root = work.new("library", "base@1.0.0", "typed", owner="ann")
    (root / "README.md").write_text("# Mine\n", "utf-8")
    clone = tmp_path / "clone" / "library"
    shutil.copytree(root, clone, ignore=shutil.ignore_patterns("graph", "transaction"))
    # registries are named from the project
    manifest = clone / "ggen.toml"
    text = manifest.read_text("utf-8")
    before = api.read_project(root).manifest.registries[0].path
    assert before is not None
    manifest.write_text(text.replace(before, str(work.registry)), "utf-8")
    shutil.rmtree(ggen_home)
    ggen_home.mkdir()
    asked = work.rows(clone, "SELECT ?p { ?f a ggen:GeneratedFile ; ggen:path ?p } ORDER BY ?p")
    assert ("README.md",) in asked
    outcome = work.generate(clone)
    assert outcome.created == outcome.replaced == ()
    assert outcome.edited == ("README.md",)
    assert locked(clone) == locked(root)
    assert (ggen_home / "packages" / "base" / "1.0.0").is_dir()


def test_a_release_that_changed_in_its_registry_is_refused(
    work: Work, ggen_home: Path, tmp_path: Path, snapshot: Snapshot
) -> None:
    registry = tmp_path / "registry"
    shutil.copytree(work.registry, registry)
    mine = type(work)(work.folder, registry)
    root = mine.new("library", "typed", owner="ann")
    template = registry / "typed" / "templates" / "values.txt.tera"
    template.write_text("something else\n", "utf-8")
    shutil.rmtree(ggen_home)
    ggen_home.mkdir()
    before = snapshot(root)
    for attempt in (mine.generate, mine.install):
        with pytest.raises(ChecksumMismatch, match=r"typed 1\.0\.0") as caught:
            attempt(root)
        assert caught.value.exit_code == 9
    with pytest.raises(ChecksumMismatch):
        mine.install(root, force=True)
    assert snapshot(root) == before
    mine.install(root, "typed", force=True)  # by name and by force: this one is meant
    assert snapshot(root)["ggen.lock"] != before["ggen.lock"]


def test_a_registry_that_is_gone_is_named(work: Work, tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    shutil.copytree(work.registry, registry)
    mine = type(work)(work.folder, registry)
    root = mine.new("library", "typed", owner="ann")
    shutil.rmtree(registry)
    with pytest.raises(RegistryUnavailable, match="registry"):
        mine.generate(root)


def test_a_pack_that_was_installed_from_another_registry_is_not_taken_for_it(
    work: Work, tmp_path: Path
) -> None:
    registry = tmp_path / "registry"
    shutil.copytree(work.registry, registry)
    (registry / "registry.toml").write_text('name = "others"\n', "utf-8")
    template = registry / "typed" / "templates" / "values.txt.tera"
    template.write_text("something else\n", "utf-8")
    other = type(work)(work.folder, registry)
    with pytest.raises(ChecksumMismatch, match="another typed"):
        other.new("library", "typed", owner="ann")
    assert not (work.folder / "library").exists()


RESOLUTIONS = (
    "SELECT ?message { ?r a ggen:Resolution ; ggen:outcome 'failed' ; ggen:message ?message }"
)


def test_a_resolution_that_fails_is_recorded_with_its_proof_and_can_be_asked_for(
    work: Work, own_registry: Callable[..., Path], snapshot: Snapshot
) -> None:
    root = work.new("library", "base@1.0.0")
    before = snapshot(root)
    with pytest.raises(VersionConflict) as conflict:
        work.install(root, "base@^9")
    after = snapshot(root)
    (record,) = set(after) - set(before)
    assert {path: after[path] for path in before} == before
    document = json.loads((root / record).read_bytes())
    assert document["kind"] == "resolution"
    assert document["outcome"] == "failed"
    assert document["error"] == "version-conflict"
    assert document["roots"] == [{"name": "base", "range": "^9"}]
    assert Failure.from_record(document["derivation"]).to_record() == document["derivation"]
    ((message,),) = work.rows(root, RESOLUTIONS)
    assert conflict.value.message in message
    assert conflict.value.help in message
    own_registry("round", {}, '[dependencies]\nabout = "*"\n')
    registry = own_registry("about", {}, '[dependencies]\nround = "*"\n')
    catalog = api.use_catalog([registry, work.registry]).catalog
    with pytest.raises(DependencyCycle):
        api.adopt(api.read_project(root), catalog, [api.parse_pack_spec("round")])
    assert len(work.rows(root, RESOLUTIONS)) == 2


def test_the_same_failure_is_recorded_once_and_another_one_again(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    wanted = ("base@^9", "base@^9", "base@^8", "base@^9", "base@^9")
    for spec, records in zip(wanted, (1, 1, 2, 3, 3), strict=True):
        with pytest.raises(VersionConflict):
            work.install(root, spec)
        assert len(work.rows(root, RESOLUTIONS)) == records
    for record in (root / ".ggen" / "records").glob("resolution-*.json"):
        record.write_text("[", "utf-8")  # what is no record does not hide another failure
    with pytest.raises(VersionConflict):
        work.install(root, "base@^9")


def test_a_project_whose_lock_is_gone_is_not_taken_for_a_new_one(
    work: Work, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = work.new("library", "base@1.0.0")
    monkeypatch.chdir(root)
    (root / "notes" / "heading.txt").write_text("by hand", "utf-8")
    (root / "ggen.lock").unlink()
    before = snapshot(root)
    for attempt in (lambda: work.install(root), lambda: work.generate(root)):
        with pytest.raises(LockMissing, match=r"ggen\.lock is missing") as raised:
            attempt()
        assert "ggen doctor --restore-lock" in raised.value.help
        assert snapshot(root) == before
    project = next(check for check in api.examine() if check.what == "project")
    assert not project.ok
    assert "--restore-lock" in project.help
    api.restore_lock()
    work.generate(root)
    (root / "ggen.lock").unlink()
    (root / ".ggen" / "backup" / "ggen.lock").unlink()
    with pytest.raises(LockMissing) as raised:
        work.install(root)
    assert "from version control" in raised.value.help
    shutil.rmtree(root / ".ggen" / "baseline")
    work.install(root)
    assert locked(root) == {"base": "1.0.0"}


def test_by_force_a_pack_that_is_being_written_is_brought_in_again(
    work: Work, tmp_path: Path
) -> None:
    registry = tmp_path / "own"
    template = registry / "demo" / "templates" / "a.txt.tera"
    template.parent.mkdir(parents=True)
    (registry / "demo" / "gpack.toml").write_text(
        '[pack]\nname = "demo"\nversion = "1.0.0"\n[templates]\nglobs = ["templates/*.tera"]\n',
        "utf-8",
    )
    template.write_text("---\nto: a.txt\n---\none\n", "utf-8")
    own = type(work)(work.folder, registry)
    root = own.new("library", "demo")
    template.write_text("---\nto: a.txt\n---\ntwo\n", "utf-8")
    project = api.read_project(root)
    with pytest.raises(ChecksumMismatch, match="not the one that was locked") as raised:
        api.adopt(project, own.catalog(), [], force=True)
    assert "`ggen packs install demo --force`" in raised.value.help
    api.adopt(project, own.catalog(), [api.parse_pack_spec("demo")], force=True)
    assert own.generate(root).replaced == ("a.txt",)
    assert (root / "a.txt").read_text("utf-8") == "two\n"
