"""Looking again only at what a change concerns finds what looking at everything finds."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, Quad, Store, Triple

from ggen_graph.graph.shacl.incremental import changes, focus_to_check
from ggen_graph.graph.shacl.reading import read_shapes
from ggen_graph.graph.shacl.run import Data, Run
from ggen_graph.graph.shacl.validate import text_of, validate
from tests.graph.shacl.generated import PREFIXES, pair
from tests.graph.shacl.generated import data as made_up
from tests.graph.shacl.reference import loaded

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.graph.shacl.model import Shapes
    from ggen_graph.graph.shacl.run import Result

EX = "http://example.org/"


def edited(store: Store, seed: int) -> Store:
    """A copy with a few triples less and a few more."""
    random = Random(seed)
    after = Store()
    after.extend(store)
    quads = sorted(store, key=str)
    for quad in random.sample(quads, random.choice((0, 1, 2))):
        after.remove(quad)
    for quad in random.sample(sorted(loaded(made_up(random)), key=str), random.choice((0, 1, 2))):
        after.add(quad)
    return after


@pytest.mark.parametrize("seed", range(150))
def test_a_random_edit(seed: int, tmp_path: Path) -> None:
    text, data, _ = pair(seed)
    file = tmp_path / "shapes.ttl"
    file.write_text(text, "utf-8")
    shapes, before = read_shapes([file]), loaded(data)
    after = edited(before, seed)
    told = {str(result) for result in validate(after, shapes)}
    again = focus_to_check(after, shapes, changes(before, after))
    # What is about nodes that need no second look is as it was, and the rest is found again.
    roots = focus_of_results(before, shapes)
    found = {str(one) for one in validate(after, shapes, focus=[text_of(node) for node in again])}
    kept = {
        str(one)
        for focus, results in roots.items()
        if focus not in {str(node) for node in again}
        for one in results
    }
    assert found | kept >= told
    assert found <= told


SHAPES = (
    PREFIXES
    + """
:Thing sh:targetClass :A ; sh:property :size , :far .
:size sh:path :size ; sh:maxCount 1 .
:far sh:path ( :link [ sh:inversePath :part ] ) ; sh:property [ sh:path :name ; sh:minCount 1 ] .
"""
)
DATA = (
    PREFIXES
    + """
:n1 a :A ; :link :n3 . :n2 a :A . :n4 :part :n3 ; :name "four" . :n5 a :C ; :size 1 , 2 .
"""
)


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "expected"),
    [
        ("n1", "size", "n9", {"n1"}),
        ("n5", "size", "n9", set()),
        ("n4", "name", "n9", {"n1"}),
        ("n8", "part", "n3", {"n1"}),
        ("n4", "title", "n9", set()),
        ("n2", "link", "n7", {"n2"}),
    ],
)
def test_a_change_concerns_only_the_focus_nodes_whose_paths_lead_to_it(
    subject: str, predicate: str, value: str, expected: set[str], tmp_path: Path
) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(SHAPES, "utf-8")
    before, after = loaded(DATA), loaded(DATA)
    after.add(Quad(*(NamedNode(EX + name) for name in (subject, predicate, value))))
    again = focus_to_check(after, read_shapes([file]), changes(before, after))
    assert again == {NamedNode(EX + name) for name in expected}


@pytest.mark.parametrize("name", ["n5", "n2"])
def test_a_node_that_is_newly_targeted_is_looked_at(name: str, tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(SHAPES, "utf-8")
    node, type_ = NamedNode(EX + name), NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    after = loaded(DATA)
    changed = Triple(node, type_, NamedNode(EX + "A"))
    after.add(Quad(changed.subject, changed.predicate, changed.object))
    assert focus_to_check(after, read_shapes([file]), [changed]) == {node}


def test_nothing_changed_nothing_to_look_at(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(SHAPES, "utf-8")
    assert changes(loaded(DATA), loaded(DATA)) == set()
    assert focus_to_check(loaded(DATA), read_shapes([file]), []) == set()


def focus_of_results(store: Store, shapes: Shapes) -> dict[str, list[Result]]:
    """The results of each focus node of a target."""
    run = Run(shapes, Data(store))
    nodes = {node for root in shapes.roots for node in run.nodes(run.focus(root))}
    return {str(node): validate(store, shapes, focus=[text_of(node)]) for node in nodes}
