"""The Tera dialect against real Tera: the same bytes or the same refusal.

Cases lie in `tests/data/tera/cases/`, one file per feature, found by themselves.
"""

from __future__ import annotations

import json
import os
import random
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from ggen_graph.core.diagnostics import TemplateFailed
from ggen_graph.core.template.engine import compile_template
from ggen_graph.core.template.surroundings import Surroundings
from tests.core.template import oracle, random_tera

DATA = Path(__file__).parents[2] / "data" / "tera"
CONTEXT = json.loads((DATA / "context.json").read_text(encoding="utf-8"))
FILES = {path.name: path.read_text(encoding="utf-8") for path in (DATA / "files").iterdir()}
CASES = {path.stem: path for path in sorted((DATA / "cases").glob("*.yaml"))}

# The known differences (docs/reference/templates.md lists them): what we refuse before rendering
# although Tera would only refuse it when reached, and what we have not got.
REFUSED_EARLIER = re.compile(
    r"there is no (filter|function|test|template|import)|has no macro|needs `"
    r"|can't look up such a key"
)
KNOWN = yaml.safe_load((DATA / "known-differences.yaml").read_text(encoding="utf-8"))


def why(template: str, context: dict[str, Any], files: dict[str, str]) -> str:
    """Our message for a template that we refuse; empty if we render it."""
    try:
        compile_template(template, engine="tera", name=oracle.MAIN, loader=files).render(context)
    except TemplateFailed as failed:
        return failed.message
    return ""


def differs(
    template: str, context: dict[str, Any], files: dict[str, str], main: str = oracle.MAIN
) -> bool:
    """Whether we differ from real Tera in a way that no known difference explains."""
    theirs = oracle.real(template, context, files, main)
    ours = oracle.ours(template, context, files, main)
    if theirs == ours or template in KNOWN:
        return False
    return ours is not None or not REFUSED_EARLIER.search(why(template, context, files))


@pytest.mark.parametrize("feature", CASES)
def test_every_case_of_a_feature_is_as_in_real_tera(feature: str) -> None:
    templates = yaml.safe_load(CASES[feature].read_text(encoding="utf-8"))
    assert [one for one in templates if differs(one, CONTEXT, FILES)] == []


@pytest.mark.parametrize("feature", CASES)
def test_every_case_is_escaped_as_in_real_tera_where_the_file_is_html(feature: str) -> None:
    templates = yaml.safe_load(CASES[feature].read_text(encoding="utf-8"))
    assert [one for one in templates if differs(one, CONTEXT, FILES, oracle.ESCAPED)] == []


@pytest.mark.parametrize(
    "template",
    [
        "{{ get_env(name='GGEN_SET') }}",
        "{{ get_env(name='GGEN_SET', default=3) }}",
        "{{ get_env(name='GGEN_NOT_SET') }}",
        "{{ get_env(name='GGEN_NOT_SET', default=3) }}",
        "{{ get_env() }}",
        "{{ get_env(name=3) }}",
        "{{ get_random(end=1) }}",
        "{{ get_random(start=4, end=5) }}",
        "{{ get_random(start=-5, end=-4) }}",
        "{{ get_random(start=4, end=4) }}",
        "{{ get_random(start=5, end=4) }}",
        "{{ get_random(start=1) }}",
        "{{ get_random(end='a') }}",
        "{{ get_random(end=1.5) }}",
    ],
)
def test_functions_that_are_allowed_do_as_in_real_tera(
    monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    monkeypatch.setenv("GGEN_SET", "set")
    around = Surroundings(environment=os.environ, chance=random.randrange)
    compiled = compile_template(
        template, engine="tera", name=oracle.MAIN, allowed=("get_env", "get_random")
    )
    try:
        ours = compiled.render({}, around)
    except TemplateFailed:
        ours = None
    assert ours == oracle.real(template, {}, {})


def test_there_are_cases_enough_to_speak_of_a_corpus() -> None:
    counts = {name: len(yaml.safe_load(path.read_text("utf-8"))) for name, path in CASES.items()}
    assert sum(counts.values()) >= 500
    assert min(counts.values()) >= 5


def test_known_differences_are_still_differences() -> None:
    same = [
        template
        for template in KNOWN
        if oracle.real(template, CONTEXT, FILES) == oracle.ours(template, CONTEXT, FILES)
    ]
    assert same == []


# -- every value with every filter, test and operator ---------------------------------------------


def matrix() -> list[str]:
    parts = yaml.safe_load((DATA / "matrix.yaml").read_text(encoding="utf-8"))
    forms = [
        *parts["forms"],
        *(f"{{{{ # | {name} }}}}" for name in parts["filters"]),
        *(f"{{% if # is {name} %}}1{{% endif %}}" for name in parts["tests"]),
        *(f"{{% if # is not {name} %}}1{{% endif %}}" for name in parts["tests"]),
    ]
    operands = [*parts["values"], *parts["literals"]]
    pairs = [f"{a} {op} {b}" for op, a, b in product(parts["operators"], operands, operands)]
    return [
        *(form.replace("#", value) for form, value in product(forms, parts["values"])),
        *(f"{{{{ {pair} }}}}" for pair in pairs),
        *(f"{{% if {pair} %}}1{{% endif %}}" for pair in pairs),
    ]


def test_a_sample_of_values_with_filters_tests_and_operators_is_as_in_real_tera() -> None:
    assert [one for one in matrix()[::101] if differs(one, CONTEXT, FILES)] == []


@pytest.mark.soak
def test_every_value_with_every_filter_test_and_operator_is_as_in_real_tera() -> None:
    assert [one for one in matrix() if differs(one, CONTEXT, FILES)] == []


# -- random templates -----------------------------------------------------------------------------


def different_seeds(seeds: range) -> list[int]:
    return [
        seed
        for seed in seeds
        if differs(random_tera.random_template(seed), random_tera.CONTEXT, random_tera.FILES)
    ]


def test_random_templates_are_as_in_real_tera() -> None:
    assert different_seeds(range(150)) == []


@pytest.mark.soak
def test_many_random_templates_are_as_in_real_tera() -> None:
    assert different_seeds(range(10_000)) == []


def test_random_templates_for_html_are_as_in_real_tera() -> None:
    seeds = range(150, 250)
    assert [
        seed
        for seed in seeds
        if differs(
            random_tera.random_template(seed),
            random_tera.CONTEXT,
            random_tera.FILES,
            oracle.ESCAPED,
        )
    ] == []


def test_enough_random_templates_are_valid() -> None:
    rendered = [
        seed
        for seed in range(100)
        if oracle.ours(random_tera.random_template(seed), random_tera.CONTEXT, random_tera.FILES)
    ]
    assert len(rendered) > 15
