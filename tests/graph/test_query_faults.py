from __future__ import annotations

import pytest
from pyoxigraph import Store

from ggen_graph.core.diagnostics import Location, QueryInvalid
from ggen_graph.graph import foreign
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.query_faults import explained, with_line

KNOWN = ", ".join(sorted(PREFIXES))
MISSING = "something is missing here, or wrong just before"


def fault(text: str) -> QueryInvalid:
    with pytest.raises(QueryInvalid) as caught:
        foreign.run(Store(), text, file="my.rq")
    return caught.value


@pytest.mark.parametrize(
    ("text", "message", "line", "caret"),
    [
        ("SELECT ?s\nWHERE { ?s ?p ?o\n", 'this "{" is never closed', "2:7", "      ^"),
        ("SELECT ?s { ?s ?p ?o } }", 'this "}" closes nothing', "1:24", " " * 23 + "^"),
        ("ASK { FILTER((1 > 0) }", 'this "}" closes nothing', "1:22", " " * 21 + "^"),
        ("ASK { ?s ex:a ?o }", "the prefix ex: is not declared", "1:10", " " * 9 + "^"),
        ("ASK { ?s :a ?o }", "the prefix : is not declared", "1:10", " " * 9 + "^"),
        (
            "ASK { ?s ?p <book> }",
            "an IRI must be absolute, such as <http://example.org/a>",
            "1:13",
            " " * 12 + "^",
        ),
        (
            "SELECT ?x ?x { ?x ?y ?z }",
            "Duplicated variable name in SELECT",
            "1:26",
            " " * 25 + "^",
        ),
        ("PREFIX a <urn:x:a> ASK { }", '"<urn:x:a>" can\'t stand here', "1:10", " " * 9 + "^"),
        ("ASK { ?s ?p }", MISSING, "1:14", " " * 13 + "^"),
        ("ASK {\r\n\t?s ?p ?o .\r\n\t. }", MISSING, "3:5", "\t   ^"),
        ("ASK { ?s ?p 'ü\u2028' .\n ü }", "unexpected 'ü'", "2:2", " ^"),
        ("ASK { ?s ?p 'open }", "a string that is not closed", "1:13", " " * 12 + "^"),
    ],
)
def test_what_does_not_parse_is_shown_with_a_caret(
    text: str, message: str, line: str, caret: str
) -> None:
    error = fault(text)
    assert error.message.removeprefix("the query does not parse: ") == message
    assert str(error.where) == f"my.rq:{line}"
    shown = error.help.splitlines()
    assert shown[0] == text.split("\n")[int(line.partition(":")[0]) - 1].rstrip("\r")
    assert shown[1] == caret


def test_a_prefix_that_nobody_declared_is_asked_for() -> None:
    advice = fault("PREFIX a: <urn:x:> ASK { a:b ?p b:c }").help.splitlines()[2]
    assert advice == f"add PREFIX b: <…>; known without it: {KNOWN}"


def test_an_error_without_a_place_is_given_as_it_is() -> None:
    error = explained("ASK { }", "it is wrong", "my.rq", {})
    assert str(error) == "my.rq: the query does not parse: it is wrong"
    assert error.help == ""


def test_a_place_beyond_the_text_has_its_caret_all_the_same() -> None:
    error = explained("ASK { }", "error at 1:12: expected X", "my.rq", {})
    assert error.help == f"ASK {{ }}\n{' ' * 11}^"


def test_a_relative_iri_that_is_not_found_leaves_the_place_as_it_is() -> None:
    error = explained("ASK { }", "error at 1:5: expected IRI parsing failed", "my.rq", {})
    assert error.where == Location("my.rq", 1, 5)


@pytest.mark.parametrize(
    "error",
    [
        QueryInvalid("it is empty", where=Location("my.rq")),
        QueryInvalid("no place"),
        QueryInvalid("has advice", where=Location("my.rq", 1, 1), help="do this"),
    ],
)
def test_an_error_without_a_line_or_with_its_own_help_stays_as_it_is(error: QueryInvalid) -> None:
    before = error.help
    assert with_line(error, "ASK { }").help == before
