from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.globs import compile_glob, literal_prefix, select


def matches(glob: str, path: str) -> bool:
    return compile_glob(glob).match(path) is not None


@pytest.mark.parametrize(
    ("glob", "inside", "outside"),
    [
        ("a.ttl", ["a.ttl"], ["b/a.ttl", "a.ttl.bak", "axttl", ""]),
        ("*.ttl", ["a.ttl", ".ttl"], ["b/a.ttl", "a.ttl/b", "a.TTL"]),
        ("model/*.ttl", ["model/a.ttl"], ["model/b/a.ttl", "model.ttl", "x/model/a.ttl"]),
        ("model/**/*.ttl", ["model/a.ttl", "model/b/c/a.ttl"], ["model", "models/a.ttl", "a.ttl"]),
        ("**/*.ttl", ["a.ttl", "b/a.ttl", "b/c/a.ttl"], ["a.ttl/b"]),
        ("**/a/**/b", ["a/b", "x/a/b", "a/x/y/b", "x/a/y/b"], ["ab", "a/xb", "xa/b"]),
        ("model/**", ["model/a", "model/a/b"], ["model", "model/", "models/a"]),
        ("**", ["a", "a/b"], []),
        ("a**b", ["ab", "axb", "ax/yb"], ["a"]),
        ("a?c", ["abc", "a.c"], ["ac", "a/c", "abbc"]),
        ("[abc].py", ["a.py", "c.py"], ["d.py", "ab.py", "[abc].py"]),
        ("[+-9]x", ["5x", ".x"], ["/x"]),
        ("[[^&|~]x", ["[x", "^x", "&x", "|x", "~x"], ["ax"]),
        ("[a-c]x", ["ax", "bx"], ["dx", "-x"]),
        ("[!a]x", ["bx"], ["ax", "/x"]),
        ("*.{ttl,rdf}", ["a.ttl", "a.rdf"], ["a.nt", "a.ttl,rdf", "a.{ttl,rdf}"]),
        ("{a,b/c}.x", ["a.x", "b/c.x"], ["b.x"]),
        ("{}", [""], ["{}"]),
        ("{*}.x", ["*.x"], ["a.x"]),
        ("a(b)+|c$^", ["a(b)+|c$^"], ["abb", "c"]),
        ("a[", ["a["], ["a"]),
        ("a[]b", ["a[]b"], ["ab"]),
        ("a{b", ["a{b"], ["ab"]),
        ("a\nb*", ["a\nb", "a\nbc\nd"], ["a\nb/c"]),
        ("ü/*", ["ü/ä"], ["u/ä"]),
        ("", [""], ["a"]),
    ],
)
def test_a_glob_matches_whole_paths(glob: str, inside: list[str], outside: list[str]) -> None:
    assert [path for path in inside if not matches(glob, path)] == []
    assert [path for path in outside if matches(glob, path)] == []


def test_a_backslash_in_a_class_is_itself() -> None:
    assert matches("[\\]x", "\\x")
    assert not matches("[\\d]x", "1x")


def test_paths_are_selected_once_and_in_order() -> None:
    paths = ["b.ttl", "a.ttl", "a.rdf", "c/a.ttl", "b.ttl"]
    assert select(paths, ["*.ttl", "a.*"]) == ["a.rdf", "a.ttl", "b.ttl"]
    assert select(paths, []) == []
    assert select([], ["**"]) == []


@pytest.mark.parametrize(
    ("glob", "folder"),
    [
        ("model/**/*.ttl", "model"),
        ("a/b/c*.ttl", "a/b"),
        ("a/b.ttl", "a"),
        ("*.ttl", ""),
        ("model", ""),
        ("a/{b,c}/d", "a"),
        ("a/[bc]/d", "a"),
        ("a/b?/d", "a"),
        ("", ""),
    ],
)
def test_the_folder_before_the_first_wildcard_is_where_to_look(glob: str, folder: str) -> None:
    assert literal_prefix(glob) == folder


GLOBS = st.text("ab/*?[]{},!-\\.", max_size=12)
PATHS = st.text("ab/.", max_size=8)


@given(GLOBS, PATHS)
def test_every_text_is_a_glob_and_what_it_selects_is_below_its_folder(glob: str, path: str) -> None:
    folder = literal_prefix(glob)
    try:
        found = select([path], [glob])
    except re.error:
        assert re.search(r"\[[^\]/]+\]", glob)  # a set that is none, such as [b-a]
        return
    assert not folder or all(one.startswith(f"{folder}/") for one in found)


@given(st.text("ab/.-_ (+)$^|", max_size=12))
def test_a_path_without_wildcards_matches_itself_alone(path: str) -> None:
    assert matches(path, path)
    assert not matches(path, f"{path}x")
