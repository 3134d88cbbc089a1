"""Examining what ggen relies on, and the way back from a lock that can't be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api, resources
from ggen_graph.core.diagnostics import LockCorrupt, ProjectNotFound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.conftest import Work


def found() -> dict[str, api.Check]:
    return {check.what: check for check in api.examine()}


def test_in_order_all_is_well(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work.folder)
    assert list(found()) == ["ggen", "shipped files", "home", "catalog"]
    assert all(check.ok for check in found().values())
    monkeypatch.chdir(work.new("library", "base@1.0.0") / "notes")
    checks = found()
    assert all(check.ok for check in checks.values())
    assert checks["project"].detail == "library: 1 locked releases"


def test_a_home_may_still_have_to_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GGEN_HOME", str(tmp_path / "not" / "yet"))
    monkeypatch.chdir(tmp_path)
    assert found()["home"].ok


def test_each_fault_is_named_and_hides_no_other(
    work: Work, ggen_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = work.new("library", "base@1.0.0")
    monkeypatch.chdir(root)
    (ggen_home / "config.toml").write_text('[registries]\ngone = "/no/such/place"\n', "utf-8")
    (root / "model" / "broken.ttl").write_text("<urn:a> <urn:b>", "utf-8")
    checks = found()
    assert not checks["catalog"].ok
    assert "/no/such/place" in checks["catalog"].detail
    assert not checks["project"].ok
    assert "model/broken.ttl" in checks["project"].detail
    (ggen_home / "config.toml").write_text("[registries\n", "utf-8")
    assert not found()["home"].ok


def test_a_locked_release_of_which_another_tree_is_installed_is_named(
    work: Work, ggen_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = work.new("library", "base@1.0.0")
    monkeypatch.chdir(root)
    receipt = ggen_home / "packages" / "base" / ".1.0.0.json"
    document = json.loads(receipt.read_text("utf-8")) | {"checksum": f"sha256:{'0' * 64}"}
    receipt.write_text(json.dumps(document), "utf-8")  # as an install with --force leaves it
    check = found()["project"]
    assert not check.ok
    assert "the base 1.0.0 that is installed is not the one that was locked" in check.detail
    assert "ggen packs install base@1.0.0 --force" in check.help


def test_missing_files_of_ggen_itself_are_named(
    work: Work, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(work.folder)
    real = resources.path
    monkeypatch.setattr(
        resources, "path",
        lambda *parts: tmp_path / "none" if parts == ("shapes",) else real(*parts),
    )  # fmt: skip
    check = found()["shipped files"]
    assert (check.ok, check.detail) == (False, "shapes missing")


def test_a_lock_comes_back_from_its_backup(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    root = work.new("library", "base@1.0.0")
    monkeypatch.chdir(root / "notes")
    lock = root / "ggen.lock"
    good = lock.read_bytes()
    for harm in (b"schema = x\n", b"\xff\xfe", b"", good[: len(good) // 2]):
        lock.write_bytes(harm)
        with pytest.raises(LockCorrupt) as caught:
            api.read_project(root)
        assert "ggen doctor --restore-lock" in caught.value.help
        assert not found()["project"].ok
        assert api.restore_lock() == "ggen.lock"
        assert lock.read_bytes() == good
    assert found()["project"].ok


def test_a_lock_without_a_good_backup_stays_as_it_is(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = work.new("library", "base@1.0.0")
    monkeypatch.chdir(root)
    backup = root / ".ggen" / "backup" / "ggen.lock"
    (root / "ggen.lock").write_text("broken", "utf-8")
    backup.write_text("broken, too", "utf-8")
    with pytest.raises(LockCorrupt) as caught:
        api.restore_lock()
    assert "--restore-lock" not in caught.value.help
    backup.unlink()
    with pytest.raises(LockCorrupt, match="there is no"):
        api.restore_lock()
    assert (root / "ggen.lock").read_text("utf-8") == "broken"


def test_outside_of_a_project_there_is_no_lock_to_restore(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(work.folder)
    with pytest.raises(ProjectNotFound):
        api.restore_lock()


def test_the_registries_of_the_project_are_examined_too(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = work.new("library", "base@1.0.0")
    monkeypatch.chdir(root)
    assert "workshop" in found()["catalog"].detail
    manifest = root / "ggen.toml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("workshop = ", 'workshop = "gone" #'), "utf-8")
    assert "gone does not exist" in found()["catalog"].detail
    manifest.write_text("no TOML", "utf-8")
    checks = found()
    assert checks["catalog"].ok  # those of the home and of ggen; the project's is told below
    assert not checks["project"].ok
