"""The catalog a command works with: which registries are in use, and the graph of what they say.

A registry is in use because someone named it: on the command line, in the project, in the home's
configuration; last come the packs that ship with ggen. In that order a pack's name belongs to the
first registry that has it. Every set of registries has a store of its own under `$GGEN_HOME/graph`,
so that the union of a catalog store is exactly what the command may see (docs/decisions).
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from ggen_graph import __version__, resources
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.edges.config import home as the_home
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph.catalog import CatalogRules, catalog_salt, ontology_source, registry_source
from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.sync import Source, SyncReport, status, sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ggen_graph.core.manifest import ProjectManifest
    from ggen_graph.core.release import ReleaseRecord
    from ggen_graph.edges.config import Home
    from ggen_graph.edges.registry import Registry

    ReadFile = Callable[[str], bytes]


class Catalog(NamedTuple):
    """The registries in use, in order, and the store of what they say."""

    home: Home
    registries: tuple[Registry, ...]
    graph: GraphStore

    def registry(self, base: str) -> Registry:
        """The registry with this base IRI."""
        return next(registry for registry in self.registries if registry.base == base)

    @property
    def names(self) -> str:
        """The registries' names, as a message lists them."""
        return ", ".join(registry.name for registry in self.registries)


class Opened(NamedTuple):
    """A synced catalog, and what a person should know about it."""

    catalog: Catalog
    notes: tuple[str, ...]


def use_catalog(
    paths: Sequence[Path] = (), project: tuple[Path, ProjectManifest] | None = None
) -> Opened:
    """The synced catalog of the registries in use.

    Args:
        paths: registries named on the command line; they are trusted for that, and it is said.
        project: the folder and manifest of the project the command works in.
    """
    home = the_home()
    named = [path.resolve() for path in paths]
    registries = registries_in_use(home, named, project)
    catalog = open_catalog(home, registries)
    notes = [
        f"registry {registry.name} is trusted because you named its path"
        for registry in registries
        if registry.path in named
    ]
    return Opened(catalog, (*notes, *left_out(sync_catalog(catalog).problems)))


def left_out(problems: Iterable[Mapping[str, str]]) -> list[str]:
    """What a sync went around, as notes: what, where, why, and what would be right."""
    return [
        f"{problem['source']}: left out: "
        + ": ".join(
            part
            for part in (problem["where"], problem["message"], *problem["help"].splitlines()[:1])
            if part
        )
        for problem in problems
    ]


def registries_in_use(
    home: Home,
    paths: Sequence[Path] = (),
    project: tuple[Path, ProjectManifest] | None = None,
) -> tuple[Registry, ...]:
    """Every registry in use, the one that is asked first at the front.

    Raises:
        RegistryUnavailable: one of them can't be read.
        UsageError: two of them go by the same name, or one is not on this machine.
    """
    found = [open_registry(path) for path in paths]
    if project is not None:
        root, manifest = project
        for entry in manifest.registries:
            if entry.path is None:
                raise UsageError(
                    f"registry {entry.name} is at {entry.url}; only folders and index files can be read",
                    help=f"give `path` for it under [registries] in {root.name}/ggen.toml",
                )
            found.append(open_registry((root / entry.path).resolve(), entry.name))
    found += [open_registry(path, name) for name, path in home.registries().items()]
    found.append(open_registry(resources.path("packs")))
    distinct: dict[str, Registry] = {}
    for registry in found:
        other = distinct.setdefault(registry.base, registry)
        if other.path != registry.path:
            raise UsageError(
                f'two registries are named "{registry.name}": {other.path} and {registry.path}',
                help="give one of them another `name` in a registry.toml beside it",
            )
    return tuple(distinct.values())


def named_registries(catalog: Catalog, paths: Sequence[Path], project_root: Path) -> dict[str, str]:
    """The registries among `paths` as a project's manifest names them: by a path relative to it."""
    named = {path.resolve() for path in paths}
    return {
        registry.name: os.path.relpath(registry.path, project_root)
        for registry in catalog.registries
        if registry.path in named
    }


def open_catalog(home: Home, registries: tuple[Registry, ...]) -> Catalog:
    """The catalog of these registries; nothing is read or written yet."""
    return Catalog(home, registries, GraphStore(home.graph / _key(registries)))


def sync_catalog(catalog: Catalog, *, rebuild: bool = False) -> SyncReport:
    """Bring the catalog's graph up to date with its registries."""
    return sync(
        catalog.graph, _sources(catalog), salt=_salt(), rules=CatalogRules(), rebuild=rebuild
    )


def catalog_status(catalog: Catalog) -> tuple[list[str], list[str]]:
    """The sources that a sync would replace, and those that it would drop."""
    return status(catalog.graph, _sources(catalog), salt=_salt())


def _sources(catalog: Catalog) -> list[Source]:
    sources = [ontology_source()]
    for rank, registry in enumerate(catalog.registries, 1):
        files = tuple(registry.fingerprint_files())
        sources.append(
            registry_source(
                registry.base,
                registry.name,
                rank,
                files,
                partial(_records, registry),
                registry.problems,
            )
        )
    return sources


def _records(registry: Registry) -> Iterator[tuple[ReleaseRecord, ReadFile | None]]:
    """Every release with the means to read its files."""
    return ((record, registry.reader(record)) for record in registry.releases())


def _key(registries: tuple[Registry, ...]) -> str:
    """The folder of a set of registries.

    Two sets that met under one name would not be mixed: each would find the other's graphs stale.
    """
    text = "\n".join(f"{registry.base} {registry.path}" for registry in registries)
    return f"{registries[0].name}-{crc32(text.encode()):08x}"


def _salt() -> str:
    return f"{__version__} {catalog_salt()}"
