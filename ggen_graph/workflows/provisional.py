"""A change to a project that is only wanted if what follows from it succeeds.

Adding a pack writes `ggen.toml` and `ggen.lock`, since the graph that templates are read from is made
of files; if the pack then does not generate, the project is to be as it was.

Does not do: undoing what was installed in the home, which no project refers to then.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.writes import Write, apply_writes
from ggen_graph.workflows.project import LOCK, LOCK_BACKUP, MANIFEST, sync_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.project import Project


@contextmanager
def provisional(project: Project, home: Home) -> Iterator[None]:
    """Put a project's manifest, lock and records back as they are now if the block fails.

    Args:
        project: held under its lock, before and after.
        home: where its packs are installed.
    """
    before = {path: _content(project.root / path) for path in (MANIFEST, LOCK, LOCK_BACKUP)}
    records = set(_records(project))
    try:
        yield
    except BaseException:
        writes = [Write(path, data) for path, data in before.items() if data is not None]
        apply_writes(project.root, writes, project.journal, what="taking back what failed")
        new = [project.root / path for path, data in before.items() if data is None]
        for path in (*new, *(set(_records(project)) - records)):
            path.unlink(missing_ok=True)
        sync_project(project, home)
        raise


def _content(path: Path) -> bytes | None:
    return read_bytes(path) if path.exists() else None


def _records(project: Project) -> Iterator[Path]:
    return (project.private / "records").glob("*.json")
