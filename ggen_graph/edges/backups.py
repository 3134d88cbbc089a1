"""What transactions replaced or removed, so that they can be rolled back.

At `$GGEN_HOME/backups/SCOPE/TRANSACTION/` lie files that are named by the hex SHA-256 of their content:
where that can be the very files that were replaced, which then need not be written again, else links
to blobs. SCOPE is `home` for the home itself; for a project its id and a hash of the folder that it is
checked out in, since each clone has an undo of its own.

Keeps true: a backup is whole and flushed before the transaction begins; what is read back is what its
name says. A project that was moved, or cloned, finds what was kept for the same transaction elsewhere.

Does not do: saying what belongs where, which the transaction's record does.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from types import MappingProxyType
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import BackupMissing, PathRefused
from ggen_graph.edges.cas import BlobStore, holds
from ggen_graph.edges.files import (
    ensure_space,
    explained,
    make_folders,
    make_private,
    read_bytes,
    write_new,
)
from ggen_graph.edges.flushing import flush
from ggen_graph.edges.staging import remove_tree

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_MARK = 12  # hex digits that tell the checkouts of a project apart
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")


class Backups:
    """The backups of the home, or of one checkout of a project.

    Args:
        home: `$GGEN_HOME`.
        owner: a project's id, or "home".
        checkout: the folder of the project; None for the home.

    Raises:
        PathRefused: the owner names no folder.
    """

    def __init__(self, home: Path, owner: str, checkout: Path | None = None) -> None:
        self._blobs = BlobStore(home / "blobs")
        self._owner = _name(owner)
        where = os.fsencode(os.path.realpath(checkout)) if checkout else b""
        mark = f"-{hashlib.sha256(where).hexdigest()[:_MARK]}" if checkout else ""
        self._folder = home / "backups" / (self._owner + mark)

    def keep(
        self,
        transaction: str,
        contents: Collection[bytes],
        places: Mapping[bytes, Path] = MappingProxyType({}),
    ) -> None:
        """Keep what a transaction is about to replace or remove; what is kept already is looked at.

        Args:
            transaction: its id.
            contents: what is kept.
            places: files that hold some of the contents, and are about to be replaced or removed.

        Raises:
            NotPermitted, InstallFailed: the system refused, or there is no room.
        """
        if not contents:
            return
        folder = self._folder / _name(transaction)
        ensure_space(folder, sum(map(len, contents)))
        make_private(self._folder.parent)  # what it holds may have been for its owner's eyes only
        make_folders(folder)
        with explained("back up to", folder):
            written = [folder]
            for data in contents:
                digest = hashlib.sha256(data).hexdigest()
                kept = folder / digest
                if holds(kept, digest):
                    continue
                kept.unlink(missing_ok=True)  # someone wrote into what was linked here
                if data not in places or not _linked(places[data], kept, digest):
                    write_new(kept, data, 0o444, flushed=False)
                    self._blobs.share(kept, digest)
                written.append(kept)
            flush(written)

    def read(self, transaction: str, checksum: str) -> bytes:
        """A content that a transaction replaced or removed.

        Args:
            transaction: its id.
            checksum: "sha256:" and hex.

        Raises:
            BackupMissing: it is not there any more, or not what it was.
        """
        digest = checksum.removeprefix("sha256:")
        inner = f"{_name(transaction)}/{_name(digest)}"
        elsewhere = sorted(self._folder.parent.glob(f"{self._owner}-*"))
        for folder in (self._folder, *elsewhere):
            try:
                data = read_bytes(folder / inner)
            except FileNotFoundError:
                continue
            if hashlib.sha256(data).hexdigest() == digest:
                return data
        raise BackupMissing(
            f"the backup of transaction {transaction} is not complete any more",
            help="`ggen packs clean` removes backups older than a day; take the files from"
            " version control",
            details={"transaction": transaction, "checksum": checksum},
        )

    def drop(self, transaction: str) -> None:
        """Forget the backup of a transaction that did not happen."""
        folder = self._folder / _name(transaction)
        if folder.exists():
            remove_tree(folder)


def _linked(file: Path, kept: Path, digest: str) -> bool:
    """Keep a file by a second name; False where it can't be, or might be written to by that of another.

    Whoever has it open may still write to it, which only reading it back finds out.
    """
    try:
        status = file.lstat()
        alone = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
        if not alone or status.st_uid != os.geteuid():
            return False
        kept.hardlink_to(file)
    except OSError:
        return False
    if holds(kept, digest):
        return True
    kept.unlink()
    return False


def size_alone(backup: Path) -> int:
    """The bytes of a backup that nothing shares with it.

    Raises:
        NotPermitted, InstallFailed: the system refused.
    """
    with explained("look at", backup):
        files = [path.lstat() for path in backup.iterdir()]
    return sum(file.st_size for file in files if file.st_nlink == 1)


def old_backups(home: Path, *, older_than: float, now: float) -> list[Path]:
    """The folders of backups that are old, but never the latest of a scope.

    Args:
        home: `$GGEN_HOME`.
        older_than: seconds.
        now: seconds since 1970.

    Raises:
        NotPermitted, InstallFailed: the system refused.
    """
    found = []
    for scope in sorted((home / "backups").glob("*")):
        with explained("look at", scope):
            there = [
                one for one in scope.iterdir() if _NAME.fullmatch(one.name)
            ]  # no removal's rest
            backups = sorted(there, key=lambda one: (one.stat().st_mtime, one.name))
            found += [one for one in backups[:-1] if one.stat().st_mtime < now - older_than]
    return found


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise PathRefused(f"{text!a} names no backup")
    return text
