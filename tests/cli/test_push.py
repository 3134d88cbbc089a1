"""`ggen graph push`, and commands that then read from the server as they would here."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from ggen_graph.graph import iris
from ggen_graph.graph.pushed import pushed
from ggen_graph.workflows.own_queries import own_queries
from tests.engines import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.graph.remote import Server
    from tests.cli.conftest import Ggen
    from tests.engines import Engine

PURESCRIPT = Path(__file__).parents[1] / "data" / "purescript-registry.jsonl"
BOOLEAN = "^^<http://www.w3.org/2001/XMLSchema#boolean>"

pytestmark = pytest.mark.usefixtures("_emptied")


@pytest.fixture
def _emptied(server: Server) -> Iterator[None]:
    """Leave nothing on the server."""
    yield
    for row in server.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", []):
        if row["g"].value.startswith(("urn:ggen:", iris.ONTOLOGY_GRAPH)):
            server.clear(row["g"].value)


@pytest.fixture
def large(tmp_path: Path, ggen: Ggen) -> Ggen:
    """A home with a registry whose graph takes several requests to send."""
    registry = tmp_path / "large.jsonl"
    lines = PURESCRIPT.read_text("utf-8").splitlines(keepends=True)
    registry.write_text("".join(lines[:200]), "utf-8")
    assert ggen("config", "set", "registries.large", registry).code == 0
    return ggen


def on_server(server: Server, scope: str) -> set[str]:
    """The quads that a server has of a scope."""
    return {
        f"{triple} <{graph}>".replace(f'"1"{BOOLEAN}', f'"true"{BOOLEAN}').replace(
            f'"0"{BOOLEAN}', f'"false"{BOOLEAN}'
        )
        for graph in pushed(server, scope)
        for triple in server.construct("CONSTRUCT WHERE { ?s ?p ?o }", [graph])
    }


def here(ggen: Ggen, scope: str) -> set[str]:
    """The quads that the store here has."""
    data = ggen("graph", "export", "--scope", scope).out
    return {str(quad) for quad in parse(data, RdfFormat.N_QUADS)}


def test_a_push_makes_the_server_have_what_is_here(
    project: Ggen, server: Server, engine: Engine
) -> None:
    there = project.having(GGEN_GRAPH=engine.query, GGEN_GRAPH_UPDATE=engine.update)
    identity = project("graph", "export", "--graph", "x", "--json").err
    assert "there is no graph" in identity
    for scope in ("catalog", "project"):
        sent = there("graph", "push", "--scope", scope, "--json")
        assert sent.code == 0, sent.err
        name = iris.CATALOG if scope == "catalog" else project_iri(project)
        assert on_server(server, name) == here(project, scope)
        again = there("graph", "push", "--scope", scope, "--json").json
        assert again["sent"] == again["removed"] == []
        assert len(again["unchanged"]) == len(sent.json["sent"])


def project_iri(project: Ggen) -> str:
    graphs = project("graph", "status", "--scope", "project", "--json").json["graphs"]
    name: str = graphs[0]["graph"]
    return name.partition("/graph/")[0]


def test_only_what_changed_is_sent_again_and_what_is_gone_is_removed(
    project: Ggen, server: Server, engine: Engine
) -> None:
    there = project.having(GGEN_GRAPH=engine.query)
    assert there("graph", "push").code == 0
    model = project.folder / "model" / "library.ttl"
    model.write_text("<urn:a> <urn:b> <urn:c> .", "utf-8")
    refused = there("graph", "push", "--json")
    assert refused.error["name"] == "usage"
    assert "1 graphs" in refused.error["message"]
    shown = there("graph", "push", "--dry-run")
    assert "would be sent" in shown.out
    assert on_server(server, project_iri(project)) != here(project, "project")
    sent = there("graph", "push", "--yes", "--json").json["sent"]
    assert [one["graph"].rpartition("/")[2] for one in sent] == ["model"]
    assert on_server(server, project_iri(project)) == here(project, "project")
    model.unlink()
    removed = there("graph", "push", "--yes", "--json").json["removed"]
    assert [one.rpartition("/")[2] for one in removed] == ["model"]
    assert on_server(server, project_iri(project)) == here(project, "project")


def updates_until_the_middle(large: Ggen, engine: Engine) -> int:
    """How many updates a push makes until the second batch of its largest graph has arrived."""
    shown = large(
        "graph", "push", "--scope", "catalog", "--to", engine.query, "--dry-run", "--json"
    )
    count = 1  # what is coming
    for one in shown.json["sent"]:
        if one["batches"] > 3:
            return count + 1 + 2
        count += 1 + one["batches"] + 1
    raise AssertionError("no graph takes more than three batches")


def test_a_push_that_was_killed_goes_on_where_it_stopped(
    large: Ggen, server: Server, engine: Engine
) -> None:
    push = ("graph", "push", "--scope", "catalog", "--yes", "--json")
    with Gate(engine, updates_until_the_middle(large, engine), hold=True) as gate:
        process = subprocess.Popen(
            large.command(*push, "--to", gate.url),
            cwd=large.folder,
            env=large.process_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert gate.stopped.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait()
    asked = large.having(GGEN_GRAPH=engine.query)("packs", "list", "--json")
    assert asked.error["name"] == "remote-unavailable"
    assert asked.code == 8
    assert "are being pushed, or that was cut off" in asked.error["message"]
    with Gate(engine) as gate:
        resumed = large(*push, "--to", gate.url)
        assert resumed.code == 0, resumed.err
        # One to say what is coming, the rest of the batches, and one after each count.
        sent = resumed.json["sent"]
        rest = sum(one["batches"] - one["resumed"] + 1 for one in sent)
        cleared = sum(one["resumed"] == 0 for one in sent)
        assert gate.updates == 1 + rest + cleared
    assert max(one["resumed"] for one in sent) == 2
    assert on_server(server, iris.CATALOG) == here(large, "catalog")


def test_a_push_that_was_cut_off_is_an_error_and_goes_on(
    large: Ggen, server: Server, engine: Engine
) -> None:
    with Gate(engine, 5) as gate:
        cut = large("graph", "push", "--scope", "catalog", "--to", gate.url, "--json")
        assert cut.error["name"] == "remote-unavailable"
        assert cut.code == 8
        gate.limit = None
        assert large("graph", "push", "--scope", "catalog", "--to", gate.url).code == 0
    assert on_server(server, iris.CATALOG) == here(large, "catalog")


def test_triples_of_somebody_else_are_found_by_the_count(
    project: Ggen, server: Server, engine: Engine
) -> None:
    there = project.having(GGEN_GRAPH=engine.query)
    with Gate(engine, 3) as gate:  # what is coming, one cleared, its first batch
        assert project("graph", "push", "--to", gate.url).code == 8
    [graph] = [name for name, one in pushed(server, project_iri(project)).items() if one.left == 1]
    server.insert(graph, ["<urn:not> <urn:our> <urn:own> ."])
    wrong = there("graph", "push", "--json")
    assert wrong.error["name"] == "remote-unavailable"
    assert wrong.error["details"]["found"] == wrong.error["details"]["sent"] + 1
    assert there("graph", "push").code == 0
    assert on_server(server, project_iri(project)) == here(project, "project")


READING = (
    "packs list",
    "packs list --sort health --json",
    "packs search base",
    "packs search nothing-like-it",
    "packs show base --json",
    "packs show web-api-starter --variables",
    "packs show no-such-pack --json",
    "packs diff base 1.0.0 1.1.0 --json",
    "packs outdated --all --json",
    "packs plan base --json",
    "packs dependencies base --json",
    "packs why-not base@1.0.0",
)


def test_commands_that_read_say_the_same_from_a_server(project: Ggen, engine: Engine) -> None:
    there = project.having(GGEN_GRAPH=engine.query)
    assert there("graph", "push", "--scope", "catalog").code == 0
    for command in READING:
        local, remote = project(*command.split()), there(*command.split())
        assert (remote.code, remote.out, remote.err) == (local.code, local.out, local.err), command


# Asked of one pack: of all packs at once Virtuoso 7.2.5 finds less, as it loses rows where branches of a
# UNION take their start from a sub-select of several rows.
ASKED_OF = {"catalog/export-pack": ("--param", "name=base")}


def lines(text: str) -> list[list[str]]:
    """Rows and what is joined in a cell, in no order: without ORDER BY there is none."""
    return sorted(sorted(re.split("[ ,]", line)) for line in text.splitlines())


def test_our_queries_find_the_same_on_a_server(project: Ggen, engine: Engine) -> None:
    there = project.having(GGEN_GRAPH=engine.query)
    for scope in ("catalog", "project"):
        assert there("graph", "push", "--scope", scope).code == 0
    asked = [one for one in own_queries() if one.name.partition("/")[0] not in {"remote", "shacl"}]
    for query in asked:
        form = "ntriples" if query.signature.returns == "triples" else "csv"
        words = ("query", query.name, "--format", form, *ASKED_OF.get(query.name, ()))
        local, remote = project(*words), there(*words)
        assert remote.code == local.code == 0, query.name
        assert lines(remote.out) == lines(local.out), query.name


def test_writing_commands_keep_to_the_files(project: Ggen) -> None:
    away = project.having(GGEN_GRAPH="http://127.0.0.1:9/sparql")
    assert away("graph", "sync").code == 0
    assert away("packs", "install").code == 0
    listed = away("packs", "list", "--json")
    assert listed.error["name"] == "remote-unavailable"
    assert listed.code == 8


def test_an_address_that_is_none_is_a_usage_error(project: Ggen) -> None:
    assert project("graph", "push", "--json").error["name"] == "usage"
    assert project("graph", "push", "--to", "nowhere", "--json").error["name"] == "usage"
    asked = project.having(GGEN_GRAPH="http://far.example/sparql")("packs", "list", "--json")
    assert "in the clear" in asked.error["message"]
    named = project.having(GGEN_GRAPH="http://127.0.0.1:9/sparql")(
        "packs", "list", "--registry", "x", "--json"
    )
    assert "--registry" in named.error["message"]
