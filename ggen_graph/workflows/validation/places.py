"""From a node of the graph back to the file, line and column that say it.

A focus node of a project is found in `ggen.toml` or `ggen.lock` by its IRI, a generated file is itself,
and what is none of these in the files of the model, where a statement about it begins. A blank node of
the model, which has no place of its own, has that of the nearest node with a name that leads to it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from ggen_graph.core.manifest import place_of, positions
from ggen_graph.core.turtle_positions import subject_positions
from ggen_graph.graph import iris
from ggen_graph.workflows.project import LOCK, MANIFEST, model_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ggen_graph.core.lock.lockfile import LockedRelease
    from ggen_graph.core.manifest.toml_positions import KeyPath, Place
    from ggen_graph.workflows.project import Project

_TURTLE = (".ttl", ".trig", ".nt", ".nq", ".n3")
MOST_BYTES = 64 << 20
"""Of a file of the model; in a larger one no place is looked for."""

# Where a manifest says what a property holds.
_KEYS: dict[str, str] = {
    f"{iris.GGEN}name": "name",
    f"{iris.PREFIXES['dcat']}version": "version",
    f"{iris.PREFIXES['dcterms']}description": "description",
    f"{iris.PREFIXES['dcterms']}license": "license",
    f"{iris.GGEN}license": "license",
    f"{iris.GGEN}author": "authors",
    f"{iris.GGEN}readme": "readme",
    f"{iris.GGEN}category": "category",
    f"{iris.GGEN}variableType": "type",
    f"{iris.GGEN}id": "id",
}


class Source(NamedTuple):
    """A place in a file of a project; `line` and `column` are 0 where they are not known."""

    file: str
    line: int = 0
    column: int = 0


def key_of(path: str) -> str:
    """The key of a manifest that says what a property holds; "" for a property that no key is for."""
    return _KEYS.get(path, "")


class Places:
    """Where a project's files say what its graph holds.

    Args:
        project: whose files.
        focuses: the IRIs that will be asked for; those of the model are looked up in one go.
        owners: for a blank node of the model, the node with a name that leads to it.
    """

    def __init__(
        self,
        project: Project,
        focuses: Collection[str],
        owners: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._project = project
        self._iri = iris.project(project.manifest.id)
        self._manifest: dict[KeyPath, Place] | None = None
        self._lock: dict[KeyPath, Place] | None = None
        self._owners = owners
        self._model = _in_model(project, {owners.get(focus, focus) for focus in focuses})

    def of(self, focus: str, path: str = "") -> Source:
        """The place of a node, or of one of its properties."""
        focus = self._owners.get(focus, focus)
        in_model = self._model.get(focus)
        if in_model is not None:
            return in_model
        kind, _, name = focus.removeprefix(self._iri).lstrip("/").partition("/")
        if focus == self._iri or (focus.startswith(self._iri) and kind in _MANIFEST_PARTS):
            return self._in_manifest(_project_key(kind, unquote(name), path))
        if kind == "lock" and focus.startswith(self._iri):
            return self._in_lock(unquote(name))
        if kind == "file" and focus.startswith(self._iri):
            return self._of_file(unquote(name))
        return self._of_release(focus)

    def _in_manifest(self, key: KeyPath) -> Source:
        if self._manifest is None:
            self._manifest = positions(self._project.text)
        return Source(MANIFEST, *place_of(key, self._manifest))

    def _in_lock(self, entry: str) -> Source:
        """Where `ggen.lock` has the release that an entry is for."""
        for place, release in enumerate(self._releases()):
            if entry in {release.name, f"{release.name}/{release.version}"}:
                return self._at(("release", place, "name"))
        return self._at(())

    def _of_file(self, path: str) -> Source:
        """A generated file, or where the lock names it if it is not there."""
        if (self._project.root / path).is_file():
            return Source(path, 1, 1)
        files = self._project.lock.files if self._project.lock else ()
        named = (place for place, file in enumerate(files) if file.path == path)
        place = next(named, None)
        return self._at(() if place is None else ("generated", "files", place))

    def _of_release(self, focus: str) -> Source:
        """Where the lock names the release that a node is, or is part of; else the manifest's top."""
        for place, release in enumerate(self._releases()):
            iri = iris.release(release.registry, release.name, release.version)
            if focus == iri or focus.startswith(f"{iri}/"):
                return self._at(("release", place, "name"))
        return Source(MANIFEST)

    def _releases(self) -> Iterable[LockedRelease]:
        return self._project.lock.releases if self._project.lock else ()

    def _at(self, key: KeyPath) -> Source:
        if self._lock is None:
            self._lock = positions(self._project.lock_text or "")
        return Source(LOCK, *place_of(key, self._lock))


_MANIFEST_PARTS: Mapping[str, str] = {
    "requirement": "packs",
    "registry": "registries",
    "override": "resolution",
    "variable": "variables",
    "policy": "policy",
    "prefix": "graph",
}


def _project_key(kind: str, name: str, path: str) -> KeyPath:
    """Where ggen.toml says a property of the project, or of what it names."""
    if kind == "requirement":
        return ("packs", name)
    if kind == "override":
        return ("resolution", "overrides", name)
    if kind:
        return (_MANIFEST_PARTS[kind], name)
    if path.endswith("hasRequirement"):
        return ("packs",)
    return ("project", key_of(path))


def _in_model(project: Project, wanted: set[str]) -> dict[str, Source]:
    """Where the files of the model speak of nodes: of each the first place as a subject, if it is one."""
    own = iris.project(project.manifest.id)
    wanted = {iri for iri in wanted if iri and not iri.startswith((f"{own}/", own))}
    subjects: dict[str, Source] = {}
    mentions: dict[str, Source] = {}
    for name, file in model_files(project):
        if not wanted:
            break
        try:
            if file.stat().st_size > MOST_BYTES:
                continue
            text = file.read_text("utf-8", "replace")
        except OSError:  # it was left out of the graph, too, and named
            continue
        if file.suffix.lower() in _TURTLE:
            found = subject_positions(text, wanted, project.manifest.graph.base)
            subjects |= {iri: Source(name, *place) for iri, place in found.subjects.items()}
            others = found.mentions
        else:
            others = {iri: place for iri in wanted if (place := _mention(text, iri))}
        mentions = {iri: Source(name, *place) for iri, place in others.items()} | mentions
        wanted -= set(subjects)
    return mentions | subjects


def _mention(text: str, iri: str) -> Place | None:
    """Where an IRI stands in a text of RDF/XML or JSON-LD, in full or by what follows its `#`."""
    _, hash_, local = iri.partition("#")
    for written in (f'"{iri}"', iri, *([f'"#{local}"'] if hash_ else [])):
        start = text.find(written)
        if start >= 0:
            return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return None
