"""What costs more to look at in a pack: what it requires, its RDF, what is installed of it.

Dependencies are chosen as an install would choose them, from the registries in use.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import GgenError
from ggen_graph.core.findings import Finding, from_error, in_order
from ggen_graph.core.globs import select
from ggen_graph.core.manifest import place_of, positions
from ggen_graph.core.names import PackSpec
from ggen_graph.edges.config import home
from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.packages import installed_path, verify_installed
from ggen_graph.graph.lift.model import parse_file
from ggen_graph.graph.shape_files import ShapesFile, check_shapes_apart
from ggen_graph.workflows.resolve import plan
from ggen_graph.workflows.validation.pack import PACK_MANIFEST, pack_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ggen_graph.core.manifest import KeyPath
    from ggen_graph.core.release import ReleaseRecord
    from ggen_graph.workflows.catalog import Catalog


def validate_dependencies(folder: Path, catalog: Catalog) -> list[Finding]:
    """Which of a pack's requirements can't be met, each at its line; if each can, whether all can.

    What features would turn on is looked at, too.
    """
    try:
        record = pack_record(folder)
    except GgenError:
        return []  # `validate_pack` has told why
    places = positions(read_bytes(folder / PACK_MANIFEST).decode("utf-8"))
    found: list[tuple[GgenError, KeyPath]] = []
    for one in record.dependencies:
        section = "packages" if one.kind == "package" else "dependencies"
        fault = _fault(catalog, [PackSpec(one.name, one.range, one.features)])
        if fault is not None:
            found.append((fault, (section, one.name)))
    wanted = [PackSpec(one.name, one.range) for one in record.dependencies if not one.optional]
    together = None if found or len(wanted) < 2 else _fault(catalog, wanted)
    if together is not None:
        found.append((together, ("dependencies",)))
    return in_order(
        replace(
            from_error(record.name, error, str(folder.absolute())),
            file=PACK_MANIFEST,
            line=place_of(key, places)[0],
            column=place_of(key, places)[1],
        )
        for error, key in found
    )


def _fault(catalog: Catalog, wanted: list[PackSpec]) -> GgenError | None:
    try:
        plan(catalog, wanted)
    except GgenError as error:
        return error
    return None


def validate_contents(folder: Path) -> list[Finding]:
    """Whether a pack's shapes and RDF can be read, and what is installed of it is as it was installed."""
    try:
        record = pack_record(folder)
    except GgenError:
        return []
    absolute = str(folder.absolute())
    return in_order(replace(one, folder=absolute) for one in _contents(record, folder))


def _contents(record: ReleaseRecord, folder: Path) -> Iterator[Finding]:
    manifest = record.manifest
    if manifest is None:
        return
    paths = [file.path for file in record.files]
    looks: list[tuple[tuple[str, ...], Callable[[str], object]]] = [
        (
            manifest.shape_globs,
            lambda path: check_shapes_apart(ShapesFile(record.name, path, folder / path)),
        ),
        (manifest.rdf.globs, lambda path: parse_file(path, folder / path, manifest.rdf.base)),
    ]
    for globs, look in looks:
        for path in select(paths, globs):
            try:
                look(path)
            except GgenError as error:
                yield from_error(record.name, error)
    if installed_path(home().path, record.name, record.version).is_dir():
        try:
            verify_installed(home().path, record.name, record.version, None)
        except GgenError as error:
            yield replace(from_error(record.name, error), file=PACK_MANIFEST)
