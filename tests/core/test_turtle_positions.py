"""Where a Turtle text speaks of a thing; the parser itself is asked what the subjects are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse

from ggen_graph.core.turtle_positions import subject_positions
from tests.core.turtle_texts import LIBRARY, TEXTS

if TYPE_CHECKING:
    from pathlib import Path

E = "http://example.org/"


@pytest.mark.parametrize(("text", "iri", "place"), [
    ("<http://example.org/a> <p:p> 1 .", "a", (1, 1)),
    ("@prefix e: <http://example.org/> .\n\n  e:a e:p e:b .", "a", (3, 3)),
    ("PREFIX e: <http://example.org/>\ne:b e:p e:a .\ne:a e:p e:b .", "a", (3, 1)),
    ("@base <http://example.org/x/> .\n<../a> <p> 1 .", "a", (2, 1)),
    ("BASE <http://example.org/x#y>\n<a> <p> 1 .", "a", (2, 1)),
    ("@prefix : <http://example.org/> .\n# :a :p 1 .\n:b :p \":a :p 1 .\" .\n:a :p 1 .", "a", (4, 1)),
    ("@prefix : <http://example.org/> .\n:b :p '''\n:a :p 1 .\n''' .\n:a :p 1 .", "a", (5, 1)),
    ("@prefix : <http://example.org/> .\n:b :p [ :q :a ] .", "a", (2, 12)),
    ("@prefix : <http://example.org/> .\n:b :p 1.5 . :a :p 5 .", "a", (2, 13)),
    ("@prefix : <http://example.org/> .\n:b :p 5. :a :p 5 .", "a", (2, 10)),
    ("@prefix : <http://example.org/> .\n:b.c :p 5 . :a :p 5 .", "a", (2, 13)),
    ("@prefix : <http://example.org/> .\n:b :p \"x\"@en-GB , true . :a :p 5 .", "a", (2, 26)),
    ("@prefix : <http://example.org/> .\n:a\\-b%20c :p 1 .", "a-b%20c", (2, 1)),
    ("<http://example.org/\\u00e9> <p:p> 1 .", "é", (1, 1)),
    ("@prefix : <http://example.org/> .\né:x :p 1 . :a :p 1 .", "a", (2, 12)),
    ("@prefix : <http://example.org/> .\n:g { :b :p 1 . :a :p 2 }", "a", (2, 16)),
    ("@prefix : <http://example.org/> .\nGRAPH :a { :b :p 1 } { :a :p 2 }", "a", (2, 24)),
    ("_:b <p:p> <q:q> .\n<http://example.org/a> <p:p> <q:q> .", "a", (2, 1)),
    ("@prefix : <http://example.org/> .\n( :b :a ) :p 1 . :a :p 1 .", "a", (2, 18)),
    ("VERSION \"1.2\"\nPREFIX : <http://example.org/>\n<< :b :p :c >> :p 1 .\n:a :p 1 {| :q 2 |} .", "a", (4, 1)),
])  # fmt: skip
def test_a_thing_is_where_a_statement_about_it_begins(
    text: str, iri: str, place: tuple[int, int]
) -> None:
    found = subject_positions(text, {E + iri})
    assert {**found.mentions, **found.subjects} == {E + iri: place}


def test_what_is_only_named_has_the_place_where_it_is_named() -> None:
    found = subject_positions("<a:a> <p:p> <b:b> .\n<c:c> <p:p> <b:b> .", {"b:b", "d:d"})
    assert found == ({}, {"b:b": (1, 13)})


@pytest.mark.parametrize("base", ["urn:x:y", "ggen://host/dir/file", "http://e/x"])
def test_a_base_of_any_scheme_resolves(base: str) -> None:
    text = "<#a> <p:p> <q:q> ."
    [quad] = parse(text, RdfFormat.TURTLE, base_iri=base)
    assert isinstance(quad.subject, NamedNode)
    assert subject_positions(text, {quad.subject.value}, base).subjects


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_subject_of_a_real_file_is_found_as_the_parser_sees_it(text: str) -> None:
    wanted = {
        quad.subject.value
        for quad in parse(text, RdfFormat.TRIG, base_iri=E)
        if isinstance(quad.subject, NamedNode)
    }
    found = subject_positions(text, wanted, E)
    assert {**found.mentions, **found.subjects}.keys() == wanted
    # Those that begin no statement are subjects inside brackets or of annotations.
    assert len(found.mentions) <= len(wanted) // 20


def test_a_file_of_windows_has_the_same_places(tmp_path: Path) -> None:
    text = LIBRARY.replace("\n", "\r\n")
    subjects = {quad.subject.value for quad in parse(LIBRARY, RdfFormat.TURTLE) if isinstance(quad.subject, NamedNode)}  # fmt: skip
    assert subject_positions(text, subjects) == subject_positions(LIBRARY, subjects)


@given(st.text(alphabet="ab:.<>\"'[](){};,@#\\ \n_|^é\ud800"))
def test_any_text_is_read_to_its_end(text: str) -> None:
    subject_positions(text, {"a:b"}, "http://example.org/")


@pytest.mark.parametrize("part", ['"', "'", "<", "<a", ".", "a.", ":", "[ ", "{", "\\", "_:", "'''a", "<<"])  # fmt: skip
def test_a_hostile_text_takes_time_in_proportion_to_its_length(part: str) -> None:
    subject_positions(part * 20_000, {"a:b"})
