"""A project as it would be, before any of it is written.

Packs are added, generated and taken away in one transaction, but a template's rows come from the
graph; so the graph of what would be is made first, in a scratch folder, and thrown away.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import StoreCorrupt
from ggen_graph.core.lock.lockfile import dump_lock
from ggen_graph.core.manifest import parse_project
from ggen_graph.edges.writes import Write, checksum_of
from ggen_graph.workflows.project import LOCK, LOCK_BACKUP, MANIFEST, Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ggen_graph.core.lock.lockfile import Lock


def drafted(project: Project, text: str, lock: Lock, graph_folder: Path) -> Project:
    """The project as it would be with this manifest and lock.

    Args:
        project: as it is.
        text: of `ggen.toml`.
        lock: of `ggen.lock`.
        graph_folder: a folder that does not exist, for the draft's graph, which starts as a copy.

    Raises:
        ManifestInvalid: the text is no manifest.
    """
    manifest = parse_project(text, MANIFEST)
    with suppress(StoreCorrupt):  # then the draft's graph is made anew, as the project's will be
        project.graph.copy_to(graph_folder)
    return Project(project.root, manifest, lock, text, dump_lock(lock), graph_folder)


def state_writes(project: Project, text: str, lock: Lock) -> Iterator[Write]:
    """Manifest, lock and the lock's backup as files, in place of those that `project` was read from."""
    data = dump_lock(lock).encode("utf-8")
    yield Write(MANIFEST, text.encode("utf-8"), expected=_checksum(project.text))
    yield Write(LOCK, data, expected=_checksum(project.lock_text))
    yield Write(LOCK_BACKUP, data)


def _checksum(text: str | None) -> str | None:
    return None if text is None else checksum_of(text.encode("utf-8"))
