"""A registry's releases as nodes of the catalog, and a locked release's manifest as nodes of a project.

Requirements are nodes shared by all that ask the same range of the same pack; a dependency that
carries more than a range (optional, features, an install path) gets a node of its own beside the
edge. Template front matter and query texts are lifted too, so that generation reads the graph.

A release whose tree is wrong is left out of its registry, whole, and hides no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import GgenError, Location
from ggen_graph.core.manifest import variables_of
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.versions import key_channel, parse_version, version_key
from ggen_graph.graph import iris
from ggen_graph.graph.lift import json_text, node, prefixes, settings
from ggen_graph.graph.lift.pack_files import lift_pack_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ggen_graph.core.manifest import PackManifest, Variable
    from ggen_graph.core.release import ReleaseDependency, ReleaseRecord
    from ggen_graph.graph.lift import Node

    ReadFile = Callable[[str], bytes]


def registry_nodes(
    base: str,
    name: str,
    rank: int,
    records: Iterable[tuple[ReleaseRecord, ReadFile | None]],
    problems: list[GgenError],
) -> Iterator[Node]:
    """All nodes of a registry's catalog graph.

    Args:
        base: the registry's base IRI.
        name: what it is called.
        rank: its place in the order of registries; a name comes from the lowest.
        records: each release, and how to read a file of its tree (None when it has no tree).
        problems: gets the error of each release that is left out, with its place in the registry.
    """
    yield node(base, "Registry", name=name, rank=rank)
    seen = _Seen(base)
    for record, read in records:
        try:
            yield from release_nodes(base, record, read, seen)
        except GgenError as error:  # raised before the first of the release's nodes
            where = error.where or Location("gpack.toml")
            error.where = where._replace(file=f"{record.location}/{where.file}")
            problems.append(error)


class _Seen:
    """Which packs and requirements of a registry have a node already.

    `requirements` is (name, range as written) → the requirement's IRI: releases ask for much the
    same, so most requirements are found there.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._packs: dict[str, str] = {}
        self._iris: set[str] = set()
        self.requirements: dict[tuple[str, str], str] = {}

    def pack(self, name: str, new: list[Node]) -> str:
        """The pack's IRI; its node is added to `new` when it is met for the first time."""
        iri = self._packs.get(name)
        if iri is None:
            iri = self._packs[name] = iris.pack(self._base, name)
            new.append(node(iri, id=name, name=name, inRegistry=self._base))
        return iri

    def requirement(self, name: str, text: str, new: list[Node]) -> str:
        """The requirement's IRI; its nodes are added to `new` when it is met for the first time."""
        parsed = parse_range(text)
        iri = iris.requirement(self._base, name, parsed.canonical)
        self.requirements[name, text] = iri
        if iri in self._iris:
            return iri
        self._iris.add(iri)
        intervals = [
            node(f"{iri}#interval-{index}", "Interval", lo=interval.lo, hi=interval.hi)
            for index, interval in enumerate(parsed.intervals, 1)
        ]
        pack = self.pack(name, new)
        new.append(
            node(iri, "Requirement", onPack=pack, range=parsed.canonical, interval=intervals)
        )
        return iri


def release_nodes(
    base: str, record: ReleaseRecord, read: ReadFile | None, seen: _Seen | None = None
) -> Iterator[Node]:
    """The nodes of one release: itself, what it asks for, and what its manifest and tree say.

    Raises, before the first node:
        ManifestInvalid, TemplateFailed, QueryInvalid: what its tree holds is wrong.
    """
    seen = seen or _Seen(base)
    version = parse_version(record.version)
    key = version_key(version)
    iri = iris.release(base, record.name, record.version)
    shaped = node(
        iri,
        "Release",
        name=record.name,
        version=record.version,
        versionKey=key,
        channelKey=key_channel(version) + key,
        title=record.title,
        description=record.description,
        license=record.license,
        category=iris.category(record.category) if record.category else None,
        tag=record.tags,
        checksum=record.checksum,
        archive=record.archive,
        size=record.archive_size,
        location=record.location,
        compatibleWith=record.compatible_with,
        published=record.published,
    )
    if record.yanked:
        shaped["yanked"] = True
    parts: list[Node] = []
    if record.manifest is not None:
        _describe(iri, record.manifest, shaped)
        parts = list(lift_pack_files(iri, record, read, shaped))
    new: list[Node] = []
    shaped["releaseOf"] = seen.pack(record.name, new)
    _ask(iri, record.dependencies, shaped, seen, new)
    if record.features:
        shaped["hasFeature"] = list(_features(iri, record.features))
    yield from new
    yield from parts
    yield shaped


def _ask(
    release: str,
    dependencies: Iterable[ReleaseDependency],
    shaped: Node,
    seen: _Seen,
    new: list[Node],
) -> None:
    """Add what a release asks for to its node, and the nodes that this needs to `new`."""
    known = seen.requirements
    listed: dict[str, list[str]] = {
        "requires": [], "mayRequire": [], "hasPackage": [], "hasDependency": []
    }  # fmt: skip
    requires = listed["requires"]
    for dependency in dependencies:
        name = dependency.name
        requirement = known.get((name, dependency.range)) or seen.requirement(
            name, dependency.range, new
        )
        (listed["mayRequire"] if dependency.optional else requires).append(requirement)
        if dependency.kind == "package":
            listed["hasPackage"].append(seen.pack(name, new))
        if dependency.optional or dependency.features or dependency.install_path:
            iri = iris.part(release, "dependency", name)
            listed["hasDependency"].append(iri)
            new.append(
                node(
                    iri,
                    "Dependency",
                    onRequirement=requirement,
                    optional=dependency.optional,
                    feature=dependency.features,
                    installPath=dependency.install_path,
                )
            )
    shaped.update((relation, targets) for relation, targets in listed.items() if targets)


def _features(release: str, features: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Node]:
    """What a release's features turn on: dependencies, each of which has a node, being optional."""
    for name, dependencies in features:
        yield node(
            iris.part(release, "feature", name),
            "Feature",
            name=name,
            turnsOn=[iris.part(release, "dependency", each) for each in dependencies],
        )


def _describe(release: str, manifest: PackManifest, shaped: Node) -> None:
    """Add what only a manifest says."""
    more = node(
        release,
        author=manifest.authors,
        repository=manifest.repository,
        keyword=manifest.keywords,
        readme=manifest.readme,
        declares=prefixes(release, manifest.rdf.prefixes),
        licenseIri=spdx_iri(manifest.license),
        hasVariable=[_variable(release, variable) for variable in variables_of(manifest)],
        hasHook=[
            node(iris.part(release, "hook", event), "Hook", event=event, command=command)
            for event, command in manifest.hooks
        ],
        hasSetting=settings(release, manifest.metadata),
    )
    shaped.update(more)


def spdx_iri(expression: str | None) -> str | None:
    """The SPDX licence IRI of a single licence id; None for compound expressions."""
    if not expression or " " in expression or "(" in expression:
        return None
    return "http://spdx.org/licenses/" + iris.segment(expression)


def _variable(release: str, variable: Variable) -> Node:
    iri = iris.part(release, "variable", variable.name)

    def text(value: object) -> str | None:
        return None if value is None else json_text(value)

    shaped = node(
        iri,
        "Variable",
        name=variable.name,
        variableType=variable.type,
        description=variable.description,
        required=variable.required,
        pattern=variable.pattern,
        minimum=text(variable.min),
        maximum=text(variable.max),
        hasChoice=[
            node(f"{iri}/choice/{place}", "Choice", placeInOrder=place)
            | {"value": json_text(choice)}
            for place, choice in enumerate(variable.choices or (), 1)
        ],
        group=variable.group,
    )
    # Here the empty text is a value like any other.
    values = {"default": text(variable.default), "example": text(variable.example)}
    return shaped | {key: value for key, value in values.items() if value is not None}
