"""`docs/reference/templates.md` names all there is, and its examples give what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from ggen_graph.core.template import casing, frontmatter
from ggen_graph.core.template.engine import compile_template
from ggen_graph.core.template.frontmatter import split
from ggen_graph.core.template.injection import PLACES
from ggen_graph.core.template.jinja import JinjaEnvironment
from ggen_graph.core.template.rows import OVER_ROWS
from ggen_graph.core.template.tera import functions
from ggen_graph.core.template.tera.grammar import KNOWN
from tests.core.template import oracle

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "templates.md").read_text("utf-8")
ROW = {"name": "Ann"}
CASES = Path(__file__).parents[2] / "data" / "tera" / "cases"
CONTEXT = {"row": ROW, "people": [ROW, {"name": "Bob"}], "count": 3}
EXAMPLES = [
    (found[1].replace("\\|", "|"), found[2])
    for found in re.finditer(r"\| `([^`]*\{[{%](?:\\\||[^|])*)` \| `([^`]*)` \|", PAGE)
]


def unnamed(words: Iterable[str]) -> list[str]:
    """Which of some words the page does not have as code."""
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.DOTALL | re.MULTILINE)
    spans = re.findall(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", prose)
    found = set(re.findall(r"[A-Za-z_0-9]+", " ".join(code for _, code in spans)))
    return sorted(word for word in words if word not in found)


def test_every_filter_test_function_tag_and_key_is_named() -> None:
    assert unnamed(functions.FILTERS) == []
    assert unnamed(functions.SPECIAL_FILTERS) == []
    assert unnamed(functions.FUNCTIONS) == []
    assert unnamed(functions.REFUSED_FUNCTIONS) == []
    assert unnamed(functions.TESTS) == []
    assert unnamed(word for word in KNOWN if not word.startswith("end")) == []
    assert unnamed(frontmatter.KEYS) == []


def test_what_ggen_adds_to_jinja2_is_named() -> None:
    environment = JinjaEnvironment({})
    assert set(casing.FUNCTIONS) <= set(environment.filters)
    assert set(casing.FUNCTIONS) | {"sparql", "now", "curie", *OVER_ROWS} <= set(
        environment.globals
    )


def test_there_is_an_example_for_each_filter() -> None:
    shown = " ".join(template for template, _ in EXAMPLES)
    alike = {"trim_start", "trim_end", "trim_end_matches", "last", "escape_xml", "urlencode_strict"}
    assert [
        name for name in functions.FILTERS if f"| {name}" not in shown and name not in alike
    ] == []


@pytest.mark.parametrize(("template", "text"), EXAMPLES)
def test_an_example_gives_what_the_page_says(template: str, text: str) -> None:
    assert compile_template(template, engine="tera", name="t").render(CONTEXT) == text
    own = any(f"| {name}" in template for name in casing.FUNCTIONS)
    assert own or oracle.real(template, CONTEXT, {}) == text


def test_the_front_matter_on_the_page_is_one() -> None:
    found = re.search(r"```yaml front-matter\n(.*?)```", PAGE, re.DOTALL)
    assert found
    matter, body, _ = split(found[1], "page")
    assert set(matter.lines) == set(frontmatter.KEYS) - {"inject", "skip_if", *PLACES}
    assert body == ""


def test_the_counts_of_the_comparison_are_those_of_the_corpus() -> None:
    section = PAGE.partition("### How it is compared")[2].partition("\n## ")[0]
    shown = {feature: int(count) for feature, count in re.findall(r"\| (\S+) \| (\d+) \|", section)}
    assert shown == {
        path.stem: len(yaml.safe_load(path.read_text("utf-8"))) for path in CASES.glob("*.yaml")
    }


def test_the_list_of_known_differences_is_short() -> None:
    section = PAGE.partition("### Differences from Tera")[2].partition("\n### ")[0]
    assert 0 < section.count("\n- ") <= 5
