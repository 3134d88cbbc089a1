"""What may make a query slow, told from its tokens before it runs.

Two things turn a small query into an endless one: patterns that share no variable, of which an engine
tries every pair, and a path of any length with neither end fixed, which it walks from everywhere.

Does not estimate how long a query takes: that depends on the data, and a limit stops it in any case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ggen_graph.core.sparql import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ggen_graph.core.sparql import Token

_CHANGING: Final = frozenset(("NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"))
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
    """What may make a query slow, as sentences for a person; empty for a query that has no tokens."""
    found = [token for token in tokens(text) if token.text]
    start = next((at for at, token in enumerate(found) if token.text == "{"), None)
    if start is None:
        return []
    if found[0].text.upper() == "CONSTRUCT" or _before(found, start) == "CONSTRUCT":
        start = _after(found, start)  # the template is not matched
        start = next((at for at in range(start, len(found)) if found[at].text == "{"), start)
    warned: list[str] = []
    _group(found, start, warned)
    return list(dict.fromkeys(warned))


def _before(found: Sequence[Token], at: int) -> str:
    return found[at - 1].text.upper() if at else ""


def _after(found: Sequence[Token], at: int) -> int:
    """The index after the bracket that closes the one at `at`."""
    depth = 0
    for place in range(at, len(found)):
        depth += (found[place].text in _OPEN) - (found[place].text in _CLOSE)
        if not depth:
            return place + 1
    return len(found)


def _group(found: Sequence[Token], at: int, warned: list[str]) -> set[str]:
    """Look at the group that begins at `at`; its variables."""
    end = _after(found, at) - 1
    if at + 1 < end and found[at + 1].text.upper() == "SELECT":
        return _subselect(found, at + 1, end, warned)
    parts = list(_parts(found, at + 1, end, warned))
    _warn_of_paths(parts, warned)
    _warn_of_products(parts, warned)
    return {name for part in parts for name in part.variables}


def _subselect(found: Sequence[Token], at: int, end: int, warned: list[str]) -> set[str]:
    """Look at a sub-select; what it projects."""
    opens = next((place for place in range(at, end) if found[place].text == "{"), end)
    inner = _group(found, opens, warned) if opens < end else set()
    named = {token.text[1:] for token in found[at:opens] if token.kind == "var"}
    return named or inner


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
            names = named | (_group(found, opens, warned) if opens < end else set())
            while stop < end and found[stop].text.upper() == "UNION":
                names |= _group(found, stop + 1, warned)
                stop = _after(found, stop + 1)
            yield _Part(names)
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
    for at, part in enumerate(parts):
        others = {name for place, one in enumerate(parts) if place != at for name in one.variables}
        alone = len(part.variables) == len({name for path in part.paths for name in path})
        warned.extend(
            f"the path from ?{start} to ?{end} has any length and neither end is fixed:"
            " it is walked from everything; fix one, or find it first in a sub-select"
            for start, end in part.paths
            if alone and not {start, end} & others
        )


def _warn_of_products(parts: Sequence[_Part], warned: list[str]) -> None:
    joined: list[_Part] = []
    for part in parts:
        if not part.variables:
            continue
        apart = [one for one in joined if not one.variables & part.variables]
        for one in joined:
            if one not in apart:
                part = _Part(  # noqa: PLW2901 - it grows by what it is joined with
                    one.variables | part.variables, one.multiplies or part.multiplies
                )
        joined = [*apart, part]
    many = [part for part in joined if part.multiplies]
    if len(many) > 1:
        groups = " and ".join(
            ", ".join(f"?{name}" for name in sorted(part.variables)[:_SHOWN])
            for part in many[:_SHOWN]
        )
        warned.append(
            f"nothing joins the patterns of {groups}: every solution of one is put with every one"
            " of the other; add a pattern that has variables of both"
        )
