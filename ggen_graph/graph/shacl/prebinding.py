"""sh:sparql: a constraint's own SELECT, made to run for all focus nodes at once (SHACL §5.2, Appendix A).

The recommendation binds `$this` before the query runs, node by node. Here the pattern of the focus
nodes is put into the outermost group, and into every inner group that has `$this` in an expression,
where SPARQL would not see it from outside; joined, that is the same.

Keeps true: a text that only `core.sparql.refuse_writing` lets pass is composed, and the places where
something is put in are found by token, never by a pattern on the text.

Says `why_not` for what would differ: a LIMIT counts all focus nodes together, and so does a group that
is not by `$this`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Store

from ggen_graph.core.diagnostics import ShapesInvalid
from ggen_graph.core.sparql import Token, form, tokens
from ggen_graph.graph import foreign
from ggen_graph.graph.shacl.fragments import chosen
from ggen_graph.graph.shacl.paths import sparql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ggen_graph.graph.shacl.fragments import Focus
    from ggen_graph.graph.shacl.model import Query, Shape

_AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "GROUP"))
_FORBIDDEN = frozenset(("MINUS", "VALUES"))
_THIS = frozenset(("?this", "$this"))
_PATH = frozenset(("?PATH", "$PATH"))
_CURRENT = frozenset(("?currentShape", "$currentShape"))


def place_of(shape: Shape) -> str:
    """What errors call the query of a shape."""
    return f"sh:select of {shape.name}"


def check(shape: Shape, query: Query) -> None:
    """Refuse what no constraint may ask.

    Raises:
        QueryRefused: it asks for an update or SERVICE, or is nested too deep.
        QueryInvalid: it does not parse.
        ShapesInvalid: it is no SELECT, or has what can't be bound before it runs (Appendix A).
    """
    text, file = query.text, place_of(shape)
    foreign.run(Store(), text, file=file, prefixes=dict(query.prefixes))
    if form(text, file) != "SELECT":
        raise ShapesInvalid(f"{file} is no SELECT query", help="write SELECT $this WHERE { … }")
    found = tokens(text, file)
    for at, token in enumerate(found):
        word = token.text.upper()
        if token.kind == "word" and word in _FORBIDDEN:
            raise ShapesInvalid(
                f"{file} has {word}, which SHACL does not allow in a constraint",
                help="write FILTER NOT EXISTS { … } or FILTER (?x IN (…)) instead",
            )
        if token.text in _THIS and found[at - 1].text.upper() == "AS":
            raise ShapesInvalid(f"{file} gives $this another value", help="use another name")
        if token.text.lstrip("?$") == "shapesGraph":
            raise ShapesInvalid(
                f"{file} asks for $shapesGraph, which is not in the graph", help="leave it out"
            )
        if token.text in _PATH and shape.path is None:
            raise ShapesInvalid(
                f"{file} has $PATH, and the shape has no path", help="say it of a property shape"
            )
        if word == "SELECT" and token.depth and not _shows_this(found, at):
            raise ShapesInvalid(
                f"{file} has an inner SELECT without $this", help="add $this to what it selects"
            )


def why_not(shape: Shape, text: str) -> str:
    """Why a query can't be run for all focus nodes at once; "" if it can."""
    found = tokens(text)
    words = {token.text.upper() for token in found if token.kind == "word"}
    if words & {"LIMIT", "OFFSET"}:
        return "a LIMIT in sh:sparql counts for each focus node alone"
    if "FROM" in words:
        return "FROM in sh:sparql chooses other graphs"
    if any(token.text in _CURRENT for token in found) and shape.name.startswith("_:"):
        return "$currentShape of a shape without an IRI"
    grouped = [token for token in found if token.text.upper() in _AGGREGATES]
    if any(token.depth for token in grouped):
        return "an inner SELECT of sh:sparql counts or groups"
    if grouped and not _groups_by_this(found):
        return "sh:sparql counts without GROUP BY $this"
    return ""


def aggregates(text: str) -> bool:
    """Whether a query counts, so that a triple that two graphs have must be there once."""
    return any(token.text.upper() in _AGGREGATES for token in tokens(text))


def bound(shape: Shape, text: str, focus: Focus) -> str:
    """The query, for all these focus nodes."""
    found = tokens(text)
    nodes = chosen(focus)
    put: list[tuple[int, int, str]] = [(at, at, f" {nodes} ") for at in _openings(found)]
    if not _shows_this(found, _select(found)):
        put.append((_projection(found), _projection(found), " ?this "))
    for token in found:
        if token.text in _PATH and shape.path is not None:
            put.append((token.start, token.end, f" {sparql(shape.path)} "))
        elif token.text in _CURRENT:
            put.append((token.start, token.end, f" <{shape.name}> "))
    for start, end, piece in sorted(put, reverse=True):
        text = text[:start] + piece + text[end:]
    return text


def _select(found: Sequence[Token]) -> int:
    return next(at for at, token in enumerate(found) if token.text.upper() == "SELECT")


def _projection(found: Sequence[Token]) -> int:
    """Where what is selected begins, as an offset into the text."""
    at = _select(found)
    after = found[at + 1]
    return after.end if after.text.upper() in {"DISTINCT", "REDUCED"} else found[at].end


def _shows_this(found: Sequence[Token], at: int) -> bool:
    """Whether the SELECT at this token selects `$this`, or everything."""
    brackets = 0
    for token in found[at + 1 :]:
        if token.text == "{" or token.text.upper() == "WHERE":
            return False
        brackets += (token.text == "(") - (token.text == ")")
        if token.text in _THIS and not brackets:
            return True
        if token.text == "*" and not brackets:
            return True
    return False


def _groups_by_this(found: Sequence[Token]) -> bool:
    for at, token in enumerate(found):
        if token.text.upper() == "GROUP" and not token.depth:
            for later in found[at + 2 :]:
                if later.text in _THIS:
                    return True
                if later.text.upper() in {"HAVING", "ORDER"}:
                    return False
    return False


def _openings(found: Sequence[Token]) -> Iterator[int]:
    """The offsets where the focus nodes are put in: after these groups' opening braces."""
    open_groups: list[_Group] = []
    first = True
    brackets = 0
    for at, token in enumerate(found):
        if token.text == "{":
            outer = open_groups[-1] if open_groups else None
            exists = found[at - 1].text.upper() == "EXISTS"
            seen = exists or bool(outer and outer.sees_outside)
            open_groups.append(_Group(token.end, brackets, sees_outside=seen))
            brackets = 0
            if first:
                first = False
                yield token.end
        elif token.text == "}" and open_groups:
            brackets = open_groups.pop().brackets
        elif token.text in {"(", ")"}:
            brackets += 1 if token.text == "(" else -1
        elif token.text in _THIS and brackets and open_groups:
            group = open_groups[-1]
            if len(open_groups) > 1 and not group.sees_outside and not group.has_nodes:
                group.has_nodes = True
                yield group.start


class _Group:
    """A group that is open while tokens are read."""

    def __init__(self, start: int, brackets: int, *, sees_outside: bool) -> None:
        self.start = start
        self.brackets = brackets
        self.sees_outside = sees_outside
        self.has_nodes = False
