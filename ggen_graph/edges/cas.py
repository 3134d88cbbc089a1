"""Content-addressed files at `$GGEN_HOME/blobs`: each content once, shared by hard links.

A blob's name is the SHA-256 of its content, with an `x` behind it if it is executable, since hard
links share their mode. The files of installed trees and of backups are links to blobs; a blob that
nothing links to any more goes with `prune`.

Keeps true: a blob is what its name says when a file begins to share it. Sharing is only thrift:
where links can't be made, each file keeps bytes of its own, and all else works alike. So nothing here
needs a lock or a journal; whoever needs the content kept flushes the file once it is shared.

Does not do: writing the files that are shared; reading one back by its name.
"""

from __future__ import annotations

import errno
import hashlib
import os
from typing import TYPE_CHECKING

from ggen_graph.edges.files import TEMPORARY_PREFIX, explained, make_private

if TYPE_CHECKING:
    from pathlib import Path

# Where a file can't be linked: another file system, one without links, or too many links to it.
_NO_LINK = {errno.EXDEV, errno.EMLINK, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP}


class BlobStore:
    """The blobs under one folder.

    Args:
        root: the folder; made when the first file is shared.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def share(self, path: Path, digest: str) -> None:
        """Let a file share its bytes with all others of the same content.

        Args:
            path: a file that nobody changes any more, with mode 0444 or 0555.
            digest: the hex SHA-256 of its content.

        Raises:
            OSError: as it comes from the system; `path` is then as it was.
        """
        blob = self.path(digest, executable=bool(path.stat().st_mode & 0o111))
        if holds(blob, digest):
            near = path.with_name(f"{TEMPORARY_PREFIX}{os.urandom(8).hex()}.tmp")
            if _link(blob, near):
                try:
                    near.replace(path)
                except OSError:
                    near.unlink(missing_ok=True)
                    raise
            return
        make_private(self.root)
        blob.parent.mkdir(exist_ok=True)
        blob.unlink(missing_ok=True)  # what is there is damaged
        _link(path, blob)

    def path(self, digest: str, *, executable: bool = False) -> Path:
        """Where the content with this hex SHA-256 is, if it is kept."""
        return self.root / digest[:2] / (digest[2:] + ("x" if executable else ""))

    def prune(self) -> int:
        """Remove what nothing shares any more; the bytes that this frees.

        Raises:
            NotPermitted, InstallFailed: the system refused.
        """
        freed = 0
        with explained("tidy up", self.root):
            for path in sorted(self.root.glob("*/*")):
                status = path.lstat()
                if status.st_nlink == 1:
                    path.unlink()
                    freed += status.st_size
        return freed


def holds(blob: Path, digest: str) -> bool:
    """Whether there is a file, whose content has this hex SHA-256."""
    try:
        with blob.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return False


def _link(source: Path, target: Path) -> bool:
    """Give `source` a second name; False where that can't be, or someone else just did."""
    try:
        target.hardlink_to(source)
    except (FileExistsError, FileNotFoundError):
        return False
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        return False
    return True
