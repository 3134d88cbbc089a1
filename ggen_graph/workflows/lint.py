"""Lint: what in a pack is right and yet of no use, or will surprise those who use it.

Looked at: the names that templates use, as their parsed trees have them; queries and partials that
nobody reads; and what the pack's own tests make, since a template that never writes a file there
is shown by nothing. What is wrong outright is for `workflows.validation`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from ggen_graph.core.diagnostics import GgenError, Location, TemplateFailed, did_you_mean, nearest
from ggen_graph.core.findings import Finding, from_error, in_order
from ggen_graph.core.globs import select
from ggen_graph.core.lint import RULES
from ggen_graph.core.manifest import PackManifest, place_of, positions
from ggen_graph.core.sparql import has_order_by, header, tokens
from ggen_graph.core.template.engine import Source, engine_for
from ggen_graph.core.template.frontmatter import FrontMatter, split
from ggen_graph.core.template.uses import Uses, condition_uses, template_uses
from ggen_graph.core.text import text_in
from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.pack_folder import MANIFEST
from ggen_graph.workflows.pack_tests import pack_tests
from ggen_graph.workflows.validation.pack import pack_record
from ggen_graph.workflows.workbench import case_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from ggen_graph.core.manifest import TemplateEntry
    from ggen_graph.core.manifest.toml_positions import KeyPath, Place
    from ggen_graph.core.template.engine import EngineName
    from ggen_graph.core.template.frontmatter import Query
    from ggen_graph.edges.registry import Registry

_ALWAYS: Final = frozenset({"project", "pack"})
_ROW: Final = "row"


@dataclass(frozen=True, slots=True)
class _Template:
    """A template of the pack: what its front matter and its `[[template]]` say, and what it uses."""

    path: str
    front: FrontMatter
    entry: TemplateEntry | None
    uses: Uses

    def line(self, key: str) -> int:
        """Where the front matter has a key; else its first line."""
        return self.front.lines.get(key, 1)

    @property
    def names(self) -> frozenset[str]:
        """What it is given beside the pack's variables."""
        row = {_ROW} if self.front.for_each else set()
        own = {name for name, _ in self.entry.optional_variables} if self.entry else set()
        given = {query.name for query in self.front.queries} | self.front.variables.keys()
        return frozenset(given | row | own) | _ALWAYS

    def reads(self, query: Query) -> bool:
        """Whether it does anything with a query that it names."""
        used = {*self.uses.names, *self.uses.queries, self.front.for_each}
        return query.name in used or self.uses.computed


@dataclass
class _Pack:
    """A pack as lint looks at it."""

    folder: Path
    manifest: PackManifest
    paths: tuple[str, ...]
    places: Mapping[KeyPath, Place]
    templates: list[_Template] = field(default_factory=list)

    def text(self, path: str) -> str:
        data = read_bytes(self.folder / path)
        return text_in(data, path, TemplateFailed).replace("\r\n", "\n")

    def finding(self, rule: str, message: str, where: Location, advice: str) -> Finding:
        severity = RULES[rule].severity
        return Finding(self.manifest.name, severity, message, f"lint/{rule}", *where, help=advice)

    def at(self, *key: str | int) -> Location:
        """Where the manifest has a key."""
        return Location(MANIFEST, *place_of(key, self.places))

    def beside(self, path: str, line: int, word: str) -> Location:
        """Where a word stands in a line of the front matter; the line's begin if it does not."""
        text = self.text(path).split("\n")[line - 1]
        found = re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", text)
        return Location(path, line, found.start() + 1 if found else 1)

    @property
    def queries(self) -> dict[str, str]:
        """The paths of the pack's queries by name."""
        found = select(self.paths, self.manifest.query_globs)
        return {PurePosixPath(path).stem: path for path in found}

    def query_path(self, named: str) -> str | None:
        """The path of a query that a template calls by its name or by its path."""
        return named if named in self.queries.values() else self.queries.get(named)


def lint_pack(folder: Path, registries: Sequence[Registry] = ()) -> list[Finding]:
    """What lint finds in the pack in a folder, by file and place.

    Args:
        folder: of the pack.
        registries: where what it depends on comes from.
    """
    name, place = folder.absolute().name, str(folder.absolute())
    try:
        record = pack_record(folder)
        manifest = record.manifest or PackManifest(record.name, record.version)
        text = read_bytes(folder / MANIFEST).decode("utf-8")
        paths = tuple(file.path for file in record.files)
        pack = _Pack(folder, manifest, paths, positions(text))
        found = [*_read_templates(pack), *_findings(pack)]
        found += _unused_variables(pack, registries)
        found += _never_made(pack, registries, {(one.file, one.line) for one in found})
    except GgenError as error:
        return [from_error(name, error, place)]
    allowed = {f"lint/{rule}" for rule in manifest.lint_allow}
    return in_order(replace(one, folder=place) for one in found if one.rule not in allowed)


def _findings(pack: _Pack) -> Iterator[Finding]:
    """What its files alone show."""
    yield from _undeclared(pack)
    yield from _queries(pack)
    yield from _unused_partials(pack)
    yield from _descriptions(pack)


def _read_templates(pack: _Pack) -> Iterator[Finding]:
    """Read every template of the pack; one that can't be read is a finding and left out."""
    entries = {entry.path: entry for entry in pack.manifest.templates}
    bodies: dict[str, tuple[FrontMatter, Source]] = {}
    for path in pack.paths:
        if _engine(path, entries.get(path)) is None:
            continue
        if path in entries or path.startswith("templates/") or path in _chosen(pack):
            try:
                front, body, line = split(pack.text(path), path)
                bodies[path] = front, Source(body, line)
            except GgenError as error:
                yield from_error(pack.manifest.name, error)
    loader = {path.removeprefix("templates/"): source for path, (_, source) in bodies.items()}
    for path in _chosen(pack):
        engine = _engine(path, entries.get(path))
        if path in bodies and engine:
            front, source = bodies[path]
            template = _Template(path, front, entries.get(path), Uses())
            file = f"templates/{front.body_from}" if front.body_from else path
            source = bodies[file][1] if file in bodies else source
            try:
                uses = _uses(pack, template, engine, (file, source), loader)
                uses.files.update([front.body_from] if front.body_from else [])
            except GgenError as error:
                yield from_error(pack.manifest.name, error)
            else:
                pack.templates.append(replace(template, uses=uses))


def _chosen(pack: _Pack) -> list[str]:
    """The paths of what is rendered for itself: what begins with `_` is for others to include."""
    entries = (entry.path for entry in pack.manifest.templates)
    chosen = sorted({*select(pack.paths, pack.manifest.template_globs), *entries})
    return [path for path in chosen if not PurePosixPath(path).name.startswith("_")]


def _engine(path: str, entry: TemplateEntry | None) -> EngineName | None:
    if entry is not None and entry.engine in {"tera", "jinja2"}:
        return "tera" if entry.engine == "tera" else "jinja2"
    return engine_for(path)


def _uses(
    pack: _Pack,
    template: _Template,
    engine: EngineName,
    body: tuple[str, Source],
    loader: Mapping[str, Source],
) -> Uses:
    """What a template's body (file and text), its front matter and its `[[template]]` use."""
    path, front = template.path, template.front
    file, source = body
    uses = template_uses(
        source.text, engine=engine, name=file, loader=loader, body_line=source.first_line
    )
    uses.names = {
        name: where if where.file == file else where._replace(file=f"templates/{where.file}")
        for name, where in uses.names.items()
    }
    if template.entry and template.entry.to and not front.to:
        said = template_uses(template.entry.to, engine=engine, name=MANIFEST)
        where = pack.at("template", pack.manifest.templates.index(template.entry), "to")
        uses.names = {**dict.fromkeys(said.names, where), **uses.names}
    for other, line in _head_uses(template, engine):
        for name in other.names:
            uses.names.setdefault(name, pack.beside(path, line, name))
        uses.queries = {**other.queries, **uses.queries}
    return uses


def _head_uses(template: _Template, engine: EngineName) -> Iterator[tuple[Uses, int]]:
    """What the front matter itself uses, with its line."""
    front = template.front
    texts = [("to", front.to), ("skip_if", front.skip_if)]
    if front.inject:
        texts.append((front.inject.how, front.inject.anchor))
    for key, text in texts:
        if text:
            yield template_uses(text, engine=engine, name=template.path), template.line(key)
    if front.when:
        when = condition_uses(front.when, engine=engine, name=template.path)
        yield when, template.line("when")


def _undeclared(pack: _Pack) -> Iterator[Finding]:
    declared = {variable.name for variable in pack.manifest.variables}
    for template in pack.templates:
        known = declared | template.names
        for name in sorted(template.uses.names.keys() - known):
            if name == _ROW:
                advice = "`row` is there where the front matter says `for_each`"
            else:
                advice = did_you_mean(name, known) or (
                    f'declare it in gpack.toml: [[variable]] name = "{name}"'
                )
            yield pack.finding(
                "undeclared-variable",
                f"`{name}` is used here, and nothing gives it to {template.path}",
                template.uses.names[name],
                advice,
            )


def _unused_variables(pack: _Pack, registries: Sequence[Registry]) -> Iterator[Finding]:
    names = {variable.name for variable in pack.manifest.variables}
    used = {name for template in pack.templates for name in template.uses.names}
    for template in pack.templates:  # what is only misspelt is said already
        unknown = template.uses.names.keys() - names - template.names
        used |= {nearest(name, names) or name for name in unknown}
    unused = {
        variable.name: index
        for index, variable in enumerate(pack.manifest.variables)
        if variable.name not in used
    }
    if unused and pack.manifest.dependencies:
        for name in _declared_below(pack.manifest, registries) & unused.keys():
            del unused[name]  # its default is what the pack below gets
    for name, index in unused.items():
        yield pack.finding(
            "unused-variable",
            f"no template uses the variable `{name}`",
            pack.at("variable", index, "name"),
            "use it, or take its [[variable]] out: people are asked for it",
        )


def _declared_below(manifest: PackManifest, registries: Sequence[Registry]) -> set[str]:
    """The variables that any release of the packs it depends on declares."""
    below: dict[str, list[PackManifest]] = {}
    for registry in registries:
        for record in registry.releases():
            if record.manifest is not None:
                below.setdefault(record.name, []).append(record.manifest)
    waiting = [dependency.name for dependency in manifest.dependencies]
    seen: set[str] = set()
    names: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            for one in below.get(name, ()):
                names.update(variable.name for variable in one.variables)
                waiting += [dependency.name for dependency in one.dependencies]
    return names


def _queries(pack: _Pack) -> Iterator[Finding]:
    read: set[str] = set()
    ordered: set[str] = set()  # paths whose order was looked at
    for template in pack.templates:
        for query in template.front.queries:
            path = pack.query_path(query.uses) if query.uses else None
            if path:
                read.add(path)
            if not template.reads(query):
                yield pack.finding(
                    "unused-query",
                    f"{template.path} names the query `{query.name}` and does nothing with it",
                    pack.beside(template.path, query.line, query.name),
                    "take it out of `sparql`: it is asked for nothing",
                )
            if query.name == template.front.for_each and path not in ordered:
                ordered.update([path] if path else [])
                yield from _unordered(pack, template, query, path)
    for path in sorted(set(pack.queries.values()) - read):
        if not header(pack.text(path), path):
            yield pack.finding(
                "unused-query",
                "no template reads this query",
                Location(path, 1, 1),
                "name it under `sparql` in a template, delete it, or offer it to people by a"
                " `#+ summary: …` line at its top",
            )


def _unordered(
    pack: _Pack, template: _Template, query: Query, path: str | None
) -> Iterator[Finding]:
    text = pack.text(path) if path else query.text or ""
    if has_order_by(text, path or template.path):
        return
    where = pack.beside(template.path, query.line, query.name)
    if path:
        select_ = (one for one in tokens(text, path) if one.text.upper() == "SELECT")
        first = next(select_, None)
        where = Location(path, first.line, first.column) if first else Location(path, 1, 1)
    yield pack.finding(
        "unordered-query",
        f"{template.path} writes a file for each row of this query, which has no ORDER BY",
        where,
        "give it one: the rows are sorted anyway, but not in an order that you chose",
    )


def _unused_partials(pack: _Pack) -> Iterator[Finding]:
    if any(template.uses.computed for template in pack.templates):
        return
    used = {f"templates/{name}" for template in pack.templates for name in template.uses.files}
    rendered = set(_chosen(pack))
    for path in pack.paths:
        partial = path.startswith("templates/") and engine_for(path) and path not in rendered
        if partial and path not in used:
            yield pack.finding(
                "unused-partial",
                "no template includes, imports or extends this one",
                Location(path, 1, 1),
                f'{{% include "{path.removeprefix("templates/")}" %}} where it belongs, or delete it',
            )


def _descriptions(pack: _Pack) -> Iterator[Finding]:
    if not pack.manifest.description:
        advice = '`description = "…"`: what a project gets from it, in one sentence'
        where = pack.at("pack", "name")
        yield pack.finding("missing-description", "the pack has no description", where, advice)
    for index, variable in enumerate(pack.manifest.variables):
        if not variable.description:
            message = f"the variable `{variable.name}` has no description"
            where = pack.at("variable", index, "name")
            advice = '`description = "…"`: people see it when they are asked for a value'
            yield pack.finding("missing-description", message, where, advice)
    for template in pack.templates:
        if not (template.front.description or (template.entry and template.entry.description)):
            yield pack.finding(
                "missing-description",
                f"the template {template.path} has no description",
                Location(template.path, 1, 1),
                "`description: …` in its front matter: `ggen packs show` lists it",
            )


def _never_made(
    pack: _Pack, registries: Sequence[Registry], said: Collection[tuple[str, int]]
) -> Iterator[Finding]:
    """Templates that write nothing in the pack's tests; a test that can't be made tells nothing.

    Why it can't be made is a finding as well, unless one is at its place already.
    """
    if not case_names(pack.folder):
        yield pack.finding(
            "no-tests",
            "the pack has no tests",
            Location(MANIFEST, 1, 1),
            "a folder tests/NAME with an empty case.toml is one; then `ggen packs test --update`",
        )
        return
    made: set[str] = set()
    for result in pack_tests(pack.folder, registries, twice=False):
        if result.made is None:
            if result.error is not None and (result.error.where or ())[:2] not in said:
                yield replace(from_error(pack.manifest.name, result.error), severity="warning")
            return
        made.update(
            file.template for file in result.made.values() if file.pack == pack.manifest.name
        )
    for template in pack.templates:
        if template.path not in made and template.front.inject is None:
            key = next((key for key in ("for_each", "when") if key in template.front.lines), "to")
            yield pack.finding(
                "template-never-matches",
                f"{template.path} writes no file in any of the pack's tests",
                Location(template.path, template.line(key), 1),
                "add a test in which it does, or correct its query or `when`",
            )
