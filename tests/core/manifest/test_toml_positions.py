from __future__ import annotations

import tomli
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.manifest import place_of, positions
from ggen_graph.core.manifest.toml_text import quote

TEXT = """\
top = 1
[a]
b = "x"  # comment
  "c d" . e = 2
'f"g' = [ 1,   # first
  { h = 2, i.j = 3 },
  [ 4, 5 ] ]

[[t]]
k = 1
[t.u]
v = 1
[[t]]
  k = { l = [ { m = 1 } ] }
[ t . "u" ]
v = 2
[[t.w]]
x = 1
[[t.w]]
x = 2
"""


def test_every_key_header_and_element_has_its_line_and_column() -> None:
    assert positions(TEXT) == {
        ("top",): (1, 1),
        ("a",): (2, 1),
        ("a", "b"): (3, 1),
        ("a", "c d"): (4, 3),
        ("a", "c d", "e"): (4, 11),
        ("a", 'f"g'): (5, 1),
        ("a", 'f"g', 0): (5, 11),
        ("a", 'f"g', 1): (6, 3),
        ("a", 'f"g', 1, "h"): (6, 5),
        ("a", 'f"g', 1, "i"): (6, 12),
        ("a", 'f"g', 1, "i", "j"): (6, 14),
        ("a", 'f"g', 2): (7, 3),
        ("a", 'f"g', 2, 0): (7, 5),
        ("a", 'f"g', 2, 1): (7, 8),
        ("t",): (9, 1),
        ("t", 0): (9, 1),
        ("t", 0, "k"): (10, 1),
        ("t", 0, "u"): (11, 1),
        ("t", 0, "u", "v"): (12, 1),
        ("t", 1): (13, 1),
        ("t", 1, "k"): (14, 3),
        ("t", 1, "k", "l"): (14, 9),
        ("t", 1, "k", "l", 0): (14, 15),
        ("t", 1, "k", "l", 0, "m"): (14, 17),
        ("t", 1, "u"): (15, 1),
        ("t", 1, "u", "v"): (16, 1),
        ("t", 1, "w"): (17, 1),
        ("t", 1, "w", 0): (17, 1),
        ("t", 1, "w", 0, "x"): (18, 1),
        ("t", 1, "w", 1): (19, 1),
        ("t", 1, "w", 1, "x"): (20, 1),
    }


def test_columns_count_characters() -> None:
    places = positions('"ä🧀" = { b = 1 }\nc = ["ä🧀", 2]\n')
    assert places["ä🧀",] == (1, 1)
    assert places["ä🧀", "b"] == (1, 10)
    assert places["c", 1] == (2, 12)


def test_escapes_in_keys_are_read() -> None:
    assert positions('"a\\u0041\\"" = 1\n') == {('aA"',): (1, 1)}


def test_a_byte_order_mark_and_windows_line_ends_move_nothing() -> None:
    assert positions("\ufeff[a]\r\nb = 1\r\n") == {("a",): (1, 1), ("a", "b"): (2, 1)}


def test_a_path_without_a_place_has_that_of_what_holds_it() -> None:
    places = positions("[a]\nb = { }\n")
    assert place_of(("a", "b", "c", 3), places) == (2, 1)
    assert place_of(("z",), places) == (1, 1)


def test_a_text_that_is_not_toml_has_the_places_that_can_be_seen() -> None:
    assert positions("a = 1\nb = = 2\n[c]\nd = 3\n")[("c", "d")] == (4, 1)
    assert positions("[") == {}


def test_lists_as_deep_as_a_text_is_long_are_walked() -> None:
    assert len(positions("a = " + "[" * 5_000 + "]" * 5_000)) == 5_000


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
values = st.recursive(
    st.just(1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(names, st.dictionaries(names, values, max_size=3), max_size=4))
def test_every_path_of_a_right_text_has_a_place(data: dict[str, dict[str, object]]) -> None:
    def toml(value: object) -> str:
        if isinstance(value, dict):
            return (
                "{" + ", ".join(f"{quote(key)} = {toml(item)}" for key, item in value.items()) + "}"
            )
        return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else str(value)

    def paths(value: object, path: tuple[str | int, ...]) -> set[tuple[str | int, ...]]:
        pairs = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, list)
            else ()
        )
        return {path}.union(*(paths(item, (*path, key)) for key, item in pairs))

    text = ""
    for name, table in data.items():
        text += f"[{quote(name)}]\n" + "".join(
            f"{quote(key)} = {toml(item)}\n" for key, item in table.items()
        )
    places = positions(text)
    assert tomli.loads(text) == data
    assert set(places) == paths(data, ()) - {()}
