"""Inference: our rules together, OWL 2 RL by two engines, and what keeps both within bounds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from ggen_graph.core.diagnostics import EngineMissing, InferenceTooLarge
from ggen_graph.graph import infer, iris
from ggen_graph.graph.foreign import run
from ggen_graph.graph.infer import ENGINES, RULES, Request, conclude, inference_source
from ggen_graph.graph.lift.model import read_model
from ggen_graph.graph.sync import Source

MODEL = "urn:test:model"
ONTOLOGIES = Path(__file__).parents[1] / "data" / "ontologies"
RDFS, OWL = iris.PREFIXES["rdfs"], iris.PREFIXES["owl"]
PREFIXES = f"""
@prefix : <http://example.org/> . @prefix rdfs: <{RDFS}> . @prefix owl: <{OWL}> .
@prefix ggen: <{iris.GGEN}> . @prefix xsd: <{iris.PREFIXES["xsd"]}> .
@prefix dcat: <{iris.PREFIXES["dcat"]}> .
"""

# What `reasonable` leaves out, having no rules for it: of Table 9 of OWL 2 Profiles, those about
# properties' domains and ranges (scm-dom, scm-rng), what follows both ways from equivalence (scm-eqc,
# scm-eqp), the closure of properties (scm-spo) and that of unions and restrictions (scm-int, scm-uni,
# scm-svf, scm-avf). They add to the schema alone; of things it finds all that owlrl finds.
SCHEMA = {
    *(RDFS + name for name in ("domain", "range", "subClassOf", "subPropertyOf")),
    *(OWL + name for name in ("equivalentClass", "equivalentProperty")),
}


def model(turtle: str) -> Store:
    store = Store()
    quads = parse(PREFIXES + turtle, RdfFormat.TURTLE)
    graph = NamedNode(MODEL)
    store.extend(Quad(one.subject, one.predicate, one.object, graph) for one in quads)
    return store


def ontology(name: str) -> Store:
    base = "http://www.w3.org/ns/prov-o" if name == "prov-o.ttl" else None
    read = read_model(MODEL, [(name, ONTOLOGIES / name)], base)
    assert not read.problems
    store = Store()
    store.bulk_extend(read.quads)
    return store


def found(turtle: str, engine: str = RULES) -> set[str]:
    return {
        str(triple).replace("http://example.org/", ":")
        for triple in conclude(Request(engine), model(turtle), [MODEL])
    }


def test_rules_go_on_from_what_others_conclude() -> None:
    said = found("""
        :owns owl:inverseOf :ownedBy ; rdfs:subPropertyOf :has .
        :ownedBy rdfs:range :Owner .
        :Owner rdfs:subClassOf :Person . :Person owl:equivalentClass :Human .
        :book :ownedBy :ada .
    """)
    of_ada = {line for line in said if line.startswith("<:ada>")}
    kind = f"<{iris.PREFIXES['rdf']}type>"
    assert of_ada == {
        "<:ada> <:owns> <:book>",
        "<:ada> <:has> <:book>",
        *(f"<:ada> {kind} <:{name}>" for name in ("Owner", "Person", "Human")),
    }


def test_a_long_chain_is_closed_in_few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infer, "ROUNDS", 8)
    chain = " ".join(f":n{number} :p :n{number + 1} ." for number in range(100))
    assert len(found(f":p a owl:TransitiveProperty . {chain}")) == 100 * 101 // 2 - 100


def test_what_a_rule_concludes_of_the_schema_is_closed_too() -> None:
    said = found(
        ":under rdfs:subPropertyOf rdfs:subClassOf . :A :under :B . :B :under :C . :x a :A ."
    )
    kind = f"<{iris.PREFIXES['rdf']}type>"
    assert {f"<:x> {kind} <:B>", f"<:x> {kind} <:C>"} <= said


def test_rounds_and_triples_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = " ".join(f":n{number} :p :n{number + 1} ." for number in range(50))
    store = model(f":p a owl:TransitiveProperty . {chain}")
    for engine in (RULES, *ENGINES):
        with monkeypatch.context() as patch:
            patch.setattr(infer, "MOST", 1000)
            with pytest.raises(InferenceTooLarge, match="more than 1,000 triples"):
                conclude(Request(engine), store, [MODEL])
    monkeypatch.setattr(infer, "ROUNDS", 3)
    with pytest.raises(InferenceTooLarge, match="after 3 rounds"):
        conclude(Request(RULES), store, [MODEL])


@pytest.mark.parametrize("engine", [RULES, *ENGINES])
def test_nothing_is_added_to_what_commands_decide_by(engine: str) -> None:
    said = found(
        """
        ggen:releaseOf rdfs:range ggen:Pack . ggen:Pack rdfs:subClassOf :Project .
        ggen:tag rdfs:subPropertyOf dcat:keyword .
        :owns rdfs:subPropertyOf ggen:hasPackage .
        :r ggen:releaseOf :p ; ggen:tag "api" . :a :owns :b .
        """,
        engine,
    )
    kind = f"<{iris.PREFIXES['rdf']}type>"
    assert f"<:p> {kind} <:Project>" in said
    assert not [line for line in said if iris.GGEN in line or "keyword" in line]


@pytest.mark.parametrize("engine", [RULES, *ENGINES])
def test_literals_stay_as_they_were_written(engine: str) -> None:
    said = found(
        """
        :at rdfs:subPropertyOf :when . :a rdfs:subPropertyOf :b .
        :x :at "2026-01-01T00:00:00Z"^^xsd:dateTime ; :a "x"^^xsd:string , "y"@en-gb , 1.50 , true .
        """,
        engine,
    )
    of_x = {line.partition("> <")[2] for line in said if line.startswith("<:x> <")}
    assert ':when> "2026-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>' in of_x
    assert {':b> "x"', ':b> "y"@en-gb'} <= of_x
    assert len([line for line in said if line.startswith("<:x> <:")]) == 5


@pytest.mark.parametrize(
    "name",
    ["foaf.ttl", "skos.rdf", "prov-o.ttl", "dcat3.ttl", pytest.param("schemaorg.ttl", marks=pytest.mark.soak)],
)  # fmt: skip
def test_both_engines_of_owl_2_rl_and_our_rules_agree(name: str) -> None:
    store = ontology(name)
    ours, reasonable, owlrl = (
        set(conclude(Request(engine), store, [MODEL])) for engine in (RULES, *ENGINES)
    )
    assert reasonable
    assert reasonable <= owlrl
    assert {triple.predicate.value for triple in owlrl - reasonable} <= SCHEMA
    assert {triple for triple in ours if triple not in owlrl} == set()


CLASSES = [NamedNode(f"http://example.org/C{number}") for number in range(5)]
PROPERTIES = [NamedNode(f"http://example.org/p{number}") for number in range(4)]
THINGS = [NamedNode(f"http://example.org/x{number}") for number in range(5)]
TYPE = NamedNode(iris.PREFIXES["rdf"] + "type")


def schema(name: str, places: list[NamedNode]) -> st.SearchStrategy[Triple]:
    return st.builds(
        lambda one, other: Triple(one, NamedNode(name), other),
        st.sampled_from(places),
        st.sampled_from(places),
    )


@given(
    st.lists(
        st.one_of(
            schema(RDFS + "subClassOf", CLASSES),
            schema(OWL + "equivalentClass", CLASSES),
            schema(RDFS + "subPropertyOf", PROPERTIES),
            schema(OWL + "inverseOf", PROPERTIES),
            st.builds(
                lambda one, kind, name: Triple(one, NamedNode(RDFS + name), kind),
                st.sampled_from(PROPERTIES),
                st.sampled_from(CLASSES),
                st.sampled_from(["domain", "range"]),
            ),
            st.builds(
                lambda one, kind: Triple(one, TYPE, NamedNode(OWL + kind)),
                st.sampled_from(PROPERTIES),
                st.sampled_from(["TransitiveProperty", "SymmetricProperty"]),
            ),
            st.builds(
                Triple,
                st.sampled_from(THINGS),
                st.sampled_from(PROPERTIES),
                st.sampled_from(THINGS),
            ),
            st.builds(
                lambda one, kind: Triple(one, TYPE, kind),
                st.sampled_from(THINGS),
                st.sampled_from(CLASSES),
            ),
        ),
        max_size=14,
    )
)
def test_of_things_our_rules_find_what_owl_2_rl_finds(triples: list[Triple]) -> None:
    store = Store()
    store.extend(Quad(*one, NamedNode(MODEL)) for one in triples)  # type: ignore[call-arg] # it has three
    ours, reasonable, owlrl = (
        {triple for triple in conclude(Request(engine), store, [MODEL]) if triple.subject in THINGS}
        for engine in (RULES, *ENGINES)
    )
    assert ours == reasonable == owlrl


def test_an_engine_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reasonable", None)
    with pytest.raises(EngineMissing, match="not installed"):
        conclude(Request("reasonable"), model(":a :b :c ."), [MODEL])


def test_a_template_reaches_what_was_inferred_by_graph() -> None:
    store = model(":Dog rdfs:subClassOf :Animal . :rex a :Dog .")
    source = Source("model", MODEL, (), lambda _store, _graph: ())
    made = inference_source(Request(RULES), "urn:test:inferred", [source])
    assert not made.load(store, made.graph)
    patterns = ("?x a :Animal", "GRAPH ?g { ?g a ggen:InferredGraph . ?x a :Animal }")
    seen = []
    for pattern in patterns:
        text = f"PREFIX : <http://example.org/> SELECT ?x WHERE {{ {pattern} }}"
        rows: Any = run(store, text, default_graphs=[MODEL], prefixes=iris.PREFIXES)
        seen.append([row["x"].value for row in rows])
    assert seen == [[], ["http://example.org/rex"]]


def test_no_blank_node_comes_out() -> None:
    store = ontology("prov-o.ttl")
    for engine in (RULES, *ENGINES):
        for triple in conclude(Request(engine), store, [MODEL]):
            assert isinstance(triple.subject, NamedNode)
            assert isinstance(triple.object, NamedNode | Literal)
