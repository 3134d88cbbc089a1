"""`ggen graph infer`: what follows from the graph, kept up to date beside it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.diagnostics import Busy, NotPermitted
from ggen_graph.edges.config import home
from ggen_graph.edges.locks import exclusive
from ggen_graph.graph import infer
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.workflows import infer as workflow
from ggen_graph.workflows.graphs import sync
from ggen_graph.workflows.inferences import write_requests

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ggen_graph.graph.infer import Request
    from ggen_graph.graph.sync import SyncReport
    from ggen_graph.workflows.graphs import Target
    from tests.cli.conftest import Ggen

MODEL = """
@prefix : <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Dog rdfs:subClassOf :Animal . :rex a :Dog .
"""


@pytest.fixture
def zoo(project: Ggen) -> Ggen:
    """A project with a model from which something follows."""
    model = project.folder / "model"
    for file in model.iterdir():
        file.unlink()
    (model / "zoo.ttl").write_text(MODEL, "utf-8")
    return project


def inferred(project: Ggen, name: str = "inferred") -> list[str]:
    """The lines of an inferred graph; none if there is none."""
    graphs = project("graph", "status", "--json").json["graphs"]
    found = [one["graph"] for one in graphs if one["graph"].endswith(f"/{name}")]
    if not found:
        return []
    out = project("graph", "export", "--format", "ntriples", "--graph", found[0]).out
    return sorted(out.splitlines())


def of_model(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("<http://example.org/")]


def test_what_follows_is_in_a_graph_that_says_where_it_is_from(zoo: Ggen) -> None:
    done = zoo("graph", "infer", "--json").json
    assert done["triples"] == 1
    assert done["engine"] == "rules"
    [model] = done["from"]
    assert model.endswith("/graph/model")
    lines = inferred(zoo)
    assert of_model(lines) == [
        f"<http://example.org/rex> <{PREFIXES['rdf']}type> <http://example.org/Animal> ."
    ]
    about = "\n".join(lines)
    assert f"<http://www.w3.org/ns/prov#used> <{model}>" in about
    assert '<http://ggen.io/ontology#inferenceEngine> "ggen"' in about
    assert '<http://ggen.io/ontology#appliedRule> "inherit-types"' in about


def test_it_is_made_anew_with_the_model_and_never_stale(zoo: Ggen) -> None:
    zoo("graph", "infer")
    (zoo.folder / "model" / "zoo.ttl").write_text(MODEL.replace(":rex", ":tom"), "utf-8")
    stale = zoo("graph", "status", "--json").json["stale"]
    assert stale == ["model", "inferred"]
    assert zoo("graph", "sync").out == "replaced model\nreplaced inferred\n"
    [line] = of_model(inferred(zoo))
    assert line.startswith("<http://example.org/tom>")
    assert zoo("graph", "sync").out == "nothing changed\n"
    (zoo.folder / "model" / "zoo.ttl").unlink()
    zoo("graph", "sync")
    assert of_model(inferred(zoo)) == []


def test_a_rebuild_makes_the_same_quads_again(zoo: Ggen) -> None:
    zoo("graph", "infer")
    zoo("graph", "infer", "--owl-rl")
    before = zoo("graph", "export").out
    assert zoo("graph", "rebuild").code == 0
    assert zoo("graph", "export").out == before
    shutil.rmtree(zoo.folder / ".ggen" / "graph")
    assert zoo("graph", "export").out == before


def test_owl_2_rl_is_asked_for_beside_our_rules(zoo: Ggen) -> None:
    zoo("graph", "infer")
    by = {}
    for engine in ("reasonable", "owlrl"):
        assert zoo("graph", "infer", "--owl-rl", "--engine", engine).code == 0
        lines = inferred(zoo, "owl-rl")
        assert f'inferenceEngine> "{engine} ' in "\n".join(lines)
        by[engine] = of_model(lines)
    assert by["reasonable"] == by["owlrl"] == of_model(inferred(zoo))


def test_a_dry_run_counts_and_keeps_nothing(zoo: Ggen) -> None:
    assert zoo("graph", "infer", "--dry-run").out == "1 triples would follow\n"
    assert inferred(zoo) == []
    assert not (zoo.folder / ".ggen" / "inference.json").exists()


def test_clear_removes_it_for_good(zoo: Ggen) -> None:
    zoo("graph", "infer")
    zoo("graph", "infer", "--owl-rl")
    assert zoo("graph", "infer", "--clear").out == "removed what was inferred\n"
    assert inferred(zoo) == inferred(zoo, "owl-rl") == []
    assert zoo("graph", "infer", "--clear").out == "nothing was inferred\n"
    zoo("graph", "rebuild")
    assert inferred(zoo) == []


def test_graphs_are_named(zoo: Ggen) -> None:
    graphs = [one["graph"] for one in zoo("graph", "status", "--json").json["graphs"]]
    lock = next(name for name in graphs if name.endswith("/graph/lock"))
    done = zoo("graph", "infer", "--graph", lock, "--json").json
    assert done["from"] == [lock]
    assert done["triples"] == 0
    (zoo.folder / "model" / "zoo.ttl").write_text(MODEL.replace(":rex", ":tom"), "utf-8")
    assert zoo("graph", "sync").out == "replaced model\n"
    zoo("graph", "infer")
    for wrong in ("urn:no", next(n for n in graphs if n.endswith("model")) + "x", done["graph"]):
        assert zoo("graph", "infer", "--graph", wrong, "--json").error["name"] == "usage"


def test_what_is_too_much_changes_nothing(zoo: Ggen, monkeypatch: pytest.MonkeyPatch) -> None:
    zoo("graph", "infer")
    before = zoo("graph", "export").out
    monkeypatch.setattr(infer, "MOST", 0)
    assert zoo("graph", "infer", "--owl-rl", "--json").error["name"] == "inference-too-large"
    assert zoo("graph", "export").out == before
    # What was asked for before and has grown too large since is left out, and that is said.
    (zoo.folder / "model" / "zoo.ttl").write_text(MODEL.replace(":rex", ":tom"), "utf-8")
    synced = zoo("graph", "sync")
    assert synced.code == 0
    assert "note: inferred: left out: more than 0 triples follow" in synced.err
    assert inferred(zoo) == []


@pytest.mark.parametrize("fault", [NotPermitted("no"), KeyboardInterrupt()], ids=["no", "^C"])
def test_what_could_not_be_synced_was_not_asked(
    zoo: Ggen, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    zoo("graph", "infer")
    file = zoo.folder / ".ggen" / "inference.json"
    before = file.read_bytes()
    syncs: list[bytes] = []

    def cut_off(of: Target) -> SyncReport:
        syncs.append(file.read_bytes())
        if len(syncs) == 2:
            raise fault
        return sync(of)

    monkeypatch.setattr(workflow, "sync", cut_off)
    assert zoo("graph", "infer", "--owl-rl").code != 0
    assert len(syncs) == 2
    assert syncs[1] != before
    assert file.read_bytes() == before


@pytest.mark.parametrize("scope", ["project", "catalog"])
@pytest.mark.parametrize("option", [(), ("--clear",)])
def test_requests_are_changed_by_one_at_a_time(
    zoo: Ggen, monkeypatch: pytest.MonkeyPatch, scope: str, option: tuple[str, ...]
) -> None:
    folder = zoo.folder / ".ggen" if scope == "project" else home().path
    refused: list[Busy] = []

    def write(path: Path, requests: Iterable[Request]) -> None:
        with pytest.raises(Busy) as caught, exclusive(folder / "lock", "it", wait=False):
            pass
        refused.append(caught.value)
        write_requests(path, requests)

    monkeypatch.setattr(workflow, "write_requests", write)
    assert zoo("graph", "infer", "--scope", scope, *option).code == 0
    assert len(refused) == 1


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"schema": 2, "requests": []}', '{"schema": 1, "requests": [{}]}', '{"schema": 1, "requests": [{"engine": "cwm", "graphs": []}]}', '{"schema": 1, "requests": [{"engine": "rules", "graphs": [1]}]}', "[" * 100_000, "\x00\xff"],
    ids=str,
)  # fmt: skip
def test_a_request_that_is_wrong_is_left_out_and_named(zoo: Ggen, text: str) -> None:
    file = zoo.folder / ".ggen" / "inference.json"
    file.write_text(text, "utf-8")
    synced = zoo("graph", "sync")
    assert synced.code == 0
    assert "left out: inference.json: it does not say what to infer" in synced.err
    assert zoo("graph", "infer").code == 0
    assert json.loads(file.read_text("utf-8"))["requests"] == [{"engine": "rules", "graphs": []}]
    assert len(of_model(inferred(zoo))) == 1


def test_options_that_do_not_go_together_are_refused(zoo: Ggen) -> None:
    assert zoo("graph", "infer", "--engine", "owlrl", "--json").error["name"] == "usage"
    assert zoo("graph", "infer", "--clear", "--owl-rl", "--json").error["name"] == "usage"


def test_commands_say_the_same_of_a_catalog_with_inferences(ggen: Ggen) -> None:
    commands: tuple[tuple[str, ...], ...] = (
        ("packs", "list", "--json"),
        ("packs", "show", "web-api-starter", "--json"),
        ("packs", "plan", "web-api-starter", "--json"),
    )

    def said() -> list[Any]:
        return [ggen(*command).json for command in commands]

    before = said()
    for option in ((), ("--owl-rl",)):
        done = ggen("graph", "infer", "--scope", "catalog", *option, "--json").json
        assert done["triples"] > 0
        assert said() == before
    asked = ggen(
        "packs",
        "sparql",
        "--query",
        "SELECT DISTINCT ?x WHERE { ?x a doap:Project }",
        "--format",
        "csv",
    )
    assert "pack/web-api-starter" in asked.out
    assert ggen("graph", "infer", "--scope", "catalog", "--clear").code == 0
