from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import (
    ChecksumMismatch,
    ManifestInvalid,
    PathRefused,
    ReleaseNotFound,
)
from ggen_graph.edges.archive import pack_tree
from ggen_graph.edges.packages import (
    fetch_tree,
    installed,
    installed_path,
    read_installed,
    verify_installed,
)
from ggen_graph.edges.registry import Registry, open_registry
from ggen_graph.edges.trees import tree_checksum, tree_files

REGISTRIES = Path(__file__).parents[1] / "data" / "registries"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """A copy of the small registry, to change."""
    return open_registry(shutil.copytree(REGISTRIES / "small", tmp_path / "small"))


def test_a_release_is_installed_whole_read_only_and_verified(
    home: Path, registry: Registry
) -> None:
    record = registry.release("web-base", "1.2.0")
    tree = fetch_tree(home, registry, "web-base", "1.2.0", record.checksum)
    assert tree.fresh
    assert tree.path == installed_path(home, "web-base", "1.2.0")
    assert tree.path == home / "packages" / "web-base" / "1.2.0"
    assert tree.checksum == tree.tree == record.checksum
    assert tree.registry == "https://example.org/small/"
    assert tuple(tree_files(tree.path)) == record.files
    everything = [tree.path, *tree.path.rglob("*")]
    assert not any(path.stat().st_mode & 0o222 for path in everything)
    assert (tree.path / "scripts" / "check.sh").stat().st_mode & 0o777 == 0o555
    verify_installed(home, "web-base", "1.2.0", record.checksum)


def test_an_archive_is_installed_under_its_own_checksum(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "indexed"
    root.mkdir()
    pack_tree(REGISTRIES / "small" / "robots", root / "a.tgz")
    line = {"name": "robots", "version": "0.1.0", "dependencies": {}, "archive": "a.tgz"}
    (root / "index.jsonl").write_text(json.dumps(line))
    tree = fetch_tree(home, open_registry(root), "robots", "0.1.0", None)
    assert tree.checksum != tree.tree
    assert tree.tree == tree_checksum(tree_files(REGISTRIES / "small" / "robots"))
    record = read_installed(home, "robots", "0.1.0")
    assert (record.checksum, record.license) == (tree.checksum, "CC0-1.0")
    verify_installed(home, "robots", "0.1.0", tree.checksum)


def test_an_installed_release_reads_like_one_of_a_registry(home: Path, registry: Registry) -> None:
    fetch_tree(home, registry, "web-base", "1.2.0", None)
    record = read_installed(home, "web-base", "1.2.0")
    expected = registry.release("web-base", "1.2.0")
    assert record.location == "web-base/1.2.0"
    assert record.manifest == expected.manifest
    assert (record.files, record.dependencies) == (expected.files, expected.dependencies)


def test_everything_installed_is_listed(home: Path, registry: Registry) -> None:
    assert list(installed(home)) == []
    for name, version in [("robots", "0.1.0"), ("greeting", "1.1.0"), ("greeting", "1.0.0")]:
        fetch_tree(home, registry, name, version, None)
    assert [(tree.name, tree.version) for tree in installed(home)] == [
        ("greeting", "1.0.0"),
        ("greeting", "1.1.0"),
        ("robots", "0.1.0"),
    ]


def test_a_release_that_is_not_the_locked_one_is_not_installed(
    home: Path, registry: Registry
) -> None:
    with pytest.raises(ChecksumMismatch, match="is not the one that was locked") as raised:
        fetch_tree(home, registry, "robots", "0.1.0", "sha256:" + "0" * 64)
    assert raised.value.exit_code == 9
    assert list(installed(home)) == []


@pytest.mark.parametrize(
    "spoil",
    [
        shutil.rmtree,
        lambda tree: tree.with_name(".0.1.0.json").unlink(),
        lambda tree: tree.with_name(".0.1.0.json").write_text("{"),
        lambda tree: tree.with_name(".0.1.0.json").write_text("[]"),
        lambda tree: tree.with_name(".0.1.0.json").write_text('{"schema": 2}'),
    ],
)  # fmt: skip
def test_a_tree_without_a_receipt_or_the_other_way_round_is_not_installed(
    home: Path, registry: Registry, spoil: object
) -> None:
    tree = fetch_tree(home, registry, "robots", "0.1.0", None).path
    assert callable(spoil)
    spoil(tree)
    assert list(installed(home)) == []
    with pytest.raises(ReleaseNotFound, match=r"robots 0\.1\.0 is (not installed|damaged)"):
        read_installed(home, "robots", "0.1.0")


def test_what_was_changed_after_the_install_is_named(home: Path, registry: Registry) -> None:
    tree = fetch_tree(home, registry, "web-base", "1.2.0", None).path
    for path in (tree, tree / "templates"):
        path.chmod(0o755)
    (tree / "gpack.toml").chmod(0o644)
    (tree / "gpack.toml").write_text("changed")
    (tree / "templates" / "robots.txt.tera").unlink()
    (tree / "templates" / "new").write_text("x")
    (tree / "templates" / "newer").write_text("x")
    with pytest.raises(ChecksumMismatch) as raised:
        verify_installed(home, "web-base", "1.2.0")
    assert raised.value.details == {
        "changed": ["gpack.toml"],
        "missing": ["templates/robots.txt.tera"],
        "added": ["templates/new", "templates/newer"],
    }
    assert raised.value.message == (
        "web-base 1.2.0 is not as it was installed: gpack.toml changed,"
        " templates/robots.txt.tera missing, templates/new added and 1 more"
    )
    with pytest.raises(ManifestInvalid):
        read_installed(home, "web-base", "1.2.0")


def test_a_tree_that_is_whole_but_not_the_locked_one_is_said(
    home: Path, registry: Registry
) -> None:
    fetch_tree(home, registry, "robots", "0.1.0", None)
    with pytest.raises(ChecksumMismatch, match="not the one that the lock names"):
        verify_installed(home, "robots", "0.1.0", "sha256:" + "0" * 64)
    with pytest.raises(ReleaseNotFound):
        verify_installed(home, "robots", "9.0.0")


@pytest.mark.parametrize(
    ("name", "version"), [("..", "1.0.0"), ("robots", ".."), ("robots", "1.0"), ("a/b", "1.0.0")]
)
def test_a_name_that_might_lead_elsewhere_has_no_path(home: Path, name: str, version: str) -> None:
    with pytest.raises(PathRefused, match="names no folder"):
        installed_path(home, name, version)
