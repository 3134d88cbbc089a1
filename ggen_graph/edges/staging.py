"""Whole folders come and go at once: built beside their place, then moved there by one rename.

Keeps true: a folder has its name only when it is complete and flushed. What a killed process left of
a build or a removal goes when the next one starts in the same place; a build that is under way is
held by a flock on its folder, which dies with its process.

Does not do: replacing a folder that has content in one step; POSIX has no rename for that.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import FileExists
from ggen_graph.edges.files import (
    TEMPORARY_PREFIX,
    explained,
    make_folders,
    missing_folders,
    printable,
    sync_folder,
)
from ggen_graph.edges.flushing import flush

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUILD = TEMPORARY_PREFIX + "build-"
_TRASH = TEMPORARY_PREFIX + "trash-"


@contextmanager
def stage_tree(destination: Path) -> Iterator[Path]:
    """A new folder to fill, which becomes `destination` when the block ends without an error.

    Args:
        destination: must not exist, or be an empty folder; missing parents are created.

    Raises:
        FileExists: `destination` has content, before the block or by the end of it.
        NotPermitted, InstallFailed: the system refused; nothing is left.
    """
    _refuse_content(destination)
    with _folders_above(destination), scratch_folder(destination.parent) as building:
        yield building
        _refuse_content(destination)
        with explained("create the folder", destination):
            sync_tree(building)
            empty = destination.exists()
            try:
                building.replace(destination)
            except OSError:
                _refuse_content(destination)  # someone else was quicker by a moment
                raise
            try:
                sync_folder(destination.parent)
            except OSError:
                _take_away(destination, building, empty=empty)
                raise


def _take_away(destination: Path, building: Path, *, empty: bool) -> None:
    """Undo the last rename: who is told that it failed must not find it done."""
    destination.replace(building)
    if empty:
        destination.mkdir()


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, which must exist; what is left of it goes when the block ends.

    Raises:
        NotPermitted, InstallFailed: the system refused.
    """
    sweep(parent)
    with explained("create a folder in", parent):
        building, held = _claim(parent)
    try:
        yield building
    finally:
        with suppress(OSError):  # the next sweep tries again
            delete_tree(building)
        os.close(held)


def remove_tree(folder: Path) -> None:
    """Remove a folder and all in it, read-only or not; its name is gone at once.

    Raises:
        NotPermitted, InstallFailed: the system refused.
    """
    with explained("remove", folder):
        trash = folder.parent / f"{_TRASH}{os.urandom(8).hex()}"
        folder.rename(trash)
        sync_folder(folder.parent)
        delete_tree(trash)


def delete_tree(folder: Path) -> None:
    """Delete a tree where it is, read-only or not; one that has no meaning to anyone else.

    What someone else deletes meanwhile is no error.

    Raises:
        OSError: as it comes from the system; a part may be gone.
    """
    folders = []
    unseen = [folder]
    while unseen:
        current = unseen.pop()
        folders.append(current)
        with suppress(FileNotFoundError):
            current.chmod(0o700)
            with os.scandir(current) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        unseen.append(Path(entry))
                    else:
                        Path(entry).unlink(missing_ok=True)
    for current in reversed(folders):
        with suppress(FileNotFoundError):
            current.rmdir()


def sweep(folder: Path) -> None:
    """Delete what killed processes left in `folder` of builds and removals; never fails."""
    with suppress(OSError), os.scandir(folder) as entries:
        left = [Path(entry) for entry in entries if entry.name.startswith((_BUILD, _TRASH))]
        for path in left:
            with suppress(OSError), _unheld(path):
                delete_tree(path)


def sync_tree(folder: Path) -> None:
    """Flush every file and folder of a tree to the disk.

    Raises:
        OSError: as it comes from the system.
    """
    flush(
        path
        for path, is_folder in _everything(folder)
        if is_folder or (path.is_file() and not path.is_symlink())
    )


def make_read_only(folder: Path) -> None:
    """Take the right to write from every file and folder of a tree.

    Raises:
        OSError: as it comes from the system.
    """
    for path, _ in _everything(folder):
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222)


@contextmanager
def _folders_above(destination: Path) -> Iterator[None]:
    """Create the missing folders above; if the block fails, remove those that are empty again."""
    made = missing_folders(destination.parent)
    try:
        make_folders(destination.parent)
        yield
    except BaseException:
        with suppress(OSError):  # something else is in it by now, and so in those above
            for folder in reversed(made):
                folder.rmdir()
        raise


def _refuse_content(destination: Path) -> None:
    with explained("look at", destination):
        if not os.path.lexists(destination):
            return
        if destination.is_dir() and not destination.is_symlink() and not any(destination.iterdir()):
            return
    raise FileExists(
        f"{printable(destination)} already exists",
        help="choose another name, or move away what is there",
        details={"path": printable(destination)},
    )


def _claim(parent: Path) -> tuple[Path, int]:
    """A new folder and a descriptor that holds it; a sweep between the two steps starts it over."""
    while True:
        building = parent / f"{_BUILD}{os.urandom(8).hex()}"
        building.mkdir()
        try:
            held = os.open(building, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        fcntl.flock(held, fcntl.LOCK_EX)
        if building.exists():
            return building, held
        os.close(held)


@contextmanager
def _unheld(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _everything(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Every path in a tree with "is a folder"; a folder comes after what is in it, the root last."""
    order: list[tuple[Path, bool]] = []
    unseen = [folder]
    while unseen:
        current = unseen.pop()
        order.append((current, True))
        with os.scandir(current) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    unseen.append(Path(entry))
                else:
                    order.append((Path(entry), False))
    return reversed(order)
