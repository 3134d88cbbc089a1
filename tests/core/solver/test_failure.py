"""A failure is a proof: its facts are the registry's, its steps follow, its record is the whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.solver import (
    Candidate,
    Derived,
    Fact,
    Facts,
    Failure,
    Incompatibility,
    Requirement,
    Term,
    Wanted,
    explain,
    solve,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Registries = Callable[[int], Any]


def failures(
    random_registries: Registries, seed: int, count: int
) -> Iterator[tuple[Facts, Failure]]:
    registries = random_registries(seed)
    while count:
        facts = registries.large() if count % 2 else registries.small()
        answer = solve(facts)
        if isinstance(answer, Failure):
            count -= 1
            yield facts, answer


def resolvents(failure: Failure, first: int, second: int) -> Iterator[dict[str, int]]:
    """What follows from two incompatibilities, for each pack that both are about."""
    one = dict(failure.incompatibilities[first].terms)
    two = dict(failure.incompatibilities[second].terms)
    for pivot in one.keys() & two.keys():
        terms = {pack: one.get(pack, -1) & two.get(pack, -1) for pack in one.keys() | two.keys()}
        everything = (2 << len(failure.packs[pivot])) - 1
        terms[pivot] = one[pivot] | two[pivot]
        if terms[pivot] == everything:
            del terms[pivot]
        yield terms


def stated(facts: Facts, fact: Fact) -> dict[str, int]:
    """The terms that a fact has by its own words, from the registry alone."""

    def mask(pack: str, versions: Any) -> int:
        candidates = facts.packs.get(pack, ())
        return sum(2 << i for i, each in enumerate(candidates) if each.version in versions)

    wanted = [each for each in facts.requirements if Wanted(each.pack, each.range) in fact.wanted]
    target = wanted[0].pack
    every = (2 << len(facts.packs.get(target, ()))) - 1
    unmet = every ^ mask(target, wanted[0].admits)
    if not fact.of:
        return {target: unmet} if unmet != every else {}
    holders = mask(
        fact.of,
        {
            each.version
            for each in facts.packs[fact.of]
            if any(facts.requirements[number] in wanted for number in each.requires)
        },
    )
    if target == fact.of:
        return {target: holders & unmet}
    return {fact.of: holders} | ({target: unmet} if unmet != every else {})


def test_every_fact_is_in_the_registry_and_every_step_follows_from_its_causes(
    random_registries: Registries,
) -> None:
    for facts, failure in failures(random_registries, seed=11, count=400):
        assert failure.incompatibilities[failure.root].terms == ()
        assert failure.root == len(failure.incompatibilities) - 1
        for index, each in enumerate(failure.incompatibilities):
            if isinstance(each.cause, Fact):
                assert dict(each.terms) == stated(facts, each.cause)
            else:
                assert max(each.cause.first, each.cause.second) < index
                assert dict(each.terms) in list(
                    resolvents(failure, each.cause.first, each.cause.second)
                )


def test_the_facts_of_a_failure_suffice_for_it(random_registries: Registries) -> None:
    for facts, failure in failures(random_registries, seed=12, count=200):
        named = {
            (each.cause.of, wanted)
            for each in failure.incompatibilities
            if isinstance(each.cause, Fact)
            for wanted in each.cause.wanted
        }

        def kept(
            of: str, numbers: tuple[int, ...], facts: Facts = facts, named: Any = named
        ) -> Any:
            wanted = [(number, facts.requirements[number]) for number in numbers]
            return tuple(
                number for number, each in wanted if (of, Wanted(each.pack, each.range)) in named
            )

        packs = {
            name: tuple(Candidate(each.version, kept(name, each.requires)) for each in candidates)
            for name, candidates in facts.packs.items()
        }
        fewer = Facts(packs, facts.requirements, kept("", facts.roots), facts.unknown)
        assert isinstance(solve(fewer), Failure)


def test_a_failure_is_the_same_after_a_journey_as_json(random_registries: Registries) -> None:
    for _, failure in failures(random_registries, seed=13, count=200):
        record = json.loads(json.dumps(failure.to_record()))
        again = Failure.from_record(record)
        assert again == failure
        assert explain(again) == explain(failure)


def test_the_record_names_versions_rather_than_bits() -> None:
    facts = Facts(
        {"web": (Candidate("2.0.0", (1,)), Candidate("1.0.0", (1,))), "lib": (Candidate("1.0.0"),)},
        (
            Requirement("web", "^2", ("2.0.0",)),
            Requirement("lib", "^1", ("1.0.0",)),
            Requirement("lib", "^9", ()),
        ),
        (0, 2),
    )
    answer = solve(facts)
    assert isinstance(answer, Failure)
    assert answer.to_record() == {
        "packs": {},
        "incompatibilities": [
            {
                "terms": [],
                "cause": {
                    "kind": "required",
                    "of": "",
                    "wanted": [{"pack": "lib", "range": "^9"}],
                    "supply": "out-of-range",
                },
            }
        ],
        "root": 0,
    }
    first = Incompatibility(
        (Term("web", 0b110), Term("lib", 0b01)), Fact("web", (Wanted("lib", "^1"),), "some")
    )
    second = Incompatibility((Term("web", 0b101),), Fact("", (Wanted("web", "^2"),), "some"))
    third = Incompatibility((), Derived(0, 1))
    packs = {"web": ("2.0.0", "1.0.0"), "lib": ("1.0.0",)}
    record = Failure(packs, (first, second, third), 2).to_record()
    assert [each["terms"] for each in record["incompatibilities"]] == [
        [{"pack": "web", "is": ["2.0.0", "1.0.0"]}, {"pack": "lib", "is_not": ["1.0.0"]}],
        [{"pack": "web", "is_not": ["2.0.0"]}],
        [],
    ]
    assert record["incompatibilities"][2]["cause"] == {"kind": "derived", "from": [0, 1]}


def test_a_record_with_a_version_that_its_pack_has_not_is_refused() -> None:
    step = {
        "terms": [{"pack": "web", "is": ["2.0.0"]}],
        "cause": {"kind": "derived", "from": [0, 0]},
    }
    record = {"packs": {"web": ["1.0.0"]}, "incompatibilities": [step], "root": 0}
    with pytest.raises(ValueError, match="not in"):
        Failure.from_record(record)
