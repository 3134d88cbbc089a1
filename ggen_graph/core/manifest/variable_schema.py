"""What a `[[variable]]` may say: its keys, and what they must be to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ggen_graph.core.manifest import fields
from ggen_graph.core.manifest.checks import (
    Check,
    Faults,
    Table,
    array,
    boolean,
    duplicates,
    one_of,
    shown,
    string,
    table,
)
from ggen_graph.core.manifest.patterns import pattern_fault
from ggen_graph.core.manifest.toml_text import quote
from ggen_graph.core.manifest.variable import TYPES, Variable, frozen, value_fault

if TYPE_CHECKING:
    from ggen_graph.core.manifest.toml_positions import KeyPath

_ONLY_FOR = {
    "pattern": ("string", "path", "list"),
    "min": ("integer", "number"),
    "max": ("integer", "number"),
    "choices": ("choice", "string", "integer", "number", "list"),
}


def _number(value: object, path: KeyPath, faults: Faults) -> None:
    if not fields.fits("number", value):
        faults.add(path, f"must be a number such as 1 or 0.5; got {shown(value)}")


def _pattern(value: object, path: KeyPath, faults: Faults) -> None:
    if not isinstance(value, str):
        faults.add(
            path, f"must be a regular expression in quotes such as '[a-z]+'; got {shown(value)}"
        )
        return
    fault = pattern_fault(value)
    if fault:
        faults.add(path, f"is not a regular expression: {fault}", "the dialect is Python's")


VARIABLE: Table = {
    "name": fields.variable_name,
    "type": one_of(*TYPES),
    "description": fields.text,
    "default": fields.scalar,
    "required": boolean,
    "pattern": _pattern,
    "min": _number,
    "max": _number,
    "choices": array(fields.scalar, '["small", "large"]', least=1),
    "example": fields.scalar,
    "group": string("a heading", "server"),
}
"""The keys of a `[[variable]]`."""


def default_fault(declared: dict[str, Any], default: object) -> str:
    """What is wrong with another default for a declared variable; "" if nothing."""
    return _default_rule({**declared, "default": default}, "default")


def _together(value: Any, path: KeyPath, faults: Faults) -> None:
    for key, rule in _RULES.items():
        fault = rule(value, key) if key in value else ""
        if fault:
            faults.add((*path, key), fault)
            return  # what follows from it would be said twice
    if value.get("type") == "choice" and "choices" not in value:
        faults.add((*path, "type"), 'is "choice", but there are no `choices`')


def _only_for(value: dict[str, Any], key: str) -> str:
    kind = value.get("type", "string")
    if kind in _ONLY_FOR[key]:
        return ""
    return (
        f"has no meaning for a variable of type {quote(kind)}, only for {', '.join(_ONLY_FOR[key])}"
    )


def _bound_rule(value: dict[str, Any], key: str) -> str:
    fault = _only_for(value, key)
    if fault:
        return fault
    if value["type"] == "integer" and not isinstance(value[key], int):
        return f"must be an integer, as the variable is; got {shown(value[key])}"
    if key == "max" and "min" in value and value["min"] > value["max"]:
        return f"is less than `min`: {value['max']} < {value['min']}"
    return ""


def _choices_rule(value: dict[str, Any], key: str) -> str:
    fault = _only_for(value, key)
    if fault:
        return fault
    kind = value.get("type", "string")
    item = _variable(
        {**value, "type": "string" if kind in {"choice", "list"} else kind, "choices": []}
    )
    for choice in value["choices"]:
        fault = value_fault(item, choice, quick=True)
        if fault:
            return f"has an item that {fault}; got {shown(choice)}"
    repeated = duplicates(value["choices"])
    return f"has {shown(value['choices'][repeated[0]])} twice" if repeated else ""


def _default_rule(value: dict[str, Any], key: str) -> str:
    fault = value_fault(_variable(value), value[key], quick=True)
    return f"{fault}; got {shown(value[key])}" if fault else ""


def _required_rule(value: dict[str, Any], key: str) -> str:
    if value[key] and "default" in value:
        return "is true, but a variable with a `default` is never missing: keep one of the two"
    return ""


_RULES = {
    "pattern": _only_for,
    "min": _bound_rule,
    "max": _bound_rule,
    "choices": _choices_rule,
    "required": _required_rule,
    "default": _default_rule,
    "example": _default_rule,
}


def _variable(value: dict[str, Any]) -> Variable:
    """The variable as far as its values are concerned."""
    return Variable(
        "",
        value.get("type", "string"),
        pattern=value.get("pattern"),
        min=value.get("min"),
        max=value.get("max"),
        choices=tuple(map(frozen, value.get("choices", []))),
    )


variable: Check = table(VARIABLE, required=("name",), also=_together)
"""The check of one `[[variable]]`."""
