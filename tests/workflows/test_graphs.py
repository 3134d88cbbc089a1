"""The store of a project or of the catalog: what it holds, and that it can be made again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import ProjectNotFound, UsageError
from ggen_graph.workflows.graphs import Target

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.conftest import Work


@pytest.fixture
def root(work: Work, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = work.new("library", "base@1.0.0")
    monkeypatch.chdir(made)
    return made


def test_inside_a_project_its_own_store_is_meant(root: Path, work: Work) -> None:
    assert api.graphs.target(None, []).project is not None
    assert api.graphs.target("project", []).project is not None
    catalog = api.graphs.target("catalog", []).catalog
    assert catalog is not None
    assert [one.name for one in catalog.registries] == ["workshop", "starter"]
    assert api.graphs.target(None, [work.registry]).catalog is not None
    with pytest.raises(UsageError):
        api.graphs.target("project", [work.registry])


def test_outside_of_a_project_the_catalogs_store_is_meant(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(work.folder)
    assert api.graphs.target(None, []).catalog is not None
    with pytest.raises(ProjectNotFound):
        api.graphs.target("project", [])


def test_status_says_what_is_out_of_date_and_changes_nothing(root: Path) -> None:
    of = api.graphs.target(None, [])
    found = api.graphs.status(of)
    assert found["stale"] == found["vanished"] == []
    assert found["quads"] == sum(one["quads"] for one in found["graphs"])
    (root / "model" / "more.ttl").write_text("<urn:a> <urn:b> <urn:c> .", "utf-8")
    later = api.graphs.status(api.graphs.target(None, []))
    assert later["stale"] == ["model"]
    assert later["generation"] == found["generation"]
    shutil.rmtree(root / "model")
    assert api.graphs.status(api.graphs.target(None, []))["vanished"] == ["model"]


def test_a_store_that_was_never_made_has_no_generation(root: Path) -> None:
    shutil.rmtree(root / ".ggen" / "graph")
    found = api.graphs.status(api.graphs.target(None, []))
    assert found["generation"] is None
    assert found["quads"] == 0
    assert found["stale"]


def test_a_rebuild_makes_the_same_quads_again(root: Path) -> None:
    before = api.graphs.export(api.graphs.target(None, []), "nquads", None)
    report = api.graphs.sync(api.graphs.target(None, []), rebuild=True)
    assert report.published
    assert api.graphs.export(api.graphs.target(None, []), "nquads", None) == before
    shutil.rmtree(root / ".ggen" / "graph")
    assert api.graphs.export(api.graphs.target(None, []), "nquads", None) == before


def test_a_catalog_can_be_rebuilt_as_well(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work.folder)
    of = api.graphs.target("catalog", [work.registry])
    before = api.graphs.export(of, "nquads", None)
    assert api.graphs.sync(of, rebuild=True).published
    assert not api.graphs.sync(of).published
    assert api.graphs.status(of)["stale"] == []
    assert api.graphs.export(of, "nquads", None) == before


@pytest.mark.parametrize("form", api.graphs.EXPORT_FORMATS)
def test_every_form_holds_the_graph(root: Path, form: str) -> None:
    data = api.graphs.export(api.graphs.target(None, []), form, None)
    assert b"notes/Book.md" in data


def test_one_graph_can_be_exported(root: Path) -> None:
    identity = api.read_project(root).manifest.id
    of = api.graphs.target(None, [])
    model = api.graphs.export(of, "turtle", f"urn:ggen:project:{identity}/graph/model")
    assert b"Reader" in model
    assert b"GeneratedFile" not in model


def test_a_graph_that_is_not_there_is_an_error(root: Path) -> None:
    with pytest.raises(api.GgenError, match="urn:nothing"):
        api.graphs.export(api.graphs.target(None, []), "turtle", "urn:nothing")
    with pytest.raises(api.GgenError, match="not an iri"):
        api.graphs.export(api.graphs.target(None, []), "turtle", "not an iri")


def test_a_store_belongs_to_something() -> None:
    nothing = Target(None, None)
    with pytest.raises(ValueError, match="a target is"):
        _ = nothing.graph
    with pytest.raises(ValueError, match="a target is"):
        api.graphs.sync(nothing)
