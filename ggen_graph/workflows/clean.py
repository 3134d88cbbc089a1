"""Tidying up: what is old in the home, what is of no use any more in a project.

From the home go old backups, trees that are not installed any more, and contents nobody shares; from a
project the records of resolutions that failed, but the latest.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.edges.backups import old_backups, size_alone
from ggen_graph.edges.cas import BlobStore
from ggen_graph.edges.installing import abandoned_trees
from ggen_graph.edges.staging import remove_tree, sweep
from ggen_graph.edges.writes import Write, apply_writes
from ggen_graph.workflows.places import ANYHOW, hold, hold_home
from ggen_graph.workflows.records import failed_resolutions
from ggen_graph.workflows.transaction import follow

if TYPE_CHECKING:
    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.places import Terms
    from ggen_graph.workflows.project import Project

DAY = 24 * 60 * 60.0
"""Seconds that backups, and trees of what was uninstalled, are kept at least."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What went: backups as "SCOPE/TRANSACTION", trees as "NAME VERSION", records as paths in the project.

    `freed` are the bytes that this freed in the home.
    """

    backups: tuple[str, ...]
    trees: tuple[str, ...]
    freed: int
    records: tuple[str, ...] = ()


def clean(
    home: Home,
    project: Project | None = None,
    *,
    older_than: float = DAY,
    dry: bool = False,
    terms: Terms = ANYHOW,
) -> Cleaned:
    """Remove what is old from the home, and what is of no use any more from a project.

    The latest backup of a checkout stays however old it is. Nothing that is installed goes.

    Args:
        home: the home.
        project: None for the home only.
        older_than: seconds.
        dry: only say what would go; then `freed` is 0.
        terms: whom to tell, and whether to wait for the home.
    """
    records = () if project is None else _clean_project(project, home, terms, dry=dry)
    with hold_home(home, terms):
        now = time.time()
        backups = old_backups(home.path, older_than=older_than, now=now)
        trees = abandoned_trees(home.path, older_than=older_than, now=now)
        freed = 0
        if not dry:
            freed = sum(map(size_alone, backups))
            for folder in (*backups, *trees):
                remove_tree(folder)
            packs, scopes = home.packages.glob("[!.]*"), (home.path / "backups").glob("*")
            for folder in (home.packages, *packs, *scopes):
                sweep(folder)
            freed += BlobStore(home.path / "blobs").prune()
    return Cleaned(
        tuple(f"{folder.parent.name}/{folder.name}" for folder in backups),
        tuple(f"{folder.parent.name} {folder.name}" for folder in trees),
        freed,
        records,
    )


def _clean_project(project: Project, home: Home, terms: Terms, *, dry: bool) -> tuple[str, ...]:
    """Remove the records of failed resolutions but the latest: they are of what did not happen."""
    with hold(project, terms) as held:
        found = [path for path, _ in failed_resolutions(held.private / "records")][:-1]
        paths = [path.relative_to(held.root).as_posix() for path in found]
        if paths and not dry:
            gone = [Write(path, None) for path in paths]
            apply_writes(held.root, gone, held.journal, what="ggen packs clean")
            follow(held, home, terms)
    return tuple(paths)
