"""Tera's tests: what may stand after `is`.

A test gets the value it is about, `MISSING` if there is none, and its arguments without names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ggen_graph.core.template.tera.values import MISSING, TeraError, is_list, is_number, same

if TYPE_CHECKING:
    from collections.abc import Sequence


def _about(name: str, value: object, given: Sequence[object], most: int = 0) -> None:
    if len(given) > most:
        raise TeraError(f"the test `{name}` takes {most or 'no'} argument{'s' * (most != 1)}")
    if value is MISSING:
        raise TeraError(f"the test `{name}` is about an undefined variable")


def defined(value: object, given: Sequence[object]) -> bool:
    """There is such a variable."""
    _about("defined", None, given)
    return value is not MISSING


def undefined(value: object, given: Sequence[object]) -> bool:
    """There is no such variable."""
    _about("undefined", None, given)
    return value is MISSING


def string(value: object, given: Sequence[object]) -> bool:
    """It is a string."""
    _about("string", value, given)
    return isinstance(value, str)


def number(value: object, given: Sequence[object]) -> bool:
    """It is a number."""
    _about("number", value, given)
    return is_number(value)


def odd(value: object, given: Sequence[object]) -> bool:
    """It is an odd number."""
    _about("odd", value, given)
    if not is_number(value):
        raise TeraError("the test `odd` is about what isn't a number")
    return math.fmod(value, 2) != 0


def even(value: object, given: Sequence[object]) -> bool:
    """It is an even number."""
    _about("even", value, given)
    return not odd(value, given)


def divisibleby(value: object, given: Sequence[object]) -> bool:
    """It can be divided by the number given; nothing can by 0."""
    _about("divisibleby", value, given, 1)
    if not is_number(value) or not given or not is_number(given[0]):
        raise TeraError("the test `divisibleby` takes a number and is about one")
    return given[0] != 0 and math.fmod(value, given[0]) == 0


def iterable(value: object, given: Sequence[object]) -> bool:
    """It is an array or an object."""
    _about("iterable", value, given)
    return is_list(value) or isinstance(value, Mapping)


def object_(value: object, given: Sequence[object]) -> bool:
    """It is an object."""
    _about("object", value, given)
    return isinstance(value, Mapping)


def _strings(name: str, value: object, given: Sequence[object]) -> tuple[str, str]:
    _about(name, value, given, 1)
    if not isinstance(value, str) or not given or not isinstance(given[0], str):
        raise TeraError(f"the test `{name}` takes a string and is about one")
    return value, given[0]


def starting_with(value: object, given: Sequence[object]) -> bool:
    """It starts with the string given."""
    text, part = _strings("starting_with", value, given)
    return text.startswith(part)


def ending_with(value: object, given: Sequence[object]) -> bool:
    """It ends with the string given."""
    text, part = _strings("ending_with", value, given)
    return text.endswith(part)


def containing(value: object, given: Sequence[object]) -> bool:
    """A string, array or object has the part, item or key given."""
    _about("containing", value, given, 1)
    if not given:
        raise TeraError("the test `containing` takes one argument")
    if is_list(value):
        return any(same(item, given[0]) for item in value)
    if not isinstance(value, str | Mapping) or not isinstance(given[0], str):
        raise TeraError("the test `containing` looks for a string in a string or an object")
    return given[0] in value


def matching(value: object, given: Sequence[object]) -> bool:
    """The regular expression given is found in it.

    The expression is Python's `re`, which agrees with Rust's on what both know.
    """
    text, pattern = _strings("matching", value, given)
    try:
        return re.search(pattern, text) is not None
    except re.error as error:
        raise TeraError(f"{pattern!r} is not a regular expression: {error}") from error


TESTS: Final = (
    defined, undefined, string, number, odd, even, divisibleby, iterable, object_, starting_with,
    ending_with, containing, matching,
)  # fmt: skip
