"""One declared variable: what its values are, and how a value is read from a command line.

Kept true: `value_fault` answers "" exactly for the values a template may get, so a default, a
choice, an example in a manifest and a person's own value are all judged by the same rule.
Collecting values for a whole pack is `variables`' work.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.core.manifest.checks import INTEGERS, is_plain
from ggen_graph.core.manifest.patterns import matches, matches_quickly
from ggen_graph.core.manifest.toml_text import quote

if TYPE_CHECKING:
    from collections.abc import Callable

Value = str | int | float | bool | tuple[str, ...]
"""A value of a variable: a scalar, or the strings of a list."""

TYPES = ("string", "integer", "number", "boolean", "choice", "path", "list")

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_INTEGER = r"[+-]?[0-9]{1,19}"
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"


@dataclass(frozen=True, slots=True)
class Variable:
    """A `[[variable]]` of a pack.

    Attributes:
        name: as templates spell it.
        type: one of `TYPES`.
        description: for a person who is asked for it.
        default: the value where none is given; None for none.
        required: whether a value must be given.
        pattern: a Python regular expression for the whole string, path or list item.
        min: the least integer or number.
        max: the greatest integer or number.
        choices: the values it may have; () for any.
        example: a value to show.
        group: a heading to show it under.
    """

    name: str
    type: str = "string"
    description: str = ""
    default: Value | None = None
    required: bool = False
    pattern: str | None = None
    min: float | None = None
    max: float | None = None
    choices: tuple[Value, ...] = ()
    example: Value | None = None
    group: str = ""


def value_fault(variable: Variable, value: object, *, quick: bool = False) -> str:
    """What is wrong with a typed value, as "must be an integer from 1 to 65535"; "" if nothing.

    Args:
        variable: the variable.
        value: a value as TOML, YAML or JSON types it.
        quick: let a value pass if trying it on the pattern might take long.
    """
    if _is_typed(variable.type, value) and _is_admitted(variable, value, quick=quick):
        return ""
    return f"must be {expected(variable)}"


def read_value(variable: Variable, text: str) -> object:
    """The value that a text from the command line means, by the variable's type.

    A text that does not spell a value of the type is returned as it is, for `value_fault` to name.
    """
    reader = _READERS.get(variable.type)
    return reader(text) if reader else text


def frozen(value: Any) -> Any:
    """A typed value with its lists as tuples."""
    return tuple(value) if isinstance(value, list) else value


def expected(variable: Variable) -> str:
    """What a value must be, in words: "an integer from 1 to 65535"."""
    if variable.choices:
        among = ", ".join(
            quote(choice) if isinstance(choice, str) else str(choice) for choice in variable.choices
        )
        return f"a list of strings among {among}" if variable.type == "list" else f"one of {among}"
    words = _WORDS[variable.type]
    if variable.pattern is not None:
        words += f" that {'each match' if variable.type == 'list' else 'matches'} the pattern {variable.pattern}"
    if variable.min is not None and variable.max is not None:
        return f"{words} from {variable.min} to {variable.max}"
    if variable.min is not None:
        return f"{words}, {variable.min} or more"
    return words if variable.max is None else f"{words}, {variable.max} or less"


def example_of(variable: Variable) -> Value | None:
    """A value to show as an example: the author's, the default, a choice, or a bound; else None."""
    candidates = (
        variable.example,
        variable.default,
        *variable.choices[:1],
        variable.min,
        variable.max,
    )
    for candidate in candidates:
        if candidate is not None:
            return (
                (candidate,)
                if variable.type == "list" and isinstance(candidate, str)
                else candidate
            )
    return {"boolean": True, "integer": 1, "number": 1.5}.get(variable.type)


def spelled(value: object) -> str:
    """A value as one writes it after `--var name=`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        items = [str(item) for item in value]
        plain = all(is_plain(item) and item == item.strip() and "," not in item for item in items)
        if plain and not ",".join(items).startswith("["):  # that is how JSON begins
            return ",".join(items)
        import json  # noqa: PLC0415 - for few values

        return json.dumps(items, ensure_ascii=False)
    return str(value)


def _is_typed(kind: str, value: object) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool) and value in INTEGERS
    if kind == "number":
        if isinstance(value, float):
            return math.isfinite(value)
        return isinstance(value, int) and not isinstance(value, bool) and value in INTEGERS
    if kind == "list":
        return isinstance(value, list | tuple) and all(map(_is_text, value))
    return _is_text(value) and (kind != "path" or _is_path(str(value)))


def _is_admitted(variable: Variable, value: Any, *, quick: bool) -> bool:
    if variable.type == "list":
        return all(_is_admitted_scalar(variable, item, quick=quick) for item in value)
    return _is_admitted_scalar(variable, value, quick=quick)


def _is_admitted_scalar(variable: Variable, value: Any, *, quick: bool) -> bool:
    if variable.choices and value not in variable.choices:
        return False
    if variable.min is not None and value < variable.min:
        return False
    if variable.max is not None and value > variable.max:
        return False
    if variable.pattern is None:
        return True
    return (
        matches_quickly(variable.pattern, value) is not False
        if quick
        else matches(variable.pattern, value)
    )


def _is_text(value: object) -> bool:
    """Whether it is a string that UTF-8 and every file we write can hold."""
    if not isinstance(value, str) or "\0" in value:
        return False
    return (
        not any("\ud800" <= character <= "\udfff" for character in value)
        if not value.isascii()
        else True
    )


def _is_path(value: str) -> bool:
    from ggen_graph.core.names import safe_relative_path  # noqa: PLC0415 - few variables are paths

    try:
        safe_relative_path(value)
    except GgenError:
        return False
    return True


def _read_boolean(text: str) -> object:
    return _BOOLEANS.get(text.strip().lower(), text)


def _read_integer(text: str) -> object:
    return int(text) if re.fullmatch(_INTEGER, text.strip()) else text


def _read_number(text: str) -> object:
    stripped = text.strip()
    if re.fullmatch(_INTEGER, stripped):
        return int(stripped)
    return float(stripped) if re.fullmatch(_NUMBER, stripped) else text


def _read_list(text: str) -> object:
    """A JSON list of strings, or items with commas between."""
    if not text.strip():
        return ()
    if not text.lstrip().startswith("["):
        return tuple(item.strip() for item in text.split(","))
    import json  # noqa: PLC0415 - for few values

    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return tuple(items)


_READERS: dict[str, Callable[[str], object]] = {
    "boolean": _read_boolean,
    "integer": _read_integer,
    "number": _read_number,
    "list": _read_list,
}

_WORDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "choice": "one of its choices",
    "path": "a relative path that stays inside the project",
    "list": "a list of strings",
}
