"""A pack tried out: projects made from its folder through the code of `packs generate`, then thrown away.

Keeps true: the home, its installed packs and its catalogs are not touched; a person's own defaults
(`ggen config`) have no say, so that a pack's tests go the same for everybody.

Does not do: comparing (`workflows.pack_tests`), writing anything that stays.
"""

from __future__ import annotations

import tempfile
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import CaseInvalid, Location, UsageError
from ggen_graph.core.globs import select
from ggen_graph.core.manifest import PackManifest
from ggen_graph.core.manifest.case import MANIFEST, TESTS, Case, from_pack, parse_case
from ggen_graph.core.manifest.edit import new_project
from ggen_graph.core.names import PackSpec, is_pack_name
from ggen_graph.core.versions import version_key
from ggen_graph.edges.config import Home
from ggen_graph.edges.files import permissions, printable, read_bytes, read_text
from ggen_graph.edges.pack_folder import MANIFEST as PACK_MANIFEST
from ggen_graph.edges.pack_folder import read_manifest
from ggen_graph.edges.registry.own_pack import OwnPack
from ggen_graph.edges.staging import scratch_folder
from ggen_graph.edges.trees import tree_files
from ggen_graph.graph.sync import error_of
from ggen_graph.workflows.adopt import adopt
from ggen_graph.workflows.catalog import Catalog, open_catalog, sync_catalog
from ggen_graph.workflows.create import MODEL_FOLDER, ModelInput, create_project
from ggen_graph.workflows.project import MANIFEST as PROJECT_MANIFEST
from ggen_graph.workflows.project import read_project
from ggen_graph.workflows.validation.pack import pack_folders
from ggen_graph.workflows.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ggen_graph.core.release import ReleaseRecord
    from ggen_graph.edges.registry import Registry
    from ggen_graph.workflows.project import Project


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that a pack made: its bytes, whether it is a program, and which template of which pack."""

    data: bytes
    program: bool
    pack: str
    template: str


@dataclass(frozen=True, slots=True)
class Made:
    """A project that was made on a workbench, and its files by path."""

    project: Project
    files: Mapping[str, MadeFile]


@dataclass(frozen=True, slots=True)
class Workbench:
    """A place in which a pack is tried out; `folder` goes when `workbench` ends."""

    record: ReleaseRecord
    catalog: Catalog
    folder: Path

    def make(self, case: Case, model: Sequence[Path] = ()) -> Made:
        """Make a project from the pack.

        Args:
            case: what it is given.
            model: RDF files; without any the pack's own.

        Raises:
            whatever making a project raises.
        """
        created = create_project(
            self._free() / case.project,
            [self._spec(case)],
            self.catalog,
            values_of(case),
            ModelInput(tuple(model), case.base),
        )
        project = read_project(created.root)
        return Made(project, dict(_files(project)))

    def install(self, case: Case, model: Sequence[Path] = ()) -> Project:
        """A project that has the pack locked and installed, and a graph, but no generated file.

        Args and errors: as for `make`, but that no template is rendered.
        """
        root = self._free()
        root.mkdir()
        within = self.folder if model else self.catalog.registries[0].path
        given = model or [within / path for path in self._own_model()]
        for number, path in enumerate(given):
            copy = root / MODEL_FOLDER / f"{number}" / path.name
            copy.parent.mkdir(parents=True)
            copy.write_bytes(read_bytes(path))
        base = case.base or (None if model else self._manifest().rdf.base)
        text = new_project(
            str(uuid.uuid4()), case.project, (), graph_files=[f"{MODEL_FOLDER}/**/*"], base=base
        )
        (root / PROJECT_MANIFEST).write_text(text, "utf-8")
        adopt(read_project(root), self.catalog, [self._spec(case)])
        return read_project(root)

    def _free(self) -> Path:
        places = (self.folder / f"{number}" for number in count(1))
        return next(place for place in places if not place.exists())

    def _spec(self, case: Case) -> PackSpec:
        return PackSpec(self.record.name, self.record.version, case.features)

    def _manifest(self) -> PackManifest:
        return self.record.manifest or PackManifest(self.record.name, self.record.version)

    def _own_model(self) -> list[str]:
        """The RDF that the pack brings to start with."""
        return select((file.path for file in self.record.files), self._manifest().rdf.globs)


@contextmanager
def workbench(folder: Path, registries: Sequence[Registry] = ()) -> Iterator[Workbench]:
    """A place to try out the pack in `folder`.

    Args:
        folder: of the pack.
        registries: where what it depends on comes from.

    Raises:
        ManifestMissing, ManifestInvalid, PathRefused: it is no pack, or a wrong one.
    """
    own = OwnPack(folder)
    record = own.record()
    needed = tuple(registries) if record.dependencies else ()
    with scratch_folder(Path(tempfile.gettempdir())) as scratch:
        catalog = open_catalog(Home(scratch / "home"), (own, *needed))
        for problem in sync_catalog(catalog).problems:
            if problem["source"] == own.base or own.name in problem["source"]:
                raise error_of(problem)
        yield Workbench(record, catalog, scratch)


def values_of(case: Case, flags: Mapping[str, str] | None = None) -> Values:
    """The values that a case gives, and flags that are stronger; nobody's own defaults."""
    detected = {"project_name": case.project, "year": case.now[:4]}
    return Values(flags or {}, case.variables, detected, case.now)


def own_folder(named: str | None, registries: Sequence[Registry]) -> Path:
    """The folder of the pack that a person means: by path, by name, or the one they are in.

    Of several releases in a registry it is the newest.

    Raises:
        UsageError: nothing is named, and this folder is no pack.
        PackNotFound: no folder registry has a pack of that name.
        ManifestMissing: a folder is named that is no pack.
    """
    if named is None:
        if not (Path.cwd() / PACK_MANIFEST).is_file():
            raise UsageError(
                "this folder is not a pack: it has no gpack.toml",
                help="name a pack's folder, or go there; `ggen packs create` starts one",
            )
        return Path.cwd()
    if not is_pack_name(named) or (Path(named) / PACK_MANIFEST).is_file():
        return Path(named)  # reading it says what is wrong with it
    folders = pack_folders(registries, named)
    return max(folders, key=lambda folder: version_key(read_manifest(folder).version))


def case_names(folder: Path) -> list[str]:
    """The cases of the pack in `folder`, by name."""
    found = (path.parent.name for path in (folder / TESTS).glob(f"*/{MANIFEST}"))
    return sorted(found)


def read_case(folder: Path, name: str) -> tuple[Case, list[Path]]:
    """A case of the pack in `folder`, and the RDF files that it gives.

    Raises:
        ManifestInvalid: its `case.toml` is wrong.
        CaseInvalid: it asks for RDF that is not there.
    """
    place = folder / TESTS / name
    shown = f"{TESTS}/{name}/{MANIFEST}"
    try:
        case = parse_case(read_text(place / MANIFEST, CaseInvalid), shown)
    except FileNotFoundError as error:
        raise CaseInvalid(f"there is no {printable(shown)}", where=Location(shown)) from error
    paths = [file.path for file in tree_files(folder)] if case.model else []
    for glob in case.model:
        if not select(paths, [from_pack(glob, name)]):
            raise CaseInvalid(
                f"no file is named {glob}",
                help="paths in `model` are relative to the folder of the case",
                where=Location(shown),
            )
    globs = [from_pack(glob, name) for glob in case.model]
    return case, [folder / path for path in select(paths, globs)]


def _files(project: Project) -> Iterator[tuple[str, MadeFile]]:
    for file in project.lock.files if project.lock else ():
        path = project.root / file.path
        program = bool((permissions(path) or 0) & 0o100)
        yield file.path, MadeFile(read_bytes(path), program, file.pack, file.template)
