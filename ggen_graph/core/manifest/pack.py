"""`gpack.toml` as a value: what a pack is, needs, asks for and brings.

Kept true: a `PackManifest` exists only for a text that passed every check of `schema.PACK`, so
names, versions, ranges, paths, IRIs and patterns in it are well formed, and lists are tuples in
the order written. Whether files that it names exist is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.manifest.toml_text import key_text
from ggen_graph.core.manifest.variable import Value, Variable, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_TEMPLATE_GLOBS = ("templates/**/*.tera", "templates/**/*.tmpl", "templates/**/*.j2")
"""Where a pack's templates are unless `[templates]` says otherwise."""

DEFAULT_QUERY_GLOBS = ("queries/*.rq",)
DEFAULT_SHAPE_GLOBS = ("shapes/*.ttl",)
DEFAULT_RDF_GLOBS = ("ontology/*.ttl",)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A requirement as written: any release of `name` in `range`.

    `install_path` is where in a project the release's files belong, None for nowhere in particular.
    """

    name: str
    range: str
    optional: bool = False
    features: tuple[str, ...] = ()
    install_path: str | None = None


@dataclass(frozen=True, slots=True)
class TemplateEntry:
    """A `[[template]]`: what the manifest says of one template file.

    What the file's own front matter says wins. None means that the manifest says nothing.
    """

    name: str
    path: str
    to: str | None = None
    description: str = ""
    mode: str | None = None
    overwrite: bool = False
    engine: str | None = None
    optional_variables: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class RdfSection:
    """The RDF files that a pack brings, the base IRI they are read with, and prefixes."""

    globs: tuple[str, ...] = DEFAULT_RDF_GLOBS
    base: str | None = None
    prefixes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PackManifest:
    """A whole `gpack.toml`; `docs/reference/gpack-toml.md` describes each key.

    `features` are (name, what it turns on); `lint_allow` are rules of `core.lint`; `hooks` are (event, command) pairs; `metadata` are (dotted key, JSON value) pairs, dates as
    ISO 8601 strings.
    """

    name: str
    version: str
    title: str = ""
    description: str = ""
    category: str | None = None
    authors: tuple[str, ...] = ()
    license: str | None = None
    repository: str | None = None
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    readme: str | None = None
    ggen_compat: str | None = None
    published: str | None = None
    dependencies: tuple[Dependency, ...] = ()
    packages: tuple[Dependency, ...] = ()
    features: tuple[tuple[str, tuple[str, ...]], ...] = ()
    template_globs: tuple[str, ...] = DEFAULT_TEMPLATE_GLOBS
    templates: tuple[TemplateEntry, ...] = ()
    variables: tuple[Variable, ...] = ()
    query_globs: tuple[str, ...] = DEFAULT_QUERY_GLOBS
    shape_globs: tuple[str, ...] = DEFAULT_SHAPE_GLOBS
    rdf: RdfSection = RdfSection()
    lint_allow: tuple[str, ...] = ()
    hooks: tuple[tuple[str, str], ...] = ()
    metadata: tuple[tuple[str, Any], ...] = ()


def parse_pack(text: str, file: str) -> PackManifest:
    """The manifest that a text spells.

    Args:
        text: the text of a `gpack.toml`.
        file: the name to show for it in an error.

    Raises:
        ManifestInvalid: at the first fault by place in the text.
    """
    from ggen_graph.core.manifest.checks import Faults, raise_first  # noqa: PLC0415 - the checks are
    from ggen_graph.core.manifest.schema import PACK  # noqa: PLC0415 - made where something is parsed
    from ggen_graph.core.manifest.toml_text import load_toml  # noqa: PLC0415 - likewise

    data = load_toml(text, file, ManifestInvalid)
    faults = Faults()
    PACK(data, (), faults)
    raise_first(faults, text, file, ManifestInvalid)
    return _pack(data)


def dependencies_of(table: dict[str, Any]) -> tuple[Dependency, ...]:
    """The dependencies of a checked table, in the order written."""
    return tuple(_dependency(name, entry) for name, entry in table.items())


def normal_paths(paths: list[str]) -> tuple[str, ...]:
    """Checked paths or globs without their `.` steps, so that `./a` names the same as `a`."""
    return tuple(map(_normal, paths))


def _normal(path: str) -> str:
    return "/".join(step for step in path.split("/") if step != ".")


def _with_normal(table: dict[str, Any], key: str) -> dict[str, Any]:
    return {**table, key: _normal(table[key])} if key in table else table


def _pack(data: dict[str, Any]) -> PackManifest:
    return PackManifest(
        **_with_normal({key: frozen(value) for key, value in data["pack"].items()}, "readme"),
        dependencies=dependencies_of(data.get("dependencies", {})),
        packages=dependencies_of(data.get("packages", {})),
        features=tuple((name, tuple(parts)) for name, parts in data.get("features", {}).items()),
        template_globs=_globs(data, "templates", DEFAULT_TEMPLATE_GLOBS),
        templates=tuple(map(_template, data.get("template", []))),
        variables=tuple(map(_variable, data.get("variable", []))),
        query_globs=_globs(data, "queries", DEFAULT_QUERY_GLOBS),
        shape_globs=_globs(data, "shapes", DEFAULT_SHAPE_GLOBS),
        rdf=RdfSection(
            _globs(data, "rdf", DEFAULT_RDF_GLOBS),
            data.get("rdf", {}).get("base"),
            tuple(data.get("rdf", {}).get("prefixes", {}).items()),
        ),
        lint_allow=tuple(data.get("lint", {}).get("allow", ())),
        hooks=tuple(data.get("hooks", {}).items()),
        metadata=tuple(_leaves(data.get("metadata", {}), "")),
    )


def _globs(data: dict[str, Any], section: str, default: tuple[str, ...]) -> tuple[str, ...]:
    globs = data.get(section, {}).get("globs")
    return default if globs is None else normal_paths(globs)


def _dependency(name: str, entry: str | dict[str, Any]) -> Dependency:
    if isinstance(entry, str):
        return Dependency(name, entry)
    return Dependency(
        name,
        entry["version"],
        optional=entry.get("optional", False),
        features=tuple(entry.get("features", ())),
        install_path=_with_normal(entry, "install_path").get("install_path"),
    )


def _template(entry: dict[str, Any]) -> TemplateEntry:
    own = entry.get("optional_variables", {})
    pairs = tuple((name, frozen(value)) for name, value in own.items())
    return TemplateEntry(**{**_with_normal(entry, "path"), "optional_variables": pairs})


def _variable(entry: dict[str, Any]) -> Variable:
    values = {key: frozen(value) for key, value in entry.items()}
    return Variable(**{**values, "choices": tuple(map(frozen, entry.get("choices", ())))})


def _leaves(table: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Every value of a free table under its dotted key, keys quoted as in TOML."""
    for key, value in table.items():
        dotted = f"{prefix}{key_text(key)}"
        if isinstance(value, dict):
            yield from _leaves(value, f"{dotted}.")
        else:
            yield dotted, _json(value)


def _json(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_json, value))
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value
