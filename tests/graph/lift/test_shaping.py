from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, parse

from ggen_graph.graph.iris import GGEN
from ggen_graph.graph.lift import document, json_text, load, node, shipped_digest
from ggen_graph.graph.lift import settings as lift_settings

# Keys and values that a person may write, those that JSON-LD would read as its own among them.
TRICKY = ["@id", "@context", "@type", "@graph", "@value", "@vocab", "type", "iri", "ggen:name", ""]
KEYS = st.sampled_from(TRICKY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(width=32) | KEYS
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


def test_what_has_no_value_is_left_out_and_false_and_zero_are_values() -> None:
    shaped = node("urn:x:a", "Release", a=None, b="", c=[], d=(), e=False, f=0, g=("x",), h=["y"])
    assert shaped == {
        "iri": "urn:x:a",
        "type": "Release",
        "e": False,
        "f": 0,
        "g": ["x"],
        "h": ["y"],
    }
    assert node("urn:x:a") == {"iri": "urn:x:a"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a b", "a b"),
        ("", ""),
        (True, "true"),
        (1.5, "1.5"),
        (("ä",), '["ä"]'),
        ({"b": 1}, '{"b": 1}'),
    ],
)
def test_a_string_is_its_own_text_and_anything_else_is_json(value: object, text: str) -> None:
    assert json_text(value) == text


def test_the_context_comes_first_so_that_a_reader_can_stream() -> None:
    text = document([node("urn:x:a", "Release", name="ä")]).decode()
    assert text.startswith('{"@context":{')
    assert json.loads(text)["@graph"] == [{"iri": "urn:x:a", "type": "Release", "name": "ä"}]


@settings(max_examples=40)
@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_whatever_a_free_map_holds_becomes_names_and_values(given_map: dict[str, Any]) -> None:
    shaped = lift_settings("urn:x:owner", given_map)
    quads = list(parse(document(shaped), format=RdfFormat.JSON_LD))
    found: dict[str, dict[str, str]] = {}
    for quad in quads:
        assert isinstance(quad.subject, NamedNode)
        assert quad.subject.value.startswith("urn:x:owner/setting/")
        assert not isinstance(quad.object, BlankNode)
        if isinstance(quad.object, Literal):
            name = str(quad.predicate.value).removeprefix(GGEN)
            found.setdefault(quad.subject.value, {})[name] = quad.object.value
    read = {one.get("key", ""): one["value"] for one in found.values()}
    assert read == {key: json_text(value) for key, value in given_map.items()}


def test_settings_may_be_pairs() -> None:
    assert lift_settings("urn:x:o", [("a b", 1)]) == [
        {"iri": "urn:x:o/setting/a%20b", "type": "Setting", "key": "a b", "value": "1"}
    ]


def test_nodes_are_added_to_a_graph_that_may_hold_some() -> None:
    store = Store()
    for name in ("one", "two", "two"):
        load(store, "urn:x:g", [node(f"urn:x:{name}", "Release")])
    assert {str(quad.subject) for quad in store} == {"<urn:x:one>", "<urn:x:two>"}
    assert {str(quad.graph_name) for quad in store} == {"<urn:x:g>"}


def test_a_digest_of_shipped_files_is_short_and_depends_on_each_and_on_their_order() -> None:
    one, two = "ontology/context.jsonld", "queries/catalog/relate-packs.rq"
    digests = [
        shipped_digest(),
        shipped_digest(one),
        shipped_digest(one, two),
        shipped_digest(two, one),
    ]
    assert len(set(digests)) == 4
    assert shipped_digest(one, two) == digests[2]
    assert {len(digest) for digest in digests} == {8}
