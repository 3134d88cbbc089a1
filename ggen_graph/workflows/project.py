"""A project on disk: where it is, what it says, and its graph.

A project is a folder with `ggen.toml`. Beside it lie `ggen.lock` and `.ggen/`, which holds records,
baselines, the graph, the lock under which the project is changed, and the journal of a change.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from zlib import crc32

from ggen_graph import __version__
from ggen_graph.core.diagnostics import (
    LockCorrupt,
    LockMissing,
    ManifestInvalid,
    ProjectNotFound,
)
from ggen_graph.core.globs import literal_prefix, select
from ggen_graph.core.lock.lockfile import Lock, parse_lock
from ggen_graph.core.manifest import ProjectManifest, parse_project
from ggen_graph.core.text import text_in
from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.journal import recover
from ggen_graph.edges.locks import exclusive, waiting
from ggen_graph.edges.trees import walk
from ggen_graph.graph import iris
from ggen_graph.graph.project import (
    lock_sources,
    manifest_source,
    model_source,
    pack_source,
    project_salt,
    record_source,
)
from ggen_graph.graph.store import GraphStore
from ggen_graph.graph.sync import Source, SyncReport, status, sync
from ggen_graph.workflows.here import INFERENCE, MANIFEST, find_root

__all__ = [
    "LOCK",
    "LOCK_BACKUP",
    "MANIFEST",
    "PRIVATE",
    "Project",
    "chosen_files",
    "hold_project",
    "is_model",
    "load_project",
    "model_files",
    "project_status",
    "read_project",
    "refuse_lost_lock",
    "sync_project",
]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ggen_graph.core.lock.lockfile import LockedRelease
    from ggen_graph.core.release import ReleaseRecord
    from ggen_graph.edges.config import Home
    from ggen_graph.edges.journal import Recovery

LOCK = "ggen.lock"
PRIVATE = ".ggen"
LOCK_BACKUP = f"{PRIVATE}/backup/ggen.lock"


@dataclass(frozen=True, slots=True)
class Project:
    """A project's folder and its manifest and lock as values; `lock` is None before the first.

    `text` and `lock_text` are what these were read from: a graph made of them is found stale if the
    files were changed meanwhile, and a change refuses to go over what it has not seen. The graph is
    in `.ggen/graph`, but that of a draft elsewhere.
    """

    root: Path
    manifest: ProjectManifest
    lock: Lock | None
    text: str = ""
    lock_text: str | None = None
    graph_folder: Path | None = None

    @property
    def private(self) -> Path:
        """The folder `.ggen`."""
        return self.root / PRIVATE

    @property
    def graph(self) -> GraphStore:
        """The project's store."""
        return GraphStore(self.graph_folder or self.private / "graph")

    @property
    def journal(self) -> Path:
        """The journal of a change to the project's files."""
        return self.private / "transaction"


def load_project(start: Path) -> Project:
    """The project that `start` is in.

    Raises:
        ProjectNotFound: there is none.
        ManifestInvalid, LockCorrupt: what is there can't be read.
    """
    root = find_root(start)
    if root is None:
        raise ProjectNotFound(
            "this folder is not in a ggen project: there is no ggen.toml here or above",
            help="`ggen new NAME --pack PACK` starts one; -C DIR works in another folder",
        )
    return read_project(root)


def read_project(root: Path) -> Project:
    """The project in the folder `root`, which has a `ggen.toml`."""
    text = text_in(read_bytes(root / MANIFEST), MANIFEST, ManifestInvalid)
    manifest = parse_project(text, MANIFEST)
    path = root / LOCK
    if not path.exists():
        return Project(root, manifest, None, text)
    advice = "`ggen doctor --restore-lock` brings back the last good one"
    lock = text_in(read_bytes(path), LOCK, LockCorrupt, advice)
    return Project(root, manifest, parse_lock(lock, LOCK), text, lock)


def refuse_lost_lock(project: Project) -> None:
    """Refuse to take a project whose lock is gone for one that never had any.

    The lock says which files were generated, and from what; a new one would know of none of them.

    Raises:
        LockMissing: there is no lock, but there are baselines of generated files.
    """
    baselines = project.private / "baseline"
    if project.lock is not None or not baselines.is_dir() or not any(baselines.iterdir()):
        return
    there = (project.root / LOCK_BACKUP).exists()
    raise LockMissing(
        f"{LOCK} is missing, and this project has generated files",
        help=(
            "`ggen doctor --restore-lock` brings back the last one that was written\n"
            if there
            else f"take {LOCK} from version control\n"
        )
        + f"to lock anew, delete {PRIVATE}/baseline as well: files that are as the packs make them"
        " are taken over, others must be moved out of the way first",
    )


def _stamp(text: str | None) -> str:
    return f"{crc32((text or '').encode('utf-8')):08x}"


@contextmanager
def hold_project(
    project: Project, tell: Callable[[str], None] | None = None, *, wait: bool = True
) -> Iterator[Recovery | None]:
    """Hold a project's lock while its files are changed; first finish or undo what was cut off.

    Args:
        project: the project; what it says is to be read again once it is held.
        tell: told for whom we wait, and what became of what was cut off.
        wait: False fails at once if someone else holds it.
    """
    what = f"the project {project.manifest.name}"
    with exclusive(project.private / "lock", what, wait=wait, on_wait=waiting(tell, what)):
        recovery = recover(project.root, project.journal)
        if recovery is not None and tell is not None:
            tell(recovery.told())
        yield recovery


def sync_project(project: Project, home: Home, *, rebuild: bool = False) -> SyncReport:
    """Bring the project's graph up to date with its files."""
    return sync(
        project.graph,
        _sources(project, home),
        salt=_salt(),
        rebuild=rebuild,
        anchor=project.root,
    )


def project_status(project: Project, home: Home) -> tuple[list[str], list[str]]:
    """The sources that a sync would replace, and those that it would drop."""
    return status(project.graph, _sources(project, home), salt=_salt(), anchor=project.root)


def model_files(project: Project) -> list[tuple[str, Path]]:
    """The files of `[graph] files`, by the path a person knows them by, in a fixed order."""
    globs = project.manifest.graph.files
    return [(path, project.root / path) for path in chosen_files(project, globs)]


def chosen_files(project: Project, globs: Sequence[str]) -> list[str]:
    """The project's own files that globs choose; what ggen keeps for itself is not among them."""
    found: set[str] = set()
    for folder in {literal_prefix(glob) for glob in globs}:
        top = project.root / folder
        if top.is_dir():
            prefix = f"{folder}/" if folder else ""
            paths = (prefix + _relative(entry.path, top) for entry in walk(top) if entry.is_file())
            found.update(path for path in paths if not path.startswith(f"{PRIVATE}/"))
    return select(found, globs)


def _relative(path: str, top: Path) -> str:
    return path[len(str(top)) + 1 :]


def _salt() -> str:
    return f"{__version__} {project_salt()}"


def _sources(project: Project, home: Home) -> list[Source]:
    manifest = project.manifest
    sources = [manifest_source(manifest, project.root / MANIFEST, _stamp(project.text))]
    if project.lock is not None:
        stamp, wanted = _stamp(project.lock_text), [one.name for one in manifest.packs]
        sources += lock_sources(manifest.id, project.lock, project.root / LOCK, stamp, wanted)
        names = Counter(release.name for release in project.lock.releases)
        sources += [
            _pack_source(manifest.id, home, release, several=names[release.name] > 1)
            for release in project.lock.releases
        ]
    records = sorted((project.private / "records").glob("*.json"))
    sources += [record_source(manifest.id, path) for path in records]
    files = model_files(project)
    if files:
        sources.append(model_source(manifest.id, files, manifest.graph.base))
    return [*sources, *_inferred(project, sources)]


def is_model(key: str) -> bool:
    """Whether a source is the model, which is what is inferred from."""
    return key == "model"


def _inferred(project: Project, sources: Sequence[Source]) -> list[Source]:
    """What is inferred from other sources, if somebody asked for it."""
    path = project.private / INFERENCE
    if not path.is_file():
        return []
    from ggen_graph.workflows.inferences import inference_sources  # noqa: PLC0415 - seldom asked

    name = partial(iris.project_graph, iris.project(project.manifest.id))
    return inference_sources(path, sources, name, is_model)


def _pack_source(project_id: str, home: Home, release: LockedRelease, *, several: bool) -> Source:
    from ggen_graph.edges.packages import (  # noqa: PLC0415 - only with a lock
        installed_path,
        read_installed,
        receipt_path,
    )

    tree = installed_path(home.path, release.name, release.version)

    def read() -> tuple[ReleaseRecord, Callable[[str], bytes]]:
        record = read_installed(home.path, release.name, release.version)
        return record, lambda path: read_bytes(tree / path)

    files = (tree / "gpack.toml", receipt_path(tree))
    version = release.version if several else ""
    return pack_source(
        project_id, release.registry, release.name, version, release.checksum, files, read
    )
