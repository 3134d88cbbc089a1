"""`ggen lock merge`."""

from __future__ import annotations

from pathlib import Path

import click

from ggen_graph.cli.command import command, session
from ggen_graph.workflows.lock_merge import merge_lock_files

_FILE = click.Path(path_type=Path)


# Git calls it in the middle of a merge: whatever else was cut off is for another time.
@command("merge", recovers=False)
@click.argument("base", type=_FILE)
@click.argument("ours", type=_FILE)
@click.argument("theirs", type=_FILE)
@click.option(
    "--path", "path", metavar="P", default="ggen.lock", help="What messages call the lock."
)
def merge(base: Path, ours: Path, theirs: Path, path: str) -> None:
    """Merge two locks, as git asks a merge driver to.

    BASE is what OURS and THEIRS came of; the result is written over OURS. What each side changed is
    taken, and the releases are chosen anew among those that the sides have locked; nothing is
    fetched. If there is no such choice, OURS gets conflict markers, and the exit code is 1.
    """
    state = session()
    notes = merge_lock_files(base, ours, theirs, path)
    for note in notes:
        state.note(note)
    state.emit({"path": path}, lambda: None)
