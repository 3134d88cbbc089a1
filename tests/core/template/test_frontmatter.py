from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ggen_graph.core.diagnostics import TemplateFailed
from ggen_graph.core.template.frontmatter import KEYS, FrontMatter, Query, split
from ggen_graph.core.template.injection import PLACES, Place

FAULTS = yaml.safe_load(
    (Path(__file__).parents[2] / "data" / "templates" / "front-matter-faults.yaml").read_text(
        "utf-8"
    )
)

WHOLE = """\
---
to: "models/{{ row.name }}.py"
sparql:
  classes: all-classes
  properties: |
    SELECT ?class ?name { ?name ?p ?class }
construct:
  links: CONSTRUCT WHERE { ?s ?p ?o }
for_each: classes
key: [class, "?name"]
when: row.name is defined
skip_empty: true
unless_exists: false
force: true
mode: 755
vars:
  indent: 4
  tags: [a, {b: null}]
shape: shapes/./model.ttl
description: One model per class.
from: parts/_model.py.tera
---

"""


def test_every_key_is_read() -> None:
    matter, body, line = split(WHOLE, "t.tera")
    assert matter.to == "models/{{ row.name }}.py"
    assert matter.queries == (
        Query("classes", None, "all-classes", 4),
        Query("properties", "SELECT ?class ?name { ?name ?p ?class }\n", None, 5, text_line=6),
        Query("links", "CONSTRUCT WHERE { ?s ?p ?o }", None, 8, constructs=True),
    )
    assert (matter.for_each, matter.key) == ("classes", ("class", "name"))
    assert (matter.when, matter.mode) == ("row.name is defined", "755")
    assert (matter.skip_empty, matter.unless_exists, matter.force) == (True, False, True)
    assert matter.variables == {"indent": 4, "tags": ["a", {"b": None}]}
    assert (matter.body_from, matter.shape) == ("parts/_model.py.tera", "shapes/model.ttl")
    assert matter.description == "One model per class."
    assert set(matter.lines) == set(KEYS) - {"inject", "skip_if", *PLACES}
    assert matter.lines["when"] == 11
    assert (body, line) == ("\n", 23)


@pytest.mark.parametrize(
    ("place", "read"),
    [
        ("before: /^end$/", Place("before", "/^end$/")),
        ('after: "{{ row.name }}"', Place("after", "{{ row.name }}")),
        ("prepend: true", Place("prepend")),
        ("append: true\nprepend: false", Place("append")),
        ("at_line: 3", Place("at_line", line=3)),
    ],
)
def test_lines_go_to_one_place(place: str, read: Place) -> None:
    matter, _, _ = split(f"---\ninject: true\n{place}\nskip_if: x\n---\n", "t")
    assert (matter.inject, matter.skip_if) == (read, "x")


@pytest.mark.parametrize(
    "text", ["", "plain", "---", "--- x\n---\n", "---\nname: CI\non: push\n", "\n---\nto: x\n---\n"]
)
def test_a_file_without_a_closed_front_matter_is_all_body(text: str) -> None:
    assert split(text, "t") == (FrontMatter(), text, 1)


def test_an_empty_front_matter_lets_a_body_begin_with_dashes() -> None:
    matter, body, line = split("---\n---\n---\nname: CI\n", "t")
    assert (matter, body, line) == (FrontMatter(), "---\nname: CI\n", 3)


def test_windows_line_ends_and_a_body_of_nothing_are_fine() -> None:
    matter, body, line = split("---\r\nto: a.txt\r\n---", "t")
    assert (matter.to, body, line) == ("a.txt", "", 3)


@pytest.mark.parametrize(
    ("value", "query"),
    [
        ("all-classes", Query("all_classes", None, "all-classes", 2)),
        ("queries/all-classes.rq", Query("all_classes", None, "queries/all-classes.rq", 2)),
        ('"SELECT * { ?s ?p ?o }"', Query("rows", "SELECT * { ?s ?p ?o }", None, 2)),
    ],
)
def test_a_single_query_needs_no_name(value: str, query: Query) -> None:
    matter, _, _ = split(f"---\nsparql: {value}\nfor_each: {query.name}\n---\n", "t")
    assert matter.queries == (query,)


def test_a_single_construct_is_called_triples_or_like_the_pack_s_query() -> None:
    matter, _, _ = split("---\nsparql: all\nconstruct: CONSTRUCT WHERE { ?s ?p ?o }\n---\n", "t")
    assert [query.name for query in matter.queries] == ["all", "triples"]
    matter, _, _ = split("---\nconstruct: all-links\nfor_each: all_links\n---\n", "t")
    assert matter.queries == (Query("all_links", None, "all-links", 2, constructs=True),)


@pytest.mark.parametrize(("value", "mode"), [("644", "644"), ("0755", "755"), ('"755"', "755")])
def test_a_mode_may_be_written_as_people_write_it(value: str, mode: str) -> None:
    assert split(f"---\nmode: {value}\n---\n", "t")[0].mode == mode


@pytest.mark.parametrize(("value", "when"), [("true", "true"), ("no", "false"), ("a > 1", "a > 1")])
def test_a_condition_may_be_a_boolean(value: str, when: str) -> None:
    assert split(f"---\nwhen: {value}\n---\n", "t")[0].when == when


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: str(case["message"]))
def test_a_fault_says_what_is_wrong_on_which_line(case: dict[str, str]) -> None:
    with pytest.raises(TemplateFailed) as failed:
        split(case["text"], "t.tera")
    assert case["message"] in failed.value.message
    assert str(failed.value.where) == f"t.tera:{case['line']}"
    assert case.get("help", "") in failed.value.help


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("sparql: |\n  SELECT *\n  { ?s }", 4),
        ("to: x\nsparql:\n  one: |-\n    SELECT *\n    { ?s }", 6),
        ("sparql: >-\n  SELECT *\n  { ?s }", 2),
        ("sparql: SELECT * { ?s }", 2),
    ],
)
def test_a_line_of_a_query_is_found_in_the_file_where_its_lines_are_kept(
    front: str, line: int
) -> None:
    [query] = split(f"---\n{front}\n---\n", "t")[0].queries
    assert query.line_of(2) == line
