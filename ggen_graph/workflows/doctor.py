"""What ggen relies on, examined one thing at a time; and the way back from a broken lock."""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph import __version__, resources
from ggen_graph.core.diagnostics import (
    GgenError,
    LockCorrupt,
    ManifestInvalid,
    ProjectNotFound,
)
from ggen_graph.core.lock.lockfile import parse_lock
from ggen_graph.core.manifest import parse_project
from ggen_graph.edges.config import home as the_home
from ggen_graph.edges.files import read_bytes, read_text
from ggen_graph.edges.writes import Write
from ggen_graph.workflows.catalog import use_catalog
from ggen_graph.workflows.here import find_root
from ggen_graph.workflows.places import ANYHOW, Terms, hold_home, project_place
from ggen_graph.workflows.project import (
    LOCK,
    LOCK_BACKUP,
    MANIFEST,
    PRIVATE,
    Project,
    hold_project,
    read_project,
    refuse_lost_lock,
    sync_project,
)
from ggen_graph.workflows.transaction import Proposal, commit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ggen_graph.core.manifest import ProjectManifest


class Check(NamedTuple):
    """One thing that was looked at."""

    what: str
    ok: bool
    detail: str
    help: str = ""


def examine() -> list[Check]:
    """Look at everything; a fault in one thing does not keep the others from being looked at.

    Inside a project, a change that was cut off is finished or taken back.
    """
    return list(_examine())


def _examine() -> Iterator[Check]:
    yield Check("ggen", ok=True, detail=f"{__version__}, Python {sys.version.split()[0]}")
    yield _try("shipped files", _shipped)
    yield _try("home", _home)
    root = find_root(Path.cwd())
    yield _try("catalog", lambda: _catalog(root))
    if root is not None:
        yield _try("project", lambda: _project(root))


def _try(what: str, look: Callable[[], str]) -> Check:
    try:
        return Check(what, ok=True, detail=look())
    except GgenError as error:
        return Check(what, ok=False, detail=str(error), help=error.help)


def _shipped() -> str:
    missing = [
        name
        for name in ("ontology", "shapes", "queries", "packs")
        if not resources.path(name).is_dir()
    ]
    if missing:
        raise GgenError(f"{', '.join(missing)} missing", help="install ggen again")
    return "ontology, shapes, queries and starter packs are there"


def _home() -> str:
    home = the_home()
    heard: list[str] = []
    folder = next(one for one in (home.path, *home.path.parents) if one.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        raise GgenError(f"{folder} can't be written to", help="set GGEN_HOME to a folder of yours")
    told = ""
    if home.path.exists():
        with hold_home(home, Terms(tell=heard.append)):
            told = "".join(f"; {text}" for text in heard)
    settings = len(home.registries()) + len(home.defaults())
    return f"{home.path} can be written to; {settings} settings{told}"


def _catalog(root: Path | None) -> str:
    opened = use_catalog(project=_registries_of(root) if root else None)
    with opened.catalog.graph.read() as generation:
        quads = len(generation.store)
    if opened.problems:
        raise GgenError("; ".join(opened.problems), help="correct what is named, or leave it out")
    return f"{opened.catalog.names}: {quads} quads in generation {generation.number}"


def _registries_of(root: Path) -> tuple[Path, ProjectManifest] | None:
    """A project and its manifest; None if that can't be read, which the look at the project says."""
    try:
        return root, parse_project(read_text(root / MANIFEST, ManifestInvalid), MANIFEST)
    except GgenError:
        return None


def _project(root: Path) -> str:
    project = read_project(root)
    with hold_project(project) as recovery:
        told = f"; a change that was cut off was {recovery.outcome}" if recovery else ""
        project = read_project(root)
        refuse_lost_lock(project)
        report = sync_project(project, the_home())
    if report.problems:
        faults = [
            ": ".join(filter(None, (one["where"], one["message"]))) for one in report.problems
        ]
        advice = dict.fromkeys(one["help"] for one in report.problems if one["help"])
        raise GgenError("; ".join(faults), help="\n".join(advice))
    locked = f"{len(project.lock.releases)} locked releases" if project.lock else "no lock yet"
    return f"{project.manifest.name}: {locked}{told}"


def restore_lock(terms: Terms = ANYHOW) -> str:
    """Bring back the last lock that was written in the project here. Returns its path.

    What is there instead may hold what the backup lacks, so it stays, under another name.

    Raises:
        ProjectNotFound: this is no project.
        ManifestInvalid: nor is it one that can be read.
        LockCorrupt: there is no good backup.
    """
    root = find_root(Path.cwd())
    if root is None:
        raise ProjectNotFound(
            "this folder is in no project", help="go into one, or name it with -C"
        )
    project = Project(
        root, parse_project(read_text(root / MANIFEST, ManifestInvalid), MANIFEST), None
    )
    with hold_project(project, terms.note or terms.tell, wait=terms.wait):
        data = _lock_backup(root)
        writes = [Write(LOCK, data)]
        there = root / LOCK
        if there.exists() and (broken := read_bytes(there)) != data:
            names = (f"{LOCK}.broken{'' if n == 1 else f'-{n}'}" for n in count(1))
            free = next(name for name in names if not (root / name).exists())
            writes.append(Write(free, broken, expected=None))
        proposal = Proposal("doctor --restore-lock", tuple(writes))
        commit(project_place(project, the_home()), proposal, terms.consent)
    return LOCK


def _lock_backup(root: Path) -> bytes:
    """The last lock that was written, checked."""
    other = (
        f"take {LOCK} from version control; or delete it and {PRIVATE}/baseline,"
        " then run `ggen packs install`"
    )
    try:
        data = read_bytes(root / LOCK_BACKUP)
        parse_lock(data.decode("utf-8", "replace"), LOCK_BACKUP)
    except FileNotFoundError:
        raise LockCorrupt(f"there is no {LOCK_BACKUP} to restore from", help=other) from None
    except LockCorrupt as error:
        error.help = other
        raise
    return data
