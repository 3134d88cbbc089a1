"""Which two locks are compared: files, or the lock of a revision and the one that is here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.lock.diff import LockDiff, compare_locks
from ggen_graph.edges.repository import file_at
from ggen_graph.workflows.here import find_root
from ggen_graph.workflows.lock_merge import lock_of, read_lock
from ggen_graph.workflows.project import LOCK

if TYPE_CHECKING:
    from collections.abc import Sequence


def diff_locks(paths: Sequence[Path], revision: str | None = None) -> LockDiff:
    """What differs between two locks.

    Args:
        paths: of the locks; the second, or with a revision the first, is the project's own if it is
            not named.
        revision: the one from which the lock is taken that is compared with, in place of a first path.

    Raises:
        UsageError: there is nothing to compare, or no such file or revision.
        LockCorrupt: one of them is no lock.
    """
    own = (find_root(Path.cwd()) or Path.cwd()) / LOCK
    if revision is None:
        if not paths:
            raise UsageError(
                "nothing is named to compare the lock with",
                help="ggen lock diff --from HEAD; or two files",
            )
        first, second = paths if len(paths) == 2 else (paths[0], own)
        return compare_locks(read_lock(first), read_lock(second))
    if len(paths) > 1:
        raise UsageError("--from takes the place of the first file", help="name one file, or none")
    path = (paths[0] if paths else own).absolute()
    earlier = lock_of(file_at(path.parent, revision, path.name), f"{path.name} at {revision}")
    return compare_locks(earlier, read_lock(path))
