from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from ggen_graph.core.diagnostics import ReleaseNotFound
from ggen_graph.core.lock.lockfile import parse_lock
from ggen_graph.core.manifest import parse_project
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph import iris
from ggen_graph.graph import project as module
from ggen_graph.graph.dump import dump
from ggen_graph.graph.project import (
    lock_sources,
    manifest_source,
    model_graph,
    model_source,
    pack_source,
    project_salt,
    record_source,
)
from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.sync import Source, SyncReport, status, sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.core.release import ReleaseRecord

DATA = Path(__file__).parents[1] / "data"
ID = "0f9c1d1e-55c2-4f6e-9a3f-3c1f5be9d001"
PROJECT = iris.project(ID)
BASE = "urn:ggen:registry:lifted/"


class Shop:
    """A copy of the project in tests/data/lifted-project, with a model that has blank nodes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = GraphStore(root / ".ggen" / "graph")
        self.installed = True
        self.checksum = "sha256:1"  # of what is installed

    def sources(self) -> list[Source]:
        manifest = parse_project((self.root / "ggen.toml").read_text("utf-8"), "ggen.toml")
        lock = parse_lock((self.root / "ggen.lock").read_text("utf-8"), "ggen.lock")
        model = sorted((self.root / "model").iterdir())
        records = sorted((self.root / ".ggen" / "records").iterdir())
        return [
            manifest_source(manifest, self.root / "ggen.toml"),
            *lock_sources(ID, lock, self.root / "ggen.lock", wanted=["full"]),
            pack_source(ID, BASE, "full", "", "sha256:1", (), self.read_pack),
            *(record_source(ID, path) for path in records),
            model_source(ID, [(path.name, path) for path in model], manifest.graph.base),
        ]

    def read_pack(self) -> tuple[ReleaseRecord, Callable[[str], bytes]]:
        if not self.installed:
            raise ReleaseNotFound("full is not installed")
        registry = open_registry(DATA / "lifted")
        [record] = registry.releases()
        read = registry.reader(record)
        assert read is not None
        return replace(record, checksum=self.checksum), read

    def sync(self) -> SyncReport:
        return sync(self.store, self.sources(), salt=project_salt(), anchor=self.root)

    def graphs(self) -> dict[str, set[str]]:
        """The triples of each graph, by the graph's name in the project."""
        found: dict[str, set[str]] = {}
        with self.store.read() as generation:
            for quad in generation.store:
                assert isinstance(quad.graph_name, NamedNode)
                name = quad.graph_name.value.removeprefix(f"{PROJECT}/graph/")
                found.setdefault(name, set()).add(str(quad.triple))
        return found


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    root = shutil.copytree(DATA / "lifted-project", tmp_path / "shop")
    (root / "model").mkdir()
    shutil.copy(DATA / "models" / "blank-nodes.ttl", root / "model")
    shutil.copy(DATA / "models" / "relative.ttl", root / "model")
    return Shop(root)


def test_every_source_of_a_project_has_its_graph(shop: Shop) -> None:
    assert shop.sync().problems == ()
    found = shop.graphs()
    assert set(found) == {
        "manifest",
        "lock",
        "files",
        "pack/full",
        "records/run-1",
        "records/resolution-1",
        "records/transaction-3-0a1b2c",
        "model",
    }
    expected: dict[str, set[str]] = {}
    for quad in parse((DATA / "lifted-project.trig").read_bytes(), format=RdfFormat.TRIG):
        name = str(quad.graph_name).strip("<>").removeprefix(f"{PROJECT}/graph/")
        expected.setdefault(name, set()).add(str(quad.triple))
    assert {name: found[name] for name in expected} == expected


def test_a_project_s_store_has_no_blank_nodes(shop: Shop) -> None:
    shop.sync()
    found = shop.graphs()
    assert sum("#bn-" in triple for triple in found["model"]) > 10
    assert not [triple for triples in found.values() for triple in triples if "_:" in triple]


def test_the_model_is_read_with_the_project_s_base(shop: Shop) -> None:
    shop.sync()
    assert any("<http://example.org/shop#book>" in triple for triple in shop.graphs()["model"])
    assert model_graph(ID) == f"{PROJECT}/graph/model"


def test_another_base_makes_the_model_stale_and_nothing_else(shop: Shop) -> None:
    shop.sync()
    manifest = (shop.root / "ggen.toml").read_text()
    (shop.root / "ggen.toml").write_text(manifest.replace("example.org/shop", "example.org/new"))
    stale, _ = status(shop.store, shop.sources(), salt=project_salt(), anchor=shop.root)
    assert stale == ["manifest", "model"]
    shop.sync()
    assert any("<http://example.org/new#book>" in triple for triple in shop.graphs()["model"])


def test_a_project_that_is_moved_with_its_store_is_up_to_date(shop: Shop, tmp_path: Path) -> None:
    shop.sync()
    moved = Shop(shop.root.rename(tmp_path / "moved"))
    before = moved.store.current()
    assert moved.sync() == SyncReport()
    assert moved.store.current() == before


def test_no_local_path_is_in_the_graph(shop: Shop, tmp_path: Path) -> None:
    shop.sync()
    with shop.store.read() as generation:
        assert str(tmp_path).encode() not in dump(generation.store, "nquads")


def test_a_broken_file_of_the_model_is_left_out_and_named(shop: Shop) -> None:
    shutil.copy(DATA / "models" / "broken.ttl", shop.root / "model")
    [problem] = shop.sync().problems
    assert (problem["source"], problem["name"]) == ("model", "rdf-invalid")
    assert problem["where"] == "broken.ttl:4:16"
    assert any("<http://example.org/shop#book>" in triple for triple in shop.graphs()["model"])
    (shop.root / "model" / "broken.ttl").unlink()
    assert shop.sync().problems == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no record: "),
        ("[1]", "is no record: it is not a JSON object"),
        ('{"kind": "run", "id": "1"}', '"command" is not a text'),
        ("\udcff", "is no record: "),
    ],
)
def test_a_broken_record_is_left_out_and_named(shop: Shop, text: str, message: str) -> None:
    path = shop.root / ".ggen" / "records" / "a-broken.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    [problem] = shop.sync().problems
    assert (problem["name"], problem["where"]) == ("record-invalid", "a-broken.json")
    assert problem["message"].startswith(message)
    assert "records/run-1" in shop.graphs()
    assert "records/a-broken" not in shop.graphs()


def test_a_pack_that_is_not_installed_is_named_and_the_rest_is_there(shop: Shop) -> None:
    shop.installed = False
    [problem] = shop.sync().problems
    assert (problem["source"], problem["name"]) == ("pack full", "release-not-found")
    assert "pack/full" not in shop.graphs()
    assert "lock" in shop.graphs()


def test_a_pack_of_which_another_tree_is_installed_is_named_and_not_lifted(shop: Shop) -> None:
    shop.checksum = "sha256:2"
    [problem] = shop.sync().problems
    assert (problem["source"], problem["name"]) == ("pack full", "checksum-mismatch")
    assert problem["message"] == (
        "the full 1.2.3-beta.11 that is installed is not the one that was locked"
    )
    assert "pack/full" not in shop.graphs()


def test_a_pack_that_is_made_for_another_ggen_is_named_and_not_lifted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "__version__", "0.0.9")
    [problem] = shop.sync().problems
    assert (problem["source"], problem["name"]) == ("pack full", "ggen-incompatible")
    assert problem["message"].endswith("is made for ggen >=0.1, and this is 0.0.9")
    assert "pack/full" not in shop.graphs()


def test_a_pack_that_is_locked_with_other_content_is_stale(shop: Shop) -> None:
    shop.sync()
    other = pack_source(ID, BASE, "full", "", "sha256:2", (), shop.read_pack)
    stale, _ = status(
        shop.store,
        [source if source.key != "pack full" else other for source in shop.sources()],
        salt=project_salt(),
        anchor=shop.root,
    )
    assert stale == ["pack full"]


def test_a_record_that_comes_is_lifted_and_no_other(shop: Shop) -> None:
    shop.sync()
    document: dict[str, Any] = json.loads(
        (shop.root / ".ggen" / "records" / "run-1.json").read_text()
    )
    document["id"] = "new"
    (shop.root / ".ggen" / "records" / "run-2.json").write_text(json.dumps(document))
    assert shop.sync().changed == ("records/run-2",)
    assert any(f"<{PROJECT}/run/new>" in triple for triple in shop.graphs()["records/run-2"])
