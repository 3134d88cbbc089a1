"""Managed files against what was generated: nothing is rendered, nothing is written.

The lock says what was generated, byte for byte; the baseline holds those bytes. A file that differs
from the lock's checksum was edited, and that is no fault, but CI wants to know. A file that can't be
read is one finding among the others.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ggen_graph.core.diagnostics import GgenError, LockMissing
from ggen_graph.edges.files import explained
from ggen_graph.edges.trees import walk
from ggen_graph.edges.writes import checksum_of
from ggen_graph.workflows.baselines import find_baseline
from ggen_graph.workflows.injections import read_injected, stands
from ggen_graph.workflows.project import refuse_lost_lock

if TYPE_CHECKING:
    from ggen_graph.core.lock.lockfile import LockedFile
    from ggen_graph.workflows.injections import Injected
    from ggen_graph.workflows.project import Project

Status = Literal[
    "same", "edited", "missing", "mode changed", "no baseline", "unreadable", "unmanaged"
]

_OURS = ("ggen.toml", "ggen.lock")
_KINDS = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder"}


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
        """Whether a link, a folder or the like, which is a person's own, stands where it was."""
        return self.status == "edited" and bool(self.detail)

    @property
    def finding(self) -> bool:
        """Whether this makes a check fail."""
        return self.status not in {"same", "unmanaged"}


def check(project: Project, *, unmanaged: bool = False) -> list[CheckedFile]:
    """How the files of a project stand to what was generated, sorted by path.

    Lines that templates put into a person's files are looked at as well, each as an entry of its own.

    Args:
        project: with a lock.
        unmanaged: also list the files that ggen did not make.

    Raises:
        LockMissing: it has none.
        RecordInvalid: what was put into files is not known.
    """
    found = check_files(project)
    injected = read_injected(project.root)
    found += [_look_at_lines(project, one) for one in injected]
    if unmanaged:
        known = {one.path for one in found}
        found += [CheckedFile(path, "unmanaged") for path in _files(project) if path not in known]
    return sorted(found, key=lambda one: one.path)


def check_files(project: Project) -> list[CheckedFile]:
    """How the files that ggen made stand to what was generated, in the order of the lock.

    Raises:
        LockMissing: the project has no lock.
    """
    refuse_lost_lock(project)
    if project.lock is None:
        raise LockMissing(
            "this project has no ggen.lock, so nothing is known of its files",
            help="`ggen packs install` and `ggen packs generate` make one",
        )
    return [_look(project, file) for file in project.lock.files]


def _look(project: Project, file: LockedFile) -> CheckedFile:
    try:
        status, detail = _status(project, file)
    except OSError as error:
        status, detail = "unreadable", error.strerror or str(error)
    return CheckedFile(file.path, status, file.pack, file.version, detail)


def _look_at_lines(project: Project, one: Injected) -> CheckedFile:
    try:
        there = stands(project.root, one)
    except GgenError as error:
        return CheckedFile(one.path, "unreadable", one.pack, one.version, error.message)
    status: Status = "missing" if there is None else "same" if there else "edited"
    return CheckedFile(one.path, status, one.pack, one.version, f"lines of {one.template}")


def _status(project: Project, file: LockedFile) -> tuple[Status, str]:
    path = project.root / file.path
    try:
        mode = path.lstat().st_mode
    except (
        FileNotFoundError,
        NotADirectoryError,
    ):  # the second: a file stands where its folder was
        return "missing", ""
    if not stat.S_ISREG(mode):  # nor is it read: a pipe would be waited for
        return "edited", f"it is {_KINDS.get(stat.S_IFMT(mode), 'no file')} now"
    if checksum_of(path.read_bytes()) != file.checksum:
        return "edited", ""
    if (mode ^ int(file.mode, 8)) & 0o100:  # the rest is the umask's, and git keeps no more
        return "mode changed", f"{file.mode} → {stat.S_IMODE(mode):o}"
    baseline = find_baseline(project.root, file.path)
    if baseline is None or checksum_of(baseline.read_bytes()) != file.checksum:
        return "no baseline", "gone" if baseline is None else "not what the lock says"
    return "same", ""


def _files(project: Project) -> list[str]:
    with explained("look at the files of", project.root):
        entries = [one for one in walk(project.root) if one.is_file(follow_symlinks=False)]
    paths = (one.path[len(str(project.root)) + 1 :] for one in entries)
    return [
        path for path in paths if path not in _OURS and not path.startswith((".ggen/", ".git/"))
    ]
