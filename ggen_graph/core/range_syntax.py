"""How version ranges are written: npm's dialect, from text to comparators.

The dialect is node-semver's, strict (its README, "Ranges"): `1.2.3`, `=1.2.3`, `v1.2.3`, `^`, `~`,
`>= > < <=` with or without spaces after them, `1.x`, `1.2.*`, `1`, `a - b`, `||`, and nothing at all
for anything. Two additions: a comma is a space, and `latest` is `*`.

Two things differ on purpose from what node-semver's expressions let through by accident: a `*` glued
to other text (`1.2.3*`) is an error here, and so is a range of more than 4,096 characters.

Keeps true: every text is either read whole or refused with a caret under the first fault.
Does not say what a comparator means; `ranges` does.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ggen_graph.core.diagnostics import RangeInvalid
from ggen_graph.core.versions import (
    BUILD,
    MAX_LENGTH,
    NUMBER,
    PRERELEASE,
    fault_at,
    point_at,
    quoted,
)

MAX_RANGE_LENGTH = 4096

_SPACE = " \t\n\r\f\v"


class Comparator(NamedTuple):
    """A sign and a version that may be cut short.

    Attributes:
        sign: `^`, `~`, `<`, `<=`, `>`, `>=`, `=`, or "" for none.
        numbers: none to three runs of digits: what stands before the first `x`, or all there is.
        prerelease: the identifiers after `-`; "" unless there are three numbers.
    """

    sign: str
    numbers: tuple[str, ...]
    prerelease: str


ANYTHING = Comparator("", (), "")


def comparator_sets(text: str) -> list[list[Comparator]]:
    """The comparators of each alternative between `||`; an empty one holds none.

    Raises:
        RangeInvalid: with the text and a caret under the fault.
    """
    if len(text) > MAX_RANGE_LENGTH:
        raise _invalid(text, MAX_RANGE_LENGTH, f"a range has at most {MAX_RANGE_LENGTH} characters")
    plain = text.replace(",", " ")
    sets = []
    at = 0
    for alternative in plain.split("||"):
        end = at + len(alternative)
        sets.append(_comparators(plain, at, end))
        at = end + 2
    return sets


def _comparators(text: str, start: int, end: int) -> list[Comparator]:
    """The comparators between two indexes of `text`."""
    if " - " in text:
        hyphen = _hyphen_pattern().fullmatch(text, start, end)
        if hyphen:
            return _hyphen_range(text, hyphen)
    found = []
    pattern = _comparator_pattern()
    at = _skip_space(text, start, end)
    while at < end:
        match = pattern.match(text, at, end)
        if match is None or match.end() - at > MAX_LENGTH:
            raise _fault(text, at, end)
        found.append(_comparator(text, match))
        at = _skip_space(text, match.end(), end)
    return found


def _skip_space(text: str, at: int, end: int) -> int:
    while at < end and text[at] in _SPACE:
        at += 1
    return at


def _comparator(text: str, match: re.Match[str]) -> Comparator:
    sign, glue, major, minor, patch, prerelease = match.groups()
    if major is None:
        return ANYTHING  # latest
    numbers = _numbers(major, minor, patch)
    if sign[:1] in {"^", "~"}:
        return Comparator(sign[0], numbers, (prerelease or "") if len(numbers) == 3 else "")
    if glue:
        glue = "".join(glue.split())
        if glue.startswith("="):
            sign, glue = sign + "=", glue[1:]
    if len(numbers) < 3:
        return Comparator(sign, numbers, "")
    if glue not in {"", "v"}:
        raise _invalid(text, match.end("glue") - len(glue), f'"{glue}" has no place here')
    return Comparator(sign, numbers, prerelease or "")


def _hyphen_range(text: str, match: re.Match[str]) -> list[Comparator]:
    groups = match.groups()
    found = []
    for sign, group, parts in ((">=", 1, groups[1:5]), ("<=", 6, groups[6:10])):
        numbers = _numbers(*parts[:3])
        prerelease = (parts[3] or "") if len(numbers) == 3 else ""
        rebuilt = len(numbers) < 3 or (sign == "<=" and prerelease)  # node-semver drops the prefix
        if not rebuilt and match[group] not in {"", "v"}:
            raise _invalid(text, match.start(group), f'"{match[group]}" has no place here')
        found.append(Comparator(sign, numbers, prerelease))
    return found


def _numbers(*parts: str | None) -> tuple[str, ...]:
    numbers: list[str] = []
    for part in parts:
        if part is None or part in "xX*":
            break
        numbers.append(part)
    return tuple(numbers)


# Patterns are compiled on first use: a command that reads no range should not wait for them.

_PART = rf"{NUMBER}|[xX*]"
_VERSION = rf"({_PART})(?:\.({_PART})(?:\.({_PART})(?:-({PRERELEASE}))?(?:\+{BUILD})?)?)?"


@cache
def _comparator_pattern() -> re.Pattern[str]:
    """Sign, what is glued to it, major, minor, patch, pre-release; or `latest`.

    node-semver drops the space after a sign, then takes `v` and `=` before most versions.
    """
    comparator = rf"(\^\s*|~\s*>?|[<>]|)(?P<glue>=?\s*[v=]*){_VERSION}(?!\S)"
    return re.compile(rf"{comparator}|latest(?!\S)", re.ASCII)


@cache
def _hyphen_pattern() -> re.Pattern[str]:
    """Prefix, major, minor, patch, pre-release, twice."""
    version = rf"([v=\s]*){_VERSION}"
    return re.compile(rf"\s*{version}\s+-\s+{version}\s*", re.ASCII)


def _fault(text: str, at: int, end: int) -> RangeInvalid:
    """What is wrong with the comparator that begins at `at`: read as far as it goes."""
    begun = (
        rf"(?:\^\s*|~\s*>?|[<>]|)=?\s*v?(?:(?:{_PART})(?:\.(?:(?:{_PART})(?:\.(?:(?:{_PART})"
        rf"(?:-{PRERELEASE})?(?:\+{BUILD})?)?)?)?)?)?"
    )
    match = re.compile(begun, re.ASCII).match(text, at, end)
    fault = match.end() if match else at
    if fault - at > MAX_LENGTH:
        why = f"a comparator has at most {MAX_LENGTH} characters"
        return _invalid(text, at + MAX_LENGTH, why)
    return _invalid(text, fault, _why(text[at:fault].strip(), text[fault:end]))


def _why(before: str, after: str) -> str:
    """Why a comparator that begins with `before` cannot go on with `after`."""
    here = after[:1]
    if not before and after.split()[:1] == ["-"]:
        return "a hyphen range is two versions and nothing else: 1.2.3 - 2.3.4"
    if here == "|":
        return "a single | joins nothing: write ||"
    if here and here in "<>=^~" and before:
        return "a space is missing here"
    if (not here or here.isspace()) and not before.strip("^~<>=v"):
        return "a version is missing here"
    return fault_at(before + after, len(before))


def _invalid(text: str, at: int, why: str) -> RangeInvalid:
    return RangeInvalid(
        f"{quoted(text)} is not a version range",
        help=point_at(text, at, why)
        + "\nRanges are npm's: 1.2.3, ^1.2, ~1.2, >=1.2 <2, 1.x, 1.2 - 2.3, ^1 || ^2, *.",
    )
