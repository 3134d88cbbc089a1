"""Lines go into a text once, whole, at their place, and come out again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.template.injection import (
    NoPlaceError,
    Place,
    exchange,
    holds,
    inject,
    matches,
)

TEXT = "one\ntwo.\nthree\n"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("prepend"), "new\none\ntwo.\nthree\n"),
        (Place("append"), "one\ntwo.\nthree\nnew\n"),
        (Place("before", "two."), "one\nnew\ntwo.\nthree\n"),
        (Place("after", "two."), "one\ntwo.\nnew\nthree\n"),
        (Place("after", "/^t/"), "one\ntwo.\nnew\nthree\n"),
        (Place("before", "/e$/"), "new\none\ntwo.\nthree\n"),
        (Place("at_line", line=1), "new\none\ntwo.\nthree\n"),
        (Place("at_line", line=4), "one\ntwo.\nthree\nnew\n"),
    ],
)
def test_lines_go_to_their_place(place: Place, expected: str) -> None:
    assert inject(TEXT, "new", place) == expected
    assert inject(expected, "new\n", place) == expected
    assert exchange(expected, "new", "") == TEXT
    assert exchange(expected, "new", "a\nb") == expected.replace("new\n", "a\nb\n")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Place("before", "tw.\\."), "no line in it has"),
        (Place("after", "/^x/"), "no line in it has /"),
        (Place("at_line", line=5), "3 lines, and no place at line 5"),
    ],
)
def test_a_place_that_there_is_not_is_named(place: Place, said: str) -> None:
    with pytest.raises(NoPlaceError, match=said):
        inject(TEXT, "new", place)


def test_the_line_ends_of_the_text_are_taken_on() -> None:
    text = "one\r\ntwo\r\n"
    into = inject(text, "a\nb", Place("after", "one"))
    assert into == "one\r\na\r\nb\r\ntwo\r\n"
    assert holds(into, "a\nb\n")
    assert exchange(into, "a\nb", "") == text


def test_a_last_line_without_an_end_gets_one() -> None:
    assert inject("one", "new", Place("append")) == "one\nnew\n"
    assert inject("", "new", Place("append")) == "new\n"


def test_a_part_of_a_line_is_not_the_line() -> None:
    assert not holds("anew\n", "new")
    assert not holds("newer\n", "new")
    assert holds("anew\nnew\n", "new")
    assert exchange("anew\nnew\n", "new", "") == "anew\n"
    assert exchange("anew\n", "new", "") == "anew\n"


def test_what_is_sought_is_text_or_between_slashes_a_regular_expression() -> None:
    assert matches("a\nb.c\n", "b.c")
    assert not matches("bxc\n", "b.c")
    assert matches("bxc\n", "/^b.c$/")
    assert matches("a/b\n", "/")
    with pytest.raises(ValueError, match="no regular expression"):
        matches("a", "/(/")


@given(
    st.lists(
        st.text(st.characters(codec="ascii", exclude_characters="\r\n\v\f\x1c\x1d\x1e")), max_size=6
    ),
    st.integers(1, 7),
)
def test_what_stands_around_keeps_its_bytes(lines: list[str], line: int) -> None:
    text = "".join(f"{one}\n" for one in lines)
    if line > len(lines) + 1 or "@@" in lines:
        return
    into = inject(text, "@@", Place("at_line", line=line))
    assert into.splitlines() == [*lines[: line - 1], "@@", *lines[line - 1 :]]
    assert exchange(into, "@@", "") == text
