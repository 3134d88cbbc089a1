"""Licence expressions as the choices that they offer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.licences import MOST, choices
from ggen_graph.core.manifest.values import is_license


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", ["MIT"]),
        ("MIT OR Zlib", ["MIT", "Zlib"]),
        ("MIT AND Zlib", ["MIT Zlib"]),
        ("MIT OR Apache-2.0 AND Zlib", ["Apache-2.0 Zlib", "MIT"]),
        ("(MIT OR Apache-2.0) AND Zlib", ["Apache-2.0 Zlib", "MIT Zlib"]),
        ("(MIT)", ["MIT"]),
        ("GPL-2.0-only WITH Classpath-exception-2.0 OR MIT", ["GPL-2.0-only WITH Classpath-exception-2.0", "MIT"]),
        ("MIT OR MIT", ["MIT"]),
    ],
)  # fmt: skip
def test_or_is_a_choice_and_and_is_a_demand(expression: str, expected: list[str]) -> None:
    assert is_license(expression)
    said = [" ".join(sorted(choice)) for choice in choices(expression)]
    assert said == expected


def test_what_offers_too_many_choices_demands_every_licence() -> None:
    expression = " AND ".join(f"(A{at} OR B{at})" for at in range(20))
    assert len(choices(" AND ".join(f"(A{at} OR B{at})" for at in range(8)))) == MOST
    [only] = choices(expression)
    assert only == {f"{letter}{at}" for letter in "AB" for at in range(20)}


LICENCE = st.sampled_from(["MIT", "Zlib", "ISC", "0BSD"])
EXPRESSION = st.recursive(
    LICENCE,
    lambda inner: st.tuples(inner, st.sampled_from([" AND ", " OR "]), inner).map(
        lambda parts: f"({''.join(parts)})"
    ),
    max_leaves=8,
)


@given(EXPRESSION, st.sets(LICENCE))
def test_it_is_met_as_its_words_mean(expression: str, accepted: set[str]) -> None:
    met = any(choice <= accepted for choice in choices(expression))
    as_python = expression.replace("AND", "and").replace("OR", "or").replace("0BSD", "BSD")
    names = {
        name.replace("0BSD", "BSD"): name in accepted for name in ("MIT", "Zlib", "ISC", "0BSD")
    }
    assert met is bool(eval(as_python, {"__builtins__": {}}, names))
