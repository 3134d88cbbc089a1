"""From a scratch home into the home: shared, read-only, and installed only once there is a receipt."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import ChecksumMismatch, FileChanged, GgenError
from ggen_graph.edges.cas import BlobStore
from ggen_graph.edges.installing import (
    abandoned_trees,
    gather,
    placing,
    receipts,
    refuse_changed,
    scratch_home,
    sweep_trees,
)
from ggen_graph.edges.packages import (
    InstalledTree,
    installed,
    installed_path,
    receipt_path,
    verify_installed,
)
from ggen_graph.edges.registry import Registry, open_registry
from ggen_graph.edges.writes import apply_writes

REGISTRIES = Path(__file__).parents[1] / "data" / "registries"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """A copy of the small registry, to change."""
    return open_registry(shutil.copytree(REGISTRIES / "small", tmp_path / "small"))


def place(home: Path, scratch: Path, trees: list[InstalledTree]) -> None:
    with placing(home, scratch, trees) as go:
        go()


def install(
    home: Path, registry: Registry, *releases: str, force: bool = False
) -> list[InstalledTree]:
    """What a command does under the home's lock."""
    with scratch_home(home) as scratch:
        wanted = [release.split("@") for release in releases]
        trees = [
            gather(home, scratch, registry, name, version, None, force=force)
            for name, version in wanted
        ]
        place(home, scratch, trees)
        apply_writes(home, list(receipts(trees)), home / "transaction")
    return trees


def names(home: Path) -> list[str]:
    return [f"{tree.name}@{tree.version}" for tree in installed(home)]


def test_what_is_gathered_is_not_in_the_home_and_goes_again(home: Path, registry: Registry) -> None:
    with scratch_home(home) as scratch:
        tree = gather(home, scratch, registry, "robots", "0.1.0", None)
        assert tree.fresh
        assert names(scratch) == ["robots@0.1.0"]
        assert names(home) == []
    assert list((home / "packages").iterdir()) == []


def test_a_tree_that_was_placed_is_installed_with_its_receipt_and_not_before(
    home: Path, registry: Registry
) -> None:
    with scratch_home(home) as scratch:
        tree = gather(home, scratch, registry, "robots", "0.1.0", None)
        place(home, scratch, [tree])
        there = installed_path(home, "robots", "0.1.0")
        assert (there / "gpack.toml").is_file()
        assert names(home) == []
        apply_writes(home, list(receipts([tree])), home / "transaction")
    assert names(home) == ["robots@0.1.0"]
    verify_installed(home, "robots", "0.1.0", tree.checksum)


def test_files_of_trees_are_links_to_blobs_and_write_protected(
    home: Path, registry: Registry
) -> None:
    (tree,) = install(home, registry, "web-base@1.2.0")
    blobs = BlobStore(home / "blobs")
    root = installed_path(home, "web-base", "1.2.0")
    for file in tree.files:
        path = root / file.path
        assert path.samefile(blobs.path(file.sha256, executable=file.executable))
        assert path.stat().st_mode & 0o777 == (0o555 if file.executable else 0o444)
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o555}


def test_two_releases_share_what_is_the_same_in_them(home: Path, tmp_path: Path) -> None:
    for version in ("1.0.0", "1.1.0"):
        folder = tmp_path / "own" / "pack" / version
        folder.mkdir(parents=True)
        (folder / "gpack.toml").write_text(
            f'[pack]\nname = "pack"\nversion = "{version}"\n', "utf-8"
        )
        for name in ("same.txt", "copy.txt"):
            (folder / name).write_text("the same\n", "utf-8")
    install(home, open_registry(tmp_path / "own"), "pack@1.0.0", "pack@1.1.0")
    texts = list((home / "packages").rglob("*.txt"))
    assert len(texts) == 4
    assert len({path.stat().st_ino for path in texts}) == 1
    assert len({path.stat().st_ino for path in (home / "packages").rglob("gpack.toml")}) == 2


def test_what_is_installed_is_linked_into_the_scratch_home_and_left_alone(
    home: Path, registry: Registry
) -> None:
    install(home, registry, "robots@0.1.0")
    tree = installed_path(home, "robots", "0.1.0")
    inode = tree.stat().st_ino
    with scratch_home(home) as scratch:
        again = gather(home, scratch, registry, "robots", "0.1.0", None)
        assert not again.fresh
        assert list(receipts([again])) == []
        assert installed_path(scratch, "robots", "0.1.0").is_symlink()
        assert names(scratch) == ["robots@0.1.0"]
        place(home, scratch, [again])
    assert tree.stat().st_ino == inode


def test_what_another_process_installed_meanwhile_is_left_if_it_is_the_same(
    home: Path, registry: Registry
) -> None:
    with scratch_home(home) as scratch:
        tree = gather(home, scratch, registry, "robots", "0.1.0", None)
        install(home, registry, "robots@0.1.0")
        inode = installed_path(home, "robots", "0.1.0").stat().st_ino
        place(home, scratch, [tree])
    assert installed_path(home, "robots", "0.1.0").stat().st_ino == inode


def test_the_same_name_and_version_with_other_bytes_is_refused_and_says_what_to_do(
    home: Path, registry: Registry, tmp_path: Path
) -> None:
    install(home, registry, "robots@0.1.0")
    other = shutil.copytree(REGISTRIES / "small", tmp_path / "other")
    settings = (other / "registry.toml").read_text("utf-8")
    (other / "registry.toml").write_text(settings.replace("/small/", "/other/"), "utf-8")
    with scratch_home(home) as scratch, pytest.raises(ChecksumMismatch) as raised:
        gather(home, scratch, open_registry(other), "robots", "0.1.0", None)
    assert raised.value.message == (
        "another robots 0.1.0 is installed, from https://example.org/small/"
    )
    assert "--force" in raised.value.help


def test_a_release_that_was_changed_without_a_new_version_is_refused(
    home: Path, registry: Registry
) -> None:
    (tree,) = install(home, registry, "robots@0.1.0")
    manifest = registry.path / "robots" / "gpack.toml"
    manifest.write_text(manifest.read_text() + "# changed without a new version\n")
    changed = open_registry(registry.path)
    checksum = changed.release("robots", "0.1.0").checksum
    with (
        scratch_home(home) as scratch,
        pytest.raises(ChecksumMismatch, match=r"robots 0\.1\.0 .* has changed since it was"),
    ):
        gather(home, scratch, changed, "robots", "0.1.0", checksum)
    verify_installed(home, "robots", "0.1.0", tree.checksum)


def test_a_home_that_can_not_be_written_is_said(home: Path) -> None:
    home.write_text("a file")
    with pytest.raises(GgenError, match="could not create the folder"), scratch_home(home):
        pass


def test_by_force_a_damaged_tree_is_exchanged_and_a_whole_one_is_not(
    home: Path, registry: Registry
) -> None:
    (tree,) = install(home, registry, "robots@0.1.0")
    root = installed_path(home, "robots", "0.1.0")
    inode = root.stat().st_ino
    install(home, registry, "robots@0.1.0", force=True)
    assert root.stat().st_ino == inode
    damaged = root / tree.files[0].path
    damaged.chmod(0o644)
    damaged.write_bytes(b"oops")
    install(home, registry, "robots@0.1.0", force=True)
    verify_installed(home, "robots", "0.1.0")
    assert names(home) == ["robots@0.1.0"]


def test_by_force_other_bytes_take_the_place_and_the_receipt_says_so(
    home: Path, registry: Registry, tmp_path: Path
) -> None:
    (old,) = install(home, registry, "robots@0.1.0")
    manifest = tmp_path / "small" / "robots" / "gpack.toml"
    if not manifest.exists():
        manifest = tmp_path / "small" / "robots" / "0.1.0" / "gpack.toml"
    manifest.write_text(manifest.read_text("utf-8") + "\n# changed\n", "utf-8")
    changed = open_registry(tmp_path / "small")
    (new,) = install(home, changed, "robots@0.1.0", force=True)
    assert new.tree != old.tree
    verify_installed(home, "robots", "0.1.0", new.checksum)
    said = json.loads(receipt_path(installed_path(home, "robots", "0.1.0")).read_bytes())
    assert said["tree"] == new.tree


def test_only_trees_without_a_receipt_are_swept(home: Path, registry: Registry) -> None:
    install(home, registry, "robots@0.1.0", "web-base@1.2.0")
    receipt_path(installed_path(home, "robots", "0.1.0")).unlink()
    releases = [("robots", "0.1.0"), ("web-base", "1.2.0"), ("robots", "9.9.9")]
    sweep_trees(home, releases)
    assert not installed_path(home, "robots", "0.1.0").exists()
    assert names(home) == ["web-base@1.2.0"]


def test_a_tree_is_abandoned_when_it_was_uninstalled_long_enough_ago(
    home: Path, registry: Registry
) -> None:
    assert abandoned_trees(home, older_than=0, now=1e9) == []
    install(home, registry, "robots@0.1.0", "web-base@1.2.0")
    tree = installed_path(home, "robots", "0.1.0")
    receipt_path(tree).unlink()
    for name in ("robots", "web-base"):
        os.utime(home / "packages" / name, (1000, 1000))
    assert abandoned_trees(home, older_than=60, now=1030) == []
    assert abandoned_trees(home, older_than=60, now=1061) == [tree]


def test_what_was_replaced_is_back_if_it_was_for_nothing(home: Path, registry: Registry) -> None:
    (before,) = install(home, registry, "robots@0.1.0")
    manifest = registry.path / "robots" / "gpack.toml"
    manifest.write_text(manifest.read_text() + "# changed without a new version\n")
    with scratch_home(home) as scratch:
        tree = gather(
            home, scratch, open_registry(registry.path), "robots", "0.1.0", None, force=True
        )

        def in_vain() -> None:
            with placing(home, scratch, [tree]) as go:
                go()
                assert names(home) == []
                raise RuntimeError

        with pytest.raises(RuntimeError):
            in_vain()
    assert names(home) == ["robots@0.1.0"]
    verify_installed(home, "robots", "0.1.0", before.checksum)


def test_what_others_did_meanwhile_is_refused(home: Path, registry: Registry) -> None:
    with scratch_home(home) as scratch:
        fresh = gather(home, scratch, registry, "robots", "0.1.0", None)
        manifest = registry.path / "robots" / "gpack.toml"
        manifest.write_text(manifest.read_text() + "# changed without a new version\n")
        (other,) = install(home, open_registry(registry.path), "robots@0.1.0")
        refuse_changed(home, [other], force=False)
        with pytest.raises(FileChanged, match=r"robots 0\.1\.0 was replaced meanwhile"):
            refuse_changed(home, [fresh], force=False)
        refuse_changed(home, [fresh], force=True)
    (home / "packages" / "robots" / ".0.1.0.json").unlink()
    with pytest.raises(FileChanged, match="was uninstalled meanwhile"):
        refuse_changed(home, [replace(other, fresh=False)], force=True)
