"""Rendering: every file that a project's locked packs make, in memory; nothing is written.

Templates and the queries they read come from the project's graph, bodies from the installed trees,
rows from the model. Two packs may make the same path only where one depends on the other: then the
dependent's file stands, since it was written in knowledge of the other. Of one pack's releases that
stand side by side, that of the later major does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ggen_graph.core.diagnostics import (
    Location,
    PathRefused,
    QueryInvalid,
    QueryRefused,
    TemplateFailed,
)
from ggen_graph.core.manifest import template_values
from ggen_graph.core.names import safe_relative_path
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.template.engine import (
    Source,
    compile_condition,
    compile_template,
    engine_for,
    escapes_for,
    render_inline,
)
from ggen_graph.core.template.frontmatter import split
from ggen_graph.core.template.injection import NoPlaceError, inject, matches
from ggen_graph.core.template.rows import row_key
from ggen_graph.core.template.surroundings import Surroundings
from ggen_graph.core.text import text_in
from ggen_graph.core.versions import version_key
from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.packages import installed_path
from ggen_graph.graph.project import model_graph
from ggen_graph.graph.templates import (
    ModelRows,
    ModelShapes,
    locked_packs,
    locked_templates,
    reached,
)
from ggen_graph.graph.workers import Pool
from ggen_graph.workflows.values import resolve_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ggen_graph.core.manifest import ResolvedVariable
    from ggen_graph.core.template.engine import EngineName
    from ggen_graph.core.template.frontmatter import FrontMatter
    from ggen_graph.core.template.injection import Place
    from ggen_graph.edges.config import Home
    from ggen_graph.graph.foreign import Table
    from ggen_graph.graph.store import Generation
    from ggen_graph.graph.templates import LockedPack, LockedTemplate, QueryUse
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.values import Values

_OURS = frozenset({"ggen.toml", "ggen.lock", ".ggen"})
# What git runs programs from, at any depth, and characters that some disks leave out of a name.
_GIT = ".git"
_IGNORED = dict.fromkeys(map(ord, "\u200c\u200d\u200e\u200f\u2060\ufeff"))
DEFAULT_MODE = 0o644


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file as a template makes it. `row` is "" for a template without `for_each`; `release` is an IRI."""

    path: str
    data: bytes
    mode: int
    pack: str
    version: str
    template: str
    row: str
    unless_exists: bool
    overwrite: bool
    release: str
    injectors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RenderedLines:
    """Lines that a template puts into a file.

    Attributes:
        file: the lines as a file of that path, made by that template.
        place: where they go.
        skip_if: what a line of the file must not have; "" for nothing.
        where: the place in the template that says so.
    """

    file: RenderedFile
    place: Place
    skip_if: str
    where: Location

    @property
    def text(self) -> str:
        """The lines."""
        return self.file.data.decode("utf-8")

    def into(self, text: str) -> str:
        """A text with the lines in it; as it is, if they are there or `skip_if` holds.

        Raises:
            TemplateFailed: it has no such place.
        """
        try:
            if self.skip_if and matches(text, self.skip_if):
                return text
            return inject(text, self.text, self.place)
        except (NoPlaceError, ValueError) as error:
            raise TemplateFailed(
                f"nothing can be put into {self.file.path}: {error}",
                help="change the place in the front matter, or give the file such a line",
                where=self.where,
            ) from error


@dataclass(frozen=True, slots=True)
class Rendering:
    """All files of a run, by path, and the variables that the templates of each release saw.

    `lines` are for files that no template makes, or that are a person's once they were made.
    """

    files: tuple[RenderedFile, ...]
    variables: Mapping[ReleaseId, Mapping[str, ResolvedVariable]]
    lines: tuple[RenderedLines, ...] = ()


def render(
    project: Project,
    home: Home,
    generation: Generation,
    values: Values,
    only: LockedTemplate | None = None,
) -> Rendering:
    """Render what the locked packs make for `project`.

    Args:
        project: with a lock whose releases are installed.
        home: where they are installed.
        generation: of the project's store.
        values: what variables are given.
        only: the one template to render; all of them if it is None.

    Raises:
        VariableInvalid: before anything is rendered, with every fault of every pack.
        TemplateFailed, QueryInvalid, PathRefused: naming the template.
        QueryTimeout, QueryTooLarge: a template's query takes more than a query may.
    """
    store = generation.store
    locked = locked_packs(store)
    resolved = resolve_values(project.manifest, store, locked, values)
    made: dict[str, list[RenderedFile]] = {}
    lines: list[RenderedLines] = []
    trees: dict[str, _Tree] = {}
    with Pool.on(generation) as pool:
        graph = model_graph(project.manifest.id)
        rows = ModelRows(pool, graph, dict(project.manifest.graph.prefixes))
        model = _Model(rows, ModelShapes(generation, graph))
        for template in [only] if only else locked_templates(store):
            tree = trees.get(template.release) or _Tree(home, template)
            trees[template.release] = tree
            context = {
                **template_values(resolved[template.release]),
                "project": {"id": project.manifest.id, "name": project.manifest.name},
                "pack": {"name": template.pack, "version": template.version},
            }
            around = Surroundings(values.now, rows.prefixes(template.prefixes))
            for file in _render_template(template, tree, context, model, around):
                if isinstance(file, RenderedLines):
                    lines.append(file)
                else:
                    made.setdefault(file.path, []).append(file)
    files = {path: _standing(locked, made[path]) for path in sorted(made)}
    rest = _with_lines(project.root, files, lines)
    return Rendering(
        tuple(files.values()),
        {
            ReleaseId(locked[release].name, locked[release].version): named
            for release, named in resolved.items()
        },
        rest,
    )


def _with_lines(
    root: Path, files: dict[str, RenderedFile], lines: Sequence[RenderedLines]
) -> tuple[RenderedLines, ...]:
    """Put lines into the rendered files that they are for; those that are left are for a person's files."""
    rest = []
    for one in lines:
        path = one.file.path
        file = files.get(path)
        if file is None or (file.unless_exists and (root / path).exists()):
            rest.append(one)
            continue
        text = text_of(file.data, path, one.where)
        files[path] = replace(
            file,
            data=one.into(text).encode("utf-8"),
            injectors=file.injectors | {one.file.pack},
        )
    return tuple(rest)


def text_of(data: bytes, path: str, where: Location) -> str:
    """The text of a file that lines go into.

    Raises:
        TemplateFailed: it is none.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TemplateFailed(
            f"nothing can be put into {path}: it is not UTF-8 (byte {error.start})",
            help="save it as UTF-8",
            where=where,
        ) from error


class _Model(NamedTuple):
    """The model as templates read it, and as they want it to be."""

    rows: ModelRows
    shapes: ModelShapes


class _Tree:
    """An installed pack's files, as templates include each other."""

    def __init__(self, home: Home, template: LockedTemplate) -> None:
        self.root = installed_path(home.path, template.pack, template.version)
        self._sources: dict[str, Source] | None = None

    def sources(self) -> dict[str, Source]:
        """Every template and partial of the pack by its path in `templates/`."""
        if self._sources is None:
            folder = self.root / "templates"
            self._sources = {}
            for path in sorted(folder.rglob("*")):
                if engine_for(path.name):
                    name = path.relative_to(folder).as_posix()
                    _, body, line = split(_text(path, f"templates/{name}"), f"templates/{name}")
                    self._sources[name] = Source(body, line)
        return self._sources


def _render_template(
    template: LockedTemplate,
    tree: _Tree,
    context: dict[str, Any],
    model: _Model,
    around: Surroundings,
) -> Iterator[RenderedFile | RenderedLines]:
    source = tree.root / template.path
    if template.engine == "copy":
        yield _file(template, template.to, read_bytes(source), source, "")
        return
    front, body = _body(template, tree)
    if front.shape:
        model.shapes.refuse_unfit(
            tree.root / front.shape,
            f"{front.shape} of {template.pack}",
            Location(template.path, front.lines["shape"]),
        )
    context = {**front.variables, **context}
    tables: dict[str, Table | bool] = {}
    for use in template.uses:
        if use.name in context:
            raise TemplateFailed(
                f'the query "{use.name}" of template {template.path} has the name of a variable',
                help="give one of them another name",
                where=Location(template.path),
            )
        tables[use.name] = _answer(model.rows, use, template, front)
    answers = {
        name: table if isinstance(table, bool) else table.rows for name, table in tables.items()
    }
    engine = cast("EngineName", template.engine)
    condition = compile_condition(template.when, engine, template.path) if template.when else None
    compiled = partial(
        compile_template,
        body.text,
        engine=engine,
        name=body.file,
        loader=tree.sources(),
        body_line=body.first_line,
    )
    escapes = escapes_for(template.to)
    variants = {escapes: compiled(escapes=escapes)}
    for key, row in _contexts(template, tables):
        seen = {**context, **answers, **row}
        if condition and not condition.holds(seen, around):
            continue
        path = render_inline(template.to, engine, seen, name=template.path, around=around)
        escapes = escapes_for(path.strip())
        if escapes not in variants:  # `to` has the end of the name from a row
            variants[escapes] = compiled(escapes=escapes)
        text = variants[escapes].render(seen, around)
        if (front.skip_empty or front.inject) and not text.strip():
            continue
        file = _file(template, path, text.encode("utf-8"), source, key)
        if front.inject is None:
            yield file
            continue
        line = front.lines["inject"]
        inline = partial(
            render_inline, engine=engine, context=seen, name=template.path, around=around
        )
        yield RenderedLines(
            file,
            replace(front.inject, anchor=inline(front.inject.anchor)),
            inline(front.skip_if or ""),
            Location(template.path, line),
        )


def _answer(
    rows: ModelRows, use: QueryUse, template: LockedTemplate, front: FrontMatter
) -> Table | bool:
    """What a query gives; a fault in one that stands in the front matter has its line there."""
    try:
        return rows.answer(use)
    except (QueryInvalid, QueryRefused) as error:
        written = next((one for one in front.queries if one.name == use.name and one.text), None)
        if written and error.where:
            error.where = Location(template.path, written.line_of(error.where.line))
        raise


class _Body(NamedTuple):
    """A template's body, and the file and line on which it begins."""

    file: str
    text: str
    first_line: int


def _body(template: LockedTemplate, tree: _Tree) -> tuple[FrontMatter, _Body]:
    """A template's front matter and its body, which may be in another file."""
    text = _text(tree.root / template.path, template.path)
    front, body, line = split(text, template.path)
    if front.body_from is None:
        return front, _Body(template.path, body, line)
    source = tree.sources()[front.body_from]
    return front, _Body(f"templates/{front.body_from}", *source)


def _text(path: Path, name: str) -> str:
    advice = "save the file as UTF-8, or leave out its engine's suffix to copy it as it is"
    return text_in(read_bytes(path), name, TemplateFailed, advice).replace("\r\n", "\n")


def _contexts(
    template: LockedTemplate, answers: Mapping[str, Table | bool]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(row key, what the row adds to the context) for each file a template makes."""
    if template.for_each is None:
        yield "", {}
        return
    table = answers.get(template.for_each)
    if table is None or isinstance(table, bool):
        raise TemplateFailed(
            f'for_each: template {template.path} reads no rows under the name "{template.for_each}"',
            help=f"name one of: {', '.join(answers) or 'it reads no query'}",
            where=Location(template.path),
        )
    columns = template.key or table.columns[:1]
    seen: set[str] = set()
    for row in table.rows:
        key = row_key(row, columns)
        if key in seen:
            raise TemplateFailed(
                f'two rows of "{template.for_each}" are named {key} by {", ".join(columns)}',
                help="make the query DISTINCT, or name the rows by `key` in the front matter",
                where=Location(template.path),
            )
        seen.add(key)
        yield key, {"row": row}


def _file(template: LockedTemplate, path: str, data: bytes, source: Path, key: str) -> RenderedFile:
    try:
        path = safe_relative_path(path.strip())
    except PathRefused as error:
        error.where = Location(template.path)
        raise
    steps = path.translate(_IGNORED).casefold().split("/")  # on some disks .GIT is .git
    if steps[0] in _OURS or _GIT in steps:
        raise PathRefused(
            f"template {template.path} would write {path}, which is not a template's to write",
            help="change its `to`",
            where=Location(template.path),
        )
    mode = int(template.mode, 8) if template.mode else _mode_of(source)
    return RenderedFile(
        path=path,
        data=data,
        mode=mode,
        pack=template.pack,
        version=template.version,
        template=template.path,
        row=key,
        unless_exists=template.unless_exists,
        overwrite=template.overwrite,
        release=template.release,
    )


def _mode_of(source: Path) -> int:
    return 0o755 if source.stat().st_mode & 0o100 else DEFAULT_MODE


def _standing(locked: Mapping[str, LockedPack], files: Sequence[RenderedFile]) -> RenderedFile:
    """Of the files for one path, that of the pack which depends on all the others' packs.

    Raises:
        TemplateFailed: there is none, or one template would write it twice.
    """
    for file in files:
        others = [other for other in files if other is not file]
        if all(_overrides(locked, file, other) for other in others):
            return file
    raise _collision(files[-1], files[0])


def _overrides(locked: Mapping[str, LockedPack], file: RenderedFile, other: RenderedFile) -> bool:
    """Whether the pack of `file` depends on the pack of `other`, or is a later major of it."""
    if file.pack == other.pack:
        return version_key(file.version) > version_key(other.version)
    return other.pack in {locked[one].name for one in reached(locked, file.release)}


def _collision(file: RenderedFile, other: RenderedFile) -> TemplateFailed:
    return TemplateFailed(
        f"{file.path} would be written twice: by {other.template} of {other.pack}"
        f"{_for_row(other)} and by {file.template} of {file.pack}{_for_row(file)}",
        help="only a pack that depends on the other may write over its files; change one `to`",
        details={"path": file.path, "packs": [other.pack, file.pack]},
    )


def _for_row(file: RenderedFile) -> str:
    return f" for {file.row}" if file.row else ""
