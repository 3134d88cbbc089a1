"""Validation: a pack as its author wrote it, or a project's manifest; every fault with its place.

Looked at, in this order: the manifest, what it lifts to (front matter, queries named), the templates
and queries themselves, the shapes of `shapes/`. A manifest that can't be read ends the look at that
pack; everything else is found in one go.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import unquote

from ggen_graph import resources
from ggen_graph.core.diagnostics import GgenError, Location, PackNotFound, TemplateFailed
from ggen_graph.core.globs import select
from ggen_graph.core.manifest import place_of, positions
from ggen_graph.core.template.engine import Source, compile_template, engine_for
from ggen_graph.core.template.frontmatter import split
from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.pack_folder import read_manifest, release_of
from ggen_graph.edges.trees import tree_checksum, tree_files
from ggen_graph.graph.lift.project import lock_nodes, manifest_nodes
from ggen_graph.graph.lift.releases import release_nodes
from ggen_graph.graph.shapes import check_nodes
from ggen_graph.graph.workers import Pool
from ggen_graph.workflows.project import LOCK, MANIFEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ggen_graph.core.lock.lockfile import Lock
    from ggen_graph.core.manifest.toml_positions import KeyPath
    from ggen_graph.core.release import ReleaseRecord
    from ggen_graph.core.template.engine import EngineName
    from ggen_graph.edges.registry import Registry
    from ggen_graph.graph.shapes import ShapeFinding
    from ggen_graph.workflows.project import Project

PACK_MANIFEST = "gpack.toml"
# Stands for the registry that a pack under test may come from; it shows up in no finding.
_BASE = "urn:ggen:registry:validation/"
_DCTERMS = "http://purl.org/dc/terms/"
_GGEN = "http://ggen.io/ontology#"
_DCAT = "http://www.w3.org/ns/dcat#"

# Where the manifest says what a property holds.
_KEYS: dict[str, str] = {
    f"{_GGEN}name": "name",
    f"{_DCAT}version": "version",
    f"{_DCTERMS}description": "description",
    f"{_DCTERMS}license": "license",
    f"{_GGEN}license": "license",
    f"{_GGEN}author": "authors",
    f"{_GGEN}readme": "readme",
    f"{_GGEN}category": "category",
    f"{_GGEN}variableType": "type",
    f"{_GGEN}id": "id",
}


class Finding(NamedTuple):
    """A fault: `severity` is violation, warning or info; `file` is relative to the pack or project."""

    pack: str
    severity: str
    message: str
    file: str
    line: int
    column: int
    shape: str


def pack_folders(registries: Sequence[Registry], name: str | None) -> list[Path]:
    """The folders of a registry's packs, or of the one named.

    Raises:
        PackNotFound: no folder registry has a pack of that name.
    """
    folders = [
        registry.path / record.location
        for registry in registries
        if registry.kind == "folder"
        for record in registry.releases()
        if name is None or record.name == name
    ]
    if name is not None:  # one that can't be read is no release, but has its folder
        named = (registry.path / name for registry in registries if registry.kind == "folder")
        folders += [one for one in named if one not in folders and (one / PACK_MANIFEST).is_file()]
    if name is not None and not folders:
        raise PackNotFound(
            f'no folder of a pack "{name}" in the registries in use',
            help="name the pack's folder instead: ggen packs validate ./my-pack",
        )
    return folders


def unreadable_packs(registries: Sequence[Registry]) -> list[Finding]:
    """What folder registries leave out because it can't be read."""
    return [
        _from_error(registry.name, error)
        for registry in registries
        if registry.kind == "folder"
        for error in registry.problems()
    ]


def validate_pack(folder: Path) -> list[Finding]:
    """Every fault of the pack in a folder, by file and place."""
    try:
        manifest = read_manifest(folder)
        files = tree_files(folder)
    except GgenError as error:
        return [_from_error(folder.name, error)]
    record = release_of(manifest, files, tree_checksum(files), ".")
    return sorted(
        set(_validate_release(record, lambda path: read_bytes(folder / path))), key=_order
    )


def validate_project(project: Project) -> list[Finding]:
    """What a project's manifest should say and does not, and what its lock should not."""
    name = project.manifest.name
    nodes = list(manifest_nodes(project.manifest))
    places = positions(project.text)
    found = [
        _from_shape(name, one, MANIFEST, places, _project_key)
        for one in check_nodes(nodes, [resources.path("shapes", "project.ttl")])
    ]
    if project.lock is not None:
        places = positions(project.lock_text or "")
        nodes += lock_nodes(project.manifest.id, project.lock)
        key = partial(_lock_key, project.lock)
        found += [
            _from_shape(name, one, LOCK, places, key)
            for one in check_nodes(nodes, [resources.path("shapes", "lock.ttl")])
        ]
    return sorted(found, key=_order)


def _validate_release(record: ReleaseRecord, read: Callable[[str], bytes]) -> Iterator[Finding]:
    name = record.name
    try:
        nodes = list(release_nodes(_BASE, record, read))
    except GgenError as error:
        yield _from_error(name, error)
        return
    yield from _validate_templates(record, read)
    prefixes = dict(record.manifest.rdf.prefixes) if record.manifest else {}
    yield from _validate_queries(name, nodes, prefixes)
    places = positions(read(PACK_MANIFEST).decode("utf-8"))

    def key(focus: str, path: str) -> KeyPath:
        return _pack_key(record, focus, path)

    for one in check_nodes(nodes, [resources.path("shapes", "pack.ttl")]):
        yield _from_shape(name, one, PACK_MANIFEST, places, key)


def _validate_templates(record: ReleaseRecord, read: Callable[[str], bytes]) -> Iterator[Finding]:
    """Every template and partial that has a language can be read and compiles."""
    bodies: dict[str, tuple[EngineName, Source]] = {}
    for path, engine in _templates(record):
        try:
            _, body, line = split(read(path).decode("utf-8"), path)
        except UnicodeDecodeError as error:
            message = f"{path} is not UTF-8 (byte {error.start})"
            yield _from_error(record.name, TemplateFailed(message, where=Location(path)))
        except GgenError as error:
            yield _from_error(record.name, error)
        else:
            bodies[path] = engine, Source(body, line)
    loader = {path.removeprefix("templates/"): source for path, (_, source) in bodies.items()}
    for path, (engine, source) in bodies.items():
        try:
            compile_template(
                source.text, engine=engine, name=path, loader=loader, body_line=source.first_line
            )
        except GgenError as error:
            yield _from_error(record.name, error)


def _templates(record: ReleaseRecord) -> Iterator[tuple[str, EngineName]]:
    """Path and language of what is rendered or included: by glob, by `[[template]]`, by its folder."""
    manifest = record.manifest
    if manifest is None:
        return
    entries = {entry.path: cast("EngineName", entry.engine) for entry in manifest.templates}
    chosen = set(select((file.path for file in record.files), manifest.template_globs))
    for path in (file.path for file in record.files):
        engine = entries.get(path) or engine_for(path)
        if engine and (path in chosen or path in entries or path.startswith("templates/")):
            yield path, engine


def _validate_queries(
    name: str, nodes: Sequence[dict[str, object]], prefixes: dict[str, str]
) -> Iterator[Finding]:
    """Every query that was lifted parses, and only reads."""
    with Pool(Path()) as pool:  # no store is asked of anything
        for node in nodes:
            for use in (node, *_inline(node)):
                for form in ("select", "ask", "construct", "queryText"):
                    text = use.get(form)
                    if use.get("type") == "Query" and isinstance(text, str):
                        try:
                            pool.check(text, str(use["path"]), prefixes)
                        except GgenError as error:
                            yield _from_error(name, error)


def _inline(node: dict[str, object]) -> Iterator[dict[str, object]]:
    uses = node.get("readsAs")
    for use in uses if isinstance(uses, list) else ():
        if isinstance(use["query"], dict):
            yield use["query"]


def _pack_key(record: ReleaseRecord, focus: str, path: str) -> KeyPath:
    """Where gpack.toml says a property of a focus node."""
    key = _KEYS.get(path, "")
    before, _, name = focus.rpartition("/variable/")
    if before and record.manifest is not None:
        names = [variable.name for variable in record.manifest.variables]
        return ("variable", names.index(unquote(name)) if unquote(name) in names else 0, key)
    return ("pack", key)


def _project_key(focus: str, path: str) -> KeyPath:
    _, _, name = focus.rpartition("/requirement/")
    if path.endswith("range") and name:
        return ("packs", unquote(name))
    return ("packs",) if path.endswith("hasRequirement") else ("project", _KEYS.get(path, ""))


def _lock_key(lock: Lock, focus: str, _path: str) -> KeyPath:
    """Where ggen.lock has the release that an entry is for."""
    entry = [unquote(part) for part in focus.partition("/lock/")[2].split("/")]
    for place, release in enumerate(lock.releases):
        if entry in ([release.name], [release.name, release.version]):
            return ("release", place, "name")
    return ()


def _from_shape(
    pack: str,
    finding: ShapeFinding,
    manifest: str,
    places: dict[KeyPath, tuple[int, int]],
    key: Callable[[str, str], KeyPath],
) -> Finding:
    template = finding.focus.rpartition("/template/")[2] if "/template/" in finding.focus else ""
    line, column = (1, 1) if template else place_of(key(finding.focus, finding.path), places)
    return Finding(
        pack,
        finding.severity,
        finding.message,
        unquote(template) or manifest,
        line,
        column,
        finding.shape,
    )


def _from_error(pack: str, error: GgenError) -> Finding:
    where = error.where
    message = f"{error.message}: {error.help.splitlines()[0]}" if error.help else error.message
    file, line, column = where or ("", 0, 0)
    return Finding(pack, "violation", message, file, line, column, error.name)


def _order(finding: Finding) -> tuple[str, str, int, int, str]:
    return finding.pack, finding.file, finding.line, finding.column, finding.message
