"""What Tera's values are and how they behave: lookup, printing, truth, numbers, equality.

A value is what JSON has: str, int, float, bool, None, a list, a mapping with text keys; text may be a
`Term`, whose fields a path leads to. Tera knows three kinds of number, as serde_json does: signed and
unsigned integers of 64 bits, and floats.

Keeps true: nothing here reads an attribute of a Python object, so that a template reaches no more
than the values it was given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeGuard

from jinja2 import Undefined

from ggen_graph.core.template.terms import DecimalNumber, Term

# Rust's White_Space; Python's `strip` would take U+001C to U+001F, too.
BLANKS: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
I64: Final = range(-(2**63), 2**63)
U64: Final = range(2**64)


class TeraError(Exception):
    """A template asks for what its values do not give. The message becomes a `TemplateFailed`."""


class Missing(Undefined):
    """What a lookup answers when there is nothing. No expression ever sees it as a value."""

    __slots__ = ()


MISSING: Final = Missing()


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Whether a value is an array to Tera."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number to Tera; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def step(value: object, key: str) -> object:
    """One step of a path: a mapping's key, a list's index; `MISSING` where there is none."""
    if isinstance(value, Mapping):
        return value.get(key, MISSING)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        # A JSON pointer's index (RFC 6901 §4): digits without a leading zero.
        if key.isascii() and key.isdigit() and (key == "0" or key[0] != "0"):
            index = int(key)
            return value[index] if index < len(value) else MISSING
        return MISSING
    if isinstance(value, Term):
        found = value.field(key)
        return MISSING if found is None else found
    return MISSING


def walk(value: object, steps: Sequence[str]) -> object:
    """Follow a path from a value."""
    for key in steps:
        value = step(value, key)
        if value is MISSING:
            return MISSING
    return value


def find(steps: Sequence[str], *frames: Mapping[str, object]) -> object:
    """The first thing a path leads to from the innermost frame outwards; `MISSING` if none."""
    root, rest = steps[0], steps[1:]
    for frame in frames:
        if root in frame:
            found = walk(frame[root], rest)
            if found is not MISSING:
                return found
    return MISSING


def index_text(value: object) -> str | None:
    """The step that a value in brackets stands for; only strings and numbers stand for one."""
    if isinstance(value, str):
        return value
    return number_text(value) if is_number(value) else None


# -- printing -------------------------------------------------------------------------------------


def show(value: object) -> str:
    """A value as `{{ }}` prints it."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, int):
        return str(value)
    if is_list(value):
        return f"[{', '.join(map(show, value))}]"
    return "[object]"


def float_text(value: float) -> str:
    """A float as Rust's `Display` writes it: the shortest digits, never an exponent."""
    if isinstance(value, DecimalNumber):
        return value.digits
    if not math.isfinite(value):
        return ""  # JSON has no such number: it is null
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")


def number_text(value: object) -> str:
    """A number as JSON writes it (serde_json): `1.0`, `1e+16`, `1e-7`."""
    if not isinstance(value, float) or isinstance(value, DecimalNumber):
        return str(value)
    if not math.isfinite(value):
        return "null"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    point = len(digits) + int(exponent)  # where the decimal point stands among the digits
    if text == "0":
        plain = "0.0"
    elif 0 < point <= 16:
        whole = text[:point].ljust(point, "0")
        plain = f"{whole}.{text[point:] or '0'}"
    elif -5 < point <= 0:
        plain = f"0.{'0' * -point}{text}"
    else:
        plain = f"{text[0]}{'.' + text[1:] if text[1:] else ''}e{point - 1:+}"
    return f"-{plain}" if sign else plain


# -- truth and equality ---------------------------------------------------------------------------


def truthy(value: object) -> bool:
    """Whether a value counts as true: not missing, null, false, zero or empty."""
    if value is MISSING or value is None:
        return False
    return bool(value)


def same(left: object, right: object) -> bool:
    """Equality of JSON values: `1` and `1.0` differ, as do `1` and `true`."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if is_list(left) and is_list(right):
        return len(left) == len(right) and all(map(same, left, right))
    kinds = (bool, float, int, str)
    return left == right and [isinstance(left, kind) for kind in kinds] == [
        isinstance(right, kind) for kind in kinds
    ]


def equal(left: object, right: object, *, differ: bool, negated: bool) -> bool:
    """`==`, or `!=` if `differ`; numbers as floats; a number against anything else is false.

    That false is final in Tera: `1 != "a"` is false, and so is `not 1 == "a"`.
    """
    if is_number(left) or is_number(right):
        if not (is_number(left) and is_number(right)):
            return False
        outcome = float(left) == float(right)
    else:
        outcome = same(left, right)
    return (outcome != differ) != negated


def contains(item: object, container: object, *, negated: bool) -> bool:
    """`item in container`: an item of a list, a part of a string, a key of a mapping."""
    if is_list(container):
        return any(same(item, one) for one in container) != negated
    if isinstance(container, str | Mapping):
        if not isinstance(item, str):
            kind = "a string" if isinstance(container, str) else "an object"
            raise TeraError(f"tried to find what is not a string in {kind}")
        return (item in container) != negated
    raise TeraError("the `in` operator only supports strings, arrays and objects")


# -- numbers --------------------------------------------------------------------------------------


def compare(left: float | None, operator: str, right: float | None) -> bool:
    """`<`, `<=`, `>`, `>=` of two numbers, as floats."""
    if left is None or right is None:
        raise TeraError("comparison to NaN")
    one, other = float(left), float(right)
    if operator == "<":
        return one < other
    if operator == "<=":
        return one <= other
    return one > other if operator == ">" else one >= other


def calculate(left: float | None, operator: str, right: float | None) -> float | None:
    """`+ - * / %` of two numbers; None is "not a number", which prints as `NaN`."""
    if left is None or right is None:
        return None
    if operator == "/":
        return _divide(float(left), float(right))
    if isinstance(left, int) and isinstance(right, int):
        for bounds in (I64, U64):
            if left in bounds and right in bounds:
                return _whole(left, operator, right, bounds)
    return _float(float(left), operator, float(right))


def _divide(left: float, right: float) -> float | None:
    if right == 0:
        return None
    quotient = left / right
    if not math.isfinite(quotient):
        return None
    if quotient != round(quotient):
        return quotient
    return max(I64.start, min(I64.stop - 1, int(quotient)))  # Rust's `as i64` saturates


def _whole(left: int, operator: str, right: int, bounds: range) -> int:
    if operator == "%":
        if right == 0 or (left == I64.start and right == -1):
            raise TeraError(f"{left} % {right} has no result")
        return abs(left) % abs(right) * (-1 if left < 0 else 1)
    result = {"+": left + right, "-": left - right}.get(operator, left * right)
    if result not in bounds:
        raise TeraError(f"{left} {operator} {right} is out of bounds")
    return result


def _float(left: float, operator: str, right: float) -> float | None:
    if operator == "%":
        return math.fmod(left, right) if right and math.isfinite(left) else None
    result = {"+": left + right, "-": left - right}.get(operator, left * right)
    if not math.isfinite(result):
        if operator == "*":
            return None
        raise TeraError(f"{left} {operator} {right} is out of bounds")
    return result
