from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import QueryInvalid
from ggen_graph.core.query_cost import is_constant, warnings
from tests.hostile import cases, text_of

ROOT = Path(__file__).parents[2]
SHIPPED = [*(ROOT / "queries").rglob("*.rq"), *(ROOT / "packs").glob("*/queries/**/*.rq")]

# What they are for: a property that belongs to no class belongs to each; each class with all that are above it.
PRODUCT = "nothing joins the patterns of ?property and ?class"
PAIRS = "the path from ?"
MEANT = {
    "packs/docs-site/queries/ancestors.rq": PAIRS,
    "packs/docs-site/queries/declared.rq": PRODUCT,
    "packs/docs-site/queries/sizes.rq": PAIRS,
    "packs/sql-schema/queries/declared.rq": PRODUCT,
    "packs/typescript-models/queries/declared.rq": PRODUCT,
    "packs/web-api-starter/queries/fields.rq": PRODUCT,
}


@pytest.mark.parametrize("path", sorted(SHIPPED), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_query_that_is_shipped_is_warned_of_for_nothing(path: Path) -> None:
    meant = MEANT.get(path.relative_to(ROOT).as_posix())
    found = warnings(path.read_text("utf-8"))
    assert bool(found) == (meant is not None), found
    assert all(meant is not None and warning.startswith(meant) for warning in found)


@pytest.mark.parametrize(
    ("query", "groups"),
    [
        ("SELECT * { ?a a ?b . ?c a ?d }", "?a, ?b and ?c, ?d"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(?a = ?d) }", "?a, ?b, ?c and ?d, ?e, ?f"),
        ("ASK { ?a a <urn:x> OPTIONAL { ?b a <urn:y> } }", "?a and ?b"),
        ("SELECT * { GRAPH ?g { ?a a <urn:x> } GRAPH ?h { ?b a <urn:x> } }", "?a, ?g and ?b, ?h"),
        ("SELECT * { { ?a a <urn:x> } { ?b a <urn:y> } }", "?a and ?b"),
        ("SELECT * { ?a a <urn:x> { ?b a <urn:y> } UNION { ?c a <urn:y> } }", "?a and ?b, ?c"),
        ("SELECT * { ?x ?y ?z FILTER EXISTS { ?a a <urn:x> . ?b a <urn:y> } }", "?a and ?b"),
        ("SELECT (EXISTS { ?a a <urn:x> . ?b a <urn:y> } AS ?e) {}", "?a and ?b"),
        ("CONSTRUCT { ?a ?b ?c } WHERE { ?a a <urn:x> . ?b a ?c }", "?a and ?b, ?c"),
        ("CONSTRUCT WHERE { ?a a <urn:x> . ?b a ?c }", "?a and ?b, ?c"),
        ("SELECT * { ?a a <urn:x> { SELECT ?b (MAX(?c) AS ?m) { ?b ?p ?c } GROUP BY ?b } }", "?a and ?b, ?m"),
        ("SELECT * { ?a a <urn:x> . ?b a <urn:x> . ?c a <urn:x> . ?d a <urn:x> }", "?a and ?b and ?c"),
    ],
)  # fmt: skip
def test_patterns_that_nothing_joins_are_named(query: str, groups: str) -> None:
    (warning,) = warnings(query)
    assert warning.startswith(f"nothing joins the patterns of {groups}: ")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("SELECT * { ?a <urn:p>* ?b }", "?a to ?b"),
        ("SELECT * { ?a (<urn:p>/<urn:q>|^<urn:r>)+ ?b }", "?a to ?b"),
        ("SELECT * { ?s ?p ?o OPTIONAL { ?a !<urn:p>* ?b } }", "?a to ?b"),
        ("ASK { ?s ?p ?o FILTER NOT EXISTS { ?a <urn:p>+ ?b } }", "?a to ?b"),
        ("SELECT * { ?x ?p ?o { SELECT ?x ?b { ?x ?p ?o . ?a <urn:p>* ?b } } }", "?a to ?b"),
    ],
)
def test_a_path_that_begins_anywhere_is_named(query: str, path: str) -> None:
    assert any(
        warning.startswith(f"the path from {path} has any length") for warning in warnings(query)
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "SELECT",
        "SELECT * {}",
        "SELECT * { ?a ?b ?c }",
        "SELECT * { ?a ?b ?c . ?c ?d ?e . ?e ?f ?a }",
        "SELECT * { ?a ?b ?c ; ?d ?e , ?f }",
        "SELECT * { ?a ?b ?c . <urn:x> ?d ?e }",
        "SELECT * { ?a ?b ?c . <urn:x> <urn:p> ?d }",
        "SELECT * { VALUES ?x { 1 2 } ?a ?b ?c }",
        "SELECT * { ?a ?b ?c BIND(1 AS ?d) }",
        "SELECT * { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(?c, ?f) AS ?g) }",
        "SELECT * { { ?a a <urn:x> } UNION { ?b a <urn:y> } }",
        "SELECT * { ?a a <urn:x> MINUS { ?b a <urn:y> } }",
        "SELECT * { ?a a <urn:x> FILTER EXISTS { ?b a <urn:y> } }",
        "SELECT * { ?a a <urn:x> { SELECT (COUNT(*) AS ?n) { ?b a <urn:y> } } }",
        "SELECT * { GRAPH ?g { ?a a ?b } GRAPH ?g { ?c a ?d } }",
        "SELECT * { <urn:x> <urn:p>* ?b }",
        "SELECT * { ?a <urn:p>+ <urn:x> }",
        "SELECT * { ?a <urn:p>* ?b . ?a a <urn:x> }",
        "SELECT * { ?a a <urn:x> { SELECT DISTINCT ?a ?b { ?a <urn:p>* ?b } } }",
        "SELECT (?a * ?b AS ?c) { <urn:x> ?a ?b }",
        "CONSTRUCT { ?a a <urn:x> . ?b a <urn:y> } WHERE { ?a ?p ?b }",
        "SELECT * { ?a ?p ?o",
        "SELECT * } { {",
    ],
)
def test_a_query_that_is_not_slow_by_its_form_is_not_warned_of(query: str) -> None:
    assert warnings(query) == []


def test_the_same_is_said_once() -> None:
    part = "FILTER EXISTS { ?a a <urn:x> . ?b a <urn:y> }"
    assert len(warnings(f"SELECT * {{ ?s ?p ?o {part} {part} }}")) == 1


def test_a_long_query_is_judged_in_good_time() -> None:
    """Each of these took minutes where the parts of a group were compared with each other."""
    many = 20_000
    assert (
        len(warnings("SELECT * { " + "".join(f"?a{n} a ?b{n} . " for n in range(many)) + "}")) == 1
    )
    assert (
        warnings("SELECT * { " + "".join(f"?a{n} a ?a{n + 1} . " for n in range(many)) + "}") == []
    )
    assert warnings("SELECT * { " + "{} " * many + "}") == []


def test_hostile_texts_are_judged_without_an_error() -> None:
    judged = 0
    for case in [*cases("refused"), *cases("allowed"), *cases("invalid")]:
        with suppress(QueryInvalid):
            assert isinstance(warnings(text_of(case)), list)
            assert isinstance(is_constant(text_of(case)), bool)
            judged += 1
    assert judged > 200


@pytest.mark.parametrize(
    ("query", "constant"),
    [
        ("SELECT * { ?s ?p ?o }", True),
        ("SELECT * { ?now ?uuid 'NOW()' } # RAND()", True),
        ("PREFIX now: <urn:x> SELECT * { ?s now:rand ?o }", True),
        ("SELECT (NOW() AS ?x) {}", False),
        ("SELECT (rand() AS ?x) {}", False),
        ("SELECT * { BIND(StrUUID() AS ?x) }", False),
        ("SELECT * { ?s ?p ?o FILTER(?o < UUID()) }", False),
        ("SELECT (BNODE() AS ?x) {}", False),
        ("SELECT * { SERVICE <http://e/> {} }", False),
    ],
)
def test_what_changes_from_time_to_time_is_not_constant(query: str, constant: bool) -> None:
    assert is_constant(query) is constant
