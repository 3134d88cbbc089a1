"""Messages: sh:message as it is, or what is wrong and what to write instead."""

from __future__ import annotations

import dataclasses
import json
import pickle
from typing import TYPE_CHECKING

import pytest

from ggen_graph.graph.shapes import check_store
from tests.graph.shacl.generated import PREFIXES
from tests.graph.shacl.reference import loaded

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.graph.shapes import ShapeFinding

DATA = (
    PREFIXES
    + """
@prefix dcterms: <http://purl.org/dc/terms/> .
:x a :A ; dcterms:title "a"@en , "b"@en ; dcterms:extent 12 ; dcterms:source "x" , "y" .
"""
)
DEFAULT = {
    "dcterms:license ; sh:minCount 1": "dcterms:license has too few values; write at least 1",
    "dcterms:source ; sh:maxCount 1": "dcterms:source has too many values; keep at most 1",
    "dcterms:extent ; sh:maxExclusive 10": "dcterms:extent: 12 is too large; write less than 10",
    "dcterms:extent ; sh:nodeKind sh:IRI": "dcterms:extent: 12 is the wrong kind of value; write an IRI",
    "dcterms:extent ; sh:datatype xsd:string": "dcterms:extent: 12 is not written as xsd:string; write a literal of that datatype",
    "dcterms:extent ; sh:in ( 1 2 )": "dcterms:extent: 12 is not one of the values that may be; write one of 1, 2",
    "dcterms:title ; sh:uniqueLang true": "dcterms:title has several values in one language; keep one for each",
    "dcterms:extent ; sh:class dcterms:Agent": "dcterms:extent: 12 is no dcterms:Agent; name a node of that class, or say that it is one",
    "dcterms:extent ; sh:node [ sh:nodeKind sh:IRI ]": "dcterms:extent: 12 is not as the shape says; correct it until it conforms",
    "[ sh:inversePath dcterms:source ] ; sh:minCount 1": "^dcterms:source has too few values; write at least 1",
}


def findings(text: str, tmp_path: Path) -> list[ShapeFinding]:
    file = tmp_path / "shapes.ttl"
    file.write_text(PREFIXES + "@prefix dcterms: <http://purl.org/dc/terms/> .\n" + text, "utf-8")
    return check_store(loaded(DATA), [file])


@pytest.mark.parametrize("said", DEFAULT)
def test_a_shape_without_a_message_says_what_to_write(said: str, tmp_path: Path) -> None:
    [found] = findings(f":S sh:targetClass :A ; sh:property [ sh:path {said} ] .", tmp_path)
    assert found.message == DEFAULT[said]


@pytest.mark.parametrize(("messages", "expected"), [
    ('"plain" , "english"@en , "deutsch"@de', "plain"),
    ('"deutsch"@de , "english"@en', "english"),
    ('"français"@fr , "deutsch"@de', "deutsch"),
])  # fmt: skip
def test_the_message_is_in_no_language_or_in_english(
    messages: str, expected: str, tmp_path: Path
) -> None:
    text = f":S sh:targetClass :A ; sh:message {messages} ; sh:nodeKind sh:Literal ."
    [found] = findings(text, tmp_path)
    assert found.message == expected


def test_a_message_of_core_is_kept_as_it_is(tmp_path: Path) -> None:
    text = ':S sh:targetClass :A ; sh:message "write {?name}" ; sh:nodeKind sh:Literal .'
    [found] = findings(text, tmp_path)
    assert found.message == "write {?name}"


def test_long_lists_are_cut(tmp_path: Path) -> None:
    terms = " ".join(str(number) for number in range(100, 130))
    text = f":S sh:targetClass :A ; sh:property [ sh:path dcterms:extent ; sh:in ( {terms} ) ] ."
    [found] = findings(text, tmp_path)
    assert found.message.endswith("110, 111 and 18 more")


def test_findings_can_be_sent_and_written(tmp_path: Path) -> None:
    [found] = findings(":S sh:targetClass :A ; sh:nodeKind sh:Literal .", tmp_path)
    assert pickle.loads(pickle.dumps(found)) == found
    assert json.loads(json.dumps(dataclasses.asdict(found)))["component"].endswith(
        "#NodeKindConstraintComponent"
    )
