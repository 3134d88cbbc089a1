"""Validation of a pack as its author wrote it; every fault with its place.

Looked at, in this order: the manifest, what it lifts to (front matter, queries named), the templates
and queries themselves, the shapes of `shapes/`. A manifest that can't be read ends the look at that
pack; everything else is found in one go.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast
from urllib.parse import unquote

from ggen_graph import resources
from ggen_graph.core.diagnostics import GgenError, PackNotFound, TemplateFailed
from ggen_graph.core.findings import Finding, from_error, in_order
from ggen_graph.core.globs import select
from ggen_graph.core.manifest import place_of, positions
from ggen_graph.core.template.engine import Source, compile_template, engine_for
from ggen_graph.core.template.frontmatter import split
from ggen_graph.core.text import text_in
from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.pack_folder import read_manifest, release_of
from ggen_graph.edges.trees import tree_checksum, tree_files
from ggen_graph.graph.lift.releases import release_nodes
from ggen_graph.graph.shapes import check_nodes
from ggen_graph.graph.workers import Pool
from ggen_graph.workflows.validation.gates import GATES, gate_of
from ggen_graph.workflows.validation.places import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from ggen_graph.core.findings import Severity
    from ggen_graph.core.manifest import PackManifest
    from ggen_graph.core.manifest.toml_positions import KeyPath, Place
    from ggen_graph.core.release import ReleaseRecord
    from ggen_graph.core.template.engine import EngineName
    from ggen_graph.edges.registry import Registry
    from ggen_graph.graph.shapes import ShapeFinding

Aspect = Literal["manifest", "dependencies", "templates", "queries"]

ASPECTS: Final[tuple[Aspect, ...]] = ("manifest", "dependencies", "templates", "queries")
"""What can be looked at by itself."""

PACK_MANIFEST = "gpack.toml"
# Stands for the registry that a pack under test may come from; it shows up in no finding.
_BASE = "urn:ggen:registry:validation/"


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
        from_error(registry.name, error, str(registry.path))
        for registry in registries
        if registry.kind == "folder"
        for error in registry.problems()
    ]


def validate_pack(folder: Path, aspects: Collection[Aspect] = ASPECTS) -> list[Finding]:
    """The faults of the pack in a folder, by file and place.

    Dependencies are looked for by `workflows.validation.deep`, which needs a catalog.
    """
    try:
        record = pack_record(folder)
    except GgenError as error:
        return [from_error(folder.name, error, str(folder.absolute()))]
    found = _validate_release(record, lambda path: read_bytes(folder / path), aspects)
    return in_order(replace(one, folder=str(folder.absolute())) for one in found)


def pack_record(folder: Path) -> ReleaseRecord:
    """The pack in a folder, as a registry would state it."""
    manifest = read_manifest(folder)
    files = tree_files(folder)
    return release_of(manifest, files, tree_checksum(files), ".")


def _validate_release(
    record: ReleaseRecord, read: Callable[[str], bytes], aspects: Collection[Aspect]
) -> Iterator[Finding]:
    name = record.name
    try:
        nodes = list(release_nodes(_BASE, record, read))
    except GgenError as error:
        yield from_error(name, error)
        return
    if "templates" in aspects:
        yield from _validate_templates(record, read)
    if "queries" in aspects:
        prefixes = dict(record.manifest.rdf.prefixes) if record.manifest else {}
        with Pool(Path()) as pool:  # no store is asked of anything
            yield from _validate_queries(name, nodes, prefixes, pool)
            yield from _validate_gates(record, read, prefixes, pool)
    if not {"manifest", "templates"} & set(aspects):
        return
    places = positions(read(PACK_MANIFEST).decode("utf-8"))
    for one in check_nodes(nodes, [resources.path("shapes", "pack.ttl")]):
        found = placed_in_pack(name, record.manifest, one, places)
        if ("manifest" if found.file == PACK_MANIFEST else "templates") in aspects:
            yield found


def _validate_templates(record: ReleaseRecord, read: Callable[[str], bytes]) -> Iterator[Finding]:
    """Every template and partial that has a language can be read and compiles."""
    bodies: dict[str, tuple[EngineName, Source]] = {}
    for path, engine in _templates(record):
        try:
            _, body, line = split(text_in(read(path), path, TemplateFailed), path)
        except GgenError as error:
            yield from_error(record.name, error)
        else:
            bodies[path] = engine, Source(body, line)
    loader = {path.removeprefix("templates/"): source for path, (_, source) in bodies.items()}
    for path, (engine, source) in bodies.items():
        try:
            compile_template(
                source.text, engine=engine, name=path, loader=loader, body_line=source.first_line
            )
        except GgenError as error:
            yield from_error(record.name, error)


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
    name: str, nodes: Sequence[dict[str, object]], prefixes: dict[str, str], pool: Pool
) -> Iterator[Finding]:
    """Every query that was lifted parses, and only reads."""
    for node in nodes:
        for use in (node, *_inline(node)):
            for form in ("select", "ask", "construct", "queryText"):
                text = use.get(form)
                if use.get("type") == "Query" and isinstance(text, str):
                    try:
                        pool.check(text, str(use["path"]), prefixes)
                    except GgenError as error:
                        yield from_error(name, error)


def _inline(node: dict[str, object]) -> Iterator[dict[str, object]]:
    uses = node.get("readsAs")
    for use in uses if isinstance(uses, list) else ():
        if isinstance(use["query"], dict):
            yield use["query"]


def _validate_gates(
    record: ReleaseRecord, read: Callable[[str], bytes], prefixes: dict[str, str], pool: Pool
) -> Iterator[Finding]:
    """Every gate parses, only reads, and says what it means."""
    for path in select((file.path for file in record.files), (GATES,)):
        try:
            pool.check(gate_of(record.name, path, read(path)).text, path, prefixes)
        except GgenError as error:
            yield from_error(record.name, error)


def placed_in_pack(
    name: str,
    manifest: PackManifest | None,
    finding: ShapeFinding,
    places: Mapping[KeyPath, Place],
) -> Finding:
    """What a shape found about a release, at the place that says it.

    Args:
        name: of the pack.
        manifest: its manifest; None where nobody has it.
        finding: whose focus is the release, or a part of it.
        places: of the keys in its `gpack.toml`.
    """
    template = unquote(finding.focus.rpartition("/template/")[2])
    if "/template/" in finding.focus and template:
        file, (line, column) = template, (1, 1)
    else:
        file = PACK_MANIFEST
        line, column = place_of(_pack_key(manifest, finding.focus, finding.path), places)
    return Finding(
        name,
        cast("Severity", finding.severity),
        finding.message,
        finding.shape,
        file,
        line,
        column,
    )


def _pack_key(manifest: PackManifest | None, focus: str, path: str) -> KeyPath:
    """Where gpack.toml says a property of a focus node."""
    key = key_of(path)
    before, _, name = focus.rpartition("/variable/")
    if before and manifest is not None:
        names = [variable.name for variable in manifest.variables]
        return ("variable", names.index(unquote(name)) if unquote(name) in names else 0, key)
    return ("pack", key)
