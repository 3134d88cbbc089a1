"""Managed files against what was generated: nothing is rendered, nothing is written.

The lock says what was generated, byte for byte; the baseline holds those bytes. A file that differs
from the lock's checksum was edited, and that is no fault, but CI wants to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ggen_graph.core.diagnostics import LockMissing
from ggen_graph.edges.files import explained, permissions, read_bytes
from ggen_graph.edges.trees import walk
from ggen_graph.edges.writes import checksum_of
from ggen_graph.workflows.baselines import find_baseline
from ggen_graph.workflows.project import refuse_lost_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.core.lockfile import LockedFile
    from ggen_graph.workflows.project import Project

Status = Literal["same", "edited", "missing", "mode changed", "no baseline", "unmanaged"]

_OURS = ("ggen.toml", "ggen.lock")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file and how it stands; pack and version are "" for one that is not managed."""

    path: str
    status: Status
    pack: str = ""
    version: str = ""
    detail: str = ""

    @property
    def displaced(self) -> bool:
        """Whether a link or a folder, which is a person's own, stands where it was."""
        return self.status == "edited" and bool(self.detail)

    @property
    def finding(self) -> bool:
        """Whether this makes a check fail."""
        return self.status not in {"same", "unmanaged"}


def check(project: Project, *, unmanaged: bool = False) -> list[CheckedFile]:
    """How the files of a project stand to what was generated, sorted by path.

    Args:
        project: with a lock.
        unmanaged: also list the files that ggen did not make.

    Raises:
        LockMissing: it has none.
    """
    refuse_lost_lock(project)
    if project.lock is None:
        raise LockMissing(
            "this project has no ggen.lock, so nothing is known of its files",
            help="`ggen packs install` and `ggen packs generate` make one",
        )
    found = [_look(project, file) for file in project.lock.files]
    if unmanaged:
        managed = {file.path for file in project.lock.files}
        found += [CheckedFile(path, "unmanaged") for path in _files(project) if path not in managed]
    return sorted(found, key=lambda one: one.path)


def _look(project: Project, file: LockedFile) -> CheckedFile:
    status, detail = _status(project, file)
    return CheckedFile(file.path, status, file.pack, file.version, detail)


def _status(project: Project, file: LockedFile) -> tuple[Status, str]:
    path = project.root / file.path
    with explained("read", path):
        if path.is_symlink() or path.is_dir():
            return "edited", "it is a link now" if path.is_symlink() else "it is a folder now"
        try:
            mode = permissions(path)
        except NotADirectoryError:  # a file stands where its folder was
            mode = None
        if mode is None:
            return "missing", ""
        if checksum_of(read_bytes(path)) != file.checksum:
            return "edited", ""
    if (mode ^ int(file.mode, 8)) & 0o100:  # the rest is the umask's, and git keeps no more
        return "mode changed", f"{file.mode} → {mode:o}"
    baseline = find_baseline(project.root, file.path)
    if baseline is None or checksum_of(read_bytes(baseline)) != file.checksum:
        return "no baseline", "gone" if baseline is None else "not what the lock says"
    return "same", ""


def _files(project: Project) -> Iterator[str]:
    for entry in walk(project.root):
        path = entry.path[len(str(project.root)) + 1 :]
        ours = path in _OURS or path.startswith((".ggen/", ".git/"))
        if entry.is_file(follow_symlinks=False) and not ours:
            yield path
