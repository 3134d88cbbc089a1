"""The names of blank nodes: the same for the same statements, and for nothing else."""

from __future__ import annotations

from itertools import chain, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad

from ggen_graph.graph.lift.canonical import Statement, TooAlike, names

Statements = list[Statement]

# Few nodes and one or two words make the most that look alike.
GRAPHS = st.integers(1, 6).flatmap(
    lambda size: st.lists(
        st.one_of(
            st.builds(Statement, st.sampled_from("pq"), st.tuples(*[st.integers(0, size - 1)] * 2)),
            st.builds(Statement, st.sampled_from("xy"), st.tuples(st.integers(0, size - 1))),
        ),
        min_size=1,
        max_size=14,
        unique=True,
    )
)


def named(statements: Statements) -> list[tuple[str, ...]]:
    """The statements under their names, the second of two that are alike being told by a number."""
    found: dict[int, str] = {}
    seen: dict[str, int] = {}
    for component in names(statements):
        kind = min(component.values())
        seen[kind] = seen.get(kind, 0) + 1
        found.update((node, f"{name}-{seen[kind]}") for node, name in component.items())
    assert len(set(found.values())) == len(found), "two nodes have one name"
    return sorted((text, *(found[node] for node in nodes)) for text, nodes in statements)


def standard(statements: Statements) -> set[str]:
    """The same by RDFC-1.0: equal sets are the same graph."""
    dataset = Dataset()
    for text, (first, *rest) in statements:
        value = BlankNode(f"b{rest[0]}") if rest else Literal("")
        dataset.add(Quad(BlankNode(f"b{first}"), NamedNode(f"urn:{text}"), value))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


@given(GRAPHS, st.randoms(use_true_random=False))
def test_names_depend_neither_on_order_nor_on_labels(
    statements: Statements, random: object
) -> None:
    places = list(range(6))
    random.shuffle(places)  # type: ignore[attr-defined]
    other = [Statement(text, tuple(places[node] for node in nodes)) for text, nodes in statements]
    random.shuffle(other)  # type: ignore[attr-defined]
    assert named(other) == named(statements)


@settings(deadline=None)
@given(GRAPHS, GRAPHS)
def test_names_are_the_same_where_the_standard_says_that_the_graphs_are(
    one: Statements, other: Statements
) -> None:
    assert (named(one) == named(other)) == (standard(one) == standard(other))


def ring(*nodes: int) -> Statements:
    return [
        Statement("p", pair)
        for one, other in zip(nodes, nodes[1:] + nodes[:1], strict=True)
        for pair in ((one, other), (other, one))
    ]


def test_what_refinement_can_t_tell_apart_is_told_apart() -> None:
    # Every node has two neighbours, so all colours stay equal; each ring has a gate to one hub.
    hub = [Statement("in", (9, node)) for node in range(6)]
    one_ring, two_rings = ring(*range(6)), [*ring(0, 1, 2), *ring(3, 4, 5)]
    assert named([*one_ring, *hub]) != named([*two_rings, *hub])
    assert named([*two_rings, *hub]) == named([*hub, *ring(0, 5, 3), *ring(4, 1, 2)])


@pytest.mark.parametrize("size", [9, 40])
def test_nodes_that_are_all_linked_with_each_other_are_named(size: int) -> None:
    linked = [Statement("p", pair) for pair in permutations(range(size), 2)]
    assert named(linked) == named(linked[::-1])


def test_alike_parts_that_hang_twice_from_a_hub_are_named() -> None:
    # Each choice of a part has one like it for each other part: all choices would be 10! of them.
    parts = chain.from_iterable(
        [Statement("p", (99, n)), Statement("q", (n, n + 20)), Statement("r", (n + 20, 99))]
        for n in range(10)
    )
    statements = list(parts)
    assert named(statements) == named(statements[::-1])


def test_a_node_s_name_is_not_changed_by_what_is_said_of_others() -> None:
    first = [Statement("x", (0,)), Statement("p", (0, 1))]
    [alone] = names(first)
    assert alone in list(names([Statement("x", (7,)), *first, Statement("p", (8, 9))]))


def test_what_would_take_too_long_is_refused() -> None:
    rook = [  # the moves of a rook on a board of 8 by 8
        Statement("p", (one, other))
        for one, other in permutations(range(64), 2)
        if one // 8 == other // 8 or one % 8 == other % 8
    ]
    with pytest.raises(TooAlike):
        list(names(rook, work=50_000))
