"""The merge of two locks as git asks for it: three files, of which one becomes the result.

Keeps true: `ours` holds the merged lock, or both sides with conflict markers, or, where one of the
three is no lock, what it held before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import LockConflict, LockCorrupt, UsageError
from ggen_graph.core.lock.lockfile import Lock, dump_lock, parse_lock
from ggen_graph.core.lock.merge import merge_locks
from ggen_graph.core.text import text_in
from ggen_graph.edges.files import printable, read_bytes, write_atomic
from ggen_graph.edges.repository import conflict_text

if TYPE_CHECKING:
    from pathlib import Path


def merge_lock_files(base: Path, ours: Path, theirs: Path, path: str) -> tuple[str, ...]:
    """Merge the locks in three files, and write the result over `ours`.

    Args:
        base: what both sides came of; an empty file if they have nothing in common.
        ours: one side; it is replaced.
        theirs: the other side.
        path: what a message calls the lock.

    Returns:
        What a person should know of it.

    Raises:
        LockConflict: a person must decide; `ours` has conflict markers.
        LockCorrupt, UsageError: one of the files is no lock, or not there; `ours` is as it was.
    """
    sides = [(one, _read(one)) for one in (base, ours, theirs)]
    locks = [
        _parsed(data, f"{path} ({side})", empty=side == "base")
        for side, (_, data) in zip(("base", "ours", "theirs"), sides, strict=True)
    ]
    merged = merge_locks(*locks)
    if merged.lock is None:
        was, mine, other = (data for _, data in sides)
        write_atomic(ours, conflict_text(mine, was, other))
        way_out = (
            "say in ggen.toml what you want, take one side of the lock with"
            f" `git checkout --ours -- {path}`, then run `ggen lock`"
        )
        raise LockConflict(
            f"{path} can't be merged",
            help="\n".join((*merged.conflicts, way_out)),
            details={"conflicts": list(merged.conflicts)},
        )
    write_atomic(ours, dump_lock(merged.lock).encode("utf-8"))
    return merged.notes


def read_lock(path: Path) -> Lock:
    """The lock in a file, wherever it is.

    Raises:
        UsageError: there is no file.
        LockCorrupt: it holds no lock.
    """
    return _parsed(_read(path), printable(path))


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise UsageError(f"there is no file {printable(path)}", help="name a ggen.lock") from None


def _parsed(data: bytes, name: str, *, empty: bool = False) -> Lock:
    return Lock() if empty and not data.strip() else lock_of(data, name)


def lock_of(data: bytes, name: str) -> Lock:
    """The lock that a file holds, under the name to show for it.

    Raises:
        LockCorrupt: it holds none.
    """
    try:
        return parse_lock(text_in(data, name, LockCorrupt), name)
    except LockCorrupt as error:
        error.help = ""  # what is in the project is not at fault
        raise
