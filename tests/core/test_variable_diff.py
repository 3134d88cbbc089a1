from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ggen_graph.core.manifest import Variable, value_fault
from ggen_graph.core.variable_diff import compare_variables


def told(before: Variable, after: Variable) -> list[tuple[str, str, bool]]:
    """What of a variable differs, how, and whether that is breaking."""
    return [
        (change.aspect, change.kind, bool(change.breaking))
        for change in compare_variables([before], [after])
    ]


def test_a_variable_that_must_be_given_breaks_when_it_is_new_and_any_when_it_goes() -> None:
    optional, needed = Variable("a"), Variable("b", required=True)
    [added, new] = compare_variables([], [optional, needed])
    assert (added.kind, added.breaking) == ("added", "")
    assert (new.kind, new.breaking) == ("added", "it has no default: a value must be given")
    [gone] = compare_variables([optional], [])
    assert (gone.kind, gone.before) == ("removed", "string")
    assert gone.breaking


CASES: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, bool]]]] = [
    ({"type": "integer"}, {"type": "number"}, [("type", "widened", False)]),
    ({"type": "number"}, {"type": "integer"}, [("type", "narrowed", True)]),
    ({"type": "string"}, {"type": "list"}, [("type", "changed", True)]),
    ({}, {"pattern": "[a-z]+"}, [("pattern", "narrowed", True)]),
    ({"pattern": "[a-z]+"}, {}, [("pattern", "widened", False)]),
    ({"pattern": "[a-z]+"}, {"pattern": "[a-z]*"}, [("pattern", "changed", True)]),
    (
        {"type": "integer", "min": 1, "max": 9},
        {"type": "integer", "min": 0},
        [("range", "widened", False)],
    ),
    (
        {"type": "integer"},
        {"type": "integer", "min": 1024},
        [("range", "narrowed", True)],
    ),
    (
        {"type": "integer", "min": 1, "max": 9},
        {"type": "integer", "min": 2, "max": 10},
        [("range", "moved", True)],
    ),
    ({"choices": ("a", "b")}, {"choices": ("b", "a")}, []),
    ({"choices": ("a", "b")}, {"choices": ("a", "b", "c")}, [("choices", "widened", False)]),
    ({"choices": ("a", "b")}, {"choices": ("a",)}, [("choices", "narrowed", True)]),
    ({"choices": ("a", "b")}, {"choices": ("a", "c")}, [("choices", "changed", True)]),
    ({}, {"choices": ("a",)}, [("choices", "narrowed", True)]),
    ({"choices": ("a",)}, {}, [("choices", "widened", False)]),
    ({"type": "list", "choices": ("a",)}, {"type": "list", "choices": ("a", "b")},
     [("choices", "widened", False)]),
    # The same values, spelled another way.
    ({"choices": ("a",)}, {"type": "choice", "choices": ("a",)}, [("type", "narrowed", False)]),
    ({"choices": ("a", "bc")}, {"pattern": "[a-z]+"},
     [("pattern", "narrowed", False), ("choices", "widened", False)]),
    # A pattern that may take for ever on these is not tried.
    ({"choices": ("a" * 40 + "!",)}, {"pattern": "(a+)+"},
     [("pattern", "narrowed", True), ("choices", "widened", False)]),
    ({"default": "a"}, {"default": "b"}, [("default", "changed", False)]),
    ({"default": "a"}, {}, [("default", "removed", False)]),
    ({}, {"default": ""}, [("default", "added", False)]),
    ({"type": "number", "default": 1}, {"type": "number", "default": 1.0},
     [("default", "changed", False)]),
    ({}, {"required": True}, [("required", "changed", True)]),
    ({"required": True}, {}, [("required", "changed", False)]),
    ({}, {"required": True, "default": "a"},
     [("default", "added", False), ("required", "changed", False)]),
    ({"required": True, "default": "a"}, {"required": True},
     [("default", "removed", False), ("required", "changed", True)]),
    ({"description": "a", "example": "b", "group": "c"}, {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "found"), CASES)
def test_what_differs_is_told_with_whether_it_breaks(
    before: dict[str, Any], after: dict[str, Any], found: list[tuple[str, str, bool]]
) -> None:
    assert told(Variable("v", **before), Variable("v", **after)) == found


def test_values_are_told_as_one_gives_them() -> None:
    [bounds, choices] = compare_variables(
        [Variable("v", "integer", min=1)], [Variable("v", "integer", max=9, choices=(1, 2))]
    )
    assert (bounds.before, bounds.after) == ("1..", "..9")
    assert (choices.before, choices.after) == (None, "1, 2")
    assert choices.breaking == "a value that it took is refused now"


KINDS = st.sampled_from(["string", "integer", "number", "boolean", "choice", "path", "list"])
WORDS = st.sampled_from(["a", "b", "ab", "", "a/b", "/a"])
NUMBERS = st.integers(-3, 3)
VALUES: st.SearchStrategy[Any] = (
    WORDS | NUMBERS | st.sampled_from([0.5, -2.5, True]) | st.lists(WORDS, max_size=2).map(tuple)
)


@st.composite
def variables(draw: st.DrawFn) -> Variable:
    """A variable as a manifest may declare it, of few values, so that two have some in common."""
    kind = draw(KINDS)
    numeric = kind in {"integer", "number"}
    textual = kind in {"string", "path", "list"}
    choosable: st.SearchStrategy[Any] = NUMBERS if numeric else WORDS
    least = int(kind == "choice")
    choices = (
        draw(st.lists(choosable, min_size=least, max_size=3, unique=True))
        if kind not in {"boolean", "path"} and (least or draw(st.booleans()))
        else []
    )
    return Variable(
        "v",
        kind,
        pattern=draw(st.none() | st.sampled_from(["a", "[ab]+", ".*"])) if textual else None,
        min=draw(st.none() | NUMBERS) if numeric else None,
        max=draw(st.none() | NUMBERS) if numeric else None,
        choices=tuple(choices),
    )


@st.composite
def changed(draw: st.DrawFn) -> tuple[Variable, Variable]:
    """A variable, and what may become of it; most keep their type, or nothing could be compared."""
    before, other = draw(variables()), draw(variables())
    if draw(st.booleans()):
        return before, other
    aspects = draw(st.sets(st.sampled_from(["pattern", "min", "max", "choices"])))
    same = before.type == other.type
    return before, replace(before, **{name: getattr(other, name) for name in aspects if same})


@given(changed(), VALUES)
@example((Variable("v", "integer", min=0), Variable("v", "number", min=1)), 0)
@example((Variable("v", choices=("a", "b")), Variable("v", pattern="a")), "b")
def test_where_a_value_is_refused_that_was_taken_something_breaks(
    both: tuple[Variable, Variable], value: Any
) -> None:
    before, after = both
    if not value_fault(before, value) and value_fault(after, value):
        assert any(breaks for _, _, breaks in told(before, after))


@given(variables())
def test_a_variable_does_not_differ_from_itself(variable: Variable) -> None:
    assert told(variable, variable) == []
