"""`ggen graph`: the store as a thing to look at and look after."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_status_is_1_where_something_changed(project: Ggen) -> None:
    assert project("graph", "status").code == 0
    (project.folder / "model" / "more.ttl").write_text("<urn:a> <urn:b> <urn:c> .", "utf-8")
    told = project("graph", "status")
    assert told.code == 1
    assert "to sync     model" in told.out
    assert "`ggen graph sync`" in told.err
    document = project("graph", "status", "--json")
    assert document.json["stale"] == ["model"]
    assert project("graph", "sync").out == "replaced model\n"
    assert project("graph", "sync").out == "nothing changed\n"
    (project.folder / "model" / "more.ttl").unlink()
    (project.folder / "model" / "library.ttl").unlink()
    assert project("graph", "sync").out == "dropped model\n"


def test_what_was_left_out_is_noted(project: Ggen) -> None:
    (project.folder / "model" / "broken.ttl").write_text("<urn:a> <urn:b>", "utf-8")
    synced = project("graph", "sync")
    assert synced.code == 0
    assert "note: model: left out: model/broken.ttl:1:" in synced.err
    status = project("graph", "status")
    assert "model/broken.ttl" in status.err
    assert project("graph", "status", "--json").json["problems"][0]["name"] == "rdf-invalid"


def test_a_rebuild_gives_the_same_graph(project: Ggen) -> None:
    before = project("graph", "export").out
    rebuilt = project("graph", "rebuild", "--json")
    assert rebuilt.json["published"] is True
    assert project("graph", "export").out == before
    shutil.rmtree(project.folder / ".ggen" / "graph")
    assert project("graph", "export").out == before


def test_an_export_goes_to_a_file(project: Ggen) -> None:
    assert project("graph", "export", "--format", "trig", "--output", "out.trig").out == ""
    assert "Reader" in (project.folder / "out.trig").read_text("utf-8")
    error = project("graph", "export", "--output", "no/such/folder/x", "--json").error
    assert "no/such/folder" in error["message"]


def test_one_graph_is_exported(project: Ggen) -> None:
    graphs = project("graph", "status", "--json").json["graphs"]
    model = next(one["graph"] for one in graphs if one["graph"].endswith("/graph/model"))
    turtle = project("graph", "export", "--format", "turtle", "--graph", model).out
    assert "Reader" in turtle
    assert "ggen.io/ontology#path" not in turtle
    error = project("graph", "export", "--graph", "urn:nothing", "--json").error
    assert (error["name"], error["message"]) == ("usage", "there is no graph <urn:nothing>")


def test_the_catalog_has_a_graph_as_well(ggen: Ggen, workshop: Path) -> None:
    told = ggen("graph", "status", "--registry", workshop)
    assert told.code == 0, told.out
    assert "catalog" in told.out
    assert ggen("graph", "sync", "--scope", "catalog").out == "nothing changed\n"
    assert "web-api-starter" in ggen("graph", "export", "--format", "ntriples").out


def test_a_graph_that_was_never_made_is_out_of_date(first_time: Ggen) -> None:
    told = first_time("graph", "status")
    assert told.code == 1
    assert "to sync" in told.out
    assert first_time("graph", "sync").code == 0
    assert first_time("graph", "status").code == 0


def test_a_graph_that_is_broken_is_made_again(project: Ggen) -> None:
    generation = next((project.folder / ".ggen" / "graph").glob("gen-*"))
    for path in generation.iterdir():
        if path.is_file():
            path.write_bytes(b"broken")
    told = project("packs", "sparql", "--query", "ASK { ?f a ggen:GeneratedFile }")
    if told.code:
        assert "ggen graph rebuild" in told.err
        assert project("graph", "rebuild").code == 0
        told = project("packs", "sparql", "--query", "ASK { ?f a ggen:GeneratedFile }")
    assert "true" in told.out
