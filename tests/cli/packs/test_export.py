"""`packs export`: what the graph says of a pack, of a project, of the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph
import pytest

from ggen_graph.graph.dump import FORMATS

if TYPE_CHECKING:
    from tests.cli.conftest import Ggen

NAME = pyoxigraph.NamedNode("http://ggen.io/ontology#name")


def subjects(data: str, form: str) -> set[str]:
    return {str(quad.subject) for quad in pyoxigraph.parse(data, FORMATS[form])}


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_pack_is_exported_with_its_releases_and_what_they_hold(ggen: Ggen, form: str) -> None:
    answer = ggen("packs", "export", "python-base", "--format", form)
    assert answer.code == 0
    found = subjects(answer.out, form)
    pack = "urn:ggen:registry:starter/pack/python-base"
    assert f"<{pack}>" in found
    assert any(one.startswith(f"<{pack}/") and "/template/" in one for one in found)
    assert not any("web-api-starter" in one for one in found)


def test_the_same_graph_is_exported_as_the_same_bytes(ggen: Ggen) -> None:
    first = ggen("packs", "export", "web-api-starter").out
    assert ggen("packs", "export", "web-api-starter", "--output", "web.ttl").out == ""
    assert (ggen.folder / "web.ttl").read_text("utf-8") == first
    assert "python-base/range/" in first  # what it requires is told with it


def test_without_a_pack_the_catalog_is_exported(ggen: Ggen) -> None:
    exported = ggen("packs", "export", "--format", "nquads").out
    assert exported == ggen("graph", "export", "--format", "nquads").out
    assert exported


def test_a_pack_that_is_not_there_is_named_with_the_nearest(ggen: Ggen) -> None:
    error = ggen("packs", "export", "python-bse", "--json").error
    assert error["name"] == "pack-not-found"
    assert error["help"] == 'did you mean "python-base"?'


def test_outside_a_project_there_is_none_to_export(ggen: Ggen) -> None:
    error = ggen("packs", "export", "--scope", "project", "--json").error
    assert error["name"] == "project-not-found"
