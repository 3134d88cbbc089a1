"""Where a project is, what is read of it, and which of its files are its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import LockCorrupt, ManifestInvalid, ProjectNotFound
from ggen_graph.workflows.project import model_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.conftest import Work


def with_globs(root: Path, globs: str) -> api.Project:
    manifest = root / "ggen.toml"
    text = manifest.read_text("utf-8").replace('["model/**/*.ttl"]', globs)
    manifest.write_text(text, "utf-8")
    return api.read_project(root)


def test_a_project_is_the_nearest_folder_with_a_manifest(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = work.new("outer", "base@1.0.0")
    inner = work.new("outer/notes/inner", "base@1.0.0")
    monkeypatch.chdir(inner / "notes")
    current = api.current_project()
    assert current is not None
    assert current.root == inner
    assert api.find_root(outer / "notes") == outer
    assert api.load_project(outer / "notes").manifest.name == "outer"


def test_a_manifest_that_is_a_folder_is_none(work: Work) -> None:
    (work.folder / "ggen.toml").mkdir()
    assert api.find_root(work.folder) is None
    with pytest.raises(ProjectNotFound) as caught:
        api.load_project(work.folder)
    assert "ggen new" in caught.value.help


def test_a_manifest_must_be_text(work: Work) -> None:
    (work.folder / "ggen.toml").write_bytes(b'[project]\nname = "caf\xe9"\n')
    with pytest.raises(ManifestInvalid, match="UTF-8"):
        api.read_project(work.folder)


def test_a_lock_that_is_a_folder_is_reported(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "ggen.lock").unlink()
    (root / "ggen.lock").mkdir()
    with pytest.raises(api.GgenError, match=r"ggen\.lock"):
        api.read_project(root)


def test_a_lock_must_be_text(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "ggen.lock").write_bytes(b"\xff")
    with pytest.raises(LockCorrupt, match="UTF-8"):
        api.read_project(root)


def test_the_model_is_what_the_globs_choose(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "model" / "deep").mkdir()
    (root / "model" / "deep" / "a.ttl").write_text("", "utf-8")
    (root / "top.ttl").write_text("", "utf-8")
    (root / "readme.md").write_text("", "utf-8")
    assert [path for path, _ in model_files(api.read_project(root))] == [
        "model/deep/a.ttl",
        "model/library.ttl",
    ]
    project = with_globs(root, '["*.ttl", "model/deep/*.ttl", "nothing/*.ttl"]')
    assert [path for path, _ in model_files(project)] == ["model/deep/a.ttl", "top.ttl"]


def test_what_ggen_keeps_for_itself_is_no_model(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / ".ggen" / "baseline" / "x.ttl").write_text("<urn:a> <urn:b>", "utf-8")
    project = with_globs(root, '["**/*.ttl"]')
    assert [path for path, _ in model_files(project)] == ["model/library.ttl"]
    assert work.generate(root).replaced == ()
