"""Shapes that are ill-formed are an error that names the shape and says what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Store

from ggen_graph.core.diagnostics import RdfInvalid, ShapesInvalid
from ggen_graph.graph.shacl.reading import read_shapes
from ggen_graph.graph.shapes import check_store
from tests.graph.shacl.generated import PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

ILL_FORMED = {
    ":S sh:targetNode :x ; sh:minCount 1 .": "is a node shape with sh:minCount",
    ":S a sh:PropertyShape ; sh:minCount 1 .": "is a property shape without sh:path",
    ":S a sh:NodeShape ; sh:path :p .": "is a node shape with sh:path",
    ":S sh:targetNode :x ; sh:path :p , :q .": "several values of sh:path",
    ":S sh:targetNode :x ; sh:path 5 .": "is no property path",
    ":S sh:targetNode :x ; sh:path ( :p ) .": "fewer than two parts",
    ":S sh:targetNode :x ; sh:path [ sh:nothing :p ] .": "is no property path",
    ':S sh:path :p ; sh:minCount "x" .': "has sh:minCount x",
    ":S sh:targetNode :x ; sh:path :p ; sh:minCount -1 .": "has sh:minCount -1",
    ":S sh:targetNode :x ; sh:path :p ; sh:maxCount 1 , 2 .": "several values of sh:maxCount",
    ":S sh:targetNode :x ; sh:path :p ; sh:datatype 5 .": "has sh:datatype 5",
    ":S sh:targetNode :x ; sh:path :p ; sh:in 5 .": "is not a list",
    ":S sh:in ( [ ] ) .": "names a blank node",
    ":S sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .": "is not a list",
    ":S sh:and ( ) .": "has sh:and",
    ":S sh:node 5 .": "has sh:node 5",
    ":S sh:property [ sh:minCount 1 ] .": "is a node shape with sh:minCount",
    ":S sh:property [ sh:nodeKind sh:IRI ] .": "has sh:property",
    ":S sh:targetNode :x ; sh:path :p ; sh:qualifiedValueShape [ ] .": "without a count",
    ":S sh:sparql [ ] .": "without one sh:select",
    ":S sh:targetNode [ ] .": "targets a blank node",
    ":S sh:pattern :p .": "has sh:pattern",
    ":S sh:minInclusive :p .": "has sh:minInclusive",
    ":S sh:targetNode :x ; sh:path "
    + "[ sh:inversePath " * 120
    + ":p"
    + " ]" * 120
    + " .": "is no property path",
    ":S sh:targetNode :x ; sh:node "
    + "[ sh:node " * 40
    + ":T"
    + " ]" * 40
    + " .": "more than 30 deep",
}


@pytest.mark.parametrize("text", ILL_FORMED, ids=lambda text: ILL_FORMED[text])
def test_an_ill_formed_shape(text: str, tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(PREFIXES + text, "utf-8")
    with pytest.raises(ShapesInvalid) as caught:
        check_store(Store(), [file])
    assert ILL_FORMED[text] in caught.value.message
    assert caught.value.help


def test_a_file_that_is_not_turtle_is_an_error_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text("@prefix : <http://example.org/> .\n:S : .\n", "utf-8")
    with pytest.raises(RdfInvalid) as caught:
        check_store(Store(), [file])
    assert caught.value.where is not None
    assert (caught.value.where.file, caught.value.where.line) == ("shapes.ttl", 2)


def test_shapes_of_several_files_are_one_graph(tmp_path: Path) -> None:
    one, two = tmp_path / "one.ttl", tmp_path / "two.ttl"
    one.write_text(
        PREFIXES + ":S sh:targetNode :x ; sh:property :P , _:a . _:a sh:path :q .", "utf-8"
    )
    two.write_text(PREFIXES + ":P sh:path :p ; sh:minCount 1 . _:a sh:path :r .", "utf-8")
    shapes = read_shapes([one, two])
    assert len([name for name in shapes.named if name.startswith("_:")]) == 1
    [finding] = check_store(Store(), [one, two])
    assert (finding.focus, finding.path) == ("http://example.org/x", "http://example.org/p")


def test_a_shape_without_an_iri_has_the_same_name_each_time(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(
        PREFIXES + ":S sh:targetNode :x ; sh:property [ sh:path :p ; sh:minCount 1 ] .", "utf-8"
    )
    first, second = (check_store(Store(), [file]) for _ in range(2))
    assert first == second
    assert first[0].shape.startswith("_:b")
