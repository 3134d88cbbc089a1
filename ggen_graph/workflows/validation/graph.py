"""Validation of a whole store: ours, a team's own shapes and gates, and those that locked packs bring.

Shapes see the union of the store, as ordinary queries do: the model, and what ggen knows. A file of
shapes or a gate that can't be used is a finding; the others are used.
"""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.diagnostics import GgenError, ReleaseNotFound, UsageError
from ggen_graph.core.findings import Finding, from_error, in_order
from ggen_graph.core.globs import select
from ggen_graph.edges.config import home as the_home
from ggen_graph.edges.files import printable, read_bytes
from ggen_graph.edges.packages import installed_path, read_installed
from ggen_graph.edges.trees import walk
from ggen_graph.graph.project import named_owners
from ggen_graph.graph.shape_files import ShapesFile, check_anew, check_apart
from ggen_graph.workflows.graphs import sync
from ggen_graph.workflows.project import chosen_files
from ggen_graph.workflows.validation.gates import GATES, gate_of, run_gates
from ggen_graph.workflows.validation.places import Places
from ggen_graph.workflows.validation.project import placed, validate_project
from ggen_graph.workflows.validation.releases import validate_releases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.graphs import Target
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.validation.gates import Gate


class _Bringer(NamedTuple):
    """Who brings shapes and gates: their paths in its folder, and the prefixes that gates need not declare."""

    owner: str
    folder: Path
    shapes: list[str]
    gates: list[str]
    prefixes: dict[str, str]


def validate_graph(
    of: Target, shapes: Sequence[Path], catalog: Callable[[], Catalog], *, full: bool = False
) -> list[Finding]:
    """The faults of a store, synced first.

    Args:
        of: a project's store: its manifest, lock and policies, its own shapes and gates, those of its
            packs; or a catalog's: its releases.
        shapes: further files of shapes, or folders of them.
        catalog: gives the synced catalog of the registries in use; called only if a policy needs it.
        full: look at everything, also where nothing changed since a project's shapes found nothing.

    Raises:
        UsageError: there are no shapes at one of `shapes`.
    """
    given = list(chain.from_iterable(map(_given, shapes)))
    if of.project is None:
        return validate_releases(of, given)
    project = of.project
    found = validate_project(project, catalog)
    found += _left_out(project, sync(of).problems)
    bringers = list(_bringers(project))
    files = [
        ShapesFile(one.owner, path, one.folder / path) for one in bringers for path in one.shapes
    ]
    with project.graph.read() as generation:
        check = check_apart if full else check_anew
        checked = check(generation, [*files, *given])
        focuses = {one.focus for one in checked.findings}
        owners = named_owners(generation.store, focuses)
    places = Places(project, focuses, owners)
    found += placed(project, checked.findings, places)
    found += [
        from_error(file.owner, error, _folder(file.path, file.name))
        for file, error in checked.problems
    ]
    return in_order([*found, *_gated(project, bringers)])


def _given(path: Path) -> list[ShapesFile]:
    """The files of shapes at a path that was named."""
    if path.is_dir():
        paths = sorted(one.path for one in walk(path) if one.name.endswith(".ttl"))
    else:
        paths = [os.fspath(path)] if path.is_file() else []
    if not paths:
        raise UsageError(
            f"there are no shapes at {printable(path)}",
            help="name a Turtle file, or a folder that has some",
        )
    folder = path.parent
    return [
        ShapesFile("shapes", printable(os.path.relpath(one, folder)), folder / os.path.relpath(one, folder))
        for one in paths
    ]  # fmt: skip


def _folder(path: Path, name: str) -> str:
    """The folder that a file's name is relative to."""
    return os.fspath(path.absolute()).removesuffix(name).rstrip("/")


def _left_out(project: Project, problems: Iterable[dict[str, str]]) -> Iterator[Finding]:
    """What the graph lacks because it could not be read, such as a file of the model."""
    for problem in problems:
        file, line, column = (*problem["where"].rsplit(":", 2), "0", "0")[:3]
        known = line.isdecimal() and column.isdecimal()
        yield Finding(
            project.manifest.name,
            "warning" if problem["name"] == ReleaseNotFound.name else "violation",
            problem["message"],
            problem["name"],
            file if known else problem["where"],
            int(line) if known else 0,
            int(column) if known else 0,
            problem["help"],
            folder=str(project.root) if problem["source"] == "model" else "",
        )


def _bringers(project: Project) -> Iterator[_Bringer]:
    """The project, and its locked packs; one that is not installed is left out here as in the graph."""
    section = project.manifest.graph
    yield _Bringer(
        project.manifest.name,
        project.root,
        chosen_files(project, section.shapes),
        chosen_files(project, (GATES,)),
        dict(section.prefixes),
    )
    home = the_home().path
    for release in project.lock.releases if project.lock else ():
        try:
            record = read_installed(home, release.name, release.version)
        except GgenError:
            continue
        if record.manifest is not None:
            paths = [file.path for file in record.files]
            yield _Bringer(
                release.name,
                installed_path(home, release.name, release.version),
                select(paths, record.manifest.shape_globs),
                select(paths, (GATES,)),
                dict(record.manifest.rdf.prefixes),
            )


def _gated(project: Project, bringers: Iterable[_Bringer]) -> list[Finding]:
    """What the gates of a project and of its locked packs find."""
    found: list[Finding] = []
    gates: list[tuple[Gate, Mapping[str, str]]] = []
    for one in bringers:
        for file in one.gates:
            try:
                gate = gate_of(one.owner, file, read_bytes(one.folder / file), str(one.folder))
            except GgenError as error:
                found.append(from_error(one.owner, error, str(one.folder)))
            else:
                gates.append((gate, one.prefixes))
    found += run_gates(project.graph, gates) if gates else ()
    places = Places(project, {one.focus for one in found if one.focus})
    return [_at_focus(project, one, places) for one in found]


def _at_focus(project: Project, finding: Finding, places: Places) -> Finding:
    """A gate's finding where the thing is that it is about, if it names one that has a place."""
    source = places.of(finding.focus) if finding.focus else None
    if source is None or not source.line:
        return finding
    return replace(
        finding, file=source.file, line=source.line, column=source.column, folder=str(project.root)
    )
