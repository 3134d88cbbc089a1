"""Where a Turtle text first speaks of a thing, for findings: the place of its subjects.

Reads Turtle, TriG, N-Triples and N-Quads, those of RDF 1.2 too, by their tokens. A subject is the first
token of a statement, and a statement begins at the top of the text or of a graph's braces, after a
full stop, and after a directive. What is wrong in the text is stepped over: whether it parses is the
parser's to say, and nothing here raises.

Does not do: places of blank nodes, which have no name that outlasts the file.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ggen_graph.core.manifest.toml_positions import Place

# RDF 1.1 Turtle §6.5, loosely: every name that is right is read whole. Nothing here goes back over what
# it has read (possessive quantifiers), so that a text takes time in proportion to its length.
_NAME = r"[^\s<>\"'{}()\[\],;#@^|\\`:.]"
_LOCAL = r"(?:[^\s<>\"'{}()\[\],;#@^|\\`.]|\\.|\.(?=[^\s<>\"'{}()\[\],;#@^|`.]))"
_LEXER: Final = rf"""
      (?P<skip>   [ \t\r\n\f]++ | \#[^\r\n]*+ )
    | (?P<iri>    <(?!<)(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+> )
    | (?P<string> \"\"\"(?:[^"\\]++|\\[\s\S]|"(?!""))*+\"\"\" | '''(?:[^'\\]++|\\[\s\S]|'(?!''))*+'''
                | "(?:[^"\\\r\n]++|\\.)*+" | '(?:[^'\\\r\n]++|\\.)*+' )
    | (?P<at>     @[A-Za-z]++(?:-[A-Za-z0-9]++)*+ )
    | (?P<blank>  _:{_LOCAL}++ )
    | (?P<pname>  (?:{_NAME}|\.(?={_NAME})){{0,99}}+:{_LOCAL}*+ )
    | (?P<number> [+-]?(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+ )
    | (?P<word>   [A-Za-z]++ )
    | (?P<open>   <<\(? | \{{\| | [\[({{] )
    | (?P<close>  \)?>> | \|\}} | [\])}}] )
    | (?P<stop>   \. )
    | (?P<other>  [\s\S] )
    """
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_DIRECTIVES: Final = frozenset({"PREFIX", "BASE", "VERSION"})


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class Positions(NamedTuple):
    """Where IRIs first are the subject of a statement, and where others that are none are first named."""

    subjects: dict[str, Place]
    mentions: dict[str, Place]


def subject_positions(text: str, wanted: Collection[str], base: str | None = None) -> Positions:
    """The line and column, from 1, where a text first speaks of each of the wanted IRIs.

    Args:
        text: a Turtle document.
        wanted: absolute IRIs.
        base: what relative IRIs are resolved against, unless the document says.
    """
    subjects: dict[str, int] = {}
    mentions: dict[str, int] = {}
    for iri, start, is_subject in _names(text, base):
        if iri in wanted:
            (subjects if is_subject else mentions).setdefault(iri, start)
            if len(subjects) == len(wanted):
                break
    return Positions(
        {iri: _place(text, start) for iri, start in subjects.items()},
        {iri: _place(text, start) for iri, start in mentions.items() if iri not in subjects},
    )


def _names(text: str, base: str | None) -> Iterator[tuple[str, int, bool]]:
    """Every IRI in a text, its offset, and whether a statement begins with it."""
    reader = _Reader(text, base)
    found = _tokens(text)
    before: _Token | None = None  # a name at the start of a statement, until it is no graph's
    begins, braces, depth = True, 0, 0
    for token in found:
        if before is not None:
            # TriG §3: what stands before braces names a graph, and its statements begin inside.
            yield reader.iri(before), before.start, token.text != "{"
            begins, before = False, None
        if token.kind == "word" and token.text.upper() == "GRAPH":
            continue
        if begins and depth == 0 and _is_directive(token):
            reader.directive(token.text.lstrip("@").upper(), found)
        elif token.kind in {"iri", "pname"}:
            if begins and depth == 0:
                before = token
            else:
                yield reader.iri(token), token.start, False
        elif token.text in {"{", "}"} and depth == 0:
            braces = max(0, braces + (1 if token.text == "{" else -1))
            begins = True
        elif token.kind in {"open", "close"}:
            depth = max(0, depth + (1 if token.kind == "open" else -1))
            begins = False
        else:
            begins = token.kind == "stop" and depth == 0
    if before is not None:
        yield reader.iri(before), before.start, True


def _is_directive(token: _Token) -> bool:
    word = token.text.removeprefix("@").upper()
    return token.kind in {"at", "word"} and word in _DIRECTIVES


class _Reader:
    """What the directives so far say: prefixes and the base."""

    def __init__(self, text: str, base: str | None) -> None:
        self.text = text
        self.base = base or ""
        self.prefixes: dict[str, str] = {}

    def directive(self, word: str, rest: Iterator[_Token]) -> None:
        """Read what follows the word of a directive; the stop after it is a statement's end, too."""
        name = next(rest, None) if word == "PREFIX" else None
        value = next(rest, None)
        if value is None or value.kind != "iri":
            return
        if name is not None:
            self.prefixes[name.text.rstrip(":")] = self.iri(value)
        elif word == "BASE":
            self.base = self.iri(value)

    def iri(self, token: _Token) -> str:
        """The absolute IRI that a token stands for."""
        if token.kind == "iri":
            return _resolved(self.base, _ESCAPE.sub(_character, token.text[1:-1]))
        prefix, _, local = token.text.partition(":")
        return self.prefixes.get(prefix, "") + _ESCAPE.sub(_character, local)


def _resolved(base: str, relative: str) -> str:
    """RFC 3986 §5.2, for a base of any scheme; Python's own knows how to for some."""
    if not base or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", relative):
        return relative
    if not relative or relative.startswith("#"):
        return base.partition("#")[0] + relative
    scheme, colon, rest = base.partition(":")
    return scheme + colon + urljoin(f"http:{rest}", relative).removeprefix("http:")


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code is None:
        return found[3]
    number = int(code, base=16)
    return chr(number) if number <= 0x10FFFF else found[0]


@cache
def _lexer() -> re.Pattern[str]:
    """Compiled where it is used, which is only where something was found."""
    return re.compile(_LEXER, re.VERBOSE)


def _tokens(text: str) -> Iterator[_Token]:
    for found in _lexer().finditer(text):
        if found.lastgroup != "skip":
            yield _Token(found.lastgroup or "other", found[0], found.start())


def _place(text: str, start: int) -> Place:
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
