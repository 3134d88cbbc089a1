"""Baselines: what was rendered last time, byte for byte, the base of the next three-way merge.

The baseline of PATH is `.ggen/baseline/PATH`, committed with the project. That of an output which git
ignores, an `.env` say, is `.ggen/local/baseline/PATH`, which git ignores too: what a person keeps out
of version control must not get in by a back door.

Keeps true: a file has one baseline. It is written, moved and removed in the transaction of its file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.edges.files import explained, permissions, read_bytes
from ggen_graph.edges.git import ignored
from ggen_graph.edges.writes import Write
from ggen_graph.workflows.project import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ggen_graph.workflows.render import RenderedFile

COMMITTED = f"{PRIVATE}/baseline"
LOCAL = f"{PRIVATE}/local/baseline"

# What of `.ggen` is not for version control, and that baselines are bytes.
_IGNORED = b"graph/\ntransaction/\nlock\nlocal/\n"
_ATTRIBUTES = b"baseline/** -text\n"


def find_baseline(root: Path, path: str) -> Path | None:
    """Where the baseline of a file is; None if there is none."""
    for folder in (COMMITTED, LOCAL):
        if (found := root / folder / path).is_file():
            return found
    return None


def baseline_writes(
    root: Path, files: Sequence[RenderedFile], destination: Path
) -> tuple[list[Write], list[str]]:
    """What the baselines of files that were rendered are to be.

    Args:
        root: the project's folder.
        files: what was rendered.
        destination: where `root` will be once it is built: git is asked about that.

    Returns:
        The writes, and the paths whose baseline is kept out of version control from now on.
    """
    new = [file for file in files if not _is_there(root, file)]
    gitignores = {file.path: file.data for file in files if file.path.endswith(".gitignore")}
    local = ignored(destination, [file.path for file in new], gitignores)
    writes = [
        _with_lines(root, f"{PRIVATE}/.gitignore", _IGNORED),
        _with_lines(root, f"{PRIVATE}/.gitattributes", _ATTRIBUTES),
    ]
    for file in new:
        wanted, other = (LOCAL, COMMITTED) if file.path in local else (COMMITTED, LOCAL)
        writes.append(Write(f"{wanted}/{file.path}", file.data, file.mode))
        if (root / other / file.path).is_file():
            writes.append(Write(f"{other}/{file.path}", None))
    first = sorted(path for path in local if not (root / LOCAL / path).exists())
    return writes, first


def baseline_removals(root: Path, paths: Iterable[str]) -> Iterator[Write]:
    """What takes the baselines of files away."""
    for path in paths:
        for folder in (COMMITTED, LOCAL):
            if (root / folder / path).is_file():
                yield Write(f"{folder}/{path}", None)


def _with_lines(root: Path, path: str, lines: bytes) -> Write:
    """A file with these lines; what a person wrote there stays, and goes before those it lacks."""
    there = root / path
    with explained("read", there):
        text = read_bytes(there) if there.is_file() else b""
    lacking = [line for line in lines.splitlines() if line not in text.splitlines()]
    if not lacking:
        return Write(path, text)
    if text and not text.endswith(b"\n"):
        text += b"\n"
    return Write(path, text + b"".join(line + b"\n" for line in lacking))


def _is_there(root: Path, file: RenderedFile) -> bool:
    found = find_baseline(root, file.path)
    if found is None:
        return False
    with explained("read", found):
        return permissions(found) == file.mode and read_bytes(found) == file.data
