from __future__ import annotations

import json
import random

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.graph.dump import FORMATS, dump, sizes
from ggen_graph.graph.iris import GGEN

QUADS = [
    Quad(NamedNode(f"urn:x:{subject}"), NamedNode(GGEN + "name"), Literal(text), NamedNode(graph))
    for graph, subject, text in [
        ("urn:x:g2", "a", "in both"),
        ("urn:x:g1", "a", "in both"),
        ("urn:x:g1", "b", 'a "quote"\nand a line'),
        ("urn:x:g2", "c", "ü"),
    ]
]


def store(quads: list[Quad] = QUADS) -> Store:
    filled = Store()
    filled.extend(quads)
    return filled


@pytest.mark.parametrize("form", ["nquads", "trig", "jsonld"])
def test_a_dump_of_quads_reads_as_the_same_quads(form: str) -> None:
    assert set(parse(dump(store(), form), format=FORMATS[form])) == set(QUADS)


@pytest.mark.parametrize("form", ["turtle", "ntriples"])
def test_a_dump_of_triples_merges_the_graphs(form: str) -> None:
    found = list(parse(dump(store(), form), format=FORMATS[form]))
    assert len(found) == 3
    assert {quad.triple for quad in found} == {quad.triple for quad in QUADS}


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_quads_give_the_same_bytes(form: str) -> None:
    shuffled = QUADS[:]
    random.Random(1).shuffle(shuffled)
    assert dump(store(shuffled), form) == dump(store(), form)


def test_n_quads_are_sorted_lines() -> None:
    lines = dump(store(), "nquads").decode().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == 4


def test_each_graph_stands_once() -> None:
    assert dump(store(), "trig").decode().count("urn:x:g1") == 1
    graphs = json.loads(dump(store(), "jsonld"))
    assert [one["@id"] for one in graphs] == ["urn:x:g1", "urn:x:g2"]


def test_known_prefixes_are_used() -> None:
    assert 'ggen:name "ü"' in dump(store(), "turtle").decode()


@pytest.mark.parametrize("form", FORMATS)
def test_one_graph_can_be_dumped_alone(form: str) -> None:
    found = list(parse(dump(store(), form, "urn:x:g1"), format=FORMATS[form]))
    expected = {quad for quad in QUADS if quad.graph_name == NamedNode("urn:x:g1")}
    assert {quad.triple for quad in found} == {quad.triple for quad in expected}


@pytest.mark.parametrize("graph", ["urn:x:g3", "not an IRI", "", "<urn:x:g1>"])
def test_a_graph_that_is_not_there_is_said(graph: str) -> None:
    with pytest.raises(UsageError, match="there is no graph") as caught:
        dump(store(), "nquads", graph)
    assert "ggen graph status" in caught.value.help


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_store_is_an_empty_document(form: str) -> None:
    assert list(parse(dump(Store(), form), format=FORMATS[form])) == []
    assert RdfFormat.from_media_type(FORMATS[form].media_type) == FORMATS[form]


def test_the_sizes_are_by_graph() -> None:
    assert sizes(store()) == [("urn:x:g1", 2), ("urn:x:g2", 2)]
    assert sizes(Store()) == []
