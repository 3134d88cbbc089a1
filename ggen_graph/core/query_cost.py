"""What may make a query slow, told from its tokens before it runs.

Two things turn a small query into an endless one: patterns that share no variable, of which an engine
tries every pair, and a path of any length with neither end fixed, which it walks from everywhere.

Does not estimate how long a query takes: that depends on the data, and a limit stops it in any case.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ggen_graph.core.sparql import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ggen_graph.core.sparql import Token

_CHANGING: Final = frozenset(("NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"))
_AGGREGATES: Final = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))
_OPEN: Final = frozenset("{([")
_CLOSE: Final = frozenset("})]")
_SHOWN: Final = 3


@dataclass(slots=True)
class _Part:
    """Something that a group joins: its variables, and whether it matches more than one given node."""

    variables: set[str]
    multiplies: bool = True
    paths: list[tuple[str, str]] = field(default_factory=list)


def is_constant(text: str) -> bool:
    """Whether a query gives the same whenever it is asked of the same graph."""
    return not any(
        token.kind == "word" and token.text.upper() in _CHANGING for token in tokens(text)
    )


def warnings(text: str) -> list[str]:
    """What may make a query slow, as sentences for a person; empty for a query that has no group.

    Groups within groups are looked at one within the other: `graph.foreign` refuses what is too deep.
    """
    found = [token for token in tokens(text) if token.text]
    start = next((at for at, token in enumerate(found) if token.text == "{"), None)
    if start is None:
        return []
    if start and found[start - 1].text.upper() == "CONSTRUCT":
        start = _after(found, start)  # the template is not matched
        start = next((at for at in range(start, len(found)) if found[at].text == "{"), start)
    warned: list[str] = []
    _group(found, start, warned)
    return list(dict.fromkeys(warned))


def _after(found: Sequence[Token], at: int) -> int:
    """The index after the bracket that closes the one at `at`."""
    depth = 0
    for place in range(at, len(found)):
        depth += (found[place].text in _OPEN) - (found[place].text in _CLOSE)
        if not depth:
            return place + 1
    return len(found)


def _group(found: Sequence[Token], at: int, warned: list[str], *, alone: bool = False) -> _Part:
    """Look at the group that begins at `at`; what it is to the group around it.

    `alone` is for the group of a sub-select, where a path is found before it is joined.
    """
    end = _after(found, at) - 1
    if at + 1 < end and found[at + 1].text.upper() == "SELECT":
        return _subselect(found, at + 1, end, warned)
    parts = list(_parts(found, at + 1, end, warned))
    if not alone or len(parts) > 1:
        _warn_of_paths(parts, warned)
    _warn_of_products(parts, warned)
    return _Part(
        {name for part in parts for name in part.variables}, any(part.multiplies for part in parts)
    )


def _subselect(found: Sequence[Token], at: int, end: int, warned: list[str]) -> _Part:
    """Look at a sub-select: it gives what it projects, in one row if it counts over all."""
    opens = next((place for place in range(at, end) if found[place].text == "{"), end)
    if opens == end:
        return _Part(set(), multiplies=False)
    inner = _group(found, opens, warned, alone=True)
    head = found[at:opens]
    words = {token.text.upper() for token in head if token.kind == "word"}
    after = {token.text.upper() for token in found[_after(found, opens) : end]}
    one_row = bool(words & _AGGREGATES) and "GROUP" not in after
    return _Part(_projected(head) or inner.variables, inner.multiplies and not one_row)


def _projected(head: Sequence[Token]) -> set[str]:
    """The variables that a SELECT names: those within an expression are not, but for the one behind AS."""
    named: set[str] = set()
    depth = 0
    for before, token in pairwise(head):
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if token.kind == "var" and (not depth or before.text.upper() == "AS"):
            named.add(token.text[1:])
    return named


def _parts(found: Sequence[Token], at: int, end: int, warned: list[str]) -> Iterator[_Part]:
    """What a group joins, in order."""
    while at < end:
        word = found[at].text.upper()
        if word in {"FILTER", "MINUS"}:
            at = _skip(found, at + 1, end, warned)
        elif word == "BIND":
            stop = _after(found, at + 1)
            yield _Part(_variables(found[at:stop]), multiplies=False)
            at = stop
        elif word == "VALUES":
            opens = next((place for place in range(at, end) if found[place].text == "{"), end)
            yield _Part(_variables(found[at:opens]), multiplies=False)
            at = _after(found, opens)
        elif word in {"OPTIONAL", "GRAPH", "UNION", "LATERAL"} or found[at].text == "{":
            opens = next((place for place in range(at, end) if found[place].text == "{"), end)
            named = _variables(found[at:opens])
            stop = _after(found, opens)
            part = _group(found, opens, warned) if opens < end else _Part(set(), multiplies=False)
            part.variables |= named
            while stop < end and found[stop].text.upper() == "UNION":
                part.variables |= _group(found, stop + 1, warned).variables
                part.multiplies = True
                stop = _after(found, stop + 1)
            yield part
            at = stop
        elif found[at].text in {".", ";", ","}:
            at += 1
        else:
            stop = _statement(found, at, end)
            yield _triples(found[at:stop])
            at = stop


def _skip(found: Sequence[Token], at: int, end: int, warned: list[str]) -> int:
    """The index after a FILTER's expression or a MINUS' group; what groups are within is looked at."""
    while at < end and found[at].text not in _OPEN:
        at += 1
    stop = _after(found, at)
    for place in range(at, min(stop, end)):
        if found[place].text == "{":
            _group(found, place, warned)
            break
    return stop


def _statement(found: Sequence[Token], at: int, end: int) -> int:
    """The index after the triples that share the subject at `at`."""
    depth, start = 0, at
    while at < end:
        text = found[at].text
        keyword = found[at].kind == "word" and text.upper() in {
            "FILTER", "OPTIONAL", "GRAPH", "BIND", "VALUES", "MINUS", "UNION", "SERVICE",
        }  # fmt: skip
        if depth == 0 and at > start and (text in {".", "{"} or keyword):
            return at
        depth += (text in _OPEN) - (text in _CLOSE)
        at += 1
    return at


def _triples(statement: Sequence[Token]) -> _Part:
    """Triples of one subject."""
    subject = statement[0]
    part = _Part(_variables(statement), multiplies=subject.kind == "var")
    for at, token in enumerate(statement):
        walks = token.text in {"*", "+"} and at + 1 < len(statement)
        if walks and subject.kind == "var" and statement[at + 1].kind == "var":
            part.paths.append((subject.text[1:], statement[at + 1].text[1:]))
    return part


def _variables(found: Sequence[Token]) -> set[str]:
    return {token.text[1:] for token in found if token.kind == "var"}


def _warn_of_paths(parts: Sequence[_Part], warned: list[str]) -> None:
    held = Counter(name for part in parts for name in part.variables)
    for part in parts:
        ends = {name for path in part.paths for name in path}
        if len(part.variables) == len(ends):
            warned.extend(
                f"the path from ?{start} to ?{end} has any length and neither end is fixed:"
                " it is walked from everything; fix one, or find it first in a sub-select"
                for start, end in part.paths
                if held[start] == held[end] == 1
            )


def _warn_of_products(parts: Sequence[_Part], warned: list[str]) -> None:
    many = [part for part in _joined(parts) if part.multiplies]
    if len(many) > 1:
        groups = " and ".join(
            ", ".join(f"?{name}" for name in sorted(part.variables)[:_SHOWN])
            for part in many[:_SHOWN]
        )
        warned.append(
            f"nothing joins the patterns of {groups}: every solution of one is put with every one"
            " of the other; add a pattern that has variables of both"
        )


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """The parts that have variables, those that share one taken together."""
    above: dict[str, str] = {}  # a forest of variables; those of one tree are joined

    def root(name: str) -> str:
        while (up := above.setdefault(name, name)) != name:
            above[name] = name = above[up]
        return name

    for part in parts:
        for name in part.variables:
            above[root(name)] = root(min(part.variables))
    found: dict[str, _Part] = {}
    for part in parts:
        if part.variables:
            one = found.setdefault(root(min(part.variables)), _Part(set(), multiplies=False))
            one.variables |= part.variables
            one.multiplies |= part.multiplies
    return list(found.values())
