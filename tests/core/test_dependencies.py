from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.dependencies import (
    DependencyGraph,
    Wanted,
    connect,
    dot,
    mermaid,
    size_text,
    tree_lines,
)
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.solver.order import levels

APP, LEFT, RIGHT = (
    ReleaseId("app", "1.2.0"),
    ReleaseId("left", "1.0.0"),
    ReleaseId("right", "2.0.0"),
)
BASE, TOOL = ReleaseId("base", "3.1.0"), ReleaseId("tool", "0.1.0")

DIAMOND = connect(
    [("app", "^1"), ("tool", "*")],
    {
        APP: [("left", "^1"), ("right", ">=2")],
        LEFT: [("base", ">=3.0")],
        RIGHT: [("left", "*"), ("base", "<4")],
        BASE: [],
        TOOL: [],
    },
)

OLD, NEW = ReleaseId("base", "1.4.0"), ReleaseId("base", "2.0.0")
SIDE_BY_SIDE = connect(
    [("app", "^1"), ("base", ">=1")],
    {APP: [("left", "^1"), ("base", "^2")], LEFT: [("base", "^1")], NEW: [], OLD: []},
)


def chain(length: int) -> DependencyGraph:
    """Packs that each require the next."""
    packs = [ReleaseId(f"p{number}", "1.0.0") for number in range(length)]
    below = [[(pack.name, "^1")] for pack in packs[1:]]
    return connect([("p0", "*")], dict(zip(packs, [*below, []], strict=True)))


def circle(length: int) -> DependencyGraph:
    """Packs that each require the next, the last the first."""
    packs = [ReleaseId(f"p{number}", "1.0.0") for number in range(length)]
    asks = {pack: [(packs[(at + 1) % length].name, "^1")] for at, pack in enumerate(packs)}
    return connect([("p0", "*")], asks)


def test_a_tree_shows_each_part_once() -> None:
    assert list(tree_lines(DIAMOND)) == [
        "app 1.2.0 (^1)",
        "├── left 1.0.0 (^1)",
        "│   └── base 3.1.0 (>=3.0)",
        "└── right 2.0.0 (>=2)",
        "    ├── left 1.0.0 (any version) (*)",
        "    └── base 3.1.0 (<4)",
        "tool 0.1.0 (any version)",
    ]


def test_a_tree_goes_as_deep_as_is_asked_for() -> None:
    assert list(tree_lines(DIAMOND, depth=0)) == ["app 1.2.0 (^1)", "tool 0.1.0 (any version)"]
    assert len(list(tree_lines(DIAMOND, depth=1))) == 4


def test_what_was_cut_off_by_depth_is_no_repetition() -> None:
    packs = {ReleaseId("a", "1.0.0"): [("b", "^1")], ReleaseId("b", "1.0.0"): [("c", "^1")]}
    shallow = connect([("a", "1.0.0"), ("b", "*")], {**packs, ReleaseId("c", "1.0.0"): []})
    assert list(tree_lines(shallow, depth=1)) == [
        "a 1.0.0 (1.0.0)",
        "└── b 1.0.0 (^1)",
        "b 1.0.0 (any version)",
        "└── c 1.0.0 (^1)",
    ]


def test_a_circle_ends() -> None:
    assert list(tree_lines(circle(2))) == [
        "p0 1.0.0 (any version)",
        "└── p1 1.0.0 (^1)",
        "    └── p0 1.0.0 (^1) (*)",
    ]


def test_a_chain_of_thousands_is_drawn() -> None:
    assert len(list(tree_lines(chain(3_000)))) == 3_000


def test_seen_from_one_pack_a_graph_tells_who_requires_it() -> None:
    assert list(tree_lines(DIAMOND.inverted("base"), inverted=True)) == [
        "base 3.1.0",
        "├── left 1.0.0 (requires it as >=3.0)",
        "│   ├── app 1.2.0 (requires it as ^1)",
        "│   └── right 2.0.0 (requires it as any version)",
        "│       └── app 1.2.0 (requires it as >=2)",
        "└── right 2.0.0 (requires it as <4) (*)",
    ]


def test_drawing_programs_get_every_pack_and_every_requirement() -> None:
    drawn = dot(DIAMOND)
    assert drawn.startswith("digraph dependencies {")
    assert drawn.endswith("}")
    assert '  "app@1.2.0" [label="app 1.2.0"];' in drawn
    assert drawn.count(" -> ") == 5
    assert '  "right@2.0.0" -> "base@3.1.0" [label="<4"];' in drawn


def test_what_mermaid_would_read_as_markup_is_spelled_out() -> None:
    drawn = mermaid(DIAMOND)
    assert drawn.splitlines()[0] == "flowchart LR"
    assert '  p0["app 1.2.0"]' in drawn
    assert '  p3 -->|"#lt;4"| p1' in drawn
    assert drawn.count("-->") == 5


# -- two releases of one pack


def test_two_releases_of_a_pack_are_two_parts_of_a_tree() -> None:
    assert list(tree_lines(SIDE_BY_SIDE)) == [
        "app 1.2.0 (^1)",
        "├── left 1.0.0 (^1)",
        "│   └── base 1.4.0 (^1)",
        "└── base 2.0.0 (^2)",
        "base 2.0.0 (>=1)",
    ]


def test_two_releases_of_a_pack_are_drawn_apart() -> None:
    assert '"left@1.0.0" -> "base@1.4.0"' in dot(SIDE_BY_SIDE)
    assert '"app@1.2.0" -> "base@2.0.0"' in dot(SIDE_BY_SIDE)
    assert '  p1["base 1.4.0"]\n  p2["base 2.0.0"]' in mermaid(SIDE_BY_SIDE)


def test_who_requires_a_pack_is_told_of_each_of_its_releases() -> None:
    assert list(tree_lines(SIDE_BY_SIDE.inverted("base"), inverted=True)) == [
        "base 1.4.0",
        "└── left 1.0.0 (requires it as ^1)",
        "    └── app 1.2.0 (requires it as ^1)",
        "base 2.0.0",
        "└── app 1.2.0 (requires it as ^2)",
    ]


def test_what_is_recorded_says_which_release_was_chosen_where_a_range_admits_several() -> None:
    packs = {APP: [("base", "*")], OLD: [], NEW: []}
    assert connect([], packs).requires[APP] == (Wanted("*", NEW),)
    assert connect([], packs, {APP: {OLD}}).requires[APP] == (Wanted("*", OLD),)


def test_a_range_that_admits_none_of_what_was_chosen_means_the_newest() -> None:
    assert connect([("base", "^9")], {OLD: [], NEW: []}).roots == (Wanted("^9", NEW),)


def test_what_is_asked_of_packs_that_were_not_chosen_is_left_out() -> None:
    graph = connect([("gone", "*")], {APP: [("gone", "^1")]})
    assert (graph.roots, graph.requires) == ((), {APP: ()})


# -- sizes and levels


def test_a_size_is_told_once_and_one_that_nobody_knows_is_a_question_mark() -> None:
    graph = DependencyGraph(DIAMOND.roots, DIAMOND.requires, {APP: 999, LEFT: 12_345})
    assert list(tree_lines(graph, sizes=True))[:5] == [
        "app 1.2.0 (^1) [999 B]",
        "├── left 1.0.0 (^1) [12.3 kB]",
        "│   └── base 3.1.0 (>=3.0) [?]",
        "└── right 2.0.0 (>=2) [?]",
        "    ├── left 1.0.0 (any version) (*)",
    ]
    assert graph.total() == "5 packs in 4 levels, 13.3 kB and 3 of unknown size"


def test_the_total_is_in_words() -> None:
    alone = connect([], {TOOL: []})
    assert alone.total() == "1 pack in 1 level, of unknown size"
    assert DependencyGraph((), alone.requires, {TOOL: 0}).total() == "1 pack in 1 level, 0 B"
    assert connect([], {}).total() == "0 packs in 0 levels"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
     (5_000_000_000, "5.0 GB"), (9 * 10**18, "9000000.0 TB"), (None, "?")],
)  # fmt: skip
def test_a_size_is_rounded_for_people(size: int | None, text: str) -> None:
    assert size_text(size) == text


def test_a_level_requires_only_what_is_of_earlier_ones() -> None:
    assert DIAMOND.levels() == {BASE: 1, LEFT: 2, RIGHT: 3, APP: 4, TOOL: 1}


@given(st.lists(st.sets(st.integers(0, 30)), max_size=30))
def test_levels_are_those_in_which_packs_are_installed(drawn: list[set[int]]) -> None:
    asks = {at: {other for other in others if other < at} for at, others in enumerate(drawn)}
    graph = connect(
        [], {ReleaseId(f"p{at}", "1.0.0"): [(f"p{o}", "*") for o in others] for at, others in asks.items()}
    )  # fmt: skip
    expected = levels({f"p{at}": [f"p{other}" for other in others] for at, others in asks.items()})
    found = graph.levels()
    assert {name: at for at, level in enumerate(expected, 1) for name in level} == {
        release.name: level for release, level in found.items()
    }


def test_releases_that_require_each_other_have_levels_too() -> None:
    assert sorted(circle(3).levels().values()) == [1, 2, 3]
    assert len(set(chain(3_000).levels().values())) == 3_000


def test_a_part_of_a_graph_is_what_lies_within_some_steps() -> None:
    part = DIAMOND.within(1)
    assert set(part.requires) == {APP, LEFT, RIGHT, TOOL}
    assert part.requires[RIGHT] == (Wanted("*", LEFT),)
    assert DIAMOND.within(None) == DIAMOND
    assert set(DIAMOND.within(0).requires) == {APP, TOOL}
