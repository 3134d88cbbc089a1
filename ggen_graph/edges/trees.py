"""What is in a folder: its files, their hashes, and one checksum for all of them.

Keeps true: the same content gives the same checksum on every machine, whatever the times, owners and
order of the files; what tools and editors leave behind (`is_noise`) counts neither for the checksum
nor for what is copied. Links that stay inside a tree count as the files they point to.

Does not do: reading manifests, deciding what belongs to a pack beyond noise.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import PathRefused
from ggen_graph.edges.files import TEMPORARY_PREFIX, explained, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ggen_graph.core.release import TreeFile

_NOISE = {
    ".DS_Store", ".git", ".hg", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".svn", ".venv",
    "Thumbs.db", "__pycache__", "node_modules",
}  # fmt: skip
# Byte code; what Emacs, Vim and others keep beside a file that is being edited.
_NOISE_PATTERN = re.compile(r".*\.py[co]|.*~|#.*#|\.#.*|\..*\.sw[a-z]", re.DOTALL)


def is_noise(name: str) -> bool:
    """Whether a file or folder of that name is left out of every tree, with all that is in it."""
    return (
        name in _NOISE or name.startswith(TEMPORARY_PREFIX) or bool(_NOISE_PATTERN.fullmatch(name))
    )


def walk(root: str | os.PathLike[str]) -> Iterator[os.DirEntry[str]]:
    """Every entry below `root` that is no folder and no noise, in no order; links are not followed.

    Raises:
        OSError: as it comes from the system.
    """
    unseen = [os.fspath(root)]
    while unseen:
        with os.scandir(unseen.pop()) as entries:
            for entry in entries:
                if is_noise(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    unseen.append(entry.path)
                else:
                    yield entry


def tree_files(root: Path) -> list[TreeFile]:
    """The files of a tree, sorted by path, each with its hash.

    Raises:
        PathRefused: a link leads out of the tree, to a folder or nowhere; a device, socket or pipe.
        NotPermitted, InstallFailed: the system does not let us read it.
    """
    with explained("read", root):
        real_root = os.path.realpath(root)
        files = [_tree_file(root, real_root, entry) for entry in walk(root)]
    return sorted(files, key=lambda file: file.path)


def tree_checksum(files: Iterable[TreeFile]) -> str:
    r"""One checksum of a tree: "sha256:" and the hex SHA-256 of its list.

    The list has for each file, in the order of the paths' code points, the path, `\0`, `x` or `-`
    for the executable bit, `\0`, the hex SHA-256 of the content, and a newline.
    """
    from hashlib import sha256  # noqa: PLC0415 - `packs list` hashes nothing

    whole = sha256()
    for file in sorted(files, key=lambda file: file.path):
        bit = "x" if file.executable else "-"
        whole.update(os.fsencode(file.path) + f"\0{bit}\0{file.sha256}\n".encode("ascii"))
    return f"sha256:{whole.hexdigest()}"


def copy_tree(source: Path, files: Sequence[TreeFile], destination: Path) -> None:
    """Copy the named files, with mode 755 or 644, into an existing folder; nothing is flushed.

    Args:
        source: the tree.
        files: what to copy, as `tree_files(source)` lists it.
        destination: a folder that has none of these files.

    Raises:
        NotPermitted, InstallFailed: the system refused; a part may have been copied.
    """
    for file in files:
        target = destination / file.path
        with explained("copy", source / file.path):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as copy:
                copy.write((source / file.path).read_bytes())
            target.chmod(0o755 if file.executable else 0o644)


def _tree_file(root: Path, real_root: str, entry: os.DirEntry[str]) -> TreeFile:
    from hashlib import file_digest  # noqa: PLC0415 - `packs list` hashes nothing

    from ggen_graph.core.release import TreeFile  # noqa: PLC0415 - nor does it make any

    path = Path(entry).relative_to(root).as_posix()
    if not entry.is_file():
        raise _refused(root, path, "is not a file, nor a link to one")
    if entry.is_symlink() and not os.path.realpath(entry).startswith(real_root + os.sep):
        raise _refused(root, path, "leads out of its folder")
    with Path(entry).open("rb") as stream:
        status = os.fstat(stream.fileno())
        digest = file_digest(stream, "sha256").hexdigest()
    return TreeFile(path, status.st_size, digest, executable=bool(status.st_mode & 0o100))


def _refused(root: Path, path: str, why: str) -> PathRefused:
    shown = printable(root / path)
    return PathRefused(f"{shown} {why}", details={"path": shown})
