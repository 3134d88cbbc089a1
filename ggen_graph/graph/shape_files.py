"""Shapes that are not ours: a team's own and those of packs, checked before they are used.

A file that is not Turtle, a query in it that would do more than read, a shape that is ill-formed: each
is named, its file is left out, and the others are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.diagnostics import GgenError, Location
from ggen_graph.core.sparql import refuse_writing
from ggen_graph.graph.lift.model import parse_file
from ggen_graph.graph.shapes import check_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyoxigraph import Store

    from ggen_graph.graph.shapes import ShapeFinding

_SH = "http://www.w3.org/ns/shacl#"
_QUERIES = frozenset(f"{_SH}{kind}" for kind in ("select", "ask", "construct", "update"))
# What relative IRIs in a file of shapes are resolved against; nothing else depends on it.
_BASE = "urn:ggen:shapes:"


class ShapesFile(NamedTuple):
    """A file of shapes: who brings it, what people call it, where it is."""

    owner: str
    name: str
    path: Path


class Checked(NamedTuple):
    """What shapes found, and the files that can't be used, each with its error."""

    findings: list[ShapeFinding]
    problems: list[tuple[ShapesFile, GgenError]]


def check_shapes(file: ShapesFile) -> int:
    """Read a file of shapes without using them; how many triples it has.

    Raises:
        RdfInvalid: it is not Turtle.
        ShapesInvalid: a shape is ill-formed.
        QueryRefused, QueryInvalid: a query in it would do more than read, or is none.
    """
    from ggen_graph.graph.shacl.reading import read_shapes  # noqa: PLC0415 - start-up time

    quads = parse_file(file.name, file.path, _BASE)
    for quad in quads:
        if quad.predicate.value in _QUERIES:
            query = str(getattr(quad.object, "value", ""))
            try:
                refuse_writing(query, file.name)
            except GgenError as error:
                error.where = Location(file.name, _line(file.path, query))
                raise
    read_shapes([file.path])
    return len(quads)


def _line(path: Path, query: str) -> int:
    """The line of a file in which a query begins; 0 where it is written with escapes."""
    text = path.read_text("utf-8")
    start = text.find(query)
    return 0 if start < 0 else text.count("\n", 0, start) + 1


def check_with(
    store: Store, files: Sequence[ShapesFile], graphs: Sequence[str] | None = None
) -> Checked:
    """Validate a store with all the files that can be used; `graphs` as for `check_store`.

    They are used together, since a shape may name one of another file.
    """
    problems: list[tuple[ShapesFile, GgenError]] = []
    usable = [file for file in files if not _refused(file, problems)]
    try:
        return Checked(_found(store, usable, graphs), problems)
    except GgenError as error:
        if len(usable) == 1:
            return Checked([], [*problems, (usable[0], _at(error, usable[0]))])
    # One of them is ill-formed; which one shows when each is used by itself.
    findings: list[ShapeFinding] = []
    for file in usable:
        try:
            findings += _found(store, [file], graphs)
        except GgenError as error:
            problems.append((file, _at(error, file)))
    return Checked(findings, problems)


def _refused(file: ShapesFile, problems: list[tuple[ShapesFile, GgenError]]) -> bool:
    try:
        return check_shapes(file) == 0
    except GgenError as error:
        problems.append((file, _at(error, file)))
        return True


def _found(
    store: Store, files: Sequence[ShapesFile], graphs: Sequence[str] | None
) -> list[ShapeFinding]:
    return check_store(store, [file.path for file in files], graphs=graphs) if files else []


def _at(error: GgenError, file: ShapesFile) -> GgenError:
    """The error with the name by which people know the file."""
    _, line, column = error.where or ("", 0, 0)
    error.where = Location(file.name, line, column)
    error.help = error.help.replace("[graph] files", "the globs of shapes")
    return error
