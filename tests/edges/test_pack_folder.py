from __future__ import annotations

from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import ManifestInvalid, ManifestMissing
from ggen_graph.edges.pack_folder import read_manifest, release_of
from ggen_graph.edges.trees import tree_files

SMALL = Path(__file__).parents[1] / "data" / "registries" / "small"


def test_a_pack_is_read_from_its_folder() -> None:
    folder = SMALL / "robots"
    manifest = read_manifest(folder)
    record = release_of(manifest, tree_files(folder), "sha256:0", "robots")
    assert (record.name, record.version, record.checksum) == ("robots", "0.1.0", "sha256:0")
    assert record.manifest is manifest


def test_a_folder_without_a_manifest_is_said(tmp_path: Path) -> None:
    with pytest.raises(ManifestMissing) as raised:
        read_manifest(tmp_path)
    assert raised.value.where is not None
    assert raised.value.where.file == str(tmp_path)


def test_a_manifest_that_is_wrong_is_said_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "gpack.toml").write_text('[pack]\nname = "a"\n')
    with pytest.raises(ManifestInvalid, match=r"gpack\.toml:1"):
        read_manifest(tmp_path)
