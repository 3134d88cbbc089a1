"""Places, errors and the smallest rules of Tera's grammar: names, literals, paths.

Every rule of `Scanner` and of what builds on it takes an offset and answers what it found and where
that ends, or None. Where no rule goes on, the error names the furthest place that any reached.
"""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from ggen_graph.core.diagnostics import Location, TemplateFailed
from ggen_graph.core.template.tera import ast

if TYPE_CHECKING:
    from collections.abc import Callable

INTEGERS: Final = range(-(2**63), 2**63)  # a written integer is Rust's i64
MAX_DEPTH: Final = 200  # rules within rules; some 30 levels of parentheses take as many

_BLANKS = re.compile(r"[ \t\r\n]*")
_IDENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_INT = re.compile(r"-?(?:0|[1-9][0-9]*)")
_STRING = re.compile(r"""("[^"]*"|'[^']*'|`[^`]*`)""")
_BOOLEAN = re.compile(r"true|false|True|False")
_PLAIN_KEY = re.compile(r"(?:[^\"'`~]|~(?![01]))+")  # what Tera finds, written in brackets
_STEP = re.compile(r"\.[A-Za-z0-9_]+")

T = TypeVar("T")
Found = tuple[T, int] | None  # what a rule makes of the text, and where it ends


def rule(method: Callable[[Any, int], Found[T]]) -> Callable[[Any, int], Found[T]]:
    """Remember what a rule found at each place; refuse what is nested too deeply."""
    name = method.__name__

    @wraps(method)
    def remembered(self: Scanner, at: int) -> Found[T]:
        key = (name, at)
        if key in self.memo:
            return cast("Found[T]", self.memo[key])
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault(at, "the expression is nested too deeply")
        found = self.memo[key] = method(self, at)
        self.depth -= 1
        return found

    return remembered


class Scanner:
    """The text of one body, and the rules of its smallest parts."""

    def __init__(self, text: str, name: str, first_line: int = 1) -> None:
        self.text = text
        self.name = name
        self.first_line = first_line
        self.memo: dict[tuple[str, int], object] = {}
        self.depth = 0
        self.furthest = 0
        self.wanted: set[str] = set()

    # -- places and errors --------------------------------------------------------------------

    def where(self, at: int) -> Location:
        """The line (front matter counted in) and column of an offset."""
        line = self.text.count("\n", 0, at)
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        return Location(self.name, self.first_line + line, column)

    def fault(self, at: int, message: str, help: str = "") -> TemplateFailed:  # noqa: A002 - as in GgenError
        """The error of a template that does not parse."""
        return TemplateFailed(message, where=self.where(at), help=help)

    def missing(self, at: int, what: str) -> None:
        """Note that `what` was wanted at a place; the furthest place is what an error names."""
        if at > self.furthest:
            self.furthest, self.wanted = at, set()
        if at == self.furthest:
            self.wanted.add(what)

    def unexpected(self) -> TemplateFailed:
        """The error for the furthest place any rule reached."""
        at = self.furthest
        rest = self.text[at : at + 20].split("\n")[0]
        return self.fault(
            at,
            f"unexpected {rest!r}" if at < len(self.text) else "unexpected end of the template",
            f"expected {' or '.join(sorted(self.wanted))}" if self.wanted else "",
        )

    # -- terminals ----------------------------------------------------------------------------

    def skip(self, at: int) -> int:
        """The offset after any blanks."""
        return cast("re.Match[str]", _BLANKS.match(self.text, at)).end()

    def word(self, pattern: re.Pattern[str], at: int, what: str) -> Found[str]:
        """What a pattern matches at a place."""
        if found := pattern.match(self.text, at):
            return found.group(), found.end()
        self.missing(at, what)
        return None

    def exactly(self, text: str, at: int) -> int | None:
        """The offset after a fixed text, if it stands there."""
        if self.text.startswith(text, at):
            return at + len(text)
        self.missing(at, f"`{text}`")
        return None

    def ident(self, at: int) -> Found[str]:
        """A name."""
        return self.word(_IDENT, at, "a name")

    def string(self, at: int) -> Found[str]:
        """A string in double, single or back quotes; there are no escapes."""
        found = self.word(_STRING, at, "a string")
        return found and (found[0][1:-1], found[1])

    def integer(self, at: int) -> Found[int]:
        """An integer of 64 bits."""
        found = self.word(_INT, at, "a number")
        if found is None:
            return None
        if int(found[0]) not in INTEGERS:
            raise self.fault(at, f"the integer {found[0]} is out of bounds")
        return int(found[0]), found[1]

    @rule
    def literal(self, at: int) -> Found[ast.Constant]:
        """A float or an integer, in that order."""
        if found := self.word(_FLOAT, at, "a number"):
            return ast.Constant(float(found[0])), found[1]
        whole = self.integer(at)
        return whole and (ast.Constant(whole[0]), whole[1])

    def boolean(self, at: int) -> Found[ast.Constant]:
        """`true`, `false`, `True`, `False`; it needs no end, so `truest` is a boolean and a fault."""
        found = self.word(_BOOLEAN, at, "true or false")
        return found and (ast.Constant(found[0] in {"true", "True"}), found[1])

    def any_literal(self, at: int) -> Found[ast.Constant]:
        """What a macro's parameter may have as its default."""
        if found := self.boolean(at):
            return found
        if text := self.string(at):
            return ast.Constant(text[0]), text[1]
        return self.literal(at)

    @rule
    def path(self, at: int) -> Found[ast.Ident]:
        """`a`, `a.b`, `a.0`, `a[0]`, `a["b"]`, `a[b.c]`, without blanks."""
        root = self.ident(at)
        if root is None:
            return None
        steps: list[str | ast.Ident] = [root[0]]
        end = root[1]
        while True:
            if step := _STEP.match(self.text, end):
                steps.append(step.group()[1:])
                end = step.end()
            elif bracket := self.bracket(end):
                steps.append(bracket[0])
                end = bracket[1]
            else:
                return ast.Ident(self.text[at:end], tuple(steps), at), end

    @rule
    def bracket(self, at: int) -> Found[str | ast.Ident]:
        """`[0]`, `["key"]` or `[path]`."""
        if not self.text.startswith("[", at):
            return None
        inner: Found[str | ast.Ident]
        if number := self.word(_INT, at + 1, "an index"):
            inner = number
        else:
            quoted = self.string(at + 1)
            if quoted and (self.text[at + 1] == "`" or not _PLAIN_KEY.fullmatch(quoted[0])):
                raise self.fault(at, "Tera can't look up such a key", "write `| get(key=…)`")
            inner = quoted or self.path(at + 1)
        end = inner and self.exactly("]", inner[1])
        return (inner[0], end) if inner and end else None
