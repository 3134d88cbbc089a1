"""Shapes that are not ours: a team's own and those of packs, checked before they are used.

A file that is not Turtle, a query in it that would do more than read, a shape that is ill-formed: each
is named, its file is left out, and the others are used. Their queries may be endless, so they run in a
worker process (`check_apart`).
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import astuple, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph import __version__
from ggen_graph.core.diagnostics import (
    GgenError,
    Location,
    NotPermitted,
    QueryTimeout,
    QueryTooLarge,
)
from ggen_graph.graph import jobs
from ggen_graph.graph.jobs import Job, Limits
from ggen_graph.graph.lift.model import parse_file
from ggen_graph.graph.shapes import ShapeFinding, check_store, focus_to_check
from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.workers import USUAL, Pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyoxigraph import Store

    from ggen_graph.graph.store import Generation

# Functions that a query may call to find something else tomorrow, wherever in a file they are named.
_CHANGING = re.compile(rb"(?i)\b(?:now|rand|uuid|struuid)\b")
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
        QueryRefused, QueryInvalid: a query in it would do more than read, or has no tokens.
    """
    from ggen_graph.graph.shacl.reading import read_shapes  # noqa: PLC0415 - start-up time

    quads = parse_file(file.name, file.path, _BASE)
    read_shapes([file.path])
    return len(quads)


def check_shapes_apart(file: ShapesFile, limits: Limits = USUAL) -> None:
    """What `check_shapes` does, and compile them and parse their queries, in a worker process.

    Raises:
        QueryTimeout, QueryTooLarge: that takes more than it may.
        and as `check_shapes`.
    """
    with Pool(Path()) as pool:  # no store is asked of anything
        for _, error in _asked(pool, [file], limits, Job("", form="")).problems:
            raise error


def check_with(
    store: Store,
    files: Sequence[ShapesFile],
    graphs: Sequence[str] | None = None,
    before: Store | None = None,
) -> Checked:
    """Validate a store with all the files that can be used; `graphs` as for `check_store`.

    They are used together, since a shape may name one of another file. Where `before` is given, which
    they found nothing in, only the focus nodes are looked at that have changed since.
    """
    problems: list[tuple[ShapesFile, GgenError]] = []
    usable = [file for file in files if not _refused(file, problems)]
    try:
        return Checked(_found(store, usable, graphs, before), problems)
    except GgenError as error:
        if len(usable) == 1:
            return Checked([], [*problems, (usable[0], _at(error, usable[0]))])
    # One of them is ill-formed; which one shows when each is used by itself.
    findings: list[ShapeFinding] = []
    for file in usable:
        try:
            findings += _found(store, [file], graphs, before)
        except GgenError as error:
            problems.append((file, _at(error, file)))
    return Checked(findings, problems)


def check_anew(generation: Generation, files: Sequence[ShapesFile]) -> Checked:
    """What `check_apart` finds, looking only at what changed since the same files last found nothing.

    A generation in which they find nothing is kept for the next time (`GraphStore.keep`).
    """
    valid_by = _valid_by(files)
    if generation.folder is None or valid_by is None:
        return check_apart(generation, files)
    graph = GraphStore(generation.folder.parent)
    with graph.held_kept(valid_by) as since:
        if since == generation.folder.name:
            return Checked([], [])
        checked = check_apart(generation, files, since=since)
    if checked == Checked([], []):
        with suppress(NotPermitted):  # then the next time looks at all again
            graph.keep(generation.folder.name, valid_by)
    return checked


def _valid_by(files: Sequence[ShapesFile]) -> str | None:
    """What a graph is valid by: the shapes and this ggen; None where it may not be so tomorrow."""
    digest = sha256(__version__.encode())
    for file in files:
        try:
            data = file.path.read_bytes()
        except OSError:
            return None
        if _CHANGING.search(data):
            return None
        digest.update(sha256(data).digest())
    return f"valid-{digest.hexdigest()}" if files else None


def check_apart(
    generation: Generation,
    files: Sequence[ShapesFile],
    limits: Limits = USUAL,
    *,
    since: str | None = None,
    graphs: tuple[str, ...] | None = None,
) -> Checked:
    """What `check_with` finds in a generation, in a worker process under limits.

    Files that take more than they may are tried one by one, so that it is known which it is.

    Args:
        generation: what is validated.
        files: the shapes.
        limits: what they may take together, or each by itself.
        since: the name of a generation that is held, and that they found nothing in.
        graphs: as for `check_store`.
    """
    if not files:
        return Checked([], [])
    try:
        with Pool.on(generation) as pool:
            return _asked(pool, files, limits, Job("", since=since, default_graphs=graphs))
    except (QueryTimeout, QueryTooLarge) as error:
        if len(files) == 1:
            return Checked([], [(files[0], _over(error, files[0], limits))])
    parts = [check_apart(generation, [file], limits, since=since, graphs=graphs) for file in files]
    return Checked(
        [finding for part in parts for finding in part.findings],
        [problem for part in parts for problem in part.problems],
    )


def _asked(pool: Pool, files: Sequence[ShapesFile], limits: Limits, job: Job) -> Checked:
    shapes = tuple((file.owner, file.name, str(file.path.absolute())) for file in files)
    with pool.run(replace(job, shapes=shapes), limits) as reply:
        lines = reply.read().splitlines()
    findings: list[ShapeFinding] = []
    problems: list[tuple[ShapesFile, GgenError]] = []
    for line in lines:
        values = json.loads(line)
        if isinstance(values, list):
            findings.append(ShapeFinding(*values))
        else:
            problems.append((files[values["file"]], jobs.error_of(values["fault"])))
    return Checked(findings, problems)


def checked_lines(store: Store, job: Job, before: Store | None) -> Iterator[bytes]:
    """What a job's shapes find, on the worker's side: each finding and each problem a line of JSON."""
    files = [ShapesFile(owner, name, Path(path)) for owner, name, path in job.shapes]
    checked = check_with(store, files, job.default_graphs, before)
    for finding in checked.findings:
        yield json.dumps(astuple(finding)).encode() + b"\n"
    for file, error in checked.problems:
        values = {"file": files.index(file), "fault": jobs.fault(error)}
        yield json.dumps(values).encode() + b"\n"


def _over(error: GgenError, file: ShapesFile, limits: Limits) -> GgenError:
    """The error for shapes that take more than they may."""
    if isinstance(error, QueryTimeout):
        return QueryTimeout(
            f"checking by these shapes was stopped after {limits.seconds:g} s",
            help="make its queries start from $this, and its patterns such that they can fail early",
            where=Location(file.name),
        )
    error.where = Location(file.name)
    return error


def _refused(file: ShapesFile, problems: list[tuple[ShapesFile, GgenError]]) -> bool:
    try:
        return check_shapes(file) == 0
    except GgenError as error:
        problems.append((file, _at(error, file)))
        return True


def _found(
    store: Store, files: Sequence[ShapesFile], graphs: Sequence[str] | None, before: Store | None
) -> list[ShapeFinding]:
    paths = [file.path for file in files]
    if not paths:
        return []
    if before is None:
        return check_store(store, paths, graphs=graphs)
    focus = focus_to_check(before, store, paths, graphs=graphs)
    return check_store(store, paths, graphs=graphs, focus=focus) if focus else []


def _at(error: GgenError, file: ShapesFile) -> GgenError:
    """The error with the name by which people know the file."""
    _, line, column = error.where or ("", 0, 0)
    error.where = Location(file.name, line, column)
    error.help = error.help.replace("[graph] files", "the globs of shapes")
    return error
