"""Putting lines into a text that is there: where they go, whether they are there, taking them out again.

Keeps true: what is put in are whole lines, in the text's own line ends, and what stands around them
keeps its bytes. Putting in what is there already changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

How = Literal["before", "after", "prepend", "append", "at_line"]
PLACES: Final[tuple[How, ...]] = ("before", "after", "prepend", "append", "at_line")


@dataclass(frozen=True, slots=True)
class Place:
    """Where lines go: before or after the first line that `anchor` finds, or before line `line`, from 1."""

    how: How
    anchor: str = ""
    line: int = 0


class NoPlaceError(Exception):
    """A text has no such place. The message says which."""


def pattern(text: str) -> re.Pattern[str]:
    """What finds a line: the text itself, or between slashes a regular expression.

    >>> bool(pattern("a.c").search("abc")), bool(pattern("/a.c/").search("abc"))
    (False, True)

    Raises:
        ValueError: it is no regular expression.
    """
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        try:
            return re.compile(text[1:-1])
        except re.error as error:
            raise ValueError(f"{text} is no regular expression: {error}") from error
    return re.compile(re.escape(text))


def matches(text: str, sought: str) -> bool:
    """Whether a line of a text has what is sought (`pattern`)."""
    found = pattern(sought)
    return any(found.search(line) for line in text.splitlines())


def holds(text: str, lines: str) -> bool:
    """Whether lines stand in a text, one after the other and whole."""
    return _find(text, _like(text, lines)) is not None


def inject(text: str, lines: str, place: Place) -> str:
    """A text with lines put in; as it is, if it holds them.

    Raises:
        NoPlaceError: there is no such place in it.
        ValueError: the anchor is no regular expression.
    """
    if holds(text, lines):
        return text
    there = text.splitlines(keepends=True)
    at = _index(there, place)
    end = _line_end(text)
    before = "".join(there[:at])
    if before and not before.endswith(("\n", "\r")):
        before += end
    return before + _like(text, lines) + "".join(there[at:])


def exchange(text: str, old: str, new: str) -> str:
    """A text with lines in place of those that it holds; without them, if `new` is empty."""
    sought = _like(text, old)
    at = _find(text, sought)
    if at is None:
        return text
    return text[:at] + (_like(text, new) if new else "") + text[at + len(sought) :]


def _index(there: list[str], place: Place) -> int:
    if place.how == "prepend":
        return 0
    if place.how == "append":
        return len(there)
    if place.how == "at_line":
        if place.line > len(there) + 1:
            raise NoPlaceError(f"it has {len(there)} lines, and no place at line {place.line}")
        return place.line - 1
    sought = pattern(place.anchor)
    found = next((number for number, line in enumerate(there) if sought.search(line)), None)
    if found is None:
        raise NoPlaceError(f"no line in it has {place.anchor}")
    return found + (place.how == "after")


def _find(text: str, lines: str) -> int | None:
    """Where lines begin in a text, at the start of one of its lines."""
    at = text.find(lines)
    while at > 0 and text[at - 1] != "\n":
        at = text.find(lines, at + 1)
    return None if at < 0 else at


def _like(text: str, lines: str) -> str:
    """Lines with the line ends of a text, and one at the end."""
    plain = lines.replace("\r\n", "\n")
    whole = plain if plain.endswith("\n") else f"{plain}\n"
    return whole.replace("\n", _line_end(text))


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
