from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from ggen_graph import resources
from ggen_graph.core.manifest import ProjectManifest
from ggen_graph.core.release import ReleaseRecord
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph import iris
from ggen_graph.graph.lift import document
from ggen_graph.graph.lift.project import manifest_nodes
from ggen_graph.graph.lift.releases import release_nodes
from ggen_graph.graph.shapes import ShapeFinding, check_nodes, check_store

ROOT = Path(__file__).parents[2]
BASE = "urn:ggen:registry:x/"
PACK = resources.path("shapes", "pack.ttl")
SHAPE = "http://ggen.io/shapes/pack#"


def findings(record: ReleaseRecord, read: Any = None) -> list[ShapeFinding]:
    return check_nodes(release_nodes(BASE, record, read), [PACK])


def full() -> tuple[ReleaseRecord, Any]:
    registry = open_registry(ROOT / "tests" / "data" / "lifted")
    [record] = registry.releases()
    return record, registry.reader(record)


def test_a_finding_says_what_where_and_by_which_shape() -> None:
    [finding] = [
        one
        for one in findings(ReleaseRecord("x", "1.0.0", category="nonsense"))
        if one.path.endswith("#category")
    ]
    assert finding.severity == "warning"
    assert finding.focus == iris.release(BASE, "x", "1.0.0")
    assert finding.shape == f"{SHAPE}Release-category"
    assert finding.value == f"{iris.GGEN}nonsense"
    assert finding.message.startswith("[pack] category: choose one of web, python")


def test_findings_have_a_fixed_order() -> None:
    found = findings(ReleaseRecord("x", "1.0.0"))
    assert [one.shape.removeprefix(SHAPE) for one in found] == [
        "Release-author",
        "Release-category",
        "Release-license",
        "Release-readme",
        "Release-description",
    ]
    assert {one.severity for one in found} <= {"violation", "warning", "info"}
    assert findings(ReleaseRecord("x", "1.0.0")) == found


def test_what_a_manifest_left_out_is_found_on_the_lifted_graph() -> None:
    record, read = full()
    found = {
        (one.shape.removeprefix(SHAPE), one.focus.rpartition("/")[2])
        for one in findings(record, read)
    }
    assert found == {
        ("Template-description", "logo.svg"),
        ("Template-description", "main.py.j2"),
        *(
            ("Variable-description", name)
            for name in (
                *("badge", "debug", "folder", "level", "port", "ratio", "size", "stars", "words"),
            )
        ),
    }


def test_a_release_that_says_everything_has_no_findings() -> None:
    record, _ = full()
    assert record.manifest is not None
    manifest = dataclasses.replace(record.manifest, variables=(), templates=())
    assert findings(dataclasses.replace(record, manifest=manifest)) == []


@pytest.mark.parametrize("range_", ["*", "^1"])
def test_a_project_s_manifest_is_checked_the_same_way(range_: str) -> None:
    from ggen_graph.core.manifest import Dependency

    manifest = ProjectManifest(id="0f9c1d1e", name="shop", packs=(Dependency("web", range_),))
    found = check_nodes(manifest_nodes(manifest), [resources.path("shapes", "project.ttl")])
    assert [one.shape.rpartition("#")[2] for one in found] == ["Requirement-range"] * (
        range_ == "*"
    )


def stored(*names: str) -> Store:
    """A store with a release that says nothing in each of the graphs named."""
    store = Store()
    for name in names:
        nodes = release_nodes(BASE, ReleaseRecord(name, "1.0.0"), None)
        store.load(document(nodes), format=RdfFormat.JSON_LD, to_graph=NamedNode(f"urn:{name}"))
    return store


def test_a_store_is_checked_as_the_union_of_its_graphs() -> None:
    nodes = [
        node
        for name in ("x", "y")
        for node in release_nodes(BASE, ReleaseRecord(name, "1.0.0"), None)
    ]
    assert check_store(stored("x", "y"), [PACK]) == check_nodes(nodes, [PACK])


def test_only_the_graphs_named_are_checked() -> None:
    nodes = release_nodes(BASE, ReleaseRecord("y", "1.0.0"), None)
    assert check_store(stored("x", "y"), [PACK], graphs=["urn:y"]) == check_nodes(nodes, [PACK])
    assert check_store(stored("x", "y"), [PACK], graphs=[]) == []


def test_only_the_focus_nodes_named_are_checked() -> None:
    focus = iris.release(BASE, "y", "1.0.0")
    found = check_store(stored("x", "y"), [PACK], focus=[focus])
    assert found == check_store(stored("y"), [PACK])
    assert check_store(stored("x", "y"), [PACK], focus=[]) == []


def test_a_finding_names_the_component_of_its_constraint() -> None:
    found = findings(ReleaseRecord("x", "1.0.0", category="nonsense"))
    shacl = "http://www.w3.org/ns/shacl#"
    assert {one.shape.removeprefix(SHAPE): one.component.removeprefix(shacl) for one in found} == {
        "Release-author": "MinCountConstraintComponent",
        "Release-category": "InConstraintComponent",
        "Release-description": "MinCountConstraintComponent",
        "Release-license": "MinCountConstraintComponent",
        "Release-readme": "MinCountConstraintComponent",
    }


def test_nothing_has_no_findings() -> None:
    assert check_nodes([], [PACK, resources.path("shapes", "project.ttl")]) == []
