"""What can be said of a SPARQL text by its tokens alone.

The form of a query, whether it is ordered, its `#+` header, and whether it asks
for what a reader may not do. Tokens follow SPARQL 1.1 §19.8 and the RDF 1.2 additions that Oxigraph
reads (`<<`, `@en--ltr`).

Keeps true: `refuse_writing` never lets through a text that an engine could read as `SERVICE` or as
an update. Oxigraph's parser has no lexer of its own, so that it takes `trueSERVICE<x>` and
`SERVICEex:y` as the keyword: a word that contains the keyword counts as one, and a `<` that may be
a comparison or an IRI is refused where the difference could hide a keyword.

Does not parse: whether a text is a *valid* query is the engine's to say.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from ggen_graph.core.diagnostics import Location, QueryInvalid, QueryRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "UPDATE"]
Kind = Literal["iri", "string", "lang", "var", "blank", "pname", "number", "word", "punct"]


class Token(NamedTuple):
    """One token and where it stands.

    `start` and `end` are offsets into the text; `line` and `column` count from 1; `depth` is the
    number of `{` open around it (a brace itself counts as outside).
    """

    kind: Kind
    text: str
    start: int
    end: int
    line: int
    column: int
    depth: int


# SPARQL 1.1 §19.8, productions 164 to 173.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MARKS = "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_CHARS = rf"{_BASE}_{_MARKS}\-"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
# No prefix is longer: without a bound `a.a.a.` and so on is read to its end from each `a`.
_PREFIX = rf"(?:[{_BASE}](?:[{_CHARS}.]{{0,254}}[{_CHARS}])?)?"

_LEXER: Final = rf"""
      (?P<skip>  [ \t\r\n]+ | \#[^\r\n]* )
    | (?P<iri>   <(?:[^<>"{{}}|^`\\\x00-\x20]|{_UCHAR})*> )
    | (?P<string>
          '''(?:'{{0,2}}(?:[^'\\]|\\[\s\S]))*''' | \"\"\"(?:"{{0,2}}(?:[^"\\]|\\[\s\S]))*\"\"\"
        | '(?:[^'\\\r\n]|\\[^\r\n])*'            | "(?:[^"\\\r\n]|\\[^\r\n])*" )
    | (?P<lang>  @[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)? )
    | (?P<var>   [?$][{_BASE}_0-9][{_BASE}_{_MARKS}]* )
    | (?P<blank> _:[{_BASE}_0-9](?:[{_CHARS}.]*[{_CHARS}])? )
    | (?P<pname> {_PREFIX}:
                 (?:(?:[{_BASE}_:0-9]|{_PLX})(?:(?:[{_CHARS}.:]|{_PLX})*(?:[{_CHARS}:]|{_PLX}))?)? )
    | (?P<number> [0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)? | [0-9]+\.?[eE][+-]?[0-9]+ | [0-9]+ )
    | (?P<word>  [A-Za-z_][A-Za-z0-9_]* )
    | (?P<punct> \^\^ | && | \|\| | != | <= | >= | << | >> | \{{\| | \|\}} | [{{}}()\[\].,;*/+\-|^!?=<>~] )
    """

_FORMS: Final[dict[str, Form]] = {
    "SELECT": "SELECT",
    "ASK": "ASK",
    "CONSTRUCT": "CONSTRUCT",
    "DESCRIBE": "DESCRIBE",
    "ADD": "UPDATE",
    "CLEAR": "UPDATE",
    "COPY": "UPDATE",
    "CREATE": "UPDATE",
    "DELETE": "UPDATE",
    "DROP": "UPDATE",
    "INSERT": "UPDATE",
    "LOAD": "UPDATE",
    "MOVE": "UPDATE",
    "WITH": "UPDATE",
}
_PROLOGUE: Final = {"BASE": 1, "PREFIX": 2, "VERSION": 1}  # and how many tokens follow the word
_SHOWN: Final = 60  # characters
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}
_OPERATORS: Final = frozenset(
    [*"([{,;.=<>!+-*/^|", "!=", "<=", ">=", "<<", "&&", "||", "^^"]  # no operand ends with these
)


def tokens(text: str, file: str = "query") -> tuple[Token, ...]:
    """The tokens of a SPARQL text, without white space and comments.

    Raises:
        QueryInvalid: where no token can begin, such as a string that is not closed.
    """
    return tuple(_lex(text, file))


@cache
def _lexer() -> re.Pattern[str]:
    """Compiled where it is used: that takes 20 ms, and most commands look at no query's tokens."""
    return re.compile(_LEXER, re.VERBOSE)


def _lex(text: str, file: str) -> Iterator[Token]:
    lexer = _lexer()
    at = line_start = depth = 0
    line = 1
    while at < len(text):
        found = lexer.match(text, at)
        if found is None:
            what = (
                "a string that is not closed" if text[at] in "'\"" else f"unexpected {text[at]!r}"
            )
            raise QueryInvalid(what, where=Location(file, line, at - line_start + 1))
        kind, value, end = found.lastgroup, found.group(), found.end()
        if kind != "skip":
            depth -= value == "}"
            yield Token(kind, value, at, end, line, at - line_start + 1, depth)  # type: ignore[arg-type] # the groups are the kinds
            depth += value == "{"
        if newlines := value.count("\n"):
            line += newlines
            line_start = at + value.rindex("\n") + 1
        at = end


def form(text: str, file: str = "query") -> Form:
    """What kind of query a text is; `UPDATE` for any update operation.

    Raises:
        QueryInvalid: the text begins like none of them.
    """
    begun: list[Token] = []  # no more of it than the first word that is not of the prologue
    for token in _lex(text, file):
        begun.append(token)
        if _body(begun) < len(begun):
            break
    return _form(begun, _body(begun), file)


def _body(found: Sequence[Token]) -> int:
    """The index of the first token after the prologue (`BASE`, `PREFIX`, `VERSION`)."""
    at = 0
    while at < len(found) and found[at].kind == "word":
        follow = _PROLOGUE.get(found[at].text.upper())
        if follow is None:
            break
        at += 1 + follow
    return at


def _form(found: Sequence[Token], at: int, file: str) -> Form:
    if at >= len(found):
        raise QueryInvalid("the query is empty", where=Location(file))
    first = found[at]
    name = _FORMS.get(first.text.upper())
    if name is None:
        raise QueryInvalid(
            f"a query can't begin with {shortened(first.text)!r}",
            where=Location(file, first.line, first.column),
            help="it begins with SELECT, ASK, CONSTRUCT or DESCRIBE, after its PREFIX lines",
        )
    return name


def shortened(text: str) -> str:
    """A piece of a query as it is told in an error: its beginning, where it is long."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def refuse_writing(text: str, file: str = "query", hosts: Collection[str] = ()) -> None:
    """Refuse what only a writer, or only somebody with a network, may ask for.

    That is every update form, and `SERVICE` of any server but those of `hosts`. Codepoint escapes
    outside strings (SPARQL 1.1 §19.2) are read as some engines do, too: before anything else.

    Args:
        text: the query.
        file: what to call it in errors.
        hosts: names of servers, with the port where it is not the scheme's own.

    Raises:
        QueryRefused: with the place of the word at fault.
        QueryInvalid: the text has no tokens that could be judged.
    """
    if "\\u" in text or "\\U" in text:
        with suppress(QueryInvalid):  # an engine that reads it so would not run it either
            _refuse(_unescape(text), file, hosts)
    _refuse(text, file, hosts)


def _unescape(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = int(found.group().lstrip("\\uU"), base=16)
        return chr(code) if code <= 0x10FFFF else found.group()

    return re.sub(_UCHAR, character, text)


def _refuse(text: str, file: str, hosts: Collection[str]) -> None:
    found = tokens(text, file)
    body = _body(found)
    if _form(found, body, file) == "UPDATE":
        raise QueryRefused(
            f"{found[body].text.upper()} changes the graph, and this is read only",
            where=Location(file, found[body].line, found[body].column),
            help="the graph is made from files: change those and run `ggen graph sync`",
        )
    brackets: list[str] = []
    for at, token in enumerate(found):
        where = Location(file, token.line, token.column)
        if _is_service(found, at) and not _is_allowed(found, at, hosts):
            raise QueryRefused(
                "SERVICE asks another server, and a query stays in the graph at hand",
                where=where,
                help="load what the query needs into the project's own RDF"
                + (f"; allowed are <http…> IRIs on {', '.join(hosts)}" if hosts else ""),
            )
        if brackets[-1:] == ["("] and _is_unclear(token, found[at - 1]):
            raise QueryRefused(
                "here `<` may be a comparison or begin an IRI",
                where=where,
                help="write a space after `<`, or a prefixed name",
            )
        if token.text in _BRACKETS.values():
            brackets.append(token.text)
        elif token.text in _BRACKETS and brackets:
            brackets.pop()


def _is_service(found: Sequence[Token], at: int) -> bool:
    token = found[at]
    if token.kind == "word":
        return "SERVICE" in token.text.upper()
    if token.kind != "pname" or "SERVICE" not in token.text.partition(":")[0].upper():
        return False
    # `SERVICEex:y {` is read as the keyword by a parser without a lexer; `GRAPH service:y {` is not.
    opens = at + 1 < len(found) and found[at + 1].text.startswith("{")
    return opens and found[at - 1].text.upper() != "GRAPH"


def _is_allowed(found: Sequence[Token], at: int, hosts: Collection[str]) -> bool:
    """Whether the server that SERVICE asks is written out, plainly, and is one of `hosts`."""
    if found[at].text.upper() != "SERVICE" or not hosts:
        return False
    after = found[at + 1 : at + 3]
    named = after[1:] if after and after[0].text.upper() == "SILENT" else after[:1]
    server = (
        re.match(r"<https?://([A-Za-z0-9.-]+(?::[0-9]+)?)[/?>]", named[0].text) if named else None
    )
    return server is not None and "\\" not in named[0].text and server[1].lower() in hosts


def _is_unclear(token: Token, before: Token) -> bool:
    """Whether an IRI after an operand could be a comparison that hides a string or a comment."""
    return (
        token.kind == "iri"
        and before.text not in _OPERATORS
        and any(mark in token.text for mark in "#')")
        and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*://", token.text)
    )


def has_order_by(text: str, file: str = "query") -> bool:
    """Whether the outermost query orders its solutions; a sub-query's ORDER BY does not count."""
    found = tokens(text, file)
    return any(
        token.depth == 0 and token.text.upper() == "ORDER" and after.text.upper() == "BY"
        for token, after in pairwise(found)
    )


def header(text: str, file: str = "query") -> dict[str, Any]:
    """The YAML in the `#+` lines at the top of a query: `summary`, `params`, `returns`.

    Raises:
        QueryInvalid: the lines are not a YAML mapping.
    """
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#+"):
            break
        lines.append(line[2:].removeprefix(" "))
    if not lines:
        return {}
    import yaml  # noqa: PLC0415 - start-up time: few queries are asked for their header

    try:
        value = yaml.safe_load("\n".join(lines))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = Location(file, mark.line + 1, mark.column + 4) if mark else Location(file)
        raise QueryInvalid(f"the header is not YAML: {error.problem}", where=where) from error
    if not isinstance(value, dict):
        raise QueryInvalid("the header is not a mapping", where=Location(file, 1))
    return {str(key): item for key, item in value.items()}
