"""`ggen.toml` as a value: what a project wants, its variables, its registries and its own RDF.

Kept true: a `ProjectManifest` exists only for a text that passed every check of
`schema.PROJECT`. A variable may have any name here, `@id` too: packs say which they know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.manifest.pack import Dependency, dependencies_of, normal_paths
from ggen_graph.core.manifest.variable import Value, frozen
from ggen_graph.core.policy import Policy
from ggen_graph.core.resolution import Preferences

if TYPE_CHECKING:
    from collections.abc import Mapping


DEFAULT_SHAPES = ("shapes/**/*.ttl",)


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A registry of `[registries]`: a local `path` as written (it may be relative), or a `url`."""

    name: str
    path: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class GraphSection:
    """The project's model: globs of RDF files, the base IRI they are read with, and prefixes.

    `shapes` are globs of the team's own SHACL shapes.
    """

    files: tuple[str, ...] = ()
    base: str | None = None
    prefixes: tuple[tuple[str, str], ...] = ()
    shapes: tuple[str, ...] = DEFAULT_SHAPES


@dataclass(frozen=True, slots=True)
class ProjectManifest:
    """A whole `ggen.toml`; `docs/reference/ggen-toml.md` describes each key.

    `variables` are for every pack, `pack_variables` by pack; `registries` are in the order
    written, which is the order they are asked in; `resolution` is how releases are to be chosen, `policy` what must hold of them and of files. The mappings are not to be changed.
    """

    id: str
    name: str
    packs: tuple[Dependency, ...] = ()
    variables: Mapping[str, Value] = field(default_factory=dict)
    pack_variables: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    registries: tuple[RegistryEntry, ...] = ()
    graph: GraphSection = GraphSection()
    resolution: Preferences = Preferences()
    policy: Policy = Policy()


def parse_project(text: str, file: str) -> ProjectManifest:
    """The manifest that a text spells.

    Args:
        text: the text of a `ggen.toml`.
        file: the name to show for it in an error.

    Raises:
        ManifestInvalid: at the first fault by place in the text.
    """
    from ggen_graph.core.manifest.checks import Faults, raise_first  # noqa: PLC0415 - the checks are
    from ggen_graph.core.manifest.schema import PROJECT  # noqa: PLC0415 - made where something is parsed
    from ggen_graph.core.manifest.toml_text import load_toml  # noqa: PLC0415 - likewise

    data = load_toml(text, file, ManifestInvalid)
    faults = Faults()
    PROJECT(data, (), faults)
    raise_first(faults, text, file, ManifestInvalid)
    return _project(data)


def _project(data: dict[str, Any]) -> ProjectManifest:
    variables = dict(data.get("variables", {}))
    of_packs = variables.pop("pack", {})
    graph = data.get("graph", {})
    return ProjectManifest(
        id=data["project"]["id"],
        name=data["project"]["name"],
        packs=dependencies_of(data.get("packs", {})),
        variables=_values(variables),
        pack_variables={pack: _values(values) for pack, values in of_packs.items()},
        registries=tuple(
            _registry(name, entry) for name, entry in data.get("registries", {}).items()
        ),
        graph=GraphSection(
            normal_paths(graph.get("files", [])),
            graph.get("base"),
            tuple(graph.get("prefixes", {}).items()),
            normal_paths(graph["shapes"]) if "shapes" in graph else DEFAULT_SHAPES,
        ),
        resolution=_preferences(data.get("resolution", {})),
        policy=_policy(data.get("policy", {})),
    )


def _preferences(table: dict[str, Any]) -> Preferences:
    overrides = tuple(table.get("overrides", {}).items())
    return Preferences(**{**table, "overrides": overrides})


def _policy(table: dict[str, Any]) -> Policy:
    licenses = tuple(table.get("licenses", ()))
    protected = normal_paths(table.get("protected", []))
    return Policy(**{**table, "licenses": licenses, "protected": protected})


def _values(table: dict[str, Any]) -> dict[str, Value]:
    return {name: frozen(value) for name, value in table.items()}


def _registry(name: str, entry: str | dict[str, str]) -> RegistryEntry:
    if isinstance(entry, dict):
        return RegistryEntry(name, **entry)
    return RegistryEntry(name, url=entry) if "://" in entry else RegistryEntry(name, path=entry)
