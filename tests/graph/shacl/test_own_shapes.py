"""Our own shapes, compiled, find what pySHACL finds: on their data tests and on what packs lift to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from ggen_graph import resources
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph.lift import document
from ggen_graph.graph.lift.releases import release_nodes
from ggen_graph.graph.shacl.coverage import coverage_of
from ggen_graph.graph.shacl.reading import read_shapes
from tests.graph.shacl.reference import assert_same, loaded

ROOT = Path(__file__).parents[3]
CASES = sorted((ROOT / "tests" / "shapes").rglob("*.ttl"))
SHAPES = sorted((ROOT / "shapes").rglob("*.ttl"))


def shapes_of(case: Path) -> Path:
    folder = case.parent.relative_to(ROOT / "tests" / "shapes")
    return (ROOT / "shapes" / folder).with_suffix(".ttl")


@pytest.mark.parametrize(
    "case", CASES, ids=lambda path: str(path.relative_to(ROOT / "tests" / "shapes"))
)
def test_a_case_of_our_own_shapes(case: Path) -> None:
    store = loaded(case.read_text("utf-8"))
    assert_same(store, shapes_of(case))


@pytest.mark.parametrize("registry", ["packs", "tests/data/lifted"])
def test_what_releases_are_lifted_to(registry: str) -> None:
    found = open_registry(ROOT / registry)
    nodes = [
        node
        for record in found.releases()
        for node in release_nodes("urn:ggen:registry:x/", record, found.reader(record))
    ]
    store = Store()
    store.load(document(nodes), format=RdfFormat.JSON_LD)
    pack = resources.path("shapes", "pack.ttl")
    assert_same(store, pack)


@pytest.mark.parametrize("shapes", SHAPES, ids=lambda path: path.name)
def test_our_own_shapes_are_compiled(shapes: Path) -> None:
    assert coverage_of(read_shapes([shapes])).uncovered == ()


def test_pyshacl_is_not_imported_when_everything_is_compiled() -> None:
    program = """
import sys
from ggen_graph import resources
from ggen_graph.graph.shapes import check_nodes
assert check_nodes([{"@id": "urn:x", "@type": "ggen:Release"}], [resources.path("shapes", "pack.ttl")])
assert not {"pyshacl", "rdflib"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
