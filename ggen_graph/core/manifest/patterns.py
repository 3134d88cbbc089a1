"""A variable's pattern: a Python regular expression that the whole value must match.

Patterns come from packs, and a backtracking engine can take longer than anyone waits for a hostile
one. So where nobody stands by to interrupt, while a registry is read, `matches_quickly` tries a
pattern on a default only if that is sure to end; a person's own value is tried when it is given.
"""

from __future__ import annotations

import re
import warnings

MAX_PATTERN = 1_000  # characters

# What is sure to end: two repeats over 100 characters are some 10⁴ steps, six choices 2⁶ times that.
_QUICK_VALUE = 100
_QUICK_REPEATS = 2
_QUICK_CHOICES = 6
_REPEAT = r"[*+]|\{[0-9,]+\}"
_CHOICE = r"[|?]"
_REPEATED_GROUP = r"\)[*+{]"


def pattern_fault(pattern: str) -> str:
    """Why a text is no regular expression, with a place; "" if it is one."""
    if len(pattern) > MAX_PATTERN:
        return f"it is longer than {MAX_PATTERN:,} characters"
    try:
        _compiled(pattern)
    except re.error as fault:
        place = "" if fault.pos is None else f" at character {fault.pos + 1}"
        return f"{fault.msg}{place}"
    except (OverflowError, RecursionError):
        return "it repeats or nests more than can be compiled"
    return ""


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches a pattern that `pattern_fault` found right."""
    return _compiled(pattern).fullmatch(value) is not None


def matches_quickly(pattern: str, value: str) -> bool | None:
    """As `matches`; None where the answer might take long."""
    if len(value) > _QUICK_VALUE or re.search(_REPEATED_GROUP, pattern):
        return None
    if (
        len(re.findall(_REPEAT, pattern)) > _QUICK_REPEATS
        or len(re.findall(_CHOICE, pattern)) > _QUICK_CHOICES
    ):
        return None
    return matches(pattern, value)


def _compiled(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about sets that a later Python may read otherwise
        return re.compile(pattern)
