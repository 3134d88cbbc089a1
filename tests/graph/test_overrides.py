"""A user's rules over a catalog, and what they may say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.diagnostics import GgenError, QueryInvalid, QueryRefused
from ggen_graph.graph.facts import Overrides
from ggen_graph.graph.overrides import overrides_of
from tests.graph.catalogs import make_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.workflows.catalog import Catalog

BASE = "urn:ggen:registry:one/pack"
NEWER = """
PREFIX ggen: <http://ggen.io/ontology#>
CONSTRUCT { ?pack ggen:override "^2" } WHERE { ?pack a ggen:Pack ; ggen:name "base" }
"""


def pack(name: str, version: str, needs: dict[str, Any] | None = None) -> Any:
    return {"name": name, "version": version, "dependencies": needs or {}}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    lines = [pack("web", "1.0.0", {"base": "^1"}), pack("base", "1.0.0"), pack("base", "2.0.0")]
    return make_catalog(tmp_path_factory.mktemp("rules"), one=lines)


def made(catalog: Catalog, *rules: str, declared: dict[str, str] | None = None) -> Overrides:
    with catalog.graph.read() as generation:
        named = [(f"rules/{number}.rq", text) for number, text in enumerate(rules)]
        return overrides_of(generation, declared or {}, named)


def construct(triple: str) -> str:
    return f"PREFIX ggen: <http://ggen.io/ontology#>\nCONSTRUCT {{ {triple} }} WHERE {{}}"


def test_without_rules_what_is_declared_counts(catalog: Catalog) -> None:
    assert made(catalog, declared={"base": "^1"}) == Overrides({"base": "^1"})


def test_a_rule_overrides_a_pack_a_requirement_or_a_release(catalog: Catalog) -> None:
    found = made(
        catalog,
        NEWER,
        construct(f'<{BASE}/base/range/%3E%3D1.0.0%20%3C2.0.0> ggen:override "*"'),
        construct(f'<{BASE}/base/1.0.0> ggen:excluded "has a hole"'),
    )
    assert found == Overrides(
        {"base": "^2"},
        {f"{BASE}/base/range/%3E%3D1.0.0%20%3C2.0.0": "*"},
        {f"{BASE}/base/1.0.0": "has a hole"},
    )


def test_a_later_rule_has_the_last_word_and_may_take_back(catalog: Catalog) -> None:
    again = NEWER.replace("^2", "^1")
    assert made(catalog, NEWER, again).packs == {"base": "^1"}
    withdrawn = NEWER.replace("^2", "")
    assert made(catalog, NEWER, withdrawn).packs == {}
    assert made(catalog, withdrawn, declared={"base": "^1"}).packs == {}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("SELECT * WHERE { ?s ?p ?o }", "must be a CONSTRUCT"),
        (construct('<urn:x:y> ggen:override "^1"'), "which is no override"),
        (construct(f'<{BASE}/base> ggen:excluded "no"'), "which is no override"),
        (construct(f'<{BASE}/base/1.0.0> ggen:override "^1"'), "which is no override"),
        (construct(f'<{BASE}/base> ggen:name "x"'), "which is no override"),
        (construct(f"<{BASE}/base> ggen:override <urn:x:y>"), "the other a text"),
        (construct('[] ggen:override "^1"'), "the one must be an IRI"),
        (construct(f'<{BASE}/base> ggen:override "one"'), "is not a"),
        ("CONSTRUCT {", "rules/0.rq"),
        (
            "PREFIX ggen: <http://ggen.io/ontology#>\nINSERT DATA { <urn:x:y> ggen:name 1 }",
            "read only",
        ),
        ("CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }", "SERVICE"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_file(catalog: Catalog, rule: str, said: str) -> None:
    with pytest.raises((QueryInvalid, QueryRefused)) as refused:
        made(catalog, rule)
    error: GgenError = refused.value
    assert error.where is not None
    assert error.where.file == "rules/0.rq"
    assert said in f"{error.message} {error.where}"


def test_rules_change_nothing_in_the_catalog(catalog: Catalog, tmp_path: Path) -> None:
    with catalog.graph.read() as generation:
        before = len(generation.store)
        overrides_of(generation, {}, [("rules/a.rq", NEWER)])
        assert len(generation.store) == before
