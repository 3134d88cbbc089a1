"""What the solver chooses, shown by registries as files and by chance."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.solver import (
    Candidate,
    Decision,
    Facts,
    Failure,
    Requirement,
    Solution,
    explain,
    solve,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Faults = Callable[[Facts, Mapping[str, str]], list[str]]
    ToFacts = Callable[[dict[str, Any]], Facts]


def test_a_registry_is_solved_as_its_file_says(
    registry: dict[str, Any], to_facts: ToFacts, faults_of: Faults
) -> None:
    facts, expected = to_facts(registry), registry["expect"]
    answer = solve(facts)
    if isinstance(answer, Failure):
        assert explain(answer) == expected["why"]
    else:
        assert list(answer.releases.items()) == list(expected["releases"].items())
        assert answer.conflicts == expected.get("conflicts", answer.conflicts)
        assert faults_of(facts, answer.releases) == []


def any_solution(facts: Facts, faults_of: Faults) -> dict[str, str] | None:
    """A solution found by trying everything."""
    choices = [
        [None, *(candidate.version for candidate in candidates)]
        for candidates in facts.packs.values()
    ]
    for versions in itertools.product(*choices):
        releases = {
            pack: version
            for pack, version in zip(facts.packs, versions, strict=True)
            if version is not None
        }
        if not faults_of(facts, releases):
            return releases
    return None


def compare_with_trying_everything(
    registries: Any, count: int, faults_of: Faults
) -> tuple[int, int]:
    """How many random registries have a solution, and how many have none."""
    solved = failed = 0
    for _ in range(count):
        facts = registries.small()
        answer = solve(facts)
        if isinstance(answer, Solution):
            assert faults_of(facts, answer.releases) == []
            solved += 1
        else:
            assert any_solution(facts, faults_of) is None, facts
            failed += 1
    return solved, failed


def test_a_solution_is_found_if_and_only_if_there_is_one(
    random_registries: Callable[[int], Any], faults_of: Faults
) -> None:
    solved, failed = compare_with_trying_everything(random_registries(1), 1500, faults_of)
    assert min(solved, failed) > 400


def test_a_solution_of_a_larger_registry_meets_all_that_is_required(
    random_registries: Callable[[int], Any], faults_of: Faults
) -> None:
    registries = random_registries(6)
    taken_back = 0
    for _ in range(600):
        facts = registries.large()
        answer = solve(facts)
        if isinstance(answer, Solution):
            assert faults_of(facts, answer.releases) == []
            taken_back += answer.conflicts
    assert taken_back > 200


@pytest.mark.soak
def test_a_solution_is_found_if_and_only_if_there_is_one_in_many_registries(
    random_registries: Callable[[int], Any], faults_of: Faults
) -> None:
    solved, failed = compare_with_trying_everything(random_registries(2), 30_000, faults_of)
    assert min(solved, failed) > 8_000


def test_the_same_facts_give_the_same_answer(random_registries: Callable[[int], Any]) -> None:
    for _ in range(100):
        facts = random_registries(3).small()
        assert solve(facts) == solve(facts)


def test_a_solution_stays_when_its_releases_are_preferred(
    random_registries: Callable[[int], Any],
) -> None:
    registries = random_registries(4)
    for _ in range(300):
        facts = registries.small()
        answer = solve(facts)
        if isinstance(answer, Failure):
            continue
        locked = answer.releases
        packs = {
            pack: tuple(sorted(each, key=lambda one: one.version != locked.get(pack)))
            for pack, each in facts.packs.items()
        }
        again = solve(Facts(packs, facts.requirements, facts.roots, facts.unknown))
        assert isinstance(again, Solution)
        assert again.releases == locked
        assert again.conflicts == 0


def test_without_a_requirement_what_could_be_solved_still_can(
    random_registries: Callable[[int], Any],
) -> None:
    registries = random_registries(5)
    for _ in range(300):
        facts = registries.small()
        if isinstance(solve(facts), Failure):
            continue
        for kept in itertools.combinations(facts.roots, len(facts.roots) - 1):
            fewer = Facts(facts.packs, facts.requirements, kept, facts.unknown)
            assert isinstance(solve(fewer), Solution)


def test_a_project_that_requires_nothing_gets_nothing() -> None:
    assert solve(Facts({}, (), ())) == Solution({}, (), 0)


def test_a_decision_tells_which_better_candidates_were_ruled_out() -> None:
    facts = Facts(
        {"web": (Candidate("3.0.0", (1,)), Candidate("2.0.0", (1,)), Candidate("1.0.0"))},
        (Requirement("web", "*", ("1.0.0", "2.0.0", "3.0.0")), Requirement("lib", "*", ())),
        (0,),
    )
    assert solve(facts) == Solution(
        {"web": "1.0.0"}, (Decision("web", "1.0.0", ("3.0.0", "2.0.0")),), 0
    )


def test_a_pack_that_is_nowhere_counts_as_unknown_whether_declared_so_or_not() -> None:
    required = (Requirement("lib", "^1", ()),)
    declared = solve(Facts({}, required, (0,), frozenset(("lib",))))
    undeclared = solve(Facts({}, required, (0,)))
    assert declared == undeclared
    assert isinstance(declared, Failure)


@pytest.mark.parametrize("broken", [False, True])
def test_a_chain_of_five_thousand_packs_is_no_deeper_than_one_of_five(
    chain_of: Callable[..., Facts], broken: bool
) -> None:
    answer = solve(chain_of(5000, broken=broken))
    if isinstance(answer, Solution):
        assert not broken
        assert len(answer.releases) == 5000
        assert set(answer.releases.values()) == {"1.1.0"}
    else:
        assert broken
        lines = explain(answer).splitlines()
        assert lines[0].startswith("Because every release of p")
        assert "no registry has nowhere" in lines[-1]


def test_many_conflicts_are_learned_from_rather_than_tried_out() -> None:
    # Ten packs of ten releases, each at odds with the next: 10 ** 10 choices, all wrong.
    packs: dict[str, tuple[Candidate, ...]] = {}
    versions = [f"{major}.0.0" for major in range(10, 0, -1)]
    requirements = [Requirement(f"p{pack}", "*", frozenset(versions)) for pack in range(10)]
    for pack in range(10):
        candidates = []
        for index, version in enumerate(versions):
            requirements.append(
                Requirement(
                    f"p{(pack + 1) % 10}", versions[index - 1], frozenset((versions[index - 1],))
                )
            )
            candidates.append(Candidate(version, (len(requirements) - 1,)))
        packs[f"p{pack}"] = tuple(candidates)
    one_more = Requirement("p0", "10.0.0", frozenset(("10.0.0",)))
    facts = Facts(packs, (*requirements, one_more), (0, 5, len(requirements)))
    solved = solve(facts)
    assert isinstance(solved, Solution)  # ten steps around the ring lead back to 10.0.0
    short = {
        **packs,
        "p9": tuple(Candidate(each.version, (len(requirements) + 1,)) for each in packs["p9"]),
    }
    other = Requirement("p0", "9.0.0", frozenset(("9.0.0",)))
    failure = solve(Facts(short, (*requirements, one_more, other), (0, 5, len(requirements))))
    assert isinstance(failure, Failure)
    assert len(failure.incompatibilities) < 60
