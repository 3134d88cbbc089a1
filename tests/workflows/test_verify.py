"""What is installed, hashed again; what is damaged, fetched again, and never something else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import ChecksumMismatch, PackNotFound, RollbackBlocked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ggen_graph.core.plan import ChangePlan
    from tests.workflows.conftest import Work


def damage(name: str, version: str, path: str = "gpack.toml") -> None:
    file = api.home().packages / name / version / path
    data = file.read_bytes()
    file.parent.chmod(0o755)
    file.unlink()  # or whoever shares it would be damaged as well
    file.write_bytes(data + b"# oops\n")


def faults(*names: str, project: api.Project | None = None) -> dict[str, str]:
    found = api.verify(api.home(), project, names)
    return {f"{one.name} {one.version}": one.fault for one in found if one.fault}


def test_outside_of_a_project_everything_is_hashed(work: Work) -> None:
    found = api.verify(api.home(), None)
    assert [(one.name, one.version) for one in found] == [
        ("app", "1.0.0"),
        ("base", "1.0.0"),
        ("base", "1.1.0"),
        ("overwrites", "1.0.0"),
        ("rival", "1.0.0"),
        ("twelve", "1.0.0"),
        ("typed", "1.0.0"),
    ]
    assert not any(one.fault for one in found)


def test_a_changed_missing_or_added_file_is_named(work: Work) -> None:
    damage("typed", "1.0.0")
    assert faults() == {"typed 1.0.0": "typed 1.0.0 is not as it was installed: gpack.toml changed"}
    tree = api.home().packages / "typed" / "1.0.0"
    (tree / "gpack.toml").unlink()
    (tree / "new.txt").write_bytes(b"")
    assert faults("typed") == {
        "typed 1.0.0": "typed 1.0.0 is not as it was installed: gpack.toml missing, new.txt added"
    }


def test_only_the_packs_that_are_named_are_hashed(work: Work) -> None:
    damage("typed", "1.0.0")
    assert [(one.name, one.version) for one in api.verify(api.home(), None, ["base"])] == [
        ("base", "1.0.0"),
        ("base", "1.1.0"),
    ]
    with pytest.raises(PackNotFound, match="nothing is not installed"):
        api.verify(api.home(), None, ["nothing"])


def test_in_a_project_what_its_lock_names_must_be_what_it_was(work: Work) -> None:
    project = api.read_project(work.new("library", "base@1.0.0"))
    assert [(one.name, one.version) for one in api.verify(api.home(), project)] == [
        ("base", "1.0.0")
    ]
    lock = project.root / "ggen.lock"
    assert project.lock is not None
    checksum = project.lock.releases[0].checksum
    assert checksum is not None
    lock.write_text(lock.read_text("utf-8").replace(checksum, "sha256:" + "0" * 64), "utf-8")
    project = api.read_project(project.root)
    assert faults(project=project) == {
        "base 1.0.0": "base 1.0.0 is not the one that the lock names"
    }
    with pytest.raises(ChecksumMismatch, match="is not the one that was locked"):
        api.repair(work.catalog(project.root), api.verify(api.home(), project))
    with pytest.raises(PackNotFound, match="typed is not in this project's lock"):
        api.verify(api.home(), project, ["typed"])


def test_what_is_not_installed_any_more_is_a_fault_of_a_project_and_repaired(work: Work) -> None:
    project = api.read_project(work.new("library", "base@1.0.0"))
    api.uninstall_from_home(api.home(), [api.parse_pack_spec("base@1.0.0")])
    assert faults(project=project) == {"base 1.0.0": "base 1.0.0 is not installed"}
    api.repair(work.catalog(project.root), api.verify(api.home(), project))
    assert faults(project=project) == {}


def test_what_is_damaged_is_fetched_again(work: Work) -> None:
    damage("typed", "1.0.0")
    damage("base", "1.0.0", "templates/README.md.tera")
    faulty = [one for one in api.verify(api.home(), None) if one.fault]
    assert len(faulty) == 2
    api.repair(work.catalog(), faulty)
    assert faults() == {}


def test_two_damaged_releases_of_one_pack_are_both_repaired(work: Work) -> None:
    damage("base", "1.0.0")
    damage("base", "1.1.0")
    api.repair(work.catalog(), [one for one in api.verify(api.home(), None) if one.fault])
    assert faults() == {}


def made_a_folder(receipt: Path) -> None:
    receipt.unlink()
    receipt.mkdir()


DAMAGED_RECEIPTS: dict[str, Callable[[Path], object]] = {
    "cut": lambda receipt: receipt.write_bytes(receipt.read_bytes()[:99]),
    "empty": lambda receipt: receipt.write_bytes(b""),
    "another's": lambda receipt: receipt.write_bytes(receipt.read_bytes().replace(b"typed", b"tiped")),
    "numbers": lambda receipt: receipt.write_bytes(receipt.read_bytes().replace(b'"path": "g', b'"path": 1, "x": "')),
    "deep": lambda receipt: receipt.write_bytes(b"[" * 100_000),
    "a folder": made_a_folder,
}  # fmt: skip


@pytest.mark.parametrize("how", DAMAGED_RECEIPTS)
def test_a_damaged_receipt_is_a_finding_and_not_a_release_less(work: Work, how: str) -> None:
    receipt = api.home().packages / "typed" / ".1.0.0.json"
    receipt.chmod(0o644)
    DAMAGED_RECEIPTS[how](receipt)
    (typed,) = api.verify(api.home(), None, ["typed"])
    assert typed.state == "damaged"
    assert "typed" in typed.fault
    assert len(api.verify(api.home(), None)) == 7
    if how != "a folder":  # which is not of our making, so not ours to remove
        api.repair(work.catalog(), [typed])
        assert faults() == {}


def test_files_that_are_gone_are_a_finding_too_and_repaired(work: Work) -> None:
    shutil.rmtree(api.home().packages / "typed" / "1.0.0")
    assert faults() == {"typed 1.0.0": "typed 1.0.0 is damaged: its files are gone"}
    api.repair(work.catalog(), api.verify(api.home(), None, ["typed"]))
    assert faults() == {}


def test_what_lies_in_the_home_and_is_no_receipt_is_no_finding(work: Work) -> None:
    for name in (".notes.json", ".1.json", ".json"):
        (api.home().packages / "typed" / name).write_bytes(b"{}")
    (api.home().packages / "No Pack").mkdir()
    (api.home().packages / "No Pack" / ".1.0.0.json").write_bytes(b"{}")
    assert faults() == {}
    assert len(api.verify(api.home(), None)) == 7


def test_damaged_replaced_and_not_installed_are_told_apart(work: Work) -> None:
    root = work.new("library", "base@1.0.0", "typed", "app", owner="ann")
    lock = root / "ggen.lock"
    text, project = lock.read_text("utf-8"), api.read_project(root)
    assert project.lock is not None
    for one in project.lock.releases:
        if one.name == "app":
            text = text.replace(str(one.checksum), "sha256:" + "0" * 64)
    lock.write_text(text, "utf-8")
    damage("typed", "1.0.0")
    api.uninstall_from_home(api.home(), [api.parse_pack_spec("base@1.0.0")])
    found = api.verify(api.home(), api.read_project(root))
    assert {one.name: one.state for one in found} == {
        "app": "another",
        "base": "not installed",
        "typed": "damaged",
    }


def test_a_repair_is_a_transaction_of_its_own_name_and_an_undo_of_it_is_refused(
    work: Work,
) -> None:
    (api.home().packages / "typed" / ".1.0.0.json").write_bytes(b"{")
    shown: list[ChangePlan] = []
    terms = api.Terms(lambda plan, _: shown.append(plan))
    api.repair(work.catalog(), api.verify(api.home(), None, ["typed"]), terms)
    (done,) = api.history(None, api.home())[-1:]
    assert done.command == shown[0].command == "packs verify --repair"
    assert shown[0].remarks == ("repair  typed 1.0.0  (2 files)",)
    with pytest.raises(RollbackBlocked, match="was damaged"):
        api.roll_back(None, api.home(), done.id)


def test_damage_through_a_shared_file_is_repaired_in_all_that_share_it(work: Work) -> None:
    shutil.rmtree(api.home().packages)
    api.install_only(work.catalog(), [api.parse_pack_spec("base@1.0.0")])
    api.install_only(work.catalog(), [api.parse_pack_spec("base@1.1.0")])
    first, second = (
        api.home().packages / "base" / version / "templates" / "fixed.txt"
        for version in ("1.0.0", "1.1.0")
    )
    assert first.samefile(second), "the two releases share this file"
    first.chmod(0o644)
    first.write_bytes(b"oops")
    assert len(faults("base")) == 2
    api.repair(work.catalog(), [one for one in api.verify(api.home(), None) if one.fault])
    assert faults() == {}


def test_a_release_that_no_registry_has_any_more_is_named_and_left(
    work: Work, tmp_path: Path
) -> None:
    registry = shutil.copytree(work.registry, tmp_path / "registry")
    damage("typed", "1.0.0")
    shutil.rmtree(registry / "typed")
    catalog = api.use_catalog([registry]).catalog
    with pytest.raises(PackNotFound, match=r"no registry in use has typed 1\.0\.0") as raised:
        api.repair(catalog, api.verify(api.home(), None, ["typed"]))
    assert "--registry" in raised.value.help
    assert list(faults()) == ["typed 1.0.0"]
