from __future__ import annotations

from ggen_graph.core.dependencies import DependencyGraph, dot, mermaid, tree_lines

DIAMOND = DependencyGraph(
    roots=(("app", "^1"), ("tool", "*")),
    versions={"app": "1.2.0", "left": "1.0.0", "right": "2.0.0", "base": "3.1.0", "tool": "0.1.0"},
    requires={
        "app": (("left", "^1"), ("right", ">=2")),
        "left": (("base", ">=3.0"),),
        "right": (("left", "*"), ("base", "<4")),
    },
)


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
    shallow = DependencyGraph(
        (("a", ""), ("b", "")),
        {"a": "1.0.0", "b": "1.0.0", "c": "1.0.0"},
        {"a": (("b", "^1"),), "b": (("c", "^1"),)},
    )
    assert list(tree_lines(shallow, depth=1)) == [
        "a 1.0.0",
        "└── b 1.0.0 (^1)",
        "b 1.0.0",
        "└── c 1.0.0 (^1)",
    ]


def test_a_circle_ends() -> None:
    circle = DependencyGraph(
        (("a", ""),), {"a": "1.0.0", "b": "2.0.0"}, {"a": (("b", "^2"),), "b": (("a", "^1"),)}
    )
    assert list(tree_lines(circle)) == [
        "a 1.0.0",
        "└── b 2.0.0 (^2)",
        "    └── a 1.0.0 (^1) (*)",
    ]


def test_a_chain_of_thousands_is_drawn() -> None:
    length = 3_000
    chain = DependencyGraph(
        (("p0", ""),),
        {f"p{n}": "1.0.0" for n in range(length)},
        {f"p{n}": ((f"p{n + 1}", "^1"),) for n in range(length - 1)},
    )
    assert len(list(tree_lines(chain))) == length


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
    assert '  "app" [label="app 1.2.0"];' in drawn
    assert drawn.count(" -> ") == 5
    assert '  "right" -> "base" [label="<4"];' in drawn


def test_what_mermaid_would_read_as_markup_is_spelled_out() -> None:
    drawn = mermaid(DIAMOND)
    assert drawn.splitlines()[0] == "flowchart LR"
    assert '  p0["app 1.2.0"]' in drawn
    assert '  p3 -->|"#lt;4"| p1' in drawn
    assert drawn.count("-->") == 5
