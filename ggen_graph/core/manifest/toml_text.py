"""TOML text to data, with errors that have a place; and single values back to TOML text.

Kept true: whatever a text holds, `load_toml` returns a table or raises one `GgenError` with file,
line and column: wrong syntax, nesting no one writes by hand, numbers no one can read, texts too
long. `quote` gives a basic string on one line that reads back as the same text.

It does not know what a manifest may say (`schema`), and does not edit a person's file (`edit`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.core.diagnostics import GgenError

MAX_CHARACTERS = 1_000_000
"""A manifest beyond this is not read; what people write stays below a hundredth of it."""

MAX_DEPTH = 64
"""Parts of a key, and lists and tables inside each other; TOML itself names no limit."""

MAX_DIGITS = 4_000
"""Digits of one number; Python itself gives up a little later."""

# What `tomli` says is wrong, and what to write instead.
_HINTS = (
    (
        "Invalid value",
        'a value is "text" in quotes, a number, true, false, [a, list] or { a = "table" }',
    ),
    ("Invalid statement", 'a line is a [table], a key = "value", or a # comment'),
    ("Invalid initial character", "a key is letters, digits, - and _; quote any other one"),
    (
        "Expected '=' after",
        'write key = "value"; quote a key that is more than a-z, digits, - and _',
    ),
    ("Expected newline", "one key = value on each line; quote strings"),
    ("Cannot overwrite", "the same key or table is written twice: keep one"),
    ("Cannot declare", "the same table is written twice: put its keys together"),
    ("Duplicate inline table key", "the same key is written twice: keep one"),
    (
        "Unescaped '\\'",
        "write \\\\ for a backslash, or use 'single quotes', where it has no meaning",
    ),
    ("Unterminated string", "the string's closing quotes are missing"),
    (
        "Illegal character '\\n'",
        "close the string with a quote; a line break in it is written \\n",
    ),
    (
        "Illegal character",
        "write a control character as an escape such as \\u001b, or remove it",
    ),
    ("Found invalid character", "the file holds a control character: remove it"),
    ("Unclosed array", "the list's closing ] is missing"),
    ("Unclosed inline table", "the table's closing } is missing"),
)

_CONFLICT = "<" * 7  # git's marker, at the beginning of a line

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

# Escaped in output: what TOML forbids, and what an editor might take for the end of a line or
# hide. The set is written out, so that another Unicode version makes the same bytes.
_ESCAPED = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')


def load_toml(
    text: str, file: str, error: type[GgenError], *, advice: str = "", limit: int = MAX_CHARACTERS
) -> dict[str, Any]:
    """The top table of a TOML text.

    Args:
        text: the text, decoded.
        file: the name to show for it.
        error: the class of error to raise.
        advice: what to do about any fault; "" for a hint that fits the fault.
        limit: the most characters to read.

    Raises:
        GgenError: of the class `error`, at the first fault.
    """
    import tomli  # noqa: PLC0415 - an unchanged project parses no TOML

    if len(text) > limit:
        message = f"the file is longer than the {limit:,} characters that are read"
        raise error(
            message, help=advice or "keep data in files of its own", where=Location(file, 1, 1)
        )
    if _has_long_keys(text):
        _refuse_monsters(text, file, error, advice)
    try:
        return tomli.loads(
            text.removeprefix("\ufeff")
        )  # a byte order mark, as Windows' editors write it
    except tomli.TOMLDecodeError as fault:
        where = Location(file, fault.lineno, fault.colno)
        if text.split("\n")[fault.lineno - 1].startswith(_CONFLICT):
            message, hint = (
                "a merge conflict of git is still in the file",
                "keep one side, then try again",
            )
        else:
            message = f"this is not TOML: {fault.msg[:1].lower()}{fault.msg[1:]}"
            hint = next((hint for start, hint in _HINTS if fault.msg.startswith(start)), "")
        raise error(message, help=advice or hint, where=where) from None
    except (RecursionError, ValueError) as fault:  # the limits of `tomli` and of Python's integers
        _refuse_monsters(text, file, error, advice)
        raise error(f"this is not TOML: {fault}", help=advice, where=Location(file, 1, 1)) from None


def _has_long_keys(text: str) -> bool:
    """A guess that costs little: `tomli` takes time in the square of a key's parts."""
    return any(line.count(".") >= MAX_DEPTH for line in text.split("\n"))


def _refuse_monsters(text: str, file: str, error: type[GgenError], advice: str) -> None:
    """Raise at the first number, key or nesting that no person writes."""
    depth = parts = 0
    for token in _tokens(text):
        kind = token.lastgroup
        problem = ""
        if kind == "open":
            depth += 1
            problem = (
                f"lists and tables are nested more than {MAX_DEPTH} deep"
                if depth > MAX_DEPTH
                else ""
            )
        elif kind == "close":
            depth -= 1
        elif kind == "dot":
            parts += 1
            problem = f"a key has more than {MAX_DEPTH} parts" if parts >= MAX_DEPTH else ""
        elif kind == "number" and token.end() - token.start() > MAX_DIGITS:
            problem = f"a number has more than {MAX_DIGITS:,} digits"
        if kind in {"open", "close", "other"}:
            parts = 0
        if problem:
            before = text[: token.start()]
            where = Location(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
            raise error(problem, help=advice, where=where)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Strings and comments are one token each, so that what is inside them does not count."""
    return re.finditer(
        r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|(?P<number>[0-9][\w-]*)|[\w-]+'
        r"|(?P<blank>[ \t]+)|(?P<dot>\.)|(?P<open>[\[{])|(?P<close>[\]}])|#[^\n]*|(?P<other>.)",
        text,
        re.DOTALL,
    )


def quote(text: str) -> str:
    r"""A TOML basic string on one line: `quote('a"b')` is `"a\"b"`.

    Any text but lone surrogates, which TOML cannot hold.
    """
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in '"\\':
        return f"\\{character}"
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character) or f"\\u{ord(character):04X}"


def key_text(key: str) -> str:
    """A key as TOML writes it: bare where that is allowed, else quoted."""
    return key if _BARE_KEY.fullmatch(key) else quote(key)


def value_text(value: object) -> str:
    """A string, integer, finite float, boolean, flat list of these or table as TOML writes it in line."""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, dict):
        pairs = (f"{key_text(key)} = {value_text(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    return repr(value)
