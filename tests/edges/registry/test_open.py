from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import ManifestInvalid, RegistryUnavailable
from ggen_graph.edges.registry import Registry, open_registry
from ggen_graph.edges.registry.declaration import slug

DATA = Path(__file__).parents[2] / "data"
REGISTRIES = DATA / "registries"


@pytest.mark.parametrize(
    ("path", "kind", "name", "base"),
    [
        (REGISTRIES / "small", "folder", "small", "https://example.org/small/"),
        (REGISTRIES / "broken", "folder", "broken", "urn:ggen:registry:broken/"),
        (REGISTRIES / "indexed", "index", "indexed", "urn:ggen:registry:indexed/"),
        (REGISTRIES / "indexed/index.jsonl", "index", "indexed", "urn:ggen:registry:indexed/"),
        (
            DATA / "purescript-registry.jsonl",
            "index",
            "purescript-registry",
            "urn:ggen:registry:purescript-registry/",
        ),
    ],
)
def test_a_registry_is_a_folder_of_packs_or_an_index(
    path: Path, kind: str, name: str, base: str
) -> None:
    registry: Registry = open_registry(path)
    assert (registry.kind, registry.name, registry.base) == (kind, name, base)
    assert registry.path == path


def test_what_the_user_calls_it_is_its_name_and_what_it_declares_its_base() -> None:
    registry = open_registry(REGISTRIES / "small", "mine")
    assert (registry.name, registry.base) == ("mine", "https://example.org/small/")
    registry = open_registry(REGISTRIES / "indexed", "mine")
    assert (registry.name, registry.base) == ("mine", "urn:ggen:registry:indexed/")
    registry = open_registry(REGISTRIES / "broken", "mine")
    assert (registry.name, registry.base) == ("mine", "urn:ggen:registry:mine/")


def test_a_path_that_is_relative_or_ends_in_dots_has_the_name_of_its_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(REGISTRIES / "broken" / "fine")
    assert open_registry(Path("..")).name == "broken"
    assert open_registry(Path("../../indexed")).name == "indexed"
    monkeypatch.chdir(REGISTRIES / "broken")
    assert [record.name for record in open_registry(Path()).releases()] == ["fine", "other-version"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing", "missing does not exist"),
        ("small/robots", "is a pack, not a registry"),
        ("small/README.md", "is not a registry"),
    ],
)
def test_what_is_no_registry_is_said_with_its_path(path: str, message: str) -> None:
    with pytest.raises(RegistryUnavailable, match=message) as raised:
        open_registry(REGISTRIES / path)
    assert raised.value.exit_code == 8
    assert raised.value.help


def test_an_index_that_is_not_readable_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(RegistryUnavailable, match="small can't be read"):
        open_registry(REGISTRIES / "small")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = \n", r"registry.toml:1:\d+: this is not TOML"),
        ('nmae = "x"\n', r"registry.toml:1:1: .*is not a known"),
        ('name = "Two Words"\n', r"registry.toml:1:\d+: .*must be a registry's name"),
        ('base = "http://example.org/x"\n', r"registry.toml:1:\d+: .*ends in / or #"),
        ('base = "no iri/"\n', r"registry.toml:1:\d+: .*must be an absolute IRI"),
    ],
)
def test_a_declaration_that_is_wrong_is_said_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "registry.toml").write_text(text)
    registry = open_registry(tmp_path)
    with pytest.raises(ManifestInvalid) as raised:
        registry.base  # noqa: B018 - asking is what reads it
    with pytest.raises(ManifestInvalid, match=message):
        raise raised.value


@pytest.mark.parametrize(
    ("text", "name"),
    [("Acme Packs!", "acme-packs"), ("é", "registry"), ("-a-", "a"), ("x" * 120, "x" * 100)],
)
def test_a_name_is_made_of_the_folders(text: str, name: str) -> None:
    assert slug(text) == name


def test_listing_what_may_have_changed_reads_no_manifest() -> None:
    """`packs list` asks nothing else of a registry that is unchanged; its start-up time counts."""
    program = """
import sys
before = set(sys.modules)
from pathlib import Path
from ggen_graph.edges.registry import open_registry
for path in sys.argv[1:]:
    assert open_registry(Path(path)).fingerprint_files()
heavy = {"tomli", "tomlkit", "json", "hashlib", "tarfile", "tree_sitter", "semver"}
ours = {"ggen_graph.core.manifest", "ggen_graph.core.ranges"}
print(sorted((heavy | ours) & (sys.modules.keys() - before)))
"""
    paths = [REGISTRIES / "small", REGISTRIES / "indexed"]
    done = subprocess.run(
        [sys.executable, "-c", program, *paths], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
