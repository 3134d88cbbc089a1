"""Many files and folders flushed to the disk at once.

A flush costs the disk a round trip whatever its size, so a thousand files flushed one by one take
a thousand times as long as one. Linux can flush a whole file system in one call, `syncfs(2)`; from
`MANY` paths on, that is what is done. It also flushes what others have written there, which a few
files would wait for in vain.

Keeps true: what was written is on the disk when `flush` returns, or there is an error. Where
`syncfs` is missing (macOS), fails, or does not report what could not be written (Linux before 5.8),
each path is flushed by itself.

Does not do: the folder that a file's name is in; whoever needs the name kept lists it too. Nor does
it learn of an error on its file system that another program's `syncfs` was told of just before.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from ggen_graph.edges.files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# From how many paths on the file system is flushed whole. On a quiet ext4 disk one call wins from
# two paths on; with 50 MB of someone else's waiting to be written, from about 60 on.
MANY = 64
# The first Linux whose `syncfs` reports write errors: syncfs(2), "ERRORS" and "VERSIONS".
_REPORTS_ERRORS = (5, 8)


def flush(paths: Iterable[Path]) -> None:
    """Flush files (content and mode) and folders (the names in them) to the disk.

    Args:
        paths: readable files and folders, on one file system or several; links are followed.

    Raises:
        OSError: as it comes from the system; a file system that can't flush folders is not an error.
    """
    devices: dict[int, list[tuple[Path, bool]]] = {}
    for path in paths:
        status = path.stat()
        on_device = devices.setdefault(status.st_dev, [])
        on_device.append((path, stat.S_ISDIR(status.st_mode)))
    for on_device in devices.values():
        if len(on_device) < MANY or not _flush_file_system(on_device[0][0]):
            for path, is_folder in on_device:
                if is_folder:
                    sync_folder(path)
                else:
                    _sync_file(path)


def syncfs(descriptor: int) -> bool:
    """Flush the whole file system that a file is on.

    Args:
        descriptor: of any open file or folder there.

    Returns:
        False if it was not done, or something could not be written. That may be a file of someone
        else's: to flush one's own files one by one tells, for the system reports an error of a file
        also to who opens it later.
    """
    release = re.match(r"(\d+)\.(\d+)", os.uname().release)
    if os.uname().sysname != "Linux" or release is None:
        return False
    if tuple(map(int, release.groups())) < _REPORTS_ERRORS:
        return False
    import ctypes  # noqa: PLC0415 - few commands write many files

    try:
        call = ctypes.CDLL(None).syncfs
    except (OSError, AttributeError):  # a C library that can't be loaded by name, or has no syncfs
        return False
    return int(call(ctypes.c_int(descriptor))) == 0


def _flush_file_system(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return syncfs(descriptor)
    finally:
        os.close(descriptor)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
