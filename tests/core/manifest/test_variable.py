from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.manifest import Variable, read_value, value_fault
from ggen_graph.core.manifest.variable import TYPES, example_of, expected, spelled

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", "", ""),
        ("string", "80", "80"),
        ("integer", "80", 80),
        ("integer", " -5 ", -5),
        ("integer", "+5", 5),
        ("number", "80", 80),
        ("number", "0.5", 0.5),
        ("number", "-1e3", -1000.0),
        *(("boolean", text, True) for text in ("true", "Yes", "1", "TRUE")),
        *(("boolean", text, False) for text in ("false", "no", "0")),
        ("choice", "small", "small"),
        ("path", "src/app", "src/app"),
        ("list", "", ()),
        ("list", "a", ("a",)),
        ("list", "a, b ,c", ("a", "b", "c")),
        ("list", '["a, b", "c"]', ("a, b", "c")),
        ("list", "[]", ()),
    ],
)
def test_a_text_is_read_by_the_type_of_the_variable(kind: str, text: str, value: object) -> None:
    variable = Variable("x", kind)
    read = read_value(variable, text)
    assert (type(read), read) == (type(value), value)
    assert value_fault(variable, read) == ""


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", ""),
        ("integer", "8_0"),
        ("integer", "0x50"),
        ("integer", "1.0"),
        ("integer", "٣"),
        ("integer", "9" * 19),
        ("integer", "9" * 5_000),
        ("number", "nan"),
        ("number", "inf"),
        ("number", "1e999"),
        ("number", "1_0.5"),
        ("number", "one"),
        ("boolean", "on"),
        ("boolean", ""),
        ("path", "../x"),
        ("path", "/x"),
        ("path", ""),
        ("list", '["a", 1]'),
        ("list", '["a"'),
        ("list", "[" * 100_000),
        ("string", "a\0b"),
        ("string", "a\udc80"),
    ],
)
def test_a_text_that_spells_no_value_is_a_fault(kind: str, text: str) -> None:
    variable = Variable("x", kind)
    assert value_fault(variable, read_value(variable, text)) == f"must be {expected(variable)}"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 1),
        ("string", None),
        ("integer", True),
        ("integer", 1.0),
        ("integer", 2**63),
        ("number", True),
        ("number", "1"),
        ("number", math.nan),
        ("number", 10**400),
        ("boolean", 1),
        ("boolean", "true"),
        ("choice", 5),
        ("path", ["a"]),
        ("list", "a,b"),
        ("list", {"a": 1}),
        ("list", ["a", None]),
    ],
)
def test_a_typed_value_must_have_the_type(kind: str, value: object) -> None:
    assert value_fault(Variable("x", kind), value)


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        (Variable("x", "integer", min=1, max=65535), "an integer from 1 to 65535"),
        (Variable("x", "number", min=0.5), "a number, 0.5 or more"),
        (Variable("x", "integer", max=9), "an integer, 9 or less"),
        (Variable("x", "choice", choices=("a", "b")), 'one of "a", "b"'),
        (Variable("x", "integer", choices=(1, 2)), "one of 1, 2"),
        (Variable("x", "list", choices=("a", "b")), 'a list of strings among "a", "b"'),
        (Variable("x", pattern="[a-z]+"), "a string that matches the pattern [a-z]+"),
        (
            Variable("x", "list", pattern="[a-z]+"),
            "a list of strings that each match the pattern [a-z]+",
        ),
        (Variable("x", "boolean"), "true or false"),
        (Variable("x", "path"), "a relative path that stays inside the project"),
    ],
)
def test_what_a_value_must_be_is_said_in_words(variable: Variable, words: str) -> None:
    assert expected(variable) == words


@pytest.mark.parametrize(
    ("variable", "right", "wrong"),
    [
        (Variable("x", "integer", min=1, max=3), [1, 2, 3], [0, 4]),
        (Variable("x", "number", max=1), [-5, 0.5, 1], [1.01]),
        (Variable("x", "choice", choices=("a", "b")), ["a"], ["c", ""]),
        (Variable("x", "list", choices=("a", "b")), [[], ["b", "a"], ("a", "a")], [["c"]]),
        (Variable("x", pattern="a|bc"), ["a", "bc"], ["ac", "abc", ""]),
        (Variable("x", "list", pattern="a+"), [["a", "aa"]], [["a", "b"]]),
        (Variable("x", "path", pattern=r".*\.ttl"), ["m/a.ttl"], ["a.rq", "../a.ttl"]),
    ],
)
def test_bounds_choices_and_patterns_hold(
    variable: Variable, right: list[Any], wrong: list[Any]
) -> None:
    assert [value_fault(variable, value) for value in right] == [""] * len(right)
    assert all(value_fault(variable, value) for value in wrong)


@pytest.mark.parametrize(
    ("variable", "example"),
    [
        (Variable("x", example="Ann", default="Bob"), "Ann"),
        (Variable("x", default="Bob"), "Bob"),
        (Variable("x", "choice", choices=("a", "b")), "a"),
        (Variable("x", "list", choices=("a", "b")), ("a",)),
        (Variable("x", "integer", max=9), 9),
        (Variable("x", "boolean"), True),
        (Variable("x", "integer"), 1),
        (Variable("x"), None),
    ],
)
def test_an_example_is_the_authors_or_one_that_is_right(
    variable: Variable, example: object
) -> None:
    assert example_of(variable) == example


def test_a_list_that_looks_like_json_is_spelled_as_json() -> None:
    assert spelled(("[", "a")) == '["[", "a"]'
    assert read_value(Variable("x", "list"), spelled(("[", "a"))) == ("[", "a")


@given(
    st.one_of(
        st.tuples(st.just("string"), texts),
        st.tuples(st.just("integer"), st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.just("number"), st.floats(allow_nan=False, allow_infinity=False)),
        st.tuples(st.just("boolean"), st.booleans()),
        st.tuples(st.just("list"), st.lists(texts).map(tuple)),
    )
)
def test_what_a_value_is_spelled_as_reads_back_as_the_value(case: tuple[str, Any]) -> None:
    kind, value = case
    variable = Variable("x", kind)
    assert value_fault(variable, value) == ""
    assert read_value(variable, spelled(value)) == value


def test_the_types_are_those_of_the_format() -> None:
    assert TYPES == ("string", "integer", "number", "boolean", "choice", "path", "list")
