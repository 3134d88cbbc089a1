from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import BlankNode, RdfFormat, Store, parse

from ggen_graph.core.diagnostics import RecordInvalid
from ggen_graph.core.lock.lockfile import (
    Lock,
    LockedFile,
    LockedRelease,
    LockedVariable,
    parse_lock,
)
from ggen_graph.core.manifest import ProjectManifest, parse_project
from ggen_graph.graph import iris
from ggen_graph.graph.lift import load
from ggen_graph.graph.lift.project import file_nodes, lock_nodes, manifest_nodes, record_nodes

DATA = Path(__file__).parents[2] / "data"
PROJECT = DATA / "lifted-project"


TRANSACTION = "transaction-3-0a1b2c"
BASE = "urn:ggen:registry:lifted/"
CHANGE = {"path": "a", "kind": "create", "before": None, "after": None, "release": ""}


def manifest() -> ProjectManifest:
    return parse_project((PROJECT / "ggen.toml").read_text("utf-8"), "ggen.toml")


def lock() -> Lock:
    return parse_lock((PROJECT / "ggen.lock").read_text("utf-8"), "ggen.lock")


def record(name: str, **changes: Any) -> dict[str, Any]:
    text = (PROJECT / ".ggen" / "records" / f"{name}.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text) | changes
    return {key: value for key, value in document.items() if value is not ...}


def lifted() -> Store:
    store = Store()
    project = iris.project(manifest().id)
    graphs = {
        "manifest": [*manifest_nodes(manifest())],
        "lock": [*lock_nodes(manifest().id, lock(), ["full", "not-locked"])],
        "files": [*file_nodes(manifest().id, lock())],
        "records/run-1": [*record_nodes(manifest().id, record("run-1"))],
        "records/resolution-1": [*record_nodes(manifest().id, record("resolution-1"))],
        "records/transaction-3-0a1b2c": [
            *record_nodes(manifest().id, record("transaction-3-0a1b2c"))
        ],
    }
    for name, nodes in graphs.items():
        load(store, iris.project_graph(project, name), nodes)
    return store


def test_a_project_is_lifted_to_what_one_would_write_down() -> None:
    expected = parse((DATA / "lifted-project.trig").read_bytes(), format=RdfFormat.TRIG)
    assert {str(quad) for quad in lifted()} == {str(quad) for quad in expected}


def test_a_project_has_no_blank_nodes() -> None:
    for quad in lifted():
        assert not [term for term in quad if isinstance(term, BlankNode)]


@pytest.mark.parametrize("key", ["@id", "@context", "@type", "type", "iri", "@graph", "id"])
def test_a_variable_that_is_called_like_syntax_is_a_variable(key: str) -> None:
    project = ProjectManifest(id="p", name="n", variables={key: "urn:x:other"})
    [shaped] = manifest_nodes(project)
    store = Store()
    load(store, "urn:x:g", [shaped])
    texts = {str(quad.subject): str(quad.object) for quad in store if "#value" in str(quad)}
    assert texts == {f"<urn:ggen:project:p/variable/{iris.segment(key)}>": '"urn:x:other"'}
    assert {str(quad.subject) for quad in store} == {
        "<urn:ggen:project:p>",
        f"<urn:ggen:project:p/variable/{iris.segment(key)}>",
    }


def test_a_file_of_a_pack_that_is_not_locked_any_more_has_no_origin() -> None:
    left = LockedFile("a", "removed", "1.0.0", "templates/a", "", "sha256:0")
    [shaped] = file_nodes("p", Lock(files=(left,)))
    assert "derivedFrom" not in shaped


def test_a_dependency_that_is_not_locked_is_not_an_edge() -> None:
    nodes = {node["iri"]: node for node in lock_nodes(manifest().id, lock())}
    project = iris.project(manifest().id)
    assert nodes[f"{project}/lock/full"]["dependsOn"] == [f"{project}/lock/robots"]
    assert "dependsOn" not in nodes[f"{project}/lock/robots"]


def test_two_releases_of_one_pack_have_an_entry_each_with_their_own_variables() -> None:
    two = Lock(
        releases=(
            LockedRelease("lib", "1.0.0", BASE, "lib", "sha256:1"),
            LockedRelease("lib", "2.0.0", BASE, "lib", "sha256:2"),
            LockedRelease("new", "1.0.0", BASE, "new", "sha256:3", (), ("lib@2.0.0",)),
            LockedRelease("old", "1.0.0", BASE, "old", "sha256:4", (), ("lib@1.0.0",)),
        ),
        variables=(
            LockedVariable("lib", "port", 1, "project", "1.0.0"),
            LockedVariable("lib", "port", 2, "project", "2.0.0"),
            LockedVariable("lib", "port", 4, "project", "2.1.0"),  # locked then, and not any more
            LockedVariable("old", "port", 3, "project"),
        ),
        files=(
            LockedFile("1.txt", "lib", "1.0.0", "templates/a", "", "sha256:5"),
            LockedFile("2.txt", "lib", "2.0.0", "templates/a", "", "sha256:6"),
        ),
    )
    nodes = {node["iri"]: node for node in lock_nodes("p", two, ["lib"])}
    entries = "urn:ggen:project:p/lock"
    first, second = (nodes[f"{entries}/lib/{version}"] for version in ("1.0.0", "2.0.0"))
    assert [first["locks"], second["locks"]] == [
        iris.release(BASE, "lib", version) for version in ("1.0.0", "2.0.0")
    ]
    assert f"{entries}/lib" not in nodes
    assert nodes[f"{entries}/new"]["dependsOn"] == [second["iri"]]
    assert nodes[f"{entries}/old"]["dependsOn"] == [first["iri"]]
    assert {iri: node["value"] for iri, node in nodes.items() if "value" in node} == {
        f"{entries}/lib/1.0.0/variable/port": "1",
        f"{entries}/lib/2.0.0/variable/port": "2",
        f"{entries}/lib/2.1.0/variable/port": "4",
        f"{entries}/old/variable/port": "3",
    }
    assert [node["derivedFrom"][1] for node in file_nodes("p", two)] == [
        first["locks"],
        second["locks"],
    ]


def test_a_record_of_a_kind_that_is_not_known_yet_gives_nothing() -> None:
    assert list(record_nodes("p", {"kind": "merge", "id": "1"})) == []
    assert list(record_nodes("p", {"id": "1"})) == []


def test_a_file_whose_name_is_no_text_is_named_by_its_bytes() -> None:
    shaped = list(record_nodes("p", record(TRANSACTION, changes=[CHANGE | {"path": "\udcff"}])))
    assert shaped[-1]["path"] == "\\xff"
    assert shaped[-1]["ofFile"] == "urn:ggen:project:p/file/%5Cxff"
    [nobody] = record_nodes("p", record(TRANSACTION, by="", changes=[]))
    assert "requestedBy" not in nobody


def test_a_resolution_that_failed_says_why() -> None:
    failed = record("resolution-1", outcome="failed", message="no choice", releases=...)
    [shaped] = record_nodes("p", failed)
    assert (shaped["outcome"], shaped["message"]) == ("failed", "no choice")
    assert "chose" not in shaped


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("run-1", {"id": ...}, '"id" is not a text'),
        ("run-1", {"at": 7}, '"at" is not a text'),
        ("run-1", {"command": {"@id": "urn:x:a"}}, '"command" is not a text'),
        ("run-1", {"files": ...}, '"files" is not a list of paths'),
        ("run-1", {"files": [{"path": "a"}]}, '"files" is not a list of paths'),
        ("run-1", {"releases": {"name": "a"}}, '"releases" is not a list of releases'),
        ("run-1", {"releases": ["a"]}, '"releases" is not a list of releases'),
        ("run-1", {"releases": [{"registry": "urn:x:r/"}]}, '"name" is not a text'),
        ("run-1", {"releases": [{"registry": "_:r"}]}, '"registry" is not the IRI of a registry'),
        ("resolution-1", {"id": ["a"]}, '"id" is not a text'),
        ("resolution-1", {"outcome": None}, '"outcome" is not a text'),
        ("resolution-1", {"message": {}}, '"message" is not a text'),
        (TRANSACTION, {"number": "3"}, '"number" is not a number'),
        (TRANSACTION, {"number": True}, '"number" is not a number'),
        (TRANSACTION, {"changes": {}}, '"changes" is not a list of changes'),
        (TRANSACTION, {"changes": ["a"]}, '"changes" is not a list of changes'),
        (TRANSACTION, {"changes": [CHANGE | {"path": 1}]}, '"path" is not a text'),
        (
            TRANSACTION,
            {"changes": [CHANGE | {"before": "x"}]},
            '"before" is not the state of a file',
        ),
        (TRANSACTION, {"changes": [CHANGE | {"release": "a b"}]}, '"release" is no IRI: a b'),
    ],
)
def test_a_record_that_lacks_something_is_refused(
    name: str, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecordInvalid) as caught:
        list(record_nodes("p", record(name, **changes)))
    assert caught.value.message == message
