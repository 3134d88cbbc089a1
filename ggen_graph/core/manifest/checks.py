"""What a table of keys is made of: checks that compose, and the faults they find.

A check takes a value, its path and the list of faults so far, and adds what is wrong. `schema`
composes checks into tables of keys; `raise_first` turns the faults into the one error a person
sees: the first by place in the file. A fault says what to write, never only what is wrong.

Kept true: a check changes nothing but the list of faults, and survives any value TOML can hold.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import GgenError, Location, did_you_mean
from ggen_graph.core.manifest.toml_text import key_text, quote, value_text

if TYPE_CHECKING:
    from ggen_graph.core.manifest.toml_positions import KeyPath

Fault = tuple["KeyPath", str, "str | Callable[[], str]"]
"""Where, what is wrong (to follow the key's name in a sentence), and help ("" for none).

Help that takes time to find is a function, called for the one fault that is shown.
"""


class Faults(list[Fault]):
    """What is wrong so far, in the order found."""

    def add(self, path: KeyPath, message: str, advice: str | Callable[[], str] = "") -> None:
        """Note a fault."""
        self.append((path, message, advice))


Check = Callable[[Any, "KeyPath", Faults], None]

Table = dict[str, Check]
"""The keys a table may have, each with its check."""

INTEGERS = range(-(2**63), 2**63)
"""TOML's own range of integers, and what RDF engines hold."""

_TOP_VALUES = frozenset(
    {"schema", "now", "roots", "registries"}
)  # keys of `ggen.lock` above all tables
_MAX_SHOWN = 60  # characters of a wrong value that a message repeats


def raise_first(faults: Faults, text: str, file: str, error: type[GgenError]) -> None:
    """Raise the first fault by its place in the text; return if there is none."""
    if not faults:
        return
    from ggen_graph.core.manifest.toml_positions import place_of, positions  # noqa: PLC0415 - error path

    places = positions(text)
    path, message, advice = min(faults, key=lambda fault: place_of(fault[0], places))
    where = Location(file, *place_of(path, places))
    raise error(
        f"{_subject(path)} {message}",
        help=advice if isinstance(advice, str) else advice(),
        where=where,
    )


def string(
    what: str,
    example: str,
    accept: Callable[[str], object] | None = None,
    *,
    lines: bool = False,
    advice: str = "",
) -> Check:
    """A string that is not empty, has no control characters, and that `accept` takes.

    Args:
        what: what the string is, with its article: "a version".
        example: one that is right.
        accept: returns False, or raises a `GgenError` that says why, to refuse a string.
        lines: whether it may be empty and have several lines.
        advice: more on how to write it, if `accept` gives no reason.
    """
    hint = f"must be {what} such as {quote(example)}"

    def check(value: object, path: KeyPath, faults: Faults) -> None:
        reason = advice
        if isinstance(value, str):
            try:
                if is_plain(value, lines=lines) and (accept is None or accept(value) is not False):
                    return
            except GgenError as refusal:
                reason = refusal.help or refusal.message
        faults.add(path, f"{hint}; got {shown(value)}", reason)

    return check


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether a text is one to show: not blank, no control characters; or, with `lines`, no NUL."""
    if lines:
        return "\0" not in text
    if not text.isprintable() and any(character < " " or character == "\x7f" for character in text):
        return False
    return bool(text.strip())


def boolean(value: object, path: KeyPath, faults: Faults) -> None:
    """`true` or `false`, without quotes."""
    if not isinstance(value, bool):
        faults.add(path, f"must be true or false, without quotes; got {shown(value)}")


def days(value: object, path: KeyPath, faults: Faults) -> None:
    """A number of days, from 0 to a hundred years."""
    if not isinstance(value, int) or isinstance(value, bool) or value not in range(36_526):
        faults.add(path, f"must be a number of days such as 90; got {shown(value)}")


def one_of(*words: str) -> Check:
    """One of a few words."""
    known = ", ".join(map(quote, words))

    def check(value: object, path: KeyPath, faults: Faults) -> None:
        if not isinstance(value, str) or value not in words:
            faults.add(
                path,
                f"must be one of {known}; got {shown(value)}",
                partial(_near_word, value, words),
            )

    return check


def array(item: Check, example: str, *, least: int = 0) -> Check:
    """A list, each of whose items passes a check."""

    def check(value: object, path: KeyPath, faults: Faults) -> None:
        if not isinstance(value, list) or len(value) < least:
            faults.add(path, f"must be a list such as {example}; got {shown(value)}")
            return
        for index, element in enumerate(value):
            item(element, (*path, index), faults)

    return check


def table(
    keys: Table, *, required: tuple[str, ...] = (), example: str = "", also: Check | None = None
) -> Check:
    """A table with known keys only.

    Args:
        keys: the keys it may have.
        required: those it must have; a table's name may stand in brackets.
        example: how to write it, for an error about its type.
        also: a check of the whole table, made when its keys have passed theirs.
    """

    def check(value: object, path: KeyPath, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.add(path, _not_a_table(path, value, example))
            return
        before = len(faults)
        unknown = False
        for key, element in value.items():
            check_key = keys.get(key)
            if check_key:
                check_key(element, (*path, key), faults)
            else:
                unknown = True
                faults.add(
                    (*path, key),
                    "is not a known key" if path else "is not a known table",
                    partial(_near_key, key, tuple(keys)),
                )
        missing = [key for key in required if key.strip("[]") not in value]
        if missing and not unknown:  # an unknown key is most often the missing one, misspelt
            faults.add(path, f"has no `{missing[0]}`")
        if also and len(faults) == before:
            also(value, path, faults)

    return check


def mapping(key: Check, item: Check) -> Check:
    """A table with free keys and values, each of which passes its check."""

    def check(value: object, path: KeyPath, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.add(path, _not_a_table(path, value, ""))
            return
        for name, element in value.items():
            key(name, (*path, name), faults)
            item(element, (*path, name), faults)

    return check


def shown(value: object) -> str:
    """A wrong value as an error repeats it: `"text"`, `an integer`, `an empty list`."""
    if isinstance(value, str):
        return shortened(quote(value)) if value else "an empty string"
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else value_text(value)
    if isinstance(value, int | float):
        kind = "integer" if isinstance(value, int) else "float"
        return (
            f"the {kind} {value}"
            if kind == "float" or value in INTEGERS
            else "an integer of more than 64 bits"
        )
    if isinstance(value, list | tuple | dict):
        noun = "table" if isinstance(value, dict) else "list"
        return f"a {noun}" if value else f"an empty {noun}"
    return f"the {type(value).__name__} {value} (a string needs quotes)"


def shortened(text: str) -> str:
    """A text cut to what a message can hold."""
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"


def duplicates(values: list[Any]) -> list[int]:
    """The indexes of (hashable) values that stand earlier in the list, too."""
    seen: set[Any] = set()
    repeated = []
    for index, value in enumerate(values):
        if value in seen:
            repeated.append(index)
        seen.add(value)
    return repeated


def _near_key(key: str, known: tuple[str, ...]) -> str:
    return did_you_mean(key[:100], known) or f"known here: {', '.join(known)}"


def _near_word(got: object, words: tuple[str, ...]) -> str:
    if isinstance(got, str):
        return did_you_mean(got[:100], words)
    return (
        f"put it in quotes: {quote(str(got))}" if isinstance(got, int) and str(got) in words else ""
    )


def _subject(path: KeyPath) -> str:
    """What a fault is about, as the person wrote it: "`[pack] license`", "`[[template]] to`"."""
    if not path:
        return "the file"
    head, rest = shortened(key_text(str(path[0]))), list(path[1:])
    if rest and isinstance(rest[0], int) and head not in _TOP_VALUES:
        head, rest = f"[[{head}]]", rest[1:]
    elif head not in _TOP_VALUES or (rest and isinstance(rest[0], str)):
        head = f"[{head}]"
    item = f" item {int(rest.pop()) + 1}" if rest and isinstance(rest[-1], int) else ""
    dotted = ".".join(key_text(key) for key in rest if isinstance(key, str))
    return f"`{head} {shortened(dotted)}`{item}" if dotted else f"`{head}`{item}"


def _not_a_table(path: KeyPath, value: object, example: str) -> str:
    how = example or (f"[{key_text(str(path[0]))}]" if len(path) == 1 else "{ key = value }")
    return f"must be a table, written {how}; got {shown(value)}"
