from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import Location, LockCorrupt, ManifestInvalid
from ggen_graph.core.manifest.toml_text import key_text, load_toml, quote, value_text

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_a_quoted_text_reads_back_as_it_was(text: str) -> None:
    assert tomli.loads(f"x = {quote(text)}\n") == {"x": text}


@given(texts)
def test_a_quoted_text_is_one_line_for_every_tool(text: str) -> None:
    assert len(quote(text).splitlines()) == 1


def test_what_could_hide_or_break_a_line_is_escaped() -> None:
    assert quote('a"b\\c\n\t\r\0\x7f\u2028\u202e\ufeff') == (
        '"a\\"b\\\\c\\n\\t\\r\\u0000\\u007F\\u2028\\u202E\\uFEFF"'
    )
    assert quote("Käse 🧀") == '"Käse 🧀"'


@given(texts)
def test_a_key_reads_back_as_it_was(key: str) -> None:
    assert tomli.loads(f"{key_text(key)} = 1\n") == {key: 1}


@given(
    st.one_of(
        texts,
        st.integers(),
        st.booleans(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.lists(texts),
    )
)
def test_a_value_reads_back_as_it_was(value: object) -> None:
    (back,) = tomli.loads(f"x = {value_text(value)}\n").values()
    assert (type(back), back) == (type(value), value)


def test_a_tuple_is_written_as_a_list() -> None:
    assert value_text(("a", "b")) == '["a", "b"]'


def test_the_caller_names_the_error_the_advice_and_the_limit() -> None:
    with pytest.raises(LockCorrupt) as caught:
        load_toml("a = \n", "ggen.lock", LockCorrupt, advice="restore it")
    assert (caught.value.help, caught.value.where) == ("restore it", Location("ggen.lock", 1, 5))
    with pytest.raises(LockCorrupt, match="longer than the 3 characters"):
        load_toml("a = 1\n", "ggen.lock", LockCorrupt, limit=3)


def test_a_marker_of_a_conflict_inside_a_string_is_text() -> None:
    assert load_toml('a = """\n<<<<<<< ours\n"""\n', "x", ManifestInvalid) == {
        "a": "<<<<<<< ours\n"
    }


def test_a_limit_of_the_parser_that_is_not_ours_is_an_error_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def give_up(_: str) -> None:
        raise RecursionError("too deep for this parser")

    monkeypatch.setattr(tomli, "loads", give_up)
    with pytest.raises(ManifestInvalid, match="this is not TOML: too deep for this parser"):
        load_toml("a = 1\n", "x", ManifestInvalid)
