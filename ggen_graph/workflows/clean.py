"""Tidying up the home: old backups, trees that are not installed any more, contents nobody shares."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.edges.backups import old_backups
from ggen_graph.edges.cas import BlobStore
from ggen_graph.edges.installing import abandoned_trees
from ggen_graph.edges.staging import remove_tree, sweep
from ggen_graph.workflows.places import ANYHOW, hold_home

if TYPE_CHECKING:
    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.places import Terms

DAY = 24 * 60 * 60.0
"""Seconds that backups, and trees of what was uninstalled, are kept at least."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What went: backups as "SCOPE/TRANSACTION", trees as "NAME VERSION", and the bytes that freed."""

    backups: tuple[str, ...]
    trees: tuple[str, ...]
    freed: int


def clean(
    home: Home, *, older_than: float = DAY, dry: bool = False, terms: Terms = ANYHOW
) -> Cleaned:
    """Remove what is old from the home.

    The latest backup of a checkout stays however old it is. Nothing that is installed goes.

    Args:
        home: the home.
        older_than: seconds.
        dry: only say what would go; then `freed` is 0.
        terms: whom to tell, and whether to wait for the home.
    """
    with hold_home(home, terms):
        now = time.time()
        backups = old_backups(home.path, older_than=older_than, now=now)
        trees = abandoned_trees(home.path, older_than=older_than, now=now)
        freed = 0
        if not dry:
            for folder in (*backups, *trees):
                remove_tree(folder)
            packs, scopes = home.packages.glob("[!.]*"), (home.path / "backups").glob("*")
            for folder in (home.packages, *packs, *scopes):
                sweep(folder)
            freed = BlobStore(home.path / "blobs").prune()
    return Cleaned(
        tuple(f"{folder.parent.name}/{folder.name}" for folder in backups),
        tuple(f"{folder.parent.name} {folder.name}" for folder in trees),
        freed,
    )
