from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from ggen_graph.core.diagnostics import QueryInvalid, QueryRefused
from ggen_graph.core.lock.lockfile import Lock, LockedRelease
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph import foreign, iris
from ggen_graph.graph.foreign import Table
from ggen_graph.graph.lift import load
from ggen_graph.graph.lift.project import lock_nodes
from ggen_graph.graph.lift.releases import release_nodes
from ggen_graph.graph.templates import (
    LockedPack,
    LockedTemplate,
    ModelRows,
    QueryUse,
    locked_packs,
    locked_templates,
    pack_queries,
    reached,
)
from ggen_graph.graph.workers import Pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.graph.store import GraphStore

LIFTED = Path(__file__).parents[1] / "data" / "lifted"
BASE = "urn:ggen:registry:lifted/"
FULL = iris.release(BASE, "full", "1.2.3-beta.11")
GREETING = iris.release(BASE, "greeting", "1.2.0")
MODEL = "urn:x:model"
PREFIXES = (("", "http://example.org/"), ("shop", "http://example.org/shop#"))


@pytest.fixture(scope="module")
def store() -> Store:
    """The store of a project that has locked the pack in tests/data/lifted/full, and one it needs."""
    registry = open_registry(LIFTED)
    [record] = registry.releases()
    lock = Lock(
        releases=(
            LockedRelease(
                "full", record.version, BASE, "full", "sha256:1", (), ("greeting@1.2.0",)
            ),
            LockedRelease("greeting", "1.2.0", BASE, "greeting", "sha256:2"),
        )
    )
    store = Store()
    load(store, "urn:x:lock", lock_nodes("p", lock))
    load(store, "urn:x:pack", release_nodes(BASE, record, registry.reader(record)))
    return store


def test_locked_packs_say_on_which_others_they_depend(store: Store) -> None:
    assert locked_packs(store) == {
        FULL: LockedPack("full", "1.2.3-beta.11", FULL, frozenset({GREETING})),
        GREETING: LockedPack("greeting", "1.2.0", GREETING, frozenset()),
    }


def test_a_pack_reaches_what_its_dependencies_depend_on() -> None:
    edges = {"web": {"base", "log"}, "base": {"log"}, "log": {"base"}, "apart": set()}
    locked = {
        name: LockedPack(name, "1.0.0", f"urn:x:{name}", frozenset(on))
        for name, on in edges.items()
    }
    assert reached(locked, "web") == {"base", "log"}
    assert reached(locked, "log") == {"base", "log"}
    assert reached(locked, "apart") == set()


def test_nothing_is_locked_in_an_empty_store() -> None:
    assert locked_packs(Store()) == {}
    assert locked_templates(Store()) == []


def test_a_template_comes_with_all_that_generation_needs(store: Store) -> None:
    found = {template.path: template for template in locked_templates(store)}
    assert list(found) == sorted(found)
    page = found["templates/page.html.tera"]

    def read(name: str) -> str:
        return (LIFTED / "full" / "queries" / name).read_text("utf-8")

    assert page == LockedTemplate(
        iri=f"{FULL}/template/templates/page.html.tera",
        release=FULL,
        pack="full",
        version="1.2.3-beta.11",
        path="templates/page.html.tera",
        to="pages/{{ row.name }}.html",
        engine="tera",
        mode="644",
        for_each="classes",
        key=("class", "name"),
        when="debug",
        unless_exists=True,
        overwrite=False,
        uses=(
            QueryUse("byPath", "queries/count.rq", read("count.rq"), PREFIXES),
            QueryUse("classes", "queries/classes.rq", read("classes.rq"), PREFIXES),
            QueryUse(
                "inline", "templates/page.html.tera", 'SELECT ?x WHERE { ?x ?p "}" }', PREFIXES
            ),
        ),
        prefixes=PREFIXES,
    )
    copied = found["templates/parts/logo.svg"]
    assert (copied.engine, copied.to, copied.uses) == ("copy", "parts/logo.svg", ())
    assert (copied.mode, copied.for_each, copied.key, copied.when) == (None, None, (), None)
    readme = found["templates/README.md.tera"]
    assert (readme.engine, readme.to, readme.overwrite) == ("jinja2", "docs/README.md", True)


def test_a_partial_is_no_template(store: Store) -> None:
    assert not [one.path for one in locked_templates(store) if "_part" in one.path]


def test_the_queries_of_a_locked_pack_are_found_by_name(store: Store) -> None:
    found = pack_queries(store, "full")
    assert [(one.name, one.path) for one in found] == [
        ("about", "queries/about.rq"),
        ("any", "queries/any.rq"),
        ("classes", "queries/classes.rq"),
        ("copy", "queries/copy.rq"),
        ("count", "queries/count.rq"),
    ]
    assert {one.prefixes for one in found} == {PREFIXES}
    assert pack_queries(store, "greeting") == []
    assert pack_queries(store, 'full" } #') == []


# -- rows of the model


@pytest.fixture
def model(graph: GraphStore) -> Iterator[Pool]:
    with graph.write() as draft:
        for number, name in ((1, MODEL), (2, MODEL), (3, "urn:x:facts")):
            subject = NamedNode(f"http://example.org/{number}")
            draft.store.add(
                Quad(subject, NamedNode("http://example.org/n"), Literal(number), NamedNode(name))
            )
    with graph.read() as generation, Pool.on(generation) as pool:
        yield pool


def test_a_template_s_query_sees_the_model_alone(model: Pool) -> None:
    rows = ModelRows(model, MODEL, {"ex": "http://example.org/"})
    found = rows.answer(QueryUse("all", "queries/all.rq", "SELECT ?n WHERE { ?s ex:n ?n }"))
    assert isinstance(found, foreign.Table)
    assert (found.columns, list(found.rows)) == (("n",), [{"n": 1}, {"n": 2}])
    assert rows.answer(QueryUse("any", "queries/any.rq", "ASK { ?s ex:n 3 }")) is False
    assert rows.answer(QueryUse("any", "queries/any.rq", "ASK { GRAPH ?g { ?s ex:n 3 } }")) is True


def test_a_pack_s_prefixes_win_over_the_project_s_in_its_queries(model: Pool) -> None:
    rows = ModelRows(model, MODEL, {"ex": "http://example.org/"})
    text = "ASK { ?s ex:n ?n }"
    assert rows.answer(QueryUse("any", "queries/any.rq", text)) is True
    other = QueryUse("any", "queries/any.rq", text, (("ex", "http://example.org/other#"),))
    assert rows.answer(other) is False


def test_the_triples_of_a_construct_are_rows_in_their_order(model: Pool) -> None:
    rows = ModelRows(model, MODEL, {"ex": "http://example.org/"})
    text = "CONSTRUCT { ?s ex:twice ?twice } WHERE { ?s ex:n ?n BIND(2 * ?n AS ?twice) }"
    found = rows.answer(QueryUse("twice", "queries/twice.rq", text))
    assert isinstance(found, Table)
    assert found.columns == ("subject", "predicate", "object")
    assert found.rows == [
        {
            "subject": f"http://example.org/{number}",
            "predicate": "http://example.org/twice",
            "object": 2 * number,
        }
        for number in (1, 2)
    ]
    assert found.rows[0]["subject"].local == "1"


def test_a_template_knows_the_prefixes_of_its_pack_before_those_of_the_project(
    model: Pool,
) -> None:
    rows = ModelRows(model, MODEL, {"ex": "urn:project", "own": "urn:own"})
    known = rows.prefixes((("ex", "urn:pack"), ("foaf", "urn:foaf")))
    assert (known["ex"], known["own"], known["foaf"]) == ("urn:pack", "urn:own", "urn:foaf")
    assert known["skos"] == "http://www.w3.org/2004/02/skos/core#"


def test_each_query_is_run_once(model: Pool) -> None:
    rows = ModelRows(model, MODEL, {})
    use = QueryUse("all", "queries/all.rq", "SELECT ?s WHERE { ?s ?p ?n }")
    first = rows.answer(use)
    model.close()  # nobody is left to be asked
    assert rows.answer(QueryUse("other", "queries/other.rq", use.text)) is first


def test_a_query_that_is_wrong_is_named_by_its_file(model: Pool) -> None:
    rows = ModelRows(model, MODEL, {})
    with pytest.raises(QueryInvalid, match=r"queries/all\.rq:1:1"):
        rows.answer(QueryUse("all", "queries/all.rq", "SELEC ?s { ?s ?p ?n }"))
    with pytest.raises(
        QueryInvalid, match=r"queries/all\.rq: a template reads SELECT, ASK and CON"
    ):
        rows.answer(QueryUse("all", "queries/all.rq", "DESCRIBE <urn:x:a>"))
    text = "CONSTRUCT { ?s ?p [ ?p ?o ] } WHERE { ?s ?p ?o }"
    with pytest.raises(QueryInvalid, match=r"queries/all\.rq: this CONSTRUCT makes blank nodes"):
        rows.answer(QueryUse("all", "queries/all.rq", text))
    with pytest.raises(QueryRefused, match=r"queries/all\.rq:1:1"):
        rows.answer(QueryUse("all", "queries/all.rq", "DROP ALL"))
