from __future__ import annotations

import pytest

from ggen_graph.core.manifest.patterns import MAX_PATTERN, matches, matches_quickly, pattern_fault


@pytest.mark.parametrize(
    "pattern", ["", "[a-z]+", "^a$", "a{2,3}", "(?i)x", "(?P<n>a)(?P=n)", "[[a]"]
)
def test_pythons_regular_expressions_have_no_fault(pattern: str) -> None:
    assert pattern_fault(pattern) == ""


def test_a_fault_has_its_place() -> None:
    assert pattern_fault("ab(") == "missing ), unterminated subpattern at character 3"


@pytest.mark.parametrize(
    "pattern", ["(" * 5_00 + ")" * 500, "a{99999999999}", "(" * 101 + ")" * 101, "*"]
)
def test_what_cannot_be_compiled_is_a_fault(pattern: str) -> None:
    assert isinstance(pattern_fault(pattern), str)


def test_a_pattern_has_a_greatest_length() -> None:
    assert pattern_fault("a" * MAX_PATTERN) == ""
    assert pattern_fault("a" * (MAX_PATTERN + 1)) == "it is longer than 1,000 characters"


def test_the_whole_value_must_match() -> None:
    assert matches("[a-z]+", "web")
    assert not matches("[a-z]+", "web2")
    assert not matches("^[a-z]+$", "web\n")


def test_simple_patterns_are_tried_at_once() -> None:
    assert matches_quickly("[a-z]+", "web") is True
    assert matches_quickly("[a-z]+", "Web") is False
    assert matches_quickly("^(dev|test|prod)$", "qa") is False


def test_patterns_that_might_take_long_are_left_for_later() -> None:
    assert matches_quickly("[a-z]+(-[a-z]+)*", "web-api") is None
    assert matches_quickly("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)", "web") is None
    assert matches_quickly("a*b*c*", "abc") is None
    assert matches_quickly("[a-z]+", "a" * 101) is None
