"""A new project: made beside its final place and moved there whole, or not at all."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import FileExists, UsageError
from ggen_graph.core.globs import select
from ggen_graph.core.lock.lockfile import Lock, dump_lock, roots_of
from ggen_graph.core.manifest import parse_project
from ggen_graph.core.manifest.edit import new_project, set_preferences
from ggen_graph.core.names import check_project_name
from ggen_graph.edges.files import missing_folders, read_bytes
from ggen_graph.edges.packages import installed_path, read_installed
from ggen_graph.edges.staging import stage_tree
from ggen_graph.edges.writes import Write, write_staged_tree
from ggen_graph.graph.lift.model import SUFFIXES, parse_file
from ggen_graph.workflows.catalog import named_registries
from ggen_graph.workflows.generate import Outcome, prepare
from ggen_graph.workflows.install import gathered, installing, locked_registries
from ggen_graph.workflows.places import ANYHOW, Terms, project_place
from ggen_graph.workflows.preferences import how_of, pinned
from ggen_graph.workflows.project import LOCK, MANIFEST, read_project, sync_project
from ggen_graph.workflows.records import resolution_record
from ggen_graph.workflows.resolve import plan
from ggen_graph.workflows.transaction import commit_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ggen_graph.core.names import PackSpec
    from ggen_graph.core.release import ReleaseRecord
    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.install import Gathered
    from ggen_graph.workflows.resolve import Plan
    from ggen_graph.workflows.values import Values

MODEL_FOLDER = "model"


@dataclass(frozen=True, slots=True)
class ModelInput:
    """The RDF a project starts with: files to copy, and the base their relative IRIs resolve against."""

    files: tuple[Path, ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """A new project: where it is, what was chosen for it, what was generated."""

    root: Path
    plan: Plan
    outcome: Outcome


def create_project(
    destination: Path,
    packs: Sequence[PackSpec],
    catalog: Catalog,
    values: Values,
    model: ModelInput,
    *,
    registries: Sequence[Path] = (),
    preferences: Mapping[str, Any] | None = None,
    command: str = "new",
    terms: Terms = ANYHOW,
) -> Created:
    """Make a project with these packs in the folder `destination`.

    The model is copied into `model/`: the files of `model`, or where there are none the RDF that the
    packs asked for bring to start with. From then on it is the person's own.

    Args:
        destination: must not exist, or be an empty folder; its name is the project's.
        packs: what to ask for; without a range, what is compatible with the release chosen now.
        catalog: a synced catalog.
        values: variables.
        model: the RDF to start with.
        registries: registries named by path, to be kept in the manifest.
        preferences: how to choose, where it is not as usual; kept in the manifest, too.
        command: what the run's record calls it.
        terms: whom to show all that will be before any of it is, and whom to tell.

    Raises:
        FileExists: something is there already.
        and whatever planning, installing and generating raise; then nothing is left.
    """
    check_project_name(destination.name)
    if not packs:
        raise UsageError("a project needs a pack", help="--pack NAME; `ggen packs list` shows them")
    _refuse_destination(destination)
    chosen = plan(catalog, packs, how=how_of(None, preferences))
    with gathered(catalog, chosen, tell=terms.tell) as found:
        started = _start(
            destination, packs, catalog, values, model, registries, preferences or {}, chosen, found
        )
        with (
            installing(catalog.home, found, terms) as then_install,
            _with_parents(destination),
            stage_tree(destination) as root,
        ):
            write_staged_tree(root, started)
            project = read_project(root)
            prepared = prepare(
                project, found.home, values, command=command, destination=destination
            )
            proposal = replace(
                prepared.proposal,
                writes=_each_once((*started, *prepared.proposal.writes)),
                remarks=found.remarks,
            )
            place = replace(project_place(project, catalog.home), root=destination)
            committed = commit_new(place, root, proposal, then_install)
            sync_project(read_project(root), catalog.home)
    return Created(destination, chosen, prepared.done(committed))


def _start(
    destination: Path,
    packs: Sequence[PackSpec],
    catalog: Catalog,
    values: Values,
    model: ModelInput,
    registries: Sequence[Path],
    preferences: Mapping[str, Any],
    chosen: Plan,
    found: Gathered,
) -> list[Write]:
    """The files that a project starts with: its model, manifest, lock and the record of the plan."""
    records = {
        release.name: read_installed(found.home.path, release.name, release.version)
        for release in found.releases
    }
    asked = [records[spec.name] for spec in packs]
    inputs = list(_given(model) if model.files else _starting(found.home, asked))
    text = new_project(
        str(uuid.uuid4()),
        destination.name,
        packs=[pinned(spec, chosen) for spec in packs],
        registries=named_registries(catalog, registries, destination),
        graph_files=[f"{MODEL_FOLDER}/**/*{suffix}" for suffix in _suffixes(inputs)],
        base=model.base or (None if model.files else _starting_base(asked)),
    )
    text = set_preferences(text, preferences)
    lock = Lock(
        now=values.now,
        roots=roots_of(parse_project(text, MANIFEST), chosen.versions, chosen.waived),
        registries=locked_registries(catalog, found.releases),
        releases=found.releases,
    )
    return [
        *(Write(f"{MODEL_FOLDER}/{path}", data) for path, data in inputs),
        Write(MANIFEST, text.encode()),
        Write(LOCK, dump_lock(lock).encode()),
        resolution_record(chosen, values.now),
    ]


def _each_once(writes: Iterable[Write]) -> tuple[Write, ...]:
    """The last write of each path."""
    return tuple({write.path: write for write in writes}.values())


def _refuse_destination(destination: Path) -> None:
    """Refuse what is there already, and the folder we are in: another would take its place."""
    if destination.is_dir() and destination.samefile(Path.cwd()):
        raise UsageError(
            "a project can't be made of the folder you are in",
            help="go up one folder, and name it there",
        )
    empty = destination.is_dir() and not destination.is_symlink() and not any(destination.iterdir())
    if os.path.lexists(destination) and not empty:
        raise FileExists(
            f"{destination.name} is there already", help="choose another name, or an empty folder"
        )


@contextmanager
def _with_parents(destination: Path) -> Iterator[None]:
    """Take the folders above back if they were made for nothing."""
    missing = missing_folders(destination.parent)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # not there, or someone else put something in
            for folder in reversed(missing):
                folder.rmdir()
        raise


def _given(model: ModelInput) -> Iterator[tuple[str, bytes]]:
    """The files a person named, by their names in the model's folder."""
    taken: set[str] = set()
    for path in model.files:
        if not path.is_file():
            raise UsageError(f"--model {path}: there is no such file")
        if path.suffix.lower() not in SUFFIXES:
            raise UsageError(
                f"{path.name} is of no RDF format that is known here",
                help=f"one of: {', '.join(SUFFIXES)}",
            )
        if path.name.casefold() in taken:
            raise UsageError(f"two model files are named {path.name}", help="rename one of them")
        taken.add(path.name.casefold())
        parse_file(path.name, path, model.base)  # a model that does not parse is no start
        yield path.name, read_bytes(path)


def _starting(home: Home, asked: Sequence[ReleaseRecord]) -> Iterator[tuple[str, bytes]]:
    """The RDF that packs bring to start a model with, each file by its name, if that is free."""
    taken: set[str] = set()
    for record in asked:
        if record.manifest is None:
            continue
        tree = installed_path(home.path, record.name, record.version)
        for path in select((file.path for file in record.files), record.manifest.rdf.globs):
            name = path.rpartition("/")[2]
            if name.casefold() in taken:
                name = f"{record.name}/{path}"
            taken.add(name.casefold())
            yield name, read_bytes(tree / path)


def _starting_base(asked: Sequence[ReleaseRecord]) -> str | None:
    """The base of the RDF that packs bring: for that, and not for a person's own files."""
    bases = (one.manifest.rdf.base for one in asked if one.manifest)
    return next((base for base in bases if base), None)


def _suffixes(inputs: Sequence[tuple[str, bytes]]) -> list[str]:
    """The kinds of file the model is of; Turtle where it is still to be written."""
    return sorted({"." + path.rpartition(".")[2] for path, _ in inputs}) or [".ttl"]
