"""The catalog a command works with: the graph of what the registries in use say.

A registry is in use because someone named it: on the command line, in the project, in the home's
configuration; last come the packs that ship with ggen (`workflows.registries`). In that order a
pack's name belongs to the first registry that has it. Every set of registries has a store of its own under `$GGEN_HOME/graph`,
so that the union of a catalog store is exactly what the command may see (docs/decisions).
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from ggen_graph import __version__
from ggen_graph.core.diagnostics import RegistryUnavailable, UsageError
from ggen_graph.edges.config import home as the_home
from ggen_graph.graph import iris
from ggen_graph.graph.catalog import CatalogRules, catalog_salt, ontology_source, registry_source
from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.sync import Source, SyncReport, status, sync
from ggen_graph.workflows.here import INFERENCE
from ggen_graph.workflows.registries import real_path, registries_in_use
from ggen_graph.workflows.remote import remote_graph

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
        """The registry with this base IRI.

        Raises:
            RegistryUnavailable: it is not in use.
        """
        for registry in self.registries:
            if registry.base == base:
                return registry
        raise RegistryUnavailable(
            f"no registry in use has the base {base}",
            help="name it in ggen.toml, or by --registry PATH",
            details={"registry": base},
        )

    @property
    def names(self) -> str:
        """The registries' names, as a message lists them."""
        return ", ".join(registry.name for registry in self.registries)


class Opened(NamedTuple):
    """A synced catalog, and what a person should know about it.

    `notes` has one line for each registry of which something was left out, `problems` one for each
    thing that was.
    """

    catalog: Catalog
    notes: tuple[str, ...]
    problems: tuple[str, ...] = ()


def use_catalog(
    paths: Sequence[Path] = (), project: tuple[Path, ProjectManifest] | None = None
) -> Opened:
    """The synced catalog of the registries in use.

    Args:
        paths: registries named on the command line; they are trusted for that, and it is said.
        project: the folder and manifest of the project the command works in.
    """
    home = the_home()
    registries = registries_in_use(home, paths, project)
    catalog = open_catalog(home, registries)
    notes = [
        f"registry {registry.name} is trusted because you named its path"
        for registry in registries
        if registry.origin.kind == "flag"
    ]
    problems = sync_catalog(catalog).problems
    return Opened(catalog, (*notes, *_in_short(problems)), tuple(left_out(problems)))


def read_catalog(
    paths: Sequence[Path] = (), project: tuple[Path, ProjectManifest] | None = None
) -> Opened:
    """The catalog for who only reads: the one on the server that GGEN_GRAPH names, else as `use_catalog`.

    Raises:
        UsageError: registries are named as well, or GGEN_GRAPH is no address.
    """
    remote = remote_graph(iris.CATALOG)
    if remote is None:
        return use_catalog(paths, project)
    if paths:
        raise UsageError(
            "--registry has no say in the catalog of a server",
            help="unset GGEN_GRAPH to use the registries here",
        )
    home = the_home()
    return Opened(Catalog(home, registries_in_use(home, (), project), remote), ())


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


def _in_short(problems: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """What a sync went around, in one line for each source."""
    sources = dict.fromkeys(problem["source"] for problem in problems)
    for source in sources:
        of_it = [problem for problem in problems if problem["source"] == source]
        (first,) = left_out(of_it[:1])
        more = len(of_it) - 1
        yield f"{first} (and {more} more: `ggen doctor` names each)" if more else first


def named_registries(catalog: Catalog, paths: Sequence[Path], project_root: Path) -> dict[str, str]:
    """The registries among `paths` as a project's manifest names them: by a path relative to it."""
    named = {real_path(path) for path in paths}
    root = real_path(project_root)  # a relative path leads from where the project really is
    return {
        registry.name: os.path.relpath(registry.path, root)
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
        with registry.origin.told():
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
    return [*sources, *_inferred(catalog, sources)]


def is_stated(key: str) -> bool:
    """Whether a source of a catalog is one that is inferred from: all that is not inferred."""
    return not key.startswith("inferred")


def _inferred(catalog: Catalog, sources: Sequence[Source]) -> list[Source]:
    """What is inferred from other sources, if somebody asked for it."""
    path = catalog.home.path / INFERENCE
    if not path.is_file():
        return []
    from ggen_graph.workflows.inferences import inference_sources  # noqa: PLC0415 - seldom asked

    return inference_sources(path, sources, iris.derived_graph, is_stated)


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
