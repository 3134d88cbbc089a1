"""Validation of a catalog's store: every release of the registries in use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import unquote

from ggen_graph import resources
from ggen_graph.core.diagnostics import GgenError
from ggen_graph.core.findings import Finding, from_error, in_order
from ggen_graph.core.manifest import positions
from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.pack_folder import read_manifest
from ggen_graph.graph.packs import locate
from ggen_graph.graph.shape_files import ShapesFile, check_apart, check_with
from ggen_graph.workflows.graphs import sync
from ggen_graph.workflows.validation.pack import PACK_MANIFEST, placed_in_pack, unreadable_packs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ggen_graph.core.findings import Severity
    from ggen_graph.core.manifest import PackManifest
    from ggen_graph.core.manifest.toml_positions import KeyPath, Place
    from ggen_graph.core.release import ReleaseId
    from ggen_graph.edges.registry import Registry
    from ggen_graph.graph.packs import LocatedRelease
    from ggen_graph.graph.shapes import ShapeFinding
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.graphs import Target


class _Sources(NamedTuple):
    """Where a release's manifest is: its folder, what it says, and where it says it."""

    folder: str
    manifest: PackManifest | None
    places: Mapping[KeyPath, Place]


def validate_releases(of: Target, given: Sequence[ShapesFile]) -> list[Finding]:
    """What the shapes of packs, and those that were named, find in a catalog, synced first.

    Raises:
        ValueError: the store is not a catalog's.
    """
    if of.catalog is None:
        raise ValueError("releases are validated in a catalog")
    sync(of)
    path = resources.path("shapes", "pack.ttl")
    with of.graph.read() as generation:
        ours = check_with(generation.store, [ShapesFile("ggen", path.name, path)])
        theirs = check_apart(generation, given)
        checked = [*ours.findings, *theirs.findings]
        names = {_named(of.catalog, one.focus) for one in checked}
        known = locate(generation.store, [one for one in names if one])
    placer = _Placer(of.catalog, known)
    found = [placer.finding(one) for one in checked]
    found += [
        from_error(file.owner, error, str(file.path.absolute()).removesuffix(file.name))
        for file, error in theirs.problems
    ]
    return in_order([*unreadable_packs(of.catalog.registries), *found])


def _named(catalog: Catalog, focus: str) -> tuple[str, str] | None:
    """Name and version of the release that a node is, or is a part of (docs/reference/iris.md)."""
    for registry in catalog.registries:
        name, _, rest = focus.removeprefix(f"{registry.base}pack/").partition("/")
        if focus.startswith(f"{registry.base}pack/") and rest:
            return unquote(name), unquote(rest.partition("/")[0])
    return None


class _Placer:
    """Finds where releases of a catalog say what was found about them; each manifest is read once."""

    def __init__(self, catalog: Catalog, known: Mapping[ReleaseId, LocatedRelease]) -> None:
        self._catalog = catalog
        self._releases = {(one.name, one.version): one for one in known.values()}
        self._sources: dict[tuple[str, str], _Sources] = {}

    def finding(self, found: ShapeFinding) -> Finding:
        """What a shape found, at its place."""
        named = _named(self._catalog, found.focus)
        release = self._releases.get(named) if named else None
        if named is None or release is None:
            severity = cast("Severity", found.severity)
            return Finding("catalog", severity, found.message, found.shape, focus=found.focus)
        registry = self._catalog.registry(release.registry)
        if registry.kind != "folder":
            listing = registry.fingerprint_files()[0]
            line = release.location.rpartition(":")[2]  # `edges.registry.index_line` puts it there
            finding = placed_in_pack(release.name, None, found, {})
            return replace(
                finding,
                file=listing.name,
                line=int(line) if line.isdecimal() else 0,
                column=1,
                focus=found.focus,
                folder=str(listing.parent),
            )
        if named not in self._sources:
            self._sources[named] = _read(registry, release)
        source = self._sources[named]
        finding = placed_in_pack(release.name, source.manifest, found, source.places)
        return replace(finding, focus=found.focus, folder=source.folder)


def _read(registry: Registry, release: LocatedRelease) -> _Sources:
    folder = registry.path / release.location
    try:
        text = read_bytes(folder / PACK_MANIFEST).decode("utf-8")
        return _Sources(str(folder), read_manifest(folder), positions(text))
    except (GgenError, UnicodeDecodeError):  # it was changed meanwhile
        return _Sources(str(folder), None, {})
