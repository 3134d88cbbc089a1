"""Results in TSV, read for people: a cell of a table as text, and as a link where it is an IRI.

Oxigraph writes one row a line and each term as in Turtle (SPARQL 1.1 Query Results CSV and TSV §4); a tab
or a line end within a literal is escaped. A long cell is cut before it is looked at. Pure but for the
prefixes that are known.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ggen_graph.graph.results import shorten_iri

MAX_CELL = 2000
"""Characters of a cell that are shown; whoever wants all of it takes the result as a file."""

_LITERAL = re.compile(r'"((?:[^"\\]++|\\.)*+)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


class Cell(NamedTuple):
    """What a table shows of a term: its text, its IRI if it has one, the language or datatype of a literal."""

    text: str
    iri: str = ""
    note: str = ""


def cell(term: str) -> Cell:
    """A term as TSV has it; unbound is the empty text."""
    if len(term) > MAX_CELL:
        text = term[term.startswith('"') : MAX_CELL]
        return Cell(_ESCAPE.sub(_unescaped, text) + "…")
    if term.startswith("<") and not term.startswith("<<"):
        iri = term[1:-1]
        return Cell(shorten_iri(iri), iri)
    match = _LITERAL.fullmatch(term)
    if match is None:
        return Cell(term)  # a number, a boolean, a blank node, a triple
    text = _ESCAPE.sub(_unescaped, match[1])
    return Cell(text, note=match[2] or (shorten_iri(match[3]) if match[3] else ""))


def row(line: str) -> tuple[Cell, ...]:
    """A line of TSV, without its end."""
    return tuple(map(cell, line.split("\t")))


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])
