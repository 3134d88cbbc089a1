"""The project store: a project's manifest, lock, locked packs, records and model, each in its graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ggen_graph import __version__
from ggen_graph.core.diagnostics import ChecksumMismatch, GgenError, Location, RecordInvalid
from ggen_graph.core.release import refuse_incompatible
from ggen_graph.graph import iris
from ggen_graph.graph.lift import load, shipped_digest
from ggen_graph.graph.lift.model import read_model
from ggen_graph.graph.lift.project import file_nodes, lock_nodes, manifest_nodes, record_nodes
from ggen_graph.graph.lift.releases import release_nodes
from ggen_graph.graph.sync import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Store

    from ggen_graph.core.lock.lockfile import Lock
    from ggen_graph.core.manifest import ProjectManifest
    from ggen_graph.core.release import ReleaseRecord


def project_salt() -> str:
    """The version of what turns a project's files into its graph."""
    return shipped_digest("ontology/context.jsonld")


def manifest_source(manifest: ProjectManifest, path: Path, stamp: str = "") -> Source:
    """`ggen.toml` in `{P}/graph/manifest`.

    `stamp` names the text that `manifest` was read from: should the file have changed since, the
    next sync finds the graph stale.
    """
    project = iris.project(manifest.id)

    def fill(store: Store, graph: str) -> Sequence[GgenError]:
        load(store, graph, manifest_nodes(manifest))
        return ()

    return Source("manifest", iris.project_graph(project, "manifest"), (path,), fill, stamp)


def lock_sources(
    project_id: str, lock: Lock, path: Path, stamp: str = "", wanted: Sequence[str] = ()
) -> tuple[Source, Source]:
    """`ggen.lock` in `{P}/graph/lock` and, for generated files, `{P}/graph/files`.

    `stamp` names the text that `lock` was read from, see `manifest_source`; `wanted` are the packs
    that the manifest asks for.
    """
    project = iris.project(project_id)

    def fill_lock(store: Store, graph: str) -> Sequence[GgenError]:
        load(store, graph, lock_nodes(project_id, lock, wanted))
        return ()

    def fill_files(store: Store, graph: str) -> Sequence[GgenError]:
        load(store, graph, file_nodes(project_id, lock))
        return ()

    salt = " ".join([stamp, *sorted(wanted)])
    return (
        Source("lock", iris.project_graph(project, "lock"), (path,), fill_lock, salt),
        Source("files", iris.project_graph(project, "files"), (path,), fill_files, stamp),
    )


def pack_source(
    project_id: str,
    registry: str,
    name: str,
    version: str,
    checksum: str,
    files: tuple[Path, ...],
    read: Callable[[], tuple[ReleaseRecord, Callable[[str], bytes]]],
) -> Source:
    """A locked release's manifest and templates in `{P}/graph/pack/NAME`, or `…/NAME/VERSION`.

    A release that is not installed, is wrong, or is not the one that was locked is left out and
    named: a project may be looked at where its packs are not.

    Args:
        project_id: whose lock it is.
        registry: the base IRI of where it came from.
        name: of the pack.
        version: of the release, if the lock has several of the pack; else "".
        checksum: what the lock says that it is.
        files: what tells that another tree was installed.
        read: gives the installed release, and what reads a file of its tree.
    """
    project = iris.project(project_id)

    def fill(store: Store, graph: str) -> Sequence[GgenError]:
        try:
            record, read_file = read()
            _refuse_another(record, checksum)
            if record.manifest is not None:
                compat = record.manifest.ggen_compat
                refuse_incompatible(record.name, record.version, compat, __version__)
            nodes = list(release_nodes(registry, record, read_file))
        except GgenError as error:
            return (error,)
        load(store, graph, nodes)
        return ()

    salt = f"{registry} {checksum}"
    key = f"{name}/{version}" if version else name
    return Source(f"pack {key}", iris.project_graph(project, f"pack/{key}"), files, fill, salt)


def _refuse_another(record: ReleaseRecord, checksum: str) -> None:
    """Refuse an installed release that is not the one that was locked."""
    if record.checksum != checksum:
        raise ChecksumMismatch(
            f"the {record.name} {record.version} that is installed is not the one that was locked",
            help=f"`ggen packs install {record.name}@{record.version} --force` fetches it again",
            details={"expected": checksum, "found": record.checksum},
        )


def record_source(project_id: str, path: Path) -> Source:
    """A file under `.ggen/records` in `{P}/graph/records/NAME`.

    Records never change, so with a graph for each, a new one costs what it holds and no more.
    """

    def fill(store: Store, graph: str) -> Sequence[GgenError]:
        try:
            nodes = list(record_nodes(project_id, _read_record(path)))
        except RecordInvalid as error:
            error.where = Location(path.name)
            return (error,)
        load(store, graph, nodes)
        return ()

    name = f"records/{path.name.removesuffix('.json')}"
    return Source(name, iris.project_graph(iris.project(project_id), name), (path,), fill)


def model_graph(project_id: str) -> str:
    """The named graph with a project's own RDF: what templates see."""
    return iris.project_graph(iris.project(project_id), "model")


def named_owners(store: Store, nodes: Iterable[str]) -> dict[str, str]:
    """For those of the nodes that stand for blank nodes, the nearest node with a name that leads there."""
    from pyoxigraph import NamedNode  # noqa: PLC0415 - only where something was found

    owners: dict[str, str] = {}
    for node in nodes:
        near, seen = [node], {node}
        while near and "#bn-" in near[0]:
            subjects = sorted(
                str(getattr(quad.subject, "value", ""))
                for one in near
                for quad in store.quads_for_pattern(None, None, NamedNode(one), None)
            )
            near = [one for one in dict.fromkeys(subjects) if one not in seen]
            near.sort(key=lambda one: "#bn-" in one)  # a name first
            seen.update(near)
        if near and near[0] != node:
            owners[node] = near[0]
    return owners


def model_source(project_id: str, files: Sequence[tuple[str, Path]], base: str | None) -> Source:
    """The project's own RDF in `{P}/graph/model`; a file that does not parse is left out and named."""

    def fill(store: Store, graph: str) -> Sequence[GgenError]:
        model = read_model(graph, files, base)
        store.bulk_extend(model.quads)
        return model.problems

    paths = tuple(path for _, path in files)
    return Source("model", model_graph(project_id), paths, fill, salt=base or "")


def _read_record(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise RecordInvalid(f"is no record: {error}") from error
    if not isinstance(document, dict):
        raise RecordInvalid("is no record: it is not a JSON object")
    return document
