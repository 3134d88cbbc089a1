"""What the compiler does not cover is said, and pySHACL finds it on a copy of what it may read."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import ShapesInvalid
from ggen_graph.graph.shacl import fallback
from ggen_graph.graph.shapes import check_store, handed_over
from tests.graph.shacl.generated import PREFIXES, pair
from tests.graph.shacl.reference import assert_same, loaded

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from pyoxigraph import Triple

DATA = (
    PREFIXES
    + """
:n1 a :A ; :name "ab", "ba" ; :link :n2 , "x" ; :size 1 ; :flag false .
:n2 a :B ; :name "aa" ; :link :n3 .
:n3 :name "c" ; :link :n1 .
:B rdfs:subClassOf :A .
:far :name "not near" .
"""
)
UNCOVERED = {
    "look-ahead": (
        ':S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :name ; sh:pattern "^(?!a)" ] .',
        "Oxigraph can't read the pattern ^(?!a)",
    ),
    "back reference": (
        ':S sh:targetSubjectsOf :link ; sh:property :P . :P sh:path :name ; sh:pattern "(.)\\\\1" ; sh:message "twice" .',
        "Oxigraph can't read the pattern (.)\\1",
    ),
    "a shape that refers to itself": (
        (
            ":S a sh:NodeShape ; sh:targetNode :n2 ; sh:property [ sh:path :link ; sh:node :T ] ."
            " :T a sh:NodeShape ; sh:property [ sh:path :name ; sh:maxCount 1 ] , [ sh:path :link ; sh:node :T ] ."
        ),
        "http://example.org/T refers to itself",
    ),
    "a boolean bound": (
        ":S a sh:NodeShape ; sh:targetSubjectsOf :flag ; sh:property [ sh:path :flag ; sh:minInclusive true ] .",
        'Oxigraph can\'t compare with "true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
    ),
    "a class far away": (
        (
            ":S a sh:NodeShape ; sh:targetSubjectsOf :link ; sh:property [ sh:path :link ; sh:not"
            ' [ sh:class :A ; sh:property [ sh:path :name ; sh:pattern "^(?=a)" ] ] ] .'
        ),
        "Oxigraph can't read the pattern ^(?=a)",
    ),
    "everything of a node": (
        (
            ":S a sh:NodeShape ; sh:targetClass :A ; sh:or ( [ sh:closed true ] "
            '[ sh:property [ sh:path :name ; sh:pattern "(?<=x)a" ] ] ) .'
        ),
        "Oxigraph can't read the pattern (?<=x)a",
    ),
    "siblings": (
        (
            ":S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :name ; sh:minCount 2 ;"
            " sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ;"
            ' sh:qualifiedValueShape [ sh:pattern "^(?=a)" ] ] , [ sh:path :name ; sh:qualifiedMinCount 1 ;'
            ' sh:qualifiedValueShapesDisjoint true ; sh:qualifiedValueShape [ sh:pattern "b" ] ] .'
        ),
        "Oxigraph can't read the pattern ^(?=a)",
    ),
    "a component of one's own": (
        """:Component a sh:ConstraintComponent ; sh:parameter [ sh:path :longest ] ;
        sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STRLEN(STR($value)) <= $longest) }" ] .
        :S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :name ; :longest 1 ] .""",
        "the constraint component of http://example.org/longest",
    ),
    "a target by a query": (
        """:S a sh:NodeShape ; sh:property [ sh:path :name ; sh:maxCount 1 ] ;
        sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this WHERE { ?this <http://example.org/size> ?x }" ] .""",
        "sh:target",
    ),
    "a limit": (
        """:S a sh:NodeShape ; sh:targetClass :A ; sh:sparql
        [ sh:select "SELECT $this ?value WHERE { $this <http://example.org/size> ?value } LIMIT 1" ] .""",
        "a LIMIT in sh:sparql counts for each focus node alone",
    ),
    "a count of all": (
        """:S a sh:NodeShape ; sh:targetClass :A ; sh:sparql
        [ sh:select "SELECT (COUNT(?x) AS ?value) WHERE { $this <http://example.org/name> ?x }" ] .""",
        "sh:sparql counts without GROUP BY $this",
    ),
}


@pytest.mark.filterwarnings("ignore")  # pySHACL warns of recursion
@pytest.mark.parametrize("name", UNCOVERED)
def test_what_is_not_compiled_is_handed_over(name: str, tmp_path: Path) -> None:
    text, reason = UNCOVERED[name]
    file = tmp_path / "shapes.ttl"
    file.write_text(PREFIXES + text, "utf-8")
    assert handed_over([file]) == {"http://example.org/S": reason}
    found = assert_same(loaded(DATA), file)
    assert found


def test_only_the_constraint_that_is_not_compiled_is_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[set[Triple]] = []
    original = fallback._neighbourhood

    def spied(*arguments: Any) -> set[Triple]:
        copied.append(original(*arguments))
        return copied[-1]

    monkeypatch.setattr(fallback, "_neighbourhood", spied)
    file = tmp_path / "shapes.ttl"
    file.write_text(
        PREFIXES
        + ':S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :name ; sh:pattern "^(?!a)" ] ;'
        " sh:property [ sh:path :link ; sh:nodeKind sh:IRI ; sh:maxCount 1 ] .",
        "utf-8",
    )
    assert_same(loaded(DATA), file)
    [triples] = copied
    assert {triple.predicate.value for triple in triples} == {"http://example.org/name"}
    assert {triple.subject.value for triple in triples} == {  # type: ignore[union-attr]
        f"http://example.org/{name}" for name in ("n1", "n2")
    }


@pytest.mark.parametrize("seed", range(40))
def test_generated_shapes_with_one_that_is_not_compiled_among_them(
    seed: int, tmp_path: Path
) -> None:
    text, data, _ = pair(seed)
    file = tmp_path / "shapes.ttl"
    file.write_text(text.replace('sh:pattern "b"', 'sh:pattern "(?=b)"'), "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert_same(loaded(data), file)


def test_the_focus_nodes_asked_for_are_the_only_ones_that_are_handed_over(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(PREFIXES + UNCOVERED["look-ahead"][0], "utf-8")
    focus = ["http://example.org/n2"]
    found = check_store(loaded(DATA), [file], focus=focus)
    assert [one.focus for one in found] == focus


def test_shapes_that_pyshacl_does_not_take_are_an_error(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(
        PREFIXES + ':S a sh:NodeShape ; sh:targetClass :A ; sh:pattern "(?!" .', "utf-8"
    )
    with pytest.raises(ShapesInvalid, match="pySHACL does not take the shapes"):
        check_store(loaded(DATA), [file])


def test_shapes_that_refer_to_two_others_each_are_looked_at_once(tmp_path: Path) -> None:
    # Thirty levels of two: a billion ways down, were each one walked.
    levels = [
        f":S{level} a sh:NodeShape ; sh:node :S{level + 1} ; sh:not :S{level + 1} ."
        for level in range(28)
    ]
    file = tmp_path / "shapes.ttl"
    text = "\n".join([*levels, ":S28 sh:nodeKind sh:Literal . :S0 sh:targetNode :n1 ."])
    file.write_text(PREFIXES + text, "utf-8")
    assert handed_over([file]) == {}
    assert {one.shape for one in check_store(loaded(DATA), [file])} == {"http://example.org/S0"}


def test_focus_nodes_that_a_query_chooses_are_asked_for_by_name(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    text = UNCOVERED["a target by a query"][0].replace("sh:maxCount 1", "sh:minCount 3")
    file.write_text(PREFIXES + text.replace("example.org/size", "example.org/link"), "utf-8")
    assert len(check_store(loaded(DATA), [file])) == 3
    [found] = check_store(loaded(DATA), [file], focus=["http://example.org/n2", "_:b0"])
    assert found.focus == "http://example.org/n2"
