"""Bytes onto the disk so that a reader, or a power cut, meets the old content or the new.

Keeps true: a file is written beside its place, flushed, moved over it by one rename, and the rename
is flushed too (fsync of the folder). What the system refuses becomes a `GgenError` that says what
could not be done to which path.

Does not do: several files as one (`edges.journal`), whole folders (`edges.staging`), many flushed
at once (`edges.flushing`), locking (`edges.locks`).
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    GgenError,
    InstallFailed,
    NotPermitted,
    UsageError,
)
from ggen_graph.core.text import text_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What we write while we write it; never part of a tree or of a registry.
TEMPORARY_PREFIX = ".ggen-"

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def printable(path: str | os.PathLike[str]) -> str:
    r"""A path for a message: bytes that are no UTF-8 are shown as `\xNN`, so that any terminal takes it."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def explain(error: OSError, doing: str, path: str | os.PathLike[str]) -> GgenError:
    """What the system refused, as an error for a person.

    Args:
        error: what the system said.
        doing: the verb that failed, e.g. "write".
        path: what it failed on.

    Returns:
        `InstallFailed` (exit 2) for a full disk and for failures of the device, `NotPermitted`
        (exit 10) where the system does not let us.
    """
    shown = printable(path)
    details = {"path": shown, "errno": errno.errorcode.get(error.errno or 0, "")}
    if error.errno in _FULL:
        return InstallFailed(
            f"the disk is full: could not {doing} {shown}",
            help="free some space and run the command again",
            details=details,
        )
    reason = error.strerror or str(error)
    if error.errno in _REFUSED:
        return NotPermitted(f"could not {doing} {shown}: {reason}", details=details)
    return InstallFailed(f"could not {doing} {shown}: {reason}", details=details)


@contextmanager
def explained(doing: str, path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn an `OSError` in the block into the `GgenError` that `explain` makes of it."""
    try:
        yield
    except OSError as error:
        raise explain(error, doing, path) from error


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        FileNotFoundError: there is none; what that means, only the caller knows.
        NotPermitted, InstallFailed: the system does not let us read it.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise explain(error, "read", path) from error


def read_text(path: Path, error: type[GgenError]) -> str:
    """The text of a file that must be UTF-8.

    Args:
        path: the file.
        error: the class of error to raise, e.g. `ManifestInvalid`.

    Raises:
        FileNotFoundError, NotPermitted, InstallFailed: as `read_bytes`.
        GgenError: of the class `error`, with the line and column of the first byte that is wrong.
    """
    return text_in(read_bytes(path), printable(path), error)


def write_atomic(path: Path, data: bytes, mode: int | None = None) -> None:
    """Make `data` the content of `path`, in one step for whoever looks.

    A link at `path` is replaced, not followed. The folder must exist.

    Args:
        path: the file to create or replace.
        data: its whole new content.
        mode: permission bits, e.g. 0o644; None keeps those of the file that is replaced, and for
            a new file means what the umask leaves of 0o666.

    Raises:
        NotPermitted, InstallFailed: the system refused; `path` is as it was.
    """
    with explained("write", path):
        if mode is None:
            mode = permissions(path)
        temporary = path.parent / f"{TEMPORARY_PREFIX}{os.urandom(8).hex()}.tmp"
        try:
            write_new(temporary, data, mode)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_output(path: Path, data: bytes) -> None:
    """Write what someone asked for to the place they named: in one step, where that is a file.

    A link is followed. What is no file, such as a pipe or `/dev/stdout`, is written to, not replaced.

    Raises:
        UsageError: the folder is not there, or the place is a folder.
        NotPermitted, InstallFailed: the system refused.
    """
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else "is in a folder that is not there"
        raise UsageError(
            f"the output {printable(path)} {what}", help="name a file in a folder that is there"
        )
    if path.exists() and not path.is_file():
        with explained("write", path), path.open("wb") as place:
            place.write(data)
        return
    with explained("write", path):
        target = path.resolve()
    write_atomic(target, data)


def permissions(path: Path) -> int | None:
    """The permission bits of a file, e.g. 0o644; None if there is no file."""
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        return None


def usual_mode() -> int:
    """The permission bits that a new file gets."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def write_new(path: Path, data: bytes, mode: int | None = None, *, flushed: bool = True) -> None:
    """Create a file that must not exist, write all of `data` and flush it to the disk.

    The folder is not flushed: the name may be lost in a power cut until `sync_folder`.

    Args:
        path: the file to create.
        data: its whole content.
        mode: permission bits, e.g. 0o644; None means what the umask leaves of 0o666.
        flushed: False leaves it to the caller to flush the file, with many others at once.

    Raises:
        OSError: as it comes from the system.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        if mode is not None:
            os.fchmod(descriptor, mode)
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        if flushed:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder (what was created, renamed, removed) to the disk.

    Raises:
        OSError: as it comes from the system; a file system that can't flush folders is not an error.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


def make_folders(folder: Path) -> None:
    """Create a folder and its missing parents; every new name is flushed.

    Raises:
        NotPermitted, InstallFailed: the system refused, or a file stands in the way.
    """
    with explained("create the folder", folder):
        for missing in missing_folders(folder):
            missing.mkdir(exist_ok=True)
            sync_folder(missing.parent)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def make_private(folder: Path) -> None:
    """Create a folder, unless it is there, that only its owner may look into.

    Raises:
        NotPermitted, InstallFailed: as `make_folders`.
    """
    if not folder.is_dir():
        make_folders(folder)
        with explained("close to others", folder):
            folder.chmod(0o700)


def missing_folders(folder: Path) -> list[Path]:
    """`folder` and those of its parents that do not exist, outermost first."""
    missing: list[Path] = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = folder.parent
    return missing[::-1]


def ensure_space(folder: Path, size: int) -> None:
    """Refuse early what would fill the disk (mission, failure 9: size + 20 %).

    Args:
        folder: where it will be written; need not exist yet.
        size: bytes to write.

    Raises:
        InstallFailed: there is less room than `size` + 20 %.
    """
    folder = _existing(folder)
    status = os.statvfs(folder)
    free, needed = status.f_bavail * status.f_frsize, size + size // 5
    if free < needed:
        raise InstallFailed(
            f"the disk is too full: {printable(folder)} has {free:,} bytes left, {needed:,} are needed",
            help="free some space and run the command again; nothing was written",
            details={"path": printable(folder), "free": free, "needed": needed},
        )


def same_disk(one: Path, other: Path) -> bool:
    """Whether two folders, which need not exist yet, share their room."""
    with explained("look at", one):
        return _existing(one).stat().st_dev == _existing(other).stat().st_dev


def _existing(folder: Path) -> Path:
    """A folder, or the nearest above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder
