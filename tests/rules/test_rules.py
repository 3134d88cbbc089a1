"""Runs the data tests of `ontology/rules/` (README.md beside this file says what they are made of)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Quad, RdfFormat, Store, parse

from ggen_graph.core.sparql import header
from ggen_graph.graph.infer import Rule, rules

HERE = Path(__file__).parent


def triples(path: Path) -> set[str]:
    return {str(quad) for quad in parse(path.read_bytes(), RdfFormat.TURTLE)}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_adds_what_its_data_test_expects(rule: Rule) -> None:
    stated = (HERE / rule.name / "data.ttl").read_bytes()
    # The members of a list are blank nodes, of which each parse would make others.
    store = Store()
    store.load(stated, RdfFormat.TURTLE)
    before = {str(quad) for quad in store}
    found: Any = store.query(rule.text)
    made = {str(Quad(one.subject, one.predicate, one.object)) for one in found}
    assert made - before == triples(HERE / rule.name / "expected.ttl")


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_says_what_it_concludes(rule: Rule) -> None:
    said = header(rule.text, rule.name)
    assert set(said) <= {"summary", "params", "returns", "once"}
    assert said["returns"] == "triples"
    assert isinstance(said["summary"], str)
    assert not said["params"]


def test_every_case_has_its_rule() -> None:
    cases = {folder.parent.name for folder in HERE.rglob("data.ttl")}
    assert cases == {rule.name for rule in rules()}
