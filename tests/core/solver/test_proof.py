"""A proof is checked without the solver's word: step by step, and by its premises alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ggen_graph.core.solver import Derived, Fact, Facts, Failure, Solution, Term, solve
from ggen_graph.core.solver.proof import faults_in, premises
from ggen_graph.core.solver.term import everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def failures(random_registries: Callable[[int], Any], seed: int, count: int) -> Iterator[Failure]:
    registries = random_registries(seed)
    while count:
        answer = solve(registries.large())
        if isinstance(answer, Failure):
            count -= 1
            yield answer


def test_every_proof_of_a_file_holds(
    registry: dict[str, Any], to_facts: Callable[[dict[str, Any]], Facts]
) -> None:
    answer = solve(to_facts(registry))
    if isinstance(answer, Failure):
        assert list(faults_in(answer)) == []


def test_every_proof_by_chance_holds(random_registries: Callable[[int], Any]) -> None:
    for failure in failures(random_registries, 5, 400):
        assert list(faults_in(failure)) == []


def test_a_proof_that_lacks_a_premise_does_not_hold(
    random_registries: Callable[[int], Any],
) -> None:
    """A premise that is taken away is replaced by one that says nothing."""
    tried = 0
    for failure in failures(random_registries, 6, 60):
        for index, each in enumerate(failure.incompatibilities):
            if isinstance(each.cause, Fact) and len(failure.incompatibilities) > 1:
                tried += 1
                assert list(faults_in(without(failure, index)))
    assert tried > 200


def without(failure: Failure, index: int) -> Failure:
    steps = list(failure.incompatibilities)
    steps[index] = steps[index]._replace(
        terms=tuple(Term(term.pack, 0) for term in steps[index].terms)
    )
    return replace(failure, incompatibilities=tuple(steps))


def test_a_step_that_says_more_than_its_causes_is_found(
    random_registries: Callable[[int], Any],
) -> None:
    tried = 0
    for failure in failures(random_registries, 7, 200):
        for index, each in enumerate(failure.incompatibilities):
            if not isinstance(each.cause, Derived) or not each.terms:
                continue
            first, *rest = each.terms
            every = everything(len(failure.packs[first.pack]))
            missing = every & ~first.mask
            if missing:
                wider = Term(first.pack, every)
                steps = list(failure.incompatibilities)
                steps[index] = each._replace(terms=(wider, *rest))
                wrong = list(faults_in(replace(failure, incompatibilities=tuple(steps))))
                tried += 1
                assert f"step {index + 1} does not follow from its causes" in wrong
    assert tried > 100


def test_premises_that_can_be_met_prove_nothing() -> None:
    failure = Failure.from_record(
        {
            "packs": {"a": ["1.0.0"]},
            "incompatibilities": [
                {
                    "terms": [{"pack": "a", "is_not": ["1.0.0"]}],
                    "cause": {
                        "kind": "required",
                        "of": "",
                        "wanted": [{"pack": "a", "range": "*"}],
                        "supply": "some",
                    },
                },
                {"terms": [], "cause": {"kind": "derived", "from": [0, 0]}},
            ],
            "root": 1,
        }
    )
    assert list(faults_in(failure)) == [
        "step 2 does not follow from its causes",
        "the premises alone can all be met",
    ]
    assert isinstance(solve(premises(failure)), Solution)


def test_a_premise_is_about_one_requirement() -> None:
    premise = {
        "terms": [
            {"pack": "a", "is": ["1.0.0"]},
            {"pack": "b", "is": ["1.0.0"]},
            {"pack": "c", "is_not": []},
        ],
        "cause": {
            "kind": "required",
            "of": "a",
            "wanted": [{"pack": "c", "range": "*"}],
            "supply": "unknown",
        },
    }
    failure = Failure.from_record(
        {
            "packs": {"a": ["1.0.0"], "b": ["1.0.0"], "c": []},
            "incompatibilities": [premise],
            "root": 0,
        }
    )
    assert "step 1 is about more than a requirement" in list(faults_in(failure))
