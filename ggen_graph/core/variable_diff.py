"""What changed between the variables of two releases, and what of it refuses a value that was taken.

Keeps true: a change is breaking unless every value that the variable took is taken still, as far as
its type, pattern, bounds and choices tell; a pattern that became another one tells nothing.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from ggen_graph.core.manifest.patterns import matches_quickly
from ggen_graph.core.manifest.variable import spelled, value_fault
from ggen_graph.core.release_change import ReleaseChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ggen_graph.core.manifest.variable import Value, Variable
    from ggen_graph.core.release_change import Kind

    Aspect = tuple[str, Kind, str | None, str | None]

_WIDER_TYPES = {("integer", "number"), ("choice", "string"), ("path", "string")}


def compare_variables(
    before: Iterable[Variable], after: Iterable[Variable]
) -> Iterator[ReleaseChange]:
    """Everything that differs, by the variables' names."""
    old, new = ({variable.name: variable for variable in each} for each in (before, after))
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            gone = "a value that was given for it has no effect any more"
            yield ReleaseChange("variable", name, "removed", before=old[name].type, breaking=gone)
        elif name not in old:
            missing = (
                "it has no default: a value must be given" if _must_be_given(new[name]) else ""
            )
            yield ReleaseChange("variable", name, "added", after=new[name].type, breaking=missing)
        else:
            yield from _differences(old[name], new[name])


def _differences(before: Variable, after: Variable) -> Iterator[ReleaseChange]:
    name, harmless = before.name, _takes_all(after, before)
    for aspect, kind, was, now in _aspects(before, after):
        why = ""
        if not harmless and kind != "widened":
            verb = "is" if kind in {"narrowed", "moved"} else "may be"
            why = f"a value that it took {verb} refused now"
        yield ReleaseChange("variable", name, kind, aspect, was, now, why)
    if _typed(before.default) != _typed(after.default):
        kind = "added" if before.default is None else "changed"
        yield ReleaseChange(
            "variable",
            name,
            "removed" if after.default is None else kind,
            "default",
            _shown(before.default),
            _shown(after.default),
        )
    if before.required != after.required or _must_be_given(before) != _must_be_given(after):
        newly = _must_be_given(after) and not _must_be_given(before)
        yield ReleaseChange(
            "variable",
            name,
            "changed",
            "required",
            _yes_no(required=before.required),
            _yes_no(required=after.required),
            "it has no default: a value must be given" if newly else "",
        )


def _aspects(before: Variable, after: Variable) -> Iterator[Aspect]:
    """What tells which values a variable takes, where it differs."""
    if before.type != after.type:
        kind: Kind = "changed"
        if (before.type, after.type) in _WIDER_TYPES:
            kind = "widened"
        elif (after.type, before.type) in _WIDER_TYPES:
            kind = "narrowed"
        yield "type", kind, before.type, after.type
    if before.pattern != after.pattern:
        kind = "narrowed" if before.pattern is None else "changed"
        yield (
            "pattern",
            "widened" if after.pattern is None else kind,
            before.pattern,
            after.pattern,
        )
    if (before.min, before.max) != (after.min, after.max):
        lower, higher = (
            _bounds(after)[0] <= _bounds(before)[0],
            _bounds(after)[1] >= _bounds(before)[1],
        )
        less, more = (
            _bounds(after)[0] >= _bounds(before)[0],
            _bounds(after)[1] <= _bounds(before)[1],
        )
        kind = "widened" if lower and higher else "narrowed" if less and more else "moved"
        yield "range", kind, _range(before), _range(after)
    was, now = set(map(_typed, before.choices)), set(map(_typed, after.choices))
    if was != now:
        if not now or (was and was < now):
            kind = "widened"
        elif not was or now < was:
            kind = "narrowed"
        else:
            kind = "changed"
        yield "choices", kind, _choices(before), _choices(after)


def _takes_all(wider: Variable, narrower: Variable) -> bool:
    """Whether one variable is sure to take every value that another takes."""
    if narrower.choices:
        values = ((one,) if narrower.type == "list" else one for one in narrower.choices)
        return all(_takes(wider, value) for value in values)
    if wider.type != narrower.type and (narrower.type, wider.type) not in _WIDER_TYPES:
        return False
    if wider.choices or wider.pattern not in {None, narrower.pattern}:
        return False
    (low, high), (least, most) = _bounds(wider), _bounds(narrower)
    return low <= least and most <= high


def _takes(variable: Variable, value: object) -> bool:
    if value_fault(variable, value, quick=True):
        return False
    items = value if isinstance(value, tuple) else (value,)
    pattern = variable.pattern  # the packs are not ours: one that might take long tells nothing
    return pattern is None or all(matches_quickly(pattern, str(item)) for item in items)


def _must_be_given(variable: Variable) -> bool:
    return variable.required and variable.default is None


def _bounds(variable: Variable) -> tuple[float, float]:
    low, high = variable.min, variable.max
    return -inf if low is None else low, inf if high is None else high


def _range(variable: Variable) -> str | None:
    low, high = variable.min, variable.max
    if low is None and high is None:
        return None
    return f"{'' if low is None else low}..{'' if high is None else high}"


def _choices(variable: Variable) -> str | None:
    return ", ".join(map(spelled, variable.choices)) or None


def _typed(value: Value | None) -> tuple[str, Value | None]:
    """A value that does not equal one of another type, as 1 does true."""
    return type(value).__name__, value


def _shown(value: Value | None) -> str | None:
    return None if value is None else spelled(value)


def _yes_no(*, required: bool) -> str:
    return "yes" if required else "no"
