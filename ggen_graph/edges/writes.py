"""Several files change together, or none does.

`survey` says what a set of writes would change, `carry_out` does it, `apply_writes` is both.

Keeps true: it is refused before the first byte when a path is wrong, a folder can't be written to, a
file is not what the caller took it to be, or the disk is too full; then everything is staged on the
disk, flushed and journalled before the first file changes (`edges.journal`). A file that already is
as wanted is not touched, its time neither. A tree that no one sees yet needs none of that
(`write_staged_tree`).

Does not do: locking; the caller holds the lock of `root` and has called `journal.recover`.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ggen_graph.core.diagnostics import (
    FileChanged,
    NotPermitted,
    OperationInterrupted,
    PathRefused,
)
from ggen_graph.edges import journal_file
from ggen_graph.edges.files import (
    ensure_space,
    explain,
    explained,
    make_folders,
    missing_folders,
    permissions,
    printable,
    write_new,
)
from ggen_graph.edges.flushing import flush
from ggen_graph.edges.journal import finish, take_back
from ggen_graph.edges.journal_file import STAGING, Journal, Step
from ggen_graph.edges.targets import resolve_targets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


ANYTHING: Final = "anything"
"""For `Write.expected`: whatever is there may be replaced."""


@dataclass(frozen=True, slots=True)
class Write:
    """A file as it is to be.

    Attributes:
        path: relative, POSIX.
        data: its whole content; None removes it.
        mode: its permission bits; None keeps the mode of the file that is there, and a new one gets
            what the umask leaves.
        expected: the checksum ("sha256:" and hex) of what the caller has seen there, None for no
            file; `ANYTHING` where that does not matter.
    """

    path: str
    data: bytes | None
    mode: int | None = None
    expected: str | None = ANYTHING


@dataclass(frozen=True, slots=True)
class Changing:
    """A file that a write changes, as it is now: content and permission bits, None where there is none.

    `target` is where `write.path` lands, links followed, relative to the root.
    """

    write: Write
    target: str
    before: bytes | None
    mode_before: int | None

    @property
    def same_content(self) -> bool:
        """Whether only the mode changes."""
        return self.before == self.write.data

    @property
    def mode(self) -> int | None:
        """The permission bits it is to have; None for what the umask leaves."""
        return self.mode_before if self.write.mode is None else self.write.mode


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply_writes` did, as the paths it was given.

    `replaced` includes those of which only the mode changed. `kept` are files that someone edited
    while we were writing, under the names they were put aside as.
    """

    created: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...] = ()


def apply_writes(
    root: Path,
    writes: Sequence[Write],
    journal_dir: Path,
    *,
    what: str = "",
    emptied: Collection[str] = (),
) -> Applied:
    """Make the files under `root` what `writes` says, all of them or none.

    Args and errors: see `survey` and `carry_out`.
    """
    changes = survey(root, writes, journal_dir)
    kept = carry_out(root, changes, journal_dir, what=what, emptied=emptied)
    created = {c.write.path for c in changes if c.before is None}
    removed = {c.write.path for c in changes if c.write.data is None}
    changed = {c.write.path for c in changes}
    paths = [write.path for write in writes]
    return Applied(
        created=tuple(path for path in paths if path in created),
        replaced=tuple(path for path in paths if path in changed - created - removed),
        removed=tuple(path for path in paths if path in removed),
        unchanged=tuple(path for path in paths if path not in changed),
        kept=kept,
    )


def survey(root: Path, writes: Sequence[Write], journal_dir: Path) -> tuple[Changing, ...]:
    """What `writes` would change under `root`, in their order; nothing is touched.

    Args:
        root: an existing folder that no path may leave.
        writes: the files; folders that are missing will be created.
        journal_dir: a folder of ours, best on the file system of `root`.

    Raises:
        PathRefused: see `targets.resolve_targets`.
        FileChanged: a file is not as a write expects it.
        OperationInterrupted: an earlier change waits for `journal.recover`.
        NotPermitted, InstallFailed: the system does not let us read, or would not let us write.
    """
    journal_file.refuse_elsewhere(root, journal_dir)
    if journal_file.pending(journal_dir):
        raise OperationInterrupted(
            f"an earlier change under {printable(root)} was cut off",
            help="run `ggen doctor` to finish it or take it back",
            details={"journal": printable(journal_dir)},
        )
    targets = resolve_targets(root, [write.path for write in writes])
    real_root = Path(os.path.realpath(root))
    _refuse_journal(real_root, journal_dir, targets)
    with explained("look at the files under", root):
        changes = _changes(real_root, writes, targets)
    _refuse_unwritable({(real_root / change.target).parent for change in changes})
    return changes


def carry_out(
    root: Path,
    changes: Sequence[Changing],
    journal_dir: Path,
    *,
    what: str = "",
    emptied: Collection[str] = (),
    folder_modes: Mapping[str, int] = MappingProxyType({}),
) -> tuple[str, ...]:
    """Change all the files that `survey` found, or none.

    Args:
        root: the folder that was surveyed.
        changes: what `survey` said.
        journal_dir: likewise; created if missing.
        what: what the change is for, as a message names it later, e.g. "ggen packs generate".
        emptied: folders, relative to `root`, that go if removals leave them empty; innermost first.
        folder_modes: permission bits for some of the folders that this creates; the others get what
            the umask leaves.

    Returns:
        Files that someone edited since the survey, under the names they were put aside as.

    Raises:
        OperationInterrupted: it failed and could not be taken back.
        NotPermitted, InstallFailed: the system refused; everything is as it was.
    """
    if not changes:
        return ()
    real_root = Path(os.path.realpath(root))
    ensure_space(journal_dir, sum(len(c.write.data or b"") for c in changes if not c.same_content))
    make_folders(journal_dir)
    try:
        journal = _stage(real_root, changes, journal_dir, what, emptied, folder_modes)
        journal_file.begin(journal_dir, journal)
    except BaseException as error:
        _forget(journal_dir)
        if isinstance(error, OSError):
            raise explain(error, "stage", journal_dir / STAGING) from error
        raise
    try:
        return finish(real_root, journal_dir, journal)
    except BaseException as error:
        take_back(real_root, journal_dir, journal)
        if isinstance(error, OSError):
            raise explain(error, "write", error.filename2 or error.filename or root) from error
        raise


def write_staged_tree(root: Path, writes: Sequence[Write]) -> None:
    """Make the files of a tree under construction what `writes` says.

    Only for the folder that `staging.stage_tree` gives: no one sees it yet, it is flushed as a whole
    before they do, and thrown away if anything fails. So nothing is flushed or journalled here.

    Args:
        root: that folder, which no path may leave.
        writes: the files; missing folders are created, what is there is replaced.

    Raises:
        PathRefused: see `targets.resolve_targets`; nothing was written.
        NotPermitted, InstallFailed: the system refused; a part may have been written.
    """
    targets = resolve_targets(root, [write.path for write in writes])
    ensure_space(root, sum(len(write.data or b"") for write in writes))
    real_root = Path(os.path.realpath(root))
    for write, name in zip(writes, targets, strict=True):
        target = real_root / name
        if write.data is None:
            raise ValueError("there is nothing to remove in a tree under construction")
        with explained("write", target):
            target.parent.mkdir(parents=True, exist_ok=True)
            mode = permissions(target) if write.mode is None else write.mode
            target.unlink(missing_ok=True)
            write_new(target, write.data, mode, flushed=False)


def _changes(root: Path, writes: Sequence[Write], targets: Sequence[str]) -> tuple[Changing, ...]:
    changes = []
    for write, target in zip(writes, targets, strict=True):
        path = root / target
        mode_before = permissions(path)
        before = None if mode_before is None else path.read_bytes()
        if write.expected != ANYTHING and write.expected != checksum_of(before):
            raise FileChanged(
                f"{printable(write.path)} was changed while ggen was at work",
                help="nothing was written; run the command again",
                details={"path": printable(write.path)},
            )
        same_mode = write.data is None or write.mode is None or write.mode == mode_before
        if before != write.data or not same_mode:
            changes.append(Changing(write, target, before, mode_before))
    return tuple(changes)


def _refuse_unwritable(folders: Iterable[Path]) -> None:
    for folder in sorted(folders):
        there = folder
        while not there.exists():
            there = there.parent
        if not os.access(there, os.W_OK | os.X_OK):
            raise NotPermitted(
                f"could not write in {printable(there)}: it is write-protected",
                help="nothing was written; make the folder writable, or leave its files out",
                details={"path": printable(there)},
            )


def _stage(
    root: Path,
    changes: Sequence[Changing],
    journal_dir: Path,
    what: str,
    emptied: Collection[str],
    folder_modes: Mapping[str, int],
) -> Journal:
    staging = journal_dir / STAGING
    if staging.exists():
        journal_file.drop(journal_dir)
    staging.mkdir(parents=True)
    steps = [_stage_one(root, staging, number, change) for number, change in enumerate(changes)]
    flush([*staging.iterdir(), staging, journal_dir])  # before the journal names any of it
    folders = _new_folders(root, (c.target for c in changes if c.write.data is not None))
    return Journal(
        what=what,
        started=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        folders=tuple(folders),
        steps=tuple(steps),
        emptied=tuple(emptied),
        modes=tuple((path, mode) for path, mode in folder_modes.items() if path in folders),
    )


def _stage_one(root: Path, staging: Path, number: int, change: Changing) -> Step:
    staged = saved = None
    if not change.same_content:
        if change.write.data is not None:
            staged = str(number)
            write_new(staging / staged, change.write.data, change.mode, flushed=False)
        if change.before is not None:
            saved = f"{number}.old"
            _save(root / change.target, staging / saved, change)
    return Step(
        path=change.target,
        staged=staged,
        saved=saved,
        before=_hex(change.before),
        after=_hex(change.write.data),
        mode_before=change.mode_before,
        mode=change.mode,
    )


def _hex(data: bytes | None) -> str | None:
    from hashlib import sha256  # noqa: PLC0415 - only when something is written

    return None if data is None else sha256(data).hexdigest()


def checksum(data: bytes) -> str:
    """The checksum of a content as lock, records and graph write it."""
    return f"sha256:{_hex(data)}"


def checksum_of(data: bytes | None) -> str | None:
    """The checksum of what a file holds; None for no file."""
    return None if data is None else checksum(data)


def _save(target: Path, saved: Path, change: Changing) -> None:
    """Give the file that will be replaced a second name; a copy where links can't be made."""
    try:
        saved.hardlink_to(target)
    except OSError:
        write_new(saved, change.before or b"", change.mode_before, flushed=False)


def _new_folders(root: Path, targets: Iterable[str]) -> list[str]:
    missing = {
        folder
        for parent in {target.rpartition("/")[0] for target in targets}
        for folder in missing_folders(root / parent)
    }
    return sorted(folder.relative_to(root).as_posix() for folder in missing)


def _forget(journal_dir: Path) -> None:
    with suppress(OSError):  # staged files without a journal: the next start throws them away
        journal_file.drop(journal_dir)


def _refuse_journal(root: Path, journal_dir: Path, targets: Sequence[str]) -> None:
    own = os.path.realpath(journal_dir)
    inner = os.path.relpath(own, root)
    for target in targets:
        if root.is_relative_to(own) or f"{target}/".startswith(f"{inner}/"):
            raise PathRefused(f"{printable(target)} is where ggen keeps its journal")
