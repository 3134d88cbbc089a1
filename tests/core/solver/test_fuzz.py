"""The solver against a SAT solver, and its proofs proved again; registries by chance.

What holds of a failure: each premise is true of the registry, each other step follows from the two
it names, and the premises alone exclude each other, whatever else the registry has. Nothing stands
in it that its end does not rest on. What does not hold in general is that no premise can be spared:
that is so of some 99 in 100, and the others are none the less proofs.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import nodesemver
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import Store

from ggen_graph.core.names import PackSpec
from ggen_graph.core.solver import (
    Candidate,
    Fact,
    Facts,
    Failure,
    Requirement,
    Solution,
    explain,
    solve,
)
from ggen_graph.graph import iris
from ggen_graph.graph.catalog import CatalogRules, registry_source
from ggen_graph.graph.facts import solver_facts
from tests.core.solver.oracle import are_at_odds, faults, faults_in_proof, is_solvable, premises
from tests.core.solver.random_registries import facts_of, problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.core.solver.random_registries import Problem

SOAKS = range(100, 120)  # each is a test of its own, so that they run side by side


class Tally(NamedTuple):
    """How many problems were solved and how many not, and what the proofs were like."""

    solved: int
    failed: int
    taken_back: int
    minimal: int


def compare_with_a_sat_solver(all_facts: Iterable[Facts]) -> Tally:
    solved = failed = taken_back = minimal = 0
    for facts in all_facts:
        answer = solve(facts)
        assert isinstance(answer, Solution) == is_solvable(facts), facts
        if isinstance(answer, Solution):
            assert faults(facts, answer.releases) == []
            solved += 1
            taken_back += answer.conflicts
        else:
            failed += 1
            minimal += prove_again(facts, answer)
    return Tally(solved, failed, taken_back, minimal)


def prove_again(facts: Facts, failure: Failure) -> bool:
    """Whether no premise of a proof can be spared; that it proves what it says is asserted."""
    record = failure.to_record()
    assert faults_in_proof(facts, record) == []
    stated = premises(record)
    assert are_at_odds(record, stated)
    for printed in printed_premises(failure):
        assert printed in explain(failure)
    return not any(are_at_odds(record, set(stated) - {each}) for each in stated)


def printed_premises(failure: Failure) -> list[str]:
    """How the text names what is required in each premise."""
    facts = [step.cause for step in failure.incompatibilities if isinstance(step.cause, Fact)]
    return [
        f"another release of itself ({fact.wanted[0].range})"
        if fact.of == fact.wanted[0].pack
        else fact.wanted[0].pack
        if fact.wanted[0].range in {"", "*", "latest"}
        else f"{fact.wanted[0].pack} {fact.wanted[0].range}"
        for fact in facts
    ]


def is_varied(tally: Tally) -> bool:
    """Whether neither verdict is rare, some choices had to be taken back, and proofs are to the point."""
    count = tally.solved + tally.failed
    return (
        min(tally.solved, tally.failed) > 0.25 * count
        and tally.taken_back > 0.01 * count
        and tally.minimal > 0.95 * tally.failed
    )


def test_the_verdict_is_a_sat_solver_s_and_every_proof_proves_it() -> None:
    assert is_varied(compare_with_a_sat_solver(map(facts_of, problems(1, 500))))


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAKS)
def test_the_verdict_is_a_sat_solver_s_in_twenty_thousand_registries(seed: int) -> None:
    assert is_varied(compare_with_a_sat_solver(map(facts_of, problems(seed, 1000))))


# Through the graph


@cache
def known_range(text: str) -> nodesemver.Range:
    return nodesemver.make_range(text.replace(",", " ").replace("latest", "*"), loose=False)


@cache
def known_to_admit(text: str, version: str) -> bool:
    """Whether a version is in a range, by node-semver's reading."""
    return bool(known_range(text).test(version))


def facts_from_a_store(problem: Problem) -> Facts:
    """What a catalog in memory answers."""
    store = Store()
    base = iris.registry("fuzz")
    source = registry_source(
        base, "fuzz", 1, (), lambda: ((each, None) for each in problem.releases), lambda: ()
    )
    assert source.load(store, source.graph) == ()
    CatalogRules().after(store, [source.graph])
    roots = [PackSpec(*root) for root in problem.roots]
    return solver_facts(store, roots, tuple(problem.locked.items())).facts


def compare_with_a_sat_solver_through_stores(seed: int, count: int) -> Tally:
    """What the graph says has the verdict, the answer and the candidates that node-semver's reading has."""

    def compared() -> Iterable[Facts]:
        for problem in problems(seed, count):
            found = facts_from_a_store(problem)
            known = facts_of(problem, known_to_admit)
            assert is_solvable(found) == is_solvable(known), problem
            for pack, candidates in found.packs.items():
                versions = [each.version for each in known.packs[pack]]
                assert [each.version for each in candidates] == versions
            answer = solve(found)
            if isinstance(answer, Solution):
                assert faults(known, answer.releases) == []
            yield found

    return compare_with_a_sat_solver(compared())


def test_the_verdict_is_a_sat_solver_s_through_a_graph() -> None:
    assert is_varied(compare_with_a_sat_solver_through_stores(2, 60))


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAKS)
def test_the_verdict_is_a_sat_solver_s_through_two_thousand_graphs(seed: int) -> None:
    assert is_varied(compare_with_a_sat_solver_through_stores(seed + 100, 100))


# Of any facts

VERSIONS = ["4.0.0", "3.0.0", "2.0.0", "1.0.0"]


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Up to five packs of up to four releases, which require whatever they like."""
    names = [f"p{number}" for number in range(draw(st.integers(1, 5)))]
    candidates = {name: draw(st.integers(0, 4)) for name in names}
    requirement = st.builds(
        lambda pack, admits: Requirement(pack, " || ".join(sorted(admits)) or "9.x", admits),
        st.sampled_from([*names, "ghost"]),
        st.frozensets(st.sampled_from(VERSIONS)),
    )
    requirements = tuple(draw(st.lists(requirement, min_size=1, max_size=12)))
    some = st.lists(st.sampled_from(range(len(requirements))), max_size=3).map(tuple)
    packs = {
        name: tuple(Candidate(version, draw(some)) for version in VERSIONS[:count])
        for name, count in candidates.items()
    }
    return Facts(packs, requirements, draw(some))


def solved(facts: Facts) -> Solution:
    answer = solve(facts)
    assume(isinstance(answer, Solution))
    assert isinstance(answer, Solution)
    return answer


MANY = settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much])


@MANY
@given(any_facts(), st.data())
def test_what_could_be_solved_still_can_without_one_of_its_requirements(
    facts: Facts, data: st.DataObject
) -> None:
    solved(facts)
    holders = [
        (name, place)
        for name, candidates in facts.packs.items()
        for place, candidate in enumerate(candidates)
        if candidate.requires
    ]
    assume(holders)
    name, place = data.draw(st.sampled_from(holders))
    candidate = facts.packs[name][place]
    gone = data.draw(st.sampled_from(range(len(candidate.requires))))
    requires = candidate.requires[:gone] + candidate.requires[gone + 1 :]
    candidates = list(facts.packs[name])
    candidates[place] = replace(candidate, requires=requires)
    fewer = replace(facts, packs={**facts.packs, name: tuple(candidates)})
    assert isinstance(solve(fewer), Solution)
    assert isinstance(solve(replace(facts, roots=facts.roots[1:])), Solution)


@MANY
@given(any_facts())
def test_what_was_chosen_is_chosen_again_when_it_is_preferred(facts: Facts) -> None:
    answer = solved(facts)
    preferred = {
        name: tuple(sorted(each, key=lambda one: one.version != answer.releases.get(name)))
        for name, each in facts.packs.items()
    }
    again = solve(replace(facts, packs=preferred))
    assert isinstance(again, Solution)
    assert (again.releases, again.conflicts) == (answer.releases, 0)


@MANY
@given(any_facts())
def test_a_registry_that_says_no_more_than_the_premises_can_t_be_solved_either(
    facts: Facts,
) -> None:
    failure = solve(facts)
    assume(isinstance(failure, Failure))
    assert isinstance(failure, Failure)
    assert isinstance(solve(only_premises(facts, failure)), Failure)


def only_premises(facts: Facts, failure: Failure) -> Facts:
    """Facts in which nothing is required but what a proof states."""
    stated: dict[str, set[tuple[str, str, str]]] = {}
    for step, told in zip(
        failure.incompatibilities, failure.to_record()["incompatibilities"], strict=True
    ):
        if isinstance(step.cause, Fact):
            holders = [each["is"] for each in told["terms"] if each["pack"] == step.cause.of]
            stated.setdefault(step.cause.of, set()).update(
                (version, each.pack, each.range)
                for version in (*holders, [""])[0]
                for each in step.cause.wanted
            )

    def kept(pack: str, version: str, numbers: tuple[int, ...]) -> tuple[int, ...]:
        wanted = ((each, facts.requirements[each]) for each in numbers)
        said = stated.get(pack, set())
        return tuple(each for each, one in wanted if (version, one.pack, one.range) in said)

    packs = {
        name: tuple(
            Candidate(each.version, kept(name, each.version, each.requires)) for each in candidates
        )
        for name, candidates in facts.packs.items()
    }
    return replace(facts, packs=packs, roots=kept("", "", facts.roots))
