"""A proof in the graph: what is read back says what was lifted, and proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import NamedNode, Quad, Store

from ggen_graph.core.diagnostics import RecordInvalid
from ggen_graph.core.solver import Candidate, Facts, Failure, Requirement, explain, resolve, solve
from ggen_graph.core.solver.proof import faults_in
from ggen_graph.graph import iris, queries
from ggen_graph.graph.lift import load
from ggen_graph.graph.lift.project import record_nodes
from ggen_graph.graph.proofs import failed_resolutions, read_proof

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = "11111111-2222-4333-8444-555555555555"
GRAPH = "urn:x:records"
WANTED = {"pack": "base", "range": "*"}


def conflict() -> Failure:
    """web 1 and 2 ask for bases that app does not do with."""
    answer = solve(
        Facts(
            {
                "web": (Candidate("2.0.0", (2,)), Candidate("1.0.0", (3,))),
                "app": (Candidate("1.0.0", (4,)),),
                "base": (Candidate("3.0.0"), Candidate("2.0.0"), Candidate("1.0.0")),
            },
            (
                Requirement("web", "*", ("1.0.0", "2.0.0")),
                Requirement("app", "^1", ("1.0.0",)),
                Requirement("base", "3.x", ("3.0.0",)),
                Requirement("base", "2.x", ("2.0.0",)),
                Requirement("base", "1.x", ("1.0.0",)),
            ),
            (0, 1),
        )
    )
    assert isinstance(answer, Failure)
    return answer


def recorded(
    failure: Failure, name: str = "one", at: str = "2026-01-01T00:00:00Z"
) -> dict[str, Any]:
    return {
        "kind": "resolution",
        "id": name,
        "at": at,
        "outcome": "failed",
        "message": "no choice",
        "derivation": failure.to_record(),
    }


def lifted(*records: dict[str, Any]) -> Store:
    store = Store()
    for record in records:
        load(store, GRAPH, record_nodes(PROJECT, record))
    return store


def resolution(name: str) -> str:
    return iris.record(iris.project(PROJECT), "resolution", name)


def test_what_is_read_back_is_the_same_proof() -> None:
    failure = conflict()
    again = read_proof(lifted(recorded(failure)), resolution("one"))
    assert explain(again) == explain(failure)
    assert again == failure
    assert list(faults_in(again)) == []


def test_the_query_prints_what_follows_from_what() -> None:
    store = lifted(recorded(conflict()))
    rows = list(queries.rows(store, "resolution/explain", resolution=[resolution("one")]))
    assert rows[-1]["therefore"].value == "the requirements of the project cannot all be met"
    said = {row["because"].value for row in rows} | {row["and"].value for row in rows}
    assert {"web 2.0.0 requires base 3.x", "web 1.0.0 requires base 2.x"} <= said


def test_the_last_failure_comes_first() -> None:
    store = lifted(
        recorded(conflict(), "b", "2026-01-01T00:00:00Z"),
        recorded(conflict(), "a", "2026-01-02T00:00:00Z"),
    )
    assert [one.iri for one in failed_resolutions(store)] == [resolution("a"), resolution("b")]


def premise_steps(store: Store) -> Iterator[NamedNode]:
    for quad in store.quads_for_pattern(None, NamedNode(iris.GGEN + "wants"), None):
        assert isinstance(quad.subject, NamedNode)
        yield quad.subject


def test_without_any_one_premise_the_graph_proves_nothing() -> None:
    """Whatever a premise says is taken out of the graph: then the rest no longer proves it."""
    whole = lifted(recorded(conflict()))
    premises = list(premise_steps(whole))
    assert len(premises) == 5
    for premise in premises:
        store = Store()
        store.extend(
            Quad(quad.subject, quad.predicate, quad.object, quad.graph_name)
            for quad in whole
            if quad.subject != premise
        )
        try:
            faults = list(faults_in(read_proof(store, resolution("one"))))
        except RecordInvalid:
            continue
        assert faults, premise


def test_without_the_terms_of_any_one_premise_it_is_found_wrong() -> None:
    whole = lifted(recorded(conflict()))
    for premise in premise_steps(whole):
        store = Store()
        store.extend(
            quad
            for quad in whole
            if not (quad.subject == premise and quad.predicate.value.endswith("#hasTerm"))
        )
        assert list(faults_in(read_proof(store, resolution("one")))), premise


def test_a_graph_without_a_proof_has_none_to_read() -> None:
    with pytest.raises(RecordInvalid):
        read_proof(Store(), resolution("one"))


@pytest.mark.parametrize(
    "derivation",
    [
        [],
        {},
        {"packs": {}, "incompatibilities": [{"terms": [{"pack": "a", "is": []}]}], "root": 0},
        {"packs": {"a": ["1"]}, "incompatibilities": [{"terms": [], "cause": {}}], "root": 0},
    ],
)
def test_a_record_that_is_no_proof_is_refused(derivation: Any) -> None:
    record = recorded(conflict()) | {"derivation": derivation}
    with pytest.raises(RecordInvalid, match="derivation"):
        list(record_nodes(PROJECT, record))


@pytest.mark.parametrize(
    "change",
    [
        {"root": 99},
        {"root": "last"},
        {"cause": {"kind": "derived", "from": [0, 99]}},
        {"cause": {"kind": "derived", "from": ["first", 0]}},
        {"cause": {"kind": "assumed"}},
        {"cause": {"kind": "required", "of": "", "wanted": [], "supply": "some"}},
        {"cause": {"kind": "required", "of": "", "wanted": [WANTED], "supply": "plenty"}},
    ],
)
def test_a_proof_that_was_written_by_hand_or_by_another_ggen_is_refused(change: Any) -> None:
    derivation = conflict().to_record()
    if "cause" in change:
        derivation["incompatibilities"][-1] |= change
    else:
        derivation |= change
    with pytest.raises(RecordInvalid, match="derivation"):
        list(record_nodes(PROJECT, recorded(conflict()) | {"derivation": derivation}))


def test_a_premise_that_does_not_say_which_releases_require_is_put_into_words() -> None:
    derivation = conflict().to_record()
    cause = {"kind": "required", "of": "web", "wanted": [WANTED], "supply": "some"}
    derivation["incompatibilities"][-1] |= {"terms": [], "cause": cause}
    nodes = list(record_nodes(PROJECT, recorded(conflict()) | {"derivation": derivation}))
    assert nodes[-1]["conclusion"] == "web requires base"


def test_a_choice_among_majors_reads_the_same_from_the_graph() -> None:
    """There are ten majors, so that their order by spelling is not the one by number."""
    majors = [f"{major}.x" for major in range(11, 0, -1)]
    base = [Candidate(f"{major}.0.0", (2,)) for major in range(11, 0, -1)]
    every = frozenset(each.version for each in base)
    facts = Facts(
        {
            "low": (Candidate("1.0.0", (3,)),),
            "base": tuple(base),
        },
        (
            Requirement("base", ">=2 <=10", every - {"1.0.0", "11.0.0"}),
            Requirement("low", "*", frozenset(("1.0.0",))),
            Requirement("nowhere", "*", frozenset()),
            Requirement("base", "*", every),
        ),
        (0, 1),
    )
    failure = resolve(facts, "merge")
    assert isinstance(failure, Failure)
    assert any(versions == tuple(majors[1:-1]) for versions in failure.packs.values())
    assert explain(read_proof(lifted(recorded(failure)), resolution("one"))) == explain(failure)
