"""Manifests that nobody writes by hand: each gets a clean error, soon, and never a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.manifest import parse_pack, parse_project
from ggen_graph.core.manifest.toml_text import MAX_CHARACTERS, quote

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = '[pack]\nname = "a"\nversion = "1.0.0"\n'


def fault_of(text: str) -> ManifestInvalid:
    with pytest.raises(ManifestInvalid) as caught:
        parse_pack(text, "gpack.toml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            HEAD + "x = " + "[" * 10_000 + "]" * 10_000,
            (4, 69),
            "lists and tables are nested more than 64 deep",
        ),
        (HEAD + "x = " + "[" * 10_000, (4, 69), "lists and tables are nested more than 64 deep"),
        (HEAD + "x = " + "{a=" * 10_000, (4, 197), "lists and tables are nested more than 64 deep"),
        (
            HEAD + '# "[[[\ns = "]"\nx = ' + "[ # [\n" * 1_000,
            (70, 1),
            "lists and tables are nested more than 64 deep",
        ),
        (HEAD + ".".join("a" * 10_000) + " = 1\n", (4, 128), "a key has more than 64 parts"),
        ("[" + " . ".join("a" * 100) + "]\n", (1, 256), "a key has more than 64 parts"),
        (HEAD + "x = 1" + "0" * 5_000, (4, 5), "a number has more than 4,000 digits"),
        (
            "#" * (MAX_CHARACTERS + 1),
            (1, 1),
            "the file is longer than the 1,000,000 characters that are read",
        ),
    ],
    ids=["lists", "open lists", "tables", "over lines", "key", "header", "number", "long"],
)
def test_what_no_person_writes_is_refused_with_its_place(
    text: str, place: tuple[int, int], message: str
) -> None:
    error = fault_of(text)
    assert error.where is not None
    assert (error.message, error.where[1:]) == (message, place)


def test_many_dots_in_a_string_are_no_key() -> None:
    assert parse_pack(f'{HEAD}title = "{"." * 500}"\n', "gpack.toml").title == "." * 500


def test_lists_below_the_limit_of_the_parser_are_judged_as_metadata() -> None:
    error = fault_of(HEAD + "[metadata]\nx = " + "[" * 300 + "]" * 300)
    assert error.message.endswith("is nested more than 32 deep")


def test_thousands_of_unknown_keys_give_one_error_soon() -> None:
    error = fault_of(HEAD + "".join(f"key{number} = 1\n" for number in range(20_000)))
    assert error.message == "`[pack] key0` is not a known key"


def test_a_key_of_many_thousand_characters_is_cut_in_the_message() -> None:
    error = fault_of(f"{HEAD}{'k' * 500_000} = 1\n")
    assert len(error.message) < 200


def test_control_characters_do_not_reach_a_terminal() -> None:
    error = fault_of(HEAD + '"\\u001b[31m" = "\\u001b[0m"\n')
    assert "\x1b" not in f"{error}{error.help}"
    error = fault_of(HEAD + 'category = "\\u001b[31m"\n')
    assert "\x1b" not in f"{error}{error.help}"


def test_a_pattern_made_to_hang_is_not_tried_while_a_registry_is_read() -> None:
    hostile = [
        "(a+)+$",
        "(a|a)" * 60,
        "(?:" * 20 + "a" + ")*" * 20,
        "a*a*a*a*a*a*b",
        "a?" * 40 + "a" * 40,
    ]
    for pattern in hostile:
        text = (
            f'{HEAD}[[variable]]\nname = "x"\npattern = {quote(pattern)}\ndefault = "{"a" * 60}!"\n'
        )
        assert parse_pack(text, "gpack.toml").variables[0].pattern == pattern


keys = st.sampled_from(
    [
        "pack",
        "name",
        "version",
        "template",
        "variable",
        "type",
        "default",
        "min",
        "choices",
        "pattern",
        "globs",
        "metadata",
        "rdf",
        "prefixes",
        "packs",
        "project",
        "id",
        "variables",
        "registries",
        "x",
        "@id",
        "é\n",
    ]
)
scalars = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(["a", "1.0.0", "integer", "choice", "^1", "../x", "http://example.org/"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(value) if isinstance(value, str) else repr(value)


def fault_or_none(parse: Callable[[str, str], object], text: str) -> ManifestInvalid | None:
    try:
        parse(text, "manifest.toml")
    except ManifestInvalid as error:
        return error
    return None


@given(st.dictionaries(keys, values, max_size=6))
def test_any_toml_is_a_manifest_or_one_error_with_a_place_in_the_text(
    data: dict[str, object],
) -> None:
    text = "".join(f"{quote(key)} = {toml(value)}\n" for key, value in data.items())
    for error in (fault_or_none(parse_pack, text), fault_or_none(parse_project, text)):
        if error is not None:
            assert error.where is not None
            assert 1 <= error.where.line <= text.count("\n") + 1
            assert error.where.column >= 1
            assert "\n" not in error.message


@given(st.text(max_size=60))
def test_any_text_is_a_manifest_or_one_error_with_a_place(text: str) -> None:
    error = fault_of(text)
    assert error.where is not None
    assert error.where.line >= 1
