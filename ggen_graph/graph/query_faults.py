"""Why a query does not parse, for the person who wrote it: the place, what is wrong, the line itself.

Oxigraph names the furthest place that some rule of the grammar reached, which is often the end of the
text, and what could stand there. What tokens alone show is said first: brackets that don't match,
prefixes that nobody declared.

Does not decide whether a text is a query; it is asked when one is not.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.diagnostics import Location, QueryInvalid, nearest
from ggen_graph.core.sparql import shortened, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ggen_graph.core.sparql import Token

_POSITION = re.compile(r"error at (\d+):(\d+): (?P<what>.*)", re.DOTALL)
# Among the tokens that could stand there, Oxigraph lists what is wrong beyond grammar, as a sentence.
_SENTENCE = re.compile(r"(?:expected |one of |, )(?!one of )([\w*\\]+(?: [\w*]+){2,})")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_AROUND = 100
"""Characters of a long line that are shown before its fault, and behind it."""


class _Fault(NamedTuple):
    line: int
    column: int
    what: str
    advice: str = ""


def explained(text: str, error: str, file: str, known: Mapping[str, str]) -> QueryInvalid:
    """The error to raise for a query that Oxigraph refused to parse.

    Args:
        text: the query.
        error: Oxigraph's message.
        file: what to call the text.
        known: the prefixes that need not be declared.
    """
    found = tokens(text, file)
    fault = _unmatched(found) or _undeclared(found, known) or _stated(text, found, error)
    if fault is None:
        return QueryInvalid(f"the query does not parse: {error}", where=Location(file))
    invalid = QueryInvalid(
        f"the query does not parse: {fault.what}", where=Location(file, fault.line, fault.column)
    )
    invalid = with_line(invalid, text)
    invalid.help += f"\n{fault.advice}" if fault.advice else ""
    return invalid


def with_line(error: QueryInvalid, text: str) -> QueryInvalid:
    """An error that has a place and no help, with the line at fault and a caret under it as help."""
    if error.where is not None and error.where.line and not error.help:
        line = text.split("\n")[error.where.line - 1].rstrip("\r")
        at = error.where.column - 1
        start = max(0, at - _AROUND)
        shown = line[start : at + _AROUND]
        before = line[start:at].ljust(at - start)
        left, right = "…" * bool(start), "…" * (at + _AROUND < len(line))
        indent = re.sub(r"[^\t]", " ", left + before)
        error.help = f"{left}{shown}{right}\n{indent}^"
    return error


def _unmatched(found: Sequence[Token]) -> _Fault | None:
    """The first bracket that closes nothing, or else the last that is never closed."""
    opened: list[Token] = []
    for token in found:
        if token.kind != "punct":
            continue
        if token.text in _PAIRS.values():
            opened.append(token)
        elif token.text in _PAIRS and (not opened or opened.pop().text != _PAIRS[token.text]):
            return _Fault(token.line, token.column, f'this "{token.text}" closes nothing')
    if not opened:
        return None
    return _Fault(opened[-1].line, opened[-1].column, f'this "{opened[-1].text}" is never closed')


def _undeclared(found: Sequence[Token], known: Mapping[str, str]) -> _Fault | None:
    """The first name whose prefix is neither declared nor known."""
    declared = set(known)
    for before, token in pairwise(found):  # a query begins with a word
        if token.kind != "pname":
            continue
        prefix = token.text.partition(":")[0]
        if before.text.upper() == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared:
            if before.text == "<" and before.end == token.start:
                what = 'this "<" begins no IRI: one ends with ">", and has no space, quote or brace'
                return _Fault(before.line, before.column, what)
            meant = nearest(prefix, declared)
            return _Fault(
                token.line,
                token.column,
                f"the prefix {shortened(prefix)}: is not declared",
                (f"did you mean {meant}:? " if meant else "")
                + f"add PREFIX {shortened(prefix)}: <…>; known without it: {', '.join(sorted(known))}",
            )
    return None


def _stated(text: str, found: Sequence[Token], error: str) -> _Fault | None:
    """What Oxigraph says."""
    match = _POSITION.match(error)
    if match is None:
        return None
    line, column = int(match[1]), int(match[2])
    if "IRI parsing failed" in match["what"]:
        iris = [token for token in found if token.kind == "iri"]
        before = [token for token in iris if (token.line, token.column) < (line, column)]
        for token in before[-1:]:
            line, column = token.line, token.column
        return _Fault(line, column, "an IRI must be absolute, such as <http://example.org/a>")
    if sentence := _SENTENCE.search(match["what"]):
        return _Fault(line, column, sentence[1])
    for token in found:  # the place may be within one
        if token.line == line and token.column <= column < token.column + len(token.text):
            return _Fault(line, token.column, f'"{shortened(token.text)}" can\'t stand here')
    rest = text.split("\n")[line - 1][column - 1 :].split()
    if rest:
        return _Fault(line, column, f'"{shortened(rest[0])}" can\'t stand here')
    return _Fault(line, column, "something is missing here, or wrong just before")
