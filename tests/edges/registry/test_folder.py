from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import ChecksumMismatch, RegistryUnavailable, ReleaseNotFound
from ggen_graph.core.release import ReleaseDependency
from ggen_graph.edges.registry import open_registry
from ggen_graph.edges.trees import tree_checksum, tree_files

REGISTRIES = Path(__file__).parents[2] / "data" / "registries"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small registry, to change."""
    return shutil.copytree(REGISTRIES / "small", tmp_path / "small", symlinks=True)


def test_every_release_is_yielded_by_pack_and_version() -> None:
    registry = open_registry(REGISTRIES / "small")
    found = [(record.name, record.version, record.location) for record in registry.releases()]
    assert found == [
        ("greeting", "1.0.0", "greeting/1.0.0"),
        ("greeting", "1.1.0", "greeting/1.1.0"),
        ("greeting", "2.0.0-beta.1", "greeting/2.0.0-beta.1"),
        ("robots", "0.1.0", "robots"),
        ("web-base", "1.2.0", "web-base"),
    ]
    assert registry.problems() == ()


def test_a_release_says_what_its_manifest_says_and_what_its_tree_is() -> None:
    registry = open_registry(REGISTRIES / "small")
    record = registry.release("web-base", "1.2.0")
    assert record.dependencies == (
        ReleaseDependency("greeting", "^1", True, "dependency", ("polite",), "vendor/greeting"),
        ReleaseDependency("robots", "*", False, "package"),
    )
    assert (record.title, record.license, record.category) == ("Web base", "MIT", "web")
    assert record.tags == ("http", "base")
    assert record.manifest is not None
    assert record.manifest.description == record.description == "What every web project has"
    assert [file.path for file in record.files] == [
        "gpack.toml",
        "scripts/check.sh",
        "templates/robots.txt.tera",
    ]
    assert record.files == tuple(tree_files(REGISTRIES / "small" / "web-base"))
    assert record.checksum == tree_checksum(record.files)
    assert (record.archive, record.yanked) == (None, False)


def test_what_a_manifest_does_not_say_is_none() -> None:
    record = open_registry(REGISTRIES / "small").release("greeting", "1.0.0")
    assert (record.title, record.description, record.category, record.license) == (None,) * 4


def test_a_release_that_is_not_there_is_said() -> None:
    registry = open_registry(REGISTRIES / "small")
    for name, version in [("greeting", "9.0.0"), ("robots", "9.0.0"), ("nobody", "1.0.0")]:
        with pytest.raises(ReleaseNotFound, match=f"the registry small has no {name} {version}"):
            registry.release(name, version)


def test_packs_that_are_wrong_are_named_and_hide_no_other() -> None:
    registry = open_registry(REGISTRIES / "broken")
    assert [(r.name, r.version) for r in registry.releases()] == [
        ("fine", "1.0.0"),
        ("other-version", "1.0.0"),
    ]
    said = [str(error).replace(f"{REGISTRIES / 'broken'}/", "") for error in registry.problems()]
    assert said == [
        "bad-key/gpack.toml:4:1: `[pack] licence` is not a known key",
        "bad-toml/gpack.toml:3:11: this is not TOML: invalid value",
        "link-out/outside leads out of its folder",
        "no-manifest: there is no gpack.toml in no-manifest",
        "other-name/gpack.toml: the manifest says another-name, its folder other-name",
        (
            "other-version/2.0.0/gpack.toml:"
            " the manifest says other-version/2.0.1, its folder other-version/2.0.0"
        ),
    ]
    assert [error.help for error in registry.problems() if error.name == "manifest-missing"]


def test_a_manifest_that_is_no_utf8_is_named_with_its_place(small: Path) -> None:
    (small / "robots" / "gpack.toml").write_bytes(b'[pack]\nname = "caf\xe9"\n')
    registry = open_registry(small)
    assert "robots" not in {record.name for record in registry.releases()}
    (problem,) = registry.problems()
    assert str(problem).endswith("robots/gpack.toml:2:12: this is not UTF-8: byte 0xe9")


def test_a_pack_may_be_a_link_to_where_it_is_worked_on(small: Path, tmp_path: Path) -> None:
    (small / "robots").rename(tmp_path / "work")
    (small / "robots").symlink_to(tmp_path / "work")
    registry = open_registry(small)
    assert registry.release("robots", "0.1.0").location == "robots"
    assert small / "robots" / "gpack.toml" in registry.fingerprint_files()


def test_the_fingerprint_is_every_file_of_every_pack_and_the_declaration() -> None:
    root = REGISTRIES / "small"
    listed = [path.relative_to(root).as_posix() for path in open_registry(root).fingerprint_files()]
    assert listed == [
        "registry.toml",
        "greeting/1.0.0/gpack.toml",
        "greeting/1.0.0/templates/hello.txt.tera",
        "greeting/1.1.0/gpack.toml",
        "greeting/1.1.0/templates/hello.txt.tera",
        "greeting/2.0.0-beta.1/gpack.toml",
        "greeting/2.0.0-beta.1/templates/hello.txt.tera",
        "robots/gpack.toml",
        "web-base/gpack.toml",
        "web-base/scripts/check.sh",
        "web-base/templates/robots.txt.tera",
    ]


def test_noise_and_what_is_no_pack_do_not_change_the_fingerprint(small: Path) -> None:
    before = open_registry(small).fingerprint_files()
    for noise in (".git", "__pycache__", "node_modules", "_drafts", ".github"):
        (small / noise).mkdir(exist_ok=True)
        (small / noise / "a").write_text("x")
    (small / "robots" / ".gpack.toml.swp").write_text("x")
    (small / "NOTES.md").write_text("x")
    assert open_registry(small).fingerprint_files() == before


def test_a_folder_that_vanishes_while_it_is_listed_does_not_stop_the_listing(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = open_registry(small)
    monkeypatch.setattr(type(registry), "_folders", lambda self: ["gone", "robots"])
    assert small / "gone" in registry.fingerprint_files()
    assert [record.name for record in registry.releases()] == ["robots"]
    assert [error.name for error in registry.problems()] == ["manifest-missing"]


def test_a_registry_that_vanishes_is_said(small: Path) -> None:
    registry = open_registry(small)
    shutil.rmtree(small)
    with pytest.raises(RegistryUnavailable, match="small can't be read"):
        registry.fingerprint_files()
    with pytest.raises(RegistryUnavailable, match="small can't be read"):
        registry.problems()


def test_a_registry_without_packs_is_empty(tmp_path: Path) -> None:
    registry = open_registry(tmp_path)
    assert (list(registry.releases()), registry.fingerprint_files()) == ([], [])


def test_a_file_of_a_release_can_be_read_before_it_is_installed() -> None:
    registry = open_registry(REGISTRIES / "small")
    read = registry.reader(registry.release("greeting", "1.1.0"))
    assert read is not None
    assert read("templates/hello.txt.tera") == b"Hello from 1.1.0, {{ name }}!\n"


def test_what_is_fetched_is_the_tree(tmp_path: Path) -> None:
    registry = open_registry(REGISTRIES / "small")
    record = registry.release("web-base", "1.2.0")
    assert registry.fetch("web-base", "1.2.0", tmp_path) == record.checksum
    assert tuple(tree_files(tmp_path)) == record.files


def test_a_tree_that_changes_while_it_is_copied_is_refused(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = open_registry(small)
    record = registry.release("robots", "0.1.0")
    monkeypatch.setattr(registry, "release", lambda name, version: record)
    (small / "robots" / "gpack.toml").write_text("changed")
    (tmp_path / "into").mkdir()
    with pytest.raises(ChecksumMismatch, match="robots changed while it was copied") as raised:
        registry.fetch("robots", "0.1.0", tmp_path / "into")
    assert raised.value.details["expected"] == record.checksum


def test_of_two_releases_of_one_precedence_the_second_is_left_out_as_in_an_index(
    tmp_path: Path,
) -> None:
    for version in ("1.0.0+a", "1.0.0+b", "1.0.1"):
        folder = tmp_path / "web" / version
        folder.mkdir(parents=True)
        text = f'[pack]\nname = "web"\nversion = "{version}"\n'
        (folder / "gpack.toml").write_text(text, "utf-8")
    registry = open_registry(tmp_path)
    assert [record.version for record in registry.releases()] == ["1.0.0+a", "1.0.1"]
    (problem,) = registry.problems()
    assert "web 1.0.0+b is already there as 1.0.0+a, of the same precedence" in str(problem)
    assert "1.0.0+b/gpack.toml" in str(problem)


def test_what_changed_since_it_was_read_is_read_anew(small: Path) -> None:
    registry = open_registry(small)
    assert "robots" in {record.name for record in registry.releases()}
    (small / "robots" / "gpack.toml").write_text("no TOML", "utf-8")
    assert "robots" not in {record.name for record in registry.releases()}
    assert len(registry.problems()) == 1
    shutil.rmtree(small / "robots")
    assert list(registry.releases())
    assert registry.problems() == ()
