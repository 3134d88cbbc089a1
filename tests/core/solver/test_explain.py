"""Explanations: which lines are numbered, and how releases are named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.solver import (
    Derived,
    Fact,
    Failure,
    Incompatibility,
    Term,
    Wanted,
    explain,
    solve,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ggen_graph.core.solver import Facts

    ToFacts = Callable[[dict[str, Any]], Facts]


def test_a_line_is_numbered_if_and_only_if_a_later_one_refers_to_it(
    random_registries: Callable[[int], Any],
) -> None:
    registries = random_registries(21)
    numbered = 0
    for _ in range(300):
        answer = solve(registries.large())
        if not isinstance(answer, Failure):
            continue
        told: list[str] = []
        referred: set[str] = set()
        for line in explain(answer).splitlines():
            label = re.match(r"\((\d+)\) ", line)
            cited = set(re.findall(r"(?<!^)\((\d+)\)", line))
            assert cited <= set(told)
            referred |= cited
            if label:
                told.append(label[1])
        assert told == [str(number) for number in range(1, len(told) + 1)]
        assert referred == set(told)
        numbered += bool(told)
    assert numbered > 10


def test_every_explanation_ends_with_the_project(random_registries: Callable[[int], Any]) -> None:
    registries = random_registries(22)
    for _ in range(500):
        answer = solve(registries.small())
        if isinstance(answer, Failure):
            assert explain(answer).endswith("the requirements of the project cannot all be met.")


def only_line(packs: Mapping[str, tuple[str, ...]], *steps: Incompatibility) -> str:
    """The first line about a proof's last step, for a proof that need not prove anything."""
    failure = Failure(packs, steps, len(steps) - 1)
    return explain(failure).splitlines()[-1]


@pytest.mark.parametrize(
    ("mask", "named"),
    [
        (0b000010, "web 5.0.0"),
        (0b000110, "web >=4.0.0"),
        (0b110000, "web <3.0.0"),
        (0b001100, "web >=3.0.0 <5.0.0"),
        (0b010100, "web 2.0.0 || 4.0.0"),
        (0b110010, "web <3.0.0 || 5.0.0"),
    ],
)
def test_releases_are_named_by_the_runs_they_make(mask: int, named: str) -> None:
    packs = {"web": ("5.0.0", "4.0.0", "3.0.0", "2.0.0", "1.0.0")}
    fact = Incompatibility((Term("web", mask),), Fact("web", (Wanted("lib", "^1"),), "unknown"))
    line = only_line(packs, fact, fact, Incompatibility((), Derived(0, 1)))
    assert line.startswith(f"Because {named} requires lib ^1 (no registry has lib)")


def test_releases_are_named_in_the_order_of_versions_even_if_another_is_preferred() -> None:
    packs = {"web": ("2.0.0", "10.0.0", "9.0.0")}
    step = Incompatibility((Term("web", 0b1100),), Fact("web", (Wanted("lib", "^1"),), "unknown"))
    assert "web >=9.0.0 requires" in only_line(
        packs, step, step, Incompatibility((), Derived(0, 1))
    )


def test_versions_that_are_not_semantic_are_taken_as_preferred() -> None:
    packs = {"web": ("late", "middle", "early")}
    step = Incompatibility((Term("web", 0b0110),), Fact("web", (Wanted("lib", ""),), "unknown"))
    line = only_line(packs, step, step, Incompatibility((), Derived(0, 1)))
    assert line.startswith("Because web >=middle requires lib (no registry has lib)")


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ((Term("a", 0b110),), "no release of a can be chosen"),
        ((Term("a", 0b010),), "a 2.0.0 cannot be chosen"),
        ((Term("a", 0b101),), "a 2.0.0 is required"),
        ((Term("a", 0b001),), "a is required"),
        ((Term("a", 0b110), Term("b", 0b001)), "every release of a requires b"),
        ((Term("a", 0b010), Term("b", 0b011)), "a 2.0.0 requires b 1.0.0"),
        ((Term("a", 0b010), Term("b", 0b110)), "a 2.0.0 and b cannot be chosen together"),
        ((Term("a", 0b011), Term("b", 0b001)), "a 1.0.0 or b is required"),
        (
            (Term("a", 0b110), Term("b", 0b100), Term("c", 0b101)),
            "a and b 1.0.0 together require c 2.0.0",
        ),
    ],
)
def test_a_conclusion_says_what_its_terms_exclude(terms: tuple[Term, ...], words: str) -> None:
    packs = dict.fromkeys("abc", ("2.0.0", "1.0.0"))
    fact = Incompatibility((), Fact("", (Wanted("x", "^1"),), "unknown"))
    step = Incompatibility(terms, Derived(0, 1))
    failure = Failure(packs, (fact, fact, step, Incompatibility((), Derived(2, 0))), 3)
    first = explain(failure).splitlines()[0]
    assert first.endswith(f", {words}.")


def test_a_reason_that_was_told_on_the_way_to_another_is_cited_rather_than_told_again() -> None:
    packs = dict.fromkeys("ab", ("1.0.0",))
    lost = Incompatibility((), Fact("", (Wanted("x", "^1"),), "unknown"))
    no_a = Incompatibility((Term("a", 0b10),), Derived(0, 0))
    no_b = Incompatibility((Term("b", 0b10),), Derived(1, 0))
    failure = Failure(packs, (lost, no_a, no_b, Incompatibility((), Derived(2, 1))), 3)
    fact = "x ^1 (no registry has x)"
    end = "the requirements of the project cannot all be met."
    assert explain(failure).splitlines() == [
        f"(1) Because the project requires {fact} and {fact}, no release of a can be chosen.",
        f"    And because the project requires {fact}, no release of b can be chosen.",
        f"    So, because no release of a can be chosen (1), {end}",
    ]


def test_a_long_chain_of_reasons_is_told_without_going_deep(
    chain_of: Callable[..., Facts],
) -> None:
    answer = solve(chain_of(3000, broken=True))
    assert isinstance(answer, Failure)
    assert len(explain(answer).splitlines()) <= 3000
