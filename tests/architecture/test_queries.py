"""Every query under `queries/` runs as it is in any tool, says what it is, and has a test as data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from ggen_graph.core.sparql import header as sparql_header
from ggen_graph.graph.queries import slots

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "queries"
TESTS = ROOT / "tests" / "queries"
# Fragments of the SHACL compiler are parts of queries, put together by graph/shapes and tested with it.
QUERIES = sorted(
    path
    for pattern in ("*.rq", "*.ru")
    for path in FOLDER.rglob(pattern)
    if "shacl" not in path.relative_to(FOLDER).parts
)
TYPES = {"iri", "string", "integer", "boolean"}


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def header(path: Path) -> dict[str, Any]:
    """The `#+` lines at the top."""
    return sparql_header(path.read_text("utf-8"), name(path))


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_a_query_lies_at_noun_slash_verb_noun(query: Path) -> None:
    noun, file = query.relative_to(FOLDER).parts
    assert noun.isalpha()
    # What a resolution's proof says is known as `resolution/explain.rq`, as `packs explain` is.
    named = query.stem == "explain" or "-" in query.stem
    assert named, f"{file}: a verb and a noun, as in list-packs"
    assert query.stem == query.stem.lower()


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_a_query_says_what_it_does_takes_and_returns(query: Path) -> None:
    said = header(query)
    constructs = "\nCONSTRUCT" in query.read_text("utf-8")
    assert set(said) <= {"summary", "params", "returns", *(["graph"] if constructs else [])}
    # `graphs/` reads graphs as they are; every other CONSTRUCT is a rule.
    is_rule = constructs and query.parent.name != "graphs"
    assert is_rule == ("graph" in said), "a rule says which graph it adds to"
    assert isinstance(said.get("summary"), str)
    params = said.get("params") or {}
    declared = {" ".join(slot.replace(",", " ").split()) for slot in params}
    in_slots = set(slots(query.read_text("utf-8")))
    # A slot of several variables, `VALUES (?a ?b)`, is declared variable by variable or as `a b`.
    assert declared in (in_slots, {variable for slot in in_slots for variable in slot.split()})
    for slot, kind in params.items():
        for one in re.findall(r"\w+", str(kind)):
            assert one in {*TYPES, "list", "of"}, (
                f"{slot}: {kind} is not one of {sorted(TYPES)} or a list of one"
            )


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_a_query_runs_as_it_is_and_returns_what_it_says(query: Path) -> None:
    text = query.read_text("utf-8")
    if query.suffix == ".ru":
        Store().update(text)
        return
    result = Store().query(text, use_default_graph_as_union=True)
    returns = header(query).get("returns")
    match result:
        case QuerySolutions():
            assert returns == [variable.value for variable in result.variables]
        case QueryBoolean():
            assert returns == "boolean"
        case QueryTriples():
            assert returns == "triples"


@pytest.mark.parametrize("query", QUERIES, ids=name)
def test_a_query_has_a_test_as_data(query: Path) -> None:
    folder = TESTS / query.relative_to(FOLDER).with_suffix("")
    gives_quads = query.suffix == ".ru" or header(query).get("returns") == "triples"
    expected = "expected.trig" if gives_quads else "expected.csv"
    cases = [data.parent for data in folder.rglob("data.trig")]
    assert cases, f"{name(query)}: put data.trig and {expected} into {folder.relative_to(ROOT)}"
    assert all((case / expected).is_file() for case in cases)


def test_a_data_test_has_its_query() -> None:
    known = {query.relative_to(FOLDER).with_suffix("") for query in QUERIES}
    cases = [data.parent.relative_to(TESTS) for data in TESTS.rglob("data.trig")]
    assert not [str(case) for case in cases if not {case, case.parent} & known]
