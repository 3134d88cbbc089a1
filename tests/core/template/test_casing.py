from __future__ import annotations

import doctest
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.template import casing, engine

NAMES = yaml.safe_load(
    (Path(__file__).parents[2] / "data" / "templates" / "names.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", NAMES["cases"], ids=lambda case: str(case["name"]))
def test_a_name_has_one_form_in_each_case(case: dict[str, str]) -> None:
    made = {form: casing.FUNCTIONS[form](case["name"]) for form in case if form != "name"}
    assert made == {form: text for form, text in case.items() if form != "name"}


@pytest.mark.parametrize(("iri", "name"), NAMES["local"].items())
def test_the_local_name_is_what_follows_the_last_separator(iri: str, name: str) -> None:
    assert casing.local(iri) == name


@pytest.mark.parametrize(("one", "many"), NAMES["plural"].items())
def test_the_plural_keeps_the_case(one: str, many: str) -> None:
    assert casing.plural(one) == many


@given(st.text("abcXYZ019 _-.éÉ", max_size=12))
def test_a_name_in_a_case_stays_as_it_is(name: str) -> None:
    for form in ("snake", "kebab", "upper_snake"):
        made = casing.FUNCTIONS[form](name)
        assert casing.FUNCTIONS[form](made) == made


@given(st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,3}", fullmatch=True))
def test_all_cases_say_the_same_words(name: str) -> None:
    words = name.split()
    for form in ("snake", "kebab", "upper_snake"):
        assert casing.words(casing.FUNCTIONS[form](name)) == words


@pytest.mark.parametrize("module", [casing, engine])
def test_the_examples_in_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type] # modules
