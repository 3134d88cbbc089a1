"""What a pack's tree says of itself: its files, templates with their front matter, queries, shapes.

A template node carries all that generation needs but the body: where it writes, for each row of
what, when, and which queries it reads under which names. Inline queries of a front matter get a
node like the pack's named ones.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import Location, ManifestInvalid, did_you_mean
from ggen_graph.core.globs import select
from ggen_graph.core.sparql import form
from ggen_graph.core.template.engine import engine_for, strip_suffix
from ggen_graph.core.template.frontmatter import FrontMatter, split
from ggen_graph.core.text import text_in
from ggen_graph.graph import iris
from ggen_graph.graph.lift import node

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from ggen_graph.core.manifest import PackManifest, TemplateEntry
    from ggen_graph.core.release import ReleaseRecord
    from ggen_graph.graph.lift import Node

    ReadFile = Callable[[str], bytes]

_FORM_PROPERTY = {"SELECT": "select", "ASK": "ask", "CONSTRUCT": "construct"}
_NO_ENGINE = "copy"


def lift_pack_files(
    release: str, record: ReleaseRecord, read: ReadFile | None, shaped: Node
) -> Iterator[Node]:
    """Yield the nodes of a release's tree and link them from `shaped`, the release's own node.

    Args:
        release: the release's IRI.
        record: a release with a manifest.
        read: reads a file of its tree by relative path; None when only the listing is known.
        shaped: the release's node, extended in place.
    """
    manifest = record.manifest
    if manifest is None:
        return
    paths = [file.path for file in record.files]
    _refuse_unnameable(paths)
    shaped["hasFile"] = [
        node(
            iris.part(release, "file", file.path),
            "ArchiveFile",
            path=file.path,
            size=file.size,
            checksum=f"sha256:{file.sha256}",
        )
        for file in record.files
    ]
    for kind, globs in (("hasShapes", manifest.shape_globs), ("hasModel", manifest.rdf.globs)):
        shaped[kind] = [iris.part(release, "file", path) for path in select(paths, globs)]
    shaped.update(node(release, modelBase=manifest.rdf.base))
    if read is None:
        return
    queries: dict[str, Node] = {}
    for path in select(paths, manifest.query_globs):
        query = _query(iris.part(release, "query", path), path, _text(read, path))
        other = queries.setdefault(query["name"], query)
        if other is not query:
            raise ManifestInvalid(
                f'two queries are called "{query["name"]}": {other["path"]} and {path}',
                help="templates know a query by its file's name; rename one of them",
                where=Location(path),
            )
    shaped["hasQuery"] = [query["iri"] for query in queries.values()]
    yield from queries.values()
    yield from _templates(release, manifest, paths, read, queries, shaped)


def _templates(
    release: str,
    manifest: PackManifest,
    paths: list[str],
    read: ReadFile,
    queries: dict[str, Node],
    shaped: Node,
) -> Iterator[Node]:
    entries = {entry.path: entry for entry in manifest.templates}
    chosen = sorted({*select(paths, manifest.template_globs), *entries})
    missing = [path for path in entries if path not in set(paths)]
    if missing:
        raise ManifestInvalid(
            f"template {missing[0]} is not in pack {manifest.name}",
            help="correct `path` of its [[template]], or add the file",
        )
    for path in chosen:
        if PurePosixPath(path).name.startswith("_"):
            continue  # a partial: other templates include it
        template = _template(release, path, entries.get(path), read, queries, paths)
        shaped.setdefault("hasTemplate", []).append(template["iri"])
        yield template


def _template(
    release: str,
    path: str,
    entry: TemplateEntry | None,
    read: ReadFile,
    queries: dict[str, Node],
    paths: Collection[str],
) -> Node:
    iri = iris.part(release, "template", path)
    engine = (entry.engine if entry and entry.engine else None) or engine_for(path)
    front = split(_text(read, path), path)[0] if engine else FrontMatter()
    _refuse_missing(path, front, paths)
    return node(
        iri,
        "Template",
        name=entry.name if entry and entry.name else default_target(path),
        path=path,
        to=front.to or (entry.to if entry else None) or default_target(path),
        engine=engine or _NO_ENGINE,
        description=front.description or (entry.description if entry else None),
        mode=front.mode or (entry.mode if entry else None),
        overwrite=bool(entry and entry.overwrite) if front.force is None else front.force,
        forEach=front.for_each,
        rowKeyColumn=" ".join(front.key),
        when=front.when,
        unlessExists=bool(front.unless_exists),
        readsAs=_reads(iri, path, front, queries),
    )


def _refuse_missing(template: str, front: FrontMatter, paths: Collection[str]) -> None:
    """Refuse a front matter that names a file which the pack has not got."""
    bodies = [path.removeprefix("templates/") for path in paths if path.startswith("templates/")]
    for key, wanted, known in (
        ("from", front.body_from, [path for path in bodies if engine_for(path)]),
        ("shape", front.shape, [path for path in paths if path.endswith(".ttl")]),
    ):
        if wanted is not None and wanted not in known:
            raise ManifestInvalid(
                f'`{key}`: the pack has no file "{wanted}"'
                + (" in templates/ that is a template" if key == "from" else ""),
                help=did_you_mean(wanted, known) or f"it has: {', '.join(sorted(known)) or 'none'}",
                where=Location(template, front.lines[key]),
            )


def _reads(template: str, path: str, front: FrontMatter, queries: dict[str, Node]) -> list[Node]:
    """One node per name under which a template sees a query's rows; an inline query nests in it."""
    reads = []
    for query in front.queries:
        target: str | Node
        if query.uses is None:
            target = read = _query(iris.part(template, "query", query.name), path, query.text or "")
        elif named := _named(query.uses, queries):
            target, read = named["iri"], named
        else:
            raise ManifestInvalid(
                f'the pack has no query "{query.uses}"',
                help=did_you_mean(query.uses, queries)
                or f"its queries are: {', '.join(sorted(queries)) or 'none'}",
                where=Location(path, query.line),
            )
        if query.constructs and _FORM_PROPERTY["CONSTRUCT"] not in read:
            raise ManifestInvalid(
                f"`construct`: the query `{query.name}` is no CONSTRUCT",
                help="queries that give rows stand under `sparql`",
                where=Location(path, query.line),
            )
        use = node(
            iris.part(template, "reads", query.name), "QueryUse", name=query.name, query=target
        )
        reads.append(use)
    return reads


def _named(name: str, queries: dict[str, Node]) -> Node | None:
    """The pack's query that a template calls by its name or by its path."""
    by_path = (query for query in queries.values() if query["path"] == name)
    return queries.get(name) or next(by_path, None)


def _query(iri: str, path: str, text: str) -> Node:
    body = {_FORM_PROPERTY.get(form(text, path), "queryText"): text}
    return node(iri, "Query", name=PurePosixPath(path).stem, path=path, **body)


def default_target(path: str) -> str:
    """Where a template writes when nothing says so: its path less `templates/` and the engine's suffix."""
    return strip_suffix(path.removeprefix("templates/"))


def _refuse_unnameable(paths: list[str]) -> None:
    """A file's name that is not UTF-8 reaches us with surrogates in it, and no IRI can have those."""
    for path in paths:
        if not path.isascii() and any("\ud800" <= character <= "\udfff" for character in path):
            shown = path.encode("utf-8", "backslashreplace").decode("utf-8")
            raise ManifestInvalid(
                f"the name of the file {shown} is not UTF-8", help="rename it, or remove it"
            )


def _text(read: ReadFile, path: str) -> str:
    advice = "save the file as UTF-8, or keep it out of the globs"
    return text_in(read(path), path, ManifestInvalid, advice)
