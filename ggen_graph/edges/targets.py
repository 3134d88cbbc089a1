"""Where a plan of writes really lands, and which plans are refused before the first byte.

Keeps true: every path of a plan is inside its root after links are followed, is not a folder, has no
file where it needs a folder, and no two paths of a plan are the same file, be it only on a disk that
takes upper and lower case for one.

Does not do: defend against someone who swaps folders for links while we write; that person could
write there themselves.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import PathRefused
from ggen_graph.core.names import inner_path
from ggen_graph.edges.files import printable

if TYPE_CHECKING:
    from collections.abc import Sequence


def resolve_targets(root: Path, paths: Sequence[str]) -> list[str]:
    """Follow the links in each path and say where inside `root` it lands.

    Args:
        root: the folder that no path may leave.
        paths: relative POSIX paths; bytes that are no UTF-8 as `os.fsdecode` gives them.

    Returns:
        For each path the relative POSIX path of the real file, in the same order.

    Raises:
        PathRefused: a path leaves the root, is a folder, needs a file to be a folder, or is the
            same file as another of the plan.
    """
    real_root = Path(os.path.realpath(root))
    landed: dict[Path, tuple[Path, bool]] = {}
    targets = [_resolve(real_root, inner_path(path), landed) for path in paths]
    _refuse_collisions(paths, targets)
    return targets


def _resolve(root: Path, path: str, landed: dict[Path, tuple[Path, bool]]) -> str:
    wanted = root / path
    parent = wanted.parent
    if parent not in landed:
        landed[parent] = _real_folder(root, parent, path)
    folder, exists = landed[parent]
    target = folder / wanted.name
    if exists and target.is_symlink():
        target = Path(os.path.realpath(target))
        _refuse_outside(root, target, path)
        folder = _real_folder(root, target.parent, path)[0]
    if exists and target.exists() and not target.is_file():
        raise _refused(path, "is a folder" if target.is_dir() else "is not a regular file")
    return target.relative_to(root).as_posix()


def _real_folder(root: Path, folder: Path, path: str) -> tuple[Path, bool]:
    """The folder with its links followed, and whether it exists."""
    real = Path(os.path.realpath(folder))
    _refuse_outside(root, real, path)
    exists = real
    while not os.path.lexists(exists):
        exists = exists.parent
    if not exists.is_dir():
        raise _refused(
            path, f"needs a folder where {printable(exists.relative_to(root))} is a file"
        )
    return real, exists == real


def _refuse_outside(root: Path, real: Path, path: str) -> None:
    if not real.is_relative_to(root):
        raise _refused(path, "leads through a link out of its folder")


def _refuse_collisions(paths: Sequence[str], targets: Sequence[str]) -> None:
    """Refuse two paths of which a file system could make one, and a file that is also a folder."""
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path, target in zip(paths, targets, strict=True):
        key = same_on_some_disk(target)
        if key in files:
            raise _refused(path, f"and {printable(files[key])} are the same file on some disks")
        files[key] = path
        parent = target.rpartition("/")[0]
        while parent:
            other = folders.setdefault(same_on_some_disk(parent), parent)
            if other != parent:
                raise _refused(
                    path, f"needs the folder {printable(parent)} beside {printable(other)}"
                )
            parent = parent.rpartition("/")[0]
    for key, path in files.items():
        if key in folders:
            raise _refused(path, "would be a file and a folder")


def same_on_some_disk(path: str) -> str:
    """A form that is equal for paths which some file system takes for one (case, composition)."""
    if path.isascii():
        return path.lower()
    from unicodedata import normalize  # noqa: PLC0415 - 1 MB of tables that few paths need

    return normalize("NFC", normalize("NFD", path).casefold())


def _refused(path: str, why: str) -> PathRefused:
    return PathRefused(f"{printable(path)} {why}", details={"path": printable(path)})
