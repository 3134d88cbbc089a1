"""Circles among chosen releases, and the order to install them in."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.diagnostics import DependencyCycle
from ggen_graph.core.solver import (
    Candidate,
    Facts,
    Requirement,
    Selection,
    Solution,
    cycle_in,
    levels,
    levels_of_components,
    select,
    solve,
    way_into,
)
from ggen_graph.core.solver.order import components

if TYPE_CHECKING:
    from collections.abc import Callable


def selected(facts: Facts) -> Selection:
    answer = solve(facts)
    assert isinstance(answer, Solution)
    return select(answer, facts)


def named(levels: tuple[tuple[Any, ...], ...]) -> list[list[str]]:
    return [[one.spec for one in level] for level in levels]


@pytest.mark.parametrize(
    ("edges", "cycle"),
    [
        ({}, None),
        ({"a": ["b"], "b": ["c"], "c": []}, None),
        ({"a": ["b", "c"], "b": ["c"]}, None),
        ({"a": ["a"]}, ("a", "a")),
        ({"a": ["b"], "b": ["a"]}, ("a", "b", "a")),
        ({"a": ["b"], "b": ["c", "d"], "c": [], "d": ["b"]}, ("b", "d", "b")),
        ({"a": ["b"], "b": [], "c": ["d"], "d": ["e"], "e": ["c"]}, ("c", "d", "e", "c")),
    ],
)
def test_a_circle_is_given_with_its_whole_path(
    edges: dict[str, list[str]], cycle: tuple[str, ...] | None
) -> None:
    assert cycle_in(edges) == cycle


@pytest.mark.parametrize(
    ("edges", "roots", "way"),
    [
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, "a", "abcb"),
        (
            {"a": ["b", "d"], "b": ["x"], "x": ["c"], "c": ["e"], "d": ["e"], "e": ["c"]},
            "a",
            "adece",
        ),
        ({"a": ["b"], "b": ["a"]}, "b", "bab"),
        ({"a": ["a"]}, "a", "aa"),
        ({"x": [], "a": ["b"], "b": ["c"], "c": ["b"]}, "xa", "abcb"),
        ({"a": ["b"], "b": ["a"]}, "x", "aba"),
    ],
)
def test_the_way_into_a_circle_starts_at_what_was_asked_for(
    edges: dict[str, list[str]], roots: str, way: str
) -> None:
    assert way_into(cycle_in(edges) or (), edges, roots) == tuple(way)


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ({}, ()),
        ({"a": []}, (("a",),)),
        ({"a": ["b"]}, (("b",), ("a",))),
        ({"a": ["b", "c"], "b": ["c"], "c": [], "d": ["c"]}, (("c",), ("b", "d"), ("a",))),
        ({"b": ["a", "a"], "a": []}, (("a",), ("b",))),
    ],
)
def test_a_pack_is_one_level_above_the_highest_it_requires(
    edges: dict[str, list[str]], expected: tuple[tuple[str, ...], ...]
) -> None:
    assert levels(edges) == expected


def test_a_circle_has_no_levels() -> None:
    with pytest.raises(DependencyCycle, match="a -> b -> a") as caught:
        levels({"x": ["a"], "a": ["b"], "b": ["a"]})
    assert caught.value.details == {"cycle": ["a", "b", "a"]}


def test_of_random_edges_either_the_circle_or_the_levels_are_right() -> None:
    draw = random.Random(31)
    circles = 0
    for _ in range(500):
        names = [f"p{number}" for number in range(draw.randint(1, 8))]
        edges = {name: draw.choices(names, k=draw.choice((0, 0, 1, 1, 2))) for name in names}
        cycle = cycle_in(edges)
        if cycle:
            circles += 1
            assert cycle[0] == cycle[-1]
            assert all(b in edges[a] for a, b in itertools.pairwise(cycle))
            assert len(set(cycle)) == len(cycle) - 1
            with pytest.raises(DependencyCycle):
                levels(edges)
        else:
            place = {name: at for at, level in enumerate(levels(edges)) for name in level}
            for name in names:
                assert place[name] == max((place[each] + 1 for each in edges[name]), default=0)
    assert 100 < circles < 400


def reached(edges: dict[str, list[str]], start: str) -> set[str]:
    found: set[str] = set()
    left = [start]
    while left:
        for each in edges[left.pop()]:
            if each not in found:
                found.add(each)
                left.append(each)
    return found


def test_of_random_edges_a_component_is_what_reaches_each_other() -> None:
    draw = random.Random(32)
    circles = 0
    for _ in range(500):
        names = [f"p{number}" for number in range(draw.randint(1, 9))]
        edges = {name: draw.choices(names, k=draw.choice((0, 1, 1, 2))) for name in names}
        ways = {name: reached(edges, name) for name in names}
        together = {name: set(part) for part in components(edges) for name in part}
        for name in names:
            assert together[name] == {name} | {each for each in ways[name] if name in ways[each]}
        place = {name: at for at, level in enumerate(levels_of_components(edges)) for name in level}
        assert set(place) == set(names)
        for name in names:
            assert all(place[each] < place[name] or each in together[name] for each in edges[name])
        circles += any(len(part) > 1 for part in together.values())
    assert 100 < circles < 400


def test_chosen_releases_are_installed_after_what_they_require() -> None:
    facts = Facts(
        {
            "web": (Candidate("2.0.0", (1, 2, 3)), Candidate("1.0.0")),
            "lib": (Candidate("1.0.0", (2,)),),
            "base": (Candidate("1.0.0"),),
        },
        (
            Requirement("web", "^2", ("2.0.0",)),
            Requirement("lib", "*", ("1.0.0",)),
            Requirement("base", "*", ("1.0.0",)),
            Requirement("lib", "^1", ("1.0.0",)),
        ),
        (0,),
    )
    edges = selected(facts).edges()
    assert {one.spec: [each.spec for each in some] for one, some in edges.items()} == {
        "web@2.0.0": ["lib@1.0.0", "base@1.0.0"],
        "lib@1.0.0": ["base@1.0.0"],
        "base@1.0.0": [],
    }
    assert named(levels(edges)) == [["base@1.0.0"], ["lib@1.0.0"], ["web@2.0.0"]]
    assert cycle_in(edges) is None


def test_releases_that_require_each_other_are_found_among_the_chosen() -> None:
    facts = Facts(
        {"egg": (Candidate("1.0.0", (1,)),), "hen": (Candidate("1.0.0", (0,)),)},
        (Requirement("egg", "*", ("1.0.0",)), Requirement("hen", "*", ("1.0.0",))),
        (0,),
    )
    edges = selected(facts).edges()
    assert [one.spec for one in cycle_in(edges) or ()] == ["egg@1.0.0", "hen@1.0.0", "egg@1.0.0"]
    with pytest.raises(DependencyCycle):
        levels(edges)
    assert named(levels_of_components(edges)) == [["egg@1.0.0", "hen@1.0.0"]]


def test_a_chain_of_five_thousand_has_five_thousand_levels(chain_of: Callable[..., Any]) -> None:
    facts = chain_of(5000, broken=False)
    edges = selected(facts).edges()
    assert cycle_in(edges) is None
    assert len(levels(edges)) == len(levels_of_components(edges)) == 5000
