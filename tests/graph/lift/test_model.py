from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, parse, serialize

from ggen_graph.core.diagnostics import RdfInvalid
from ggen_graph.graph.lift.model import SUFFIXES, Model, parse_file, read_model

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parents[2] / "data"
MODELS = DATA / "models"
GRAPH = "urn:x:graph/model"
EX = "http://example.org/"

ONTOLOGIES = {  # file: number of triples, base
    "schemaorg.ttl": (18061, None),
    "dcat3.ttl": (1695, None),
    "prov-o.ttl": (1663, "http://www.w3.org/ns/prov-o"),
    "skos.rdf": (252, None),
    "foaf.ttl": (631, None),
}


def read(*names: str, base: str | None = None) -> Model:
    return read_model(GRAPH, [(name, MODELS / name) for name in names], base)


def terms(model: Model) -> list[object]:
    """Every term of a model, those inside triple terms too."""
    return [term for quad in model.quads for part in quad.triple for term in parts(part)]


def parts(term: object) -> Iterator[object]:
    if isinstance(term, Triple):
        for inner in (term.subject, term.predicate, term.object):
            yield from parts(inner)
    else:
        yield term


# -- blank nodes


@pytest.mark.parametrize(
    "name", ["blank-nodes.ttl", "triple-terms.ttl", "graphs.trig", "fine.jsonld"]
)
def test_every_blank_node_gets_an_iri_of_its_graph(name: str) -> None:
    found = terms(read(name))
    assert not [term for term in found if isinstance(term, BlankNode)]
    named = {
        term.value
        for term in found
        if isinstance(term, NamedNode) and term.value.startswith(f"{GRAPH}#")
    }
    assert named
    assert all(re.fullmatch(r"#bn-[0-9a-f]{24}(-\d+)?", iri.removeprefix(GRAPH)) for iri in named)


def test_the_iri_of_a_blank_node_is_the_same_at_every_parse() -> None:
    for name in ("blank-nodes.ttl", "triple-terms.ttl"):
        first = {str(quad) for quad in read(name).quads}
        assert {str(quad) for quad in read(name).quads} == first


def test_the_iri_of_a_blank_node_does_not_depend_on_the_order_of_a_file() -> None:
    first = {str(quad) for quad in read("blank-nodes.ttl").quads}
    assert {str(quad) for quad in read("blank-nodes-reordered.ttl").quads} == first
    assert len({line.split()[0] for line in first if "#bn-" in line.split()[0]}) == 9


@pytest.mark.parametrize("seed", range(10))
def test_the_iris_of_a_real_ontology_s_blank_nodes_survive_any_order(
    tmp_path: Path, seed: int
) -> None:
    source = DATA / "ontologies" / "prov-o.ttl"
    quads = list(parse(path=str(source), base_iri=ONTOLOGIES["prov-o.ttl"][1]))
    random.Random(seed).shuffle(quads)
    other = tmp_path / "other.nt"
    triples = [quad.triple for quad in quads]
    other.write_bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
    base = ONTOLOGIES["prov-o.ttl"][1]
    first = read_model(GRAPH, [(source.name, source)], base)
    second = read_model(GRAPH, [(other.name, other)], None)
    assert {str(quad) for quad in second.quads} == {str(quad) for quad in first.quads}


def test_blank_nodes_of_two_files_never_meet(tmp_path: Path) -> None:
    text = "_:same <http://example.org/in> <http://example.org/{}> ."
    files = []
    for name in ("one.ttl", "two.ttl"):
        (tmp_path / name).write_text(text.format(name))
        files.append((name, tmp_path / name))
    quads = read_model(GRAPH, files, None).quads
    assert len({str(quad.subject) for quad in quads}) == 2


def test_the_same_said_of_two_nodes_stays_said_of_two(tmp_path: Path) -> None:
    files = []
    for name in ("one.ttl", "two.ttl"):
        (tmp_path / name).write_text("[] <urn:p> [ <urn:q> 1 ] . [] <urn:p> [ <urn:q> 1 ] .")
        files.append((name, tmp_path / name))
    model = read_model(GRAPH, files, None)
    assert len(set(model.quads)) == 8
    assert set(read_model(GRAPH, files[::-1], None).quads) == set(model.quads)


def linked(count: int) -> str:
    pairs = [(one, other) for one in range(count) for other in range(count) if one != other]
    return "".join(f"_:b{one} <urn:p> _:b{other} .\n" for one, other in pairs)


@pytest.mark.parametrize(
    ("text", "triples"),
    [
        pytest.param(linked(9), 72, id="nine linked with each other"),
        pytest.param(
            f"<urn:s> <urn:p> {'(' * 500}{')' * 500} .", 999, id="500 lists in each other"
        ),
        pytest.param(
            f"<urn:s> <urn:p> ({' '.join(f'<urn:{n}>' for n in range(10_000))}) .",
            20_001,
            id="a list of 10,000",
        ),
        pytest.param(f"<urn:s> <urn:p> ({'_:b ' * 10_000}) .", 20_001, id="10,000 times one node"),
        pytest.param(
            "".join(f"[] <urn:p> {n // 2} .\n" for n in range(60_000)), 60_000, id="60,000 nodes"
        ),
    ],
)
def test_many_blank_nodes_are_named_whatever_the_order(
    tmp_path: Path, text: str, triples: int
) -> None:
    path, other = tmp_path / "model.ttl", tmp_path / "other.nt"
    path.write_text(text)
    parsed = [quad.triple for quad in parse(path=str(path))]
    random.Random(1).shuffle(parsed)
    other.write_bytes(serialize(parsed, format=RdfFormat.N_TRIPLES) or b"")
    first = read_model(GRAPH, [("model.ttl", path)], None)
    assert len(first.quads) == triples
    assert not [quad for quad in first.quads for term in quad if isinstance(term, BlankNode)]
    assert set(read_model(GRAPH, [("other.nt", other)], None).quads) == set(first.quads)


def test_a_file_whose_blank_nodes_can_t_be_told_apart_is_left_out_and_named(tmp_path: Path) -> None:
    # The moves of a rook on a board of 10 by 10: very many symmetries, and no two nodes are twins.
    moves = [
        f"_:b{one} <urn:p> _:b{other} .\n"
        for one in range(100)
        for other in range(100)
        if one != other and (one // 10 == other // 10 or one % 10 == other % 10)
    ]
    (tmp_path / "rook.ttl").write_text("".join(moves))
    model = read_model(
        GRAPH, [("rook.ttl", tmp_path / "rook.ttl"), ("fine.ttl", MODELS / "fine.ttl")], None
    )
    [problem] = model.problems
    assert str(problem) == "rook.ttl: its blank nodes can't be told apart in reasonable time"
    assert problem.help.startswith("give them IRIs")
    assert model.quads == read("fine.ttl").quads


# -- what is read


def test_a_model_is_one_graph_whatever_graphs_its_files_have() -> None:
    quads = read("graphs.trig", "fine.ttl").quads
    assert {str(quad.graph_name) for quad in quads} == {f"<{GRAPH}>"}
    assert len(quads) == 4


def test_literals_stay_what_they_are() -> None:
    found = {term for term in terms(read("literals.ttl")) if isinstance(term, Literal)}
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert found == {
        Literal("plain"),
        Literal('with "quotes"\nand lines'),
        Literal("Wort", language="de"),
        Literal("2026-11-20", datatype=NamedNode(f"{xsd}date")),
        Literal("7", datatype=NamedNode(f"{xsd}integer")),
        Literal("true", datatype=NamedNode(f"{xsd}boolean")),
        Literal("x", datatype=NamedNode(f"{EX}own")),
    }


@pytest.mark.parametrize("name", ONTOLOGIES)
def test_an_ontology_as_it_is_published_loads(name: str) -> None:
    triples, base = ONTOLOGIES[name]
    model = read_model(GRAPH, [(name, DATA / "ontologies" / name)], base)
    assert model.problems == ()
    assert len(model.quads) == triples
    store = Store()
    store.bulk_extend(model.quads)
    assert not [term for quad in store for term in quad if isinstance(term, BlankNode)]


def test_every_ontology_of_the_test_data_is_tried() -> None:
    assert {path.name for path in (DATA / "ontologies").iterdir()} == set(ONTOLOGIES)


def test_relative_iris_are_resolved_against_the_base() -> None:
    [quad] = read("relative.ttl", base="http://example.org/shop").quads
    assert str(quad.triple) == (
        "<http://example.org/shop#book> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        " <http://example.org/shop#Class>"
    )


# -- what can't be read


def test_a_broken_file_is_left_out_whole_and_named_and_the_others_are_read() -> None:
    model = read("fine.ttl", "broken.ttl", "literals.ttl")
    [problem] = model.problems
    assert isinstance(problem, RdfInvalid)
    assert str(problem) == (
        "broken.ttl:4:16: not Turtle: A dot is expected at the end of statements"
    )
    assert "leave it out of [graph] files" in problem.help
    assert len(model.quads) == 8
    assert not [quad for quad in model.quads if "/d>" in str(quad)]


@pytest.mark.parametrize("name", ["relative.ttl", "ontologies/prov-o.ttl", "relative.rdf"])
def test_a_relative_iri_without_a_base_says_where_to_set_one(name: str, tmp_path: Path) -> None:
    path = (DATA if "/" in name else MODELS) / name
    if name.endswith(".rdf"):
        rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        path = tmp_path / name
        path.write_text(
            f'<r:RDF xmlns:r="{rdf}"><r:Description r:about="#x"><r:value/></r:Description></r:RDF>'
        )
    [problem] = read_model(GRAPH, [(name, path)], None).problems
    assert problem.help == (
        "a relative IRI needs a base: set `base` under [graph] in ggen.toml, or give --model-base"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("latin-1.ttl", "latin-1.ttl:1:50: not Turtle: Invalid UTF-8"),
        ("unclosed.rdf", "unclosed.rdf: not RDF/XML: syntax error"),
        ("remote-context.jsonld", "remote-context.jsonld: not JSON-LD: "),
        ("table.csv", "table.csv: table.csv is of no RDF format that is known here"),
        ("missing.ttl", "missing.ttl: can't be read: "),
    ],
)
def test_what_can_t_be_read_is_named(name: str, message: str) -> None:
    [problem] = read(name).problems
    assert str(problem).startswith(message)


def test_an_unknown_format_names_those_that_are_known() -> None:
    with pytest.raises(RdfInvalid) as caught:
        parse_file("table.csv", MODELS / "table.csv", None)
    assert all(suffix in caught.value.help for suffix in SUFFIXES)


def test_a_suffix_may_be_written_in_capitals(tmp_path: Path) -> None:
    path = tmp_path / "FINE.TTL"
    path.write_bytes((MODELS / "fine.ttl").read_bytes())
    assert len(parse_file("FINE.TTL", path, None)) == 1
