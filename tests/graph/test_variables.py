from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from ggen_graph.core.manifest import PackManifest, Variable, parse_pack, variables_of
from ggen_graph.core.release import ReleaseRecord
from ggen_graph.graph import iris
from ggen_graph.graph.lift import load
from ggen_graph.graph.lift.releases import release_nodes
from ggen_graph.graph.variables import describe, variables

FULL = Path(__file__).parents[1] / "data" / "lifted" / "full" / "gpack.toml"
BASE = "urn:ggen:registry:x/"
RELEASE = iris.release(BASE, "x", "1.0.0")


def lowered(*declared: Variable) -> list[Variable]:
    """Variables of a pack, by way of the graph."""
    manifest = PackManifest("x", "1.0.0", variables=declared)
    store = Store()
    load(
        store, "urn:x:g", release_nodes(BASE, ReleaseRecord("x", "1.0.0", manifest=manifest), None)
    )
    return variables(store, [RELEASE])[RELEASE]


def test_what_a_manifest_declares_is_what_is_lowered() -> None:
    declared = variables_of(parse_pack(FULL.read_text("utf-8"), "gpack.toml"))
    in_order = sorted(declared, key=lambda variable: variable.name)
    assert len(in_order) == 10
    assert lowered(*declared) == in_order


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
INTEGER = st.integers(-(2**63), 2**63 - 1)
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | INTEGER
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXT,
    "path": TEXT,
    "choice": TEXT,
    "integer": INTEGER,
    "number": NUMBER,
    "boolean": st.booleans(),
    "list": st.lists(TEXT).map(tuple),
}


@st.composite
def declarations(draw: st.DrawFn) -> Variable:
    """Any variable, as far as the graph is concerned, with its choices in the graph's order."""
    kind = draw(st.sampled_from(sorted(VALUES)))
    values = VALUES[kind]
    numeric = kind in {"integer", "number"}
    choosable = values if numeric else TEXT
    choices: set[Any] = draw(st.sets(choosable, max_size=3)) if kind != "boolean" else set()
    return Variable(
        "v",
        kind,
        description=draw(TEXT),
        default=draw(st.none() | values),
        required=draw(st.booleans()),
        pattern=draw(st.none() | TEXT.filter(bool)),
        min=draw(st.none() | values) if numeric else None,
        max=draw(st.none() | values) if numeric else None,
        choices=tuple(sorted(choices)),
        example=draw(st.none() | values),
        group=draw(TEXT),
    )


@given(declarations())
def test_any_variable_comes_back_with_its_types(declared: Variable) -> None:
    [found] = lowered(declared)
    assert found == declared
    for one, other in ((found.default, declared.default), (found.example, declared.example)):
        assert type(one) is type(other)
        assert not isinstance(one, float) or math.isfinite(one)


def test_every_release_that_is_asked_for_has_an_entry() -> None:
    assert variables(Store(), [RELEASE, "urn:x:other"]) == {RELEASE: [], "urn:x:other": []}


@pytest.mark.parametrize(
    ("variable", "described"),
    [
        (Variable("a"), {"name": "a", "type": "string", "required": False}),
        (
            Variable("b", "integer", "How many", 0, required=True, min=0, max=9, choices=(1, 2)),
            {
                "name": "b",
                "type": "integer",
                "description": "How many",
                "default": 0,
                "required": True,
                "min": 0,
                "max": 9,
                "choices": [1, 2],
            },
        ),
    ],
)
def test_a_variable_is_described_by_what_it_says(
    variable: Variable, described: dict[str, object]
) -> None:
    assert describe(variable) == described
