"""Tera's filters on numbers, mappings, dates, and values of several kinds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from ggen_graph.core.template.tera import arguments as args
from ggen_graph.core.template.tera.dates import format_date
from ggen_graph.core.template.tera.filters_list import json_text
from ggen_graph.core.template.tera.values import (
    BLANKS,
    I64,
    TeraError,
    float_text,
    is_list,
    is_number,
    show,
)

Arguments = args.Arguments


def length(value: object, _: Arguments) -> int:
    """How many items, keys or characters there are."""
    if isinstance(value, str | Mapping) or is_list(value):
        return len(value)
    raise TeraError("`length` counts the items of an array, an object or a string")


def reverse(value: object, _: Arguments) -> object:
    """Items or characters from last to first."""
    if isinstance(value, str):
        return value[::-1]
    if is_list(value):
        return list(reversed(value))
    raise TeraError("`reverse` turns an array or a string")


def json_encode(value: object, given: Arguments) -> str:
    """JSON, on several lines if `pretty`."""
    return json_text(value, "  " if given.get("pretty") is True else "")


def as_str(value: object, _: Arguments) -> str:
    """The text that printing would give."""
    return show(value)


def get(value: object, given: Arguments) -> object:
    """The value of `key` in an object, else `default`."""
    key = args.text(given, "key")
    if not isinstance(value, Mapping):
        raise TeraError("`get` takes a key from an object")
    if key in value:
        return value[key]
    if "default" in given:
        return given["default"]
    raise TeraError(f"the object has no key `{key}`, and no `default` was given")


def int_(value: object, given: Arguments) -> int:
    """A number without its fraction; a string in `base` (10), else `default` (0)."""
    default, base = args.whole(given, "default", 0), args.count(given, "base", 10)
    if is_number(value):
        return _saturated(float(value))
    if not isinstance(value, str):
        raise TeraError("`int` takes a number or a string")
    if not 2 <= base <= 36:
        raise TeraError(f"there is no base {base}")
    text = value.strip(BLANKS)
    mark = {2: "0b", 8: "0o", 16: "0x"}.get(base)
    while mark and text.startswith(mark):
        text = text[2:]
    if re.fullmatch(r"[+-]?[0-9A-Za-z]+", text, re.ASCII) and _digits(text) < base:
        number = int(text.lstrip("+-"), base) * (-1 if text[0] == "-" else 1)
        return number if number in I64 else default
    real = _float(text) if "." in text else None
    return default if real is None else _saturated(real)


def _digits(text: str) -> int:
    """The largest digit of a number, as a value."""
    return max(int(digit, 36) for digit in text.lstrip("+-"))


def _saturated(number: float) -> int:
    if math.isnan(number):
        return 0
    return (
        int(max(float(I64.start), min(float(I64.stop - 1), number)))
        if abs(number) < 2**63
        else (I64.start if number < 0 else I64.stop - 1)
    )


def _float(text: str) -> float | None:
    try:
        return float(text) if "_" not in text and text == text.strip() else None
    except ValueError:
        return None


def float_(value: object, given: Arguments) -> float | None:
    """A number as a float; a string that is none gives `default` (0.0)."""
    default = float(args.number(given, "default", 0.0))
    if is_number(value):
        return float(value)
    if not isinstance(value, str):
        raise TeraError("`float` takes a number or a string")
    found = _float(value.strip(BLANKS))
    number = default if found is None else found
    return number if math.isfinite(number) else None


def abs_(value: object, _: Arguments) -> int | float:
    """Without the sign."""
    number = args.number_value(value)
    return number if number == I64.start else abs(number)  # it has no opposite in 64 bits


def round_(value: object, given: Arguments) -> float | None:
    """To `precision` (0) digits, by `method` `common` (half away from zero), `ceil` or `floor`."""
    number = float(args.number_value(value))
    method, precision = args.text(given, "method", "common"), args.whole(given, "precision", 0)
    if method not in _ROUND:
        raise TeraError(f"`round` knows the methods common, ceil and floor, not {method!r}")
    scale = 10.0**precision if precision < 309 else math.inf
    if not math.isfinite(scale * number):
        return None
    rounded = _ROUND[method](scale * number) / scale
    return rounded if math.isfinite(rounded) else None


def _half_away(number: float) -> float:
    whole = math.trunc(number)
    return math.copysign(abs(whole) + (abs(number - whole) >= 0.5), number)


def _ceil(number: float) -> float:
    return math.copysign(math.ceil(number), number)


def _floor(number: float) -> float:
    return math.copysign(math.floor(number), number)


_ROUND: Final = {"common": _half_away, "ceil": _ceil, "floor": _floor}


def pluralize(value: object, given: Arguments) -> str:
    """`singular` ("") for one, else `plural` ("s"): the ending of a counted word."""
    number = float(args.number_value(value))
    many, one = args.text(given, "plural", "s"), args.text(given, "singular", "")
    return one if abs(abs(number) - 1.0) <= 2.0**-52 else many


def filesizeformat(value: object, given: Arguments) -> str:
    """A number of bytes for people: `117.74 MB`, or with `binary` `117.74 MiB`."""
    number = float(args.number_value(value, "a count"))
    binary = args.flag(given, "binary")
    letters, scale = " KMGTPEZY" if binary else " kMGTPEZY", 0
    while number >= 1024 and scale < 8:
        number /= 1024
        scale += 1
    text = float_text(round(number, 2)) if number == int(number) else f"{number:.2f}"
    unit = f"{letters[scale].strip()}{'i' if binary and scale else ''}B"
    return f"{text} {unit}"


def date(value: object, given: Arguments) -> str:
    """A time (seconds since 1970, or text in ISO 8601) as `format` (`%Y-%m-%d`) says."""
    if "timezone" in given and given["timezone"] != "UTC":
        raise TeraError("`date` knows no timezone but UTC")
    return format_date(value, args.text(given, "format", "%Y-%m-%d"), utc="timezone" in given)


FILTERS: Final = (
    length, reverse, json_encode, as_str, get, int_, float_, abs_, round_, pluralize,
    filesizeformat, date,
)  # fmt: skip
