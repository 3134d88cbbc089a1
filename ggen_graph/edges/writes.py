"""Several files change together, or none does.

Keeps true: the plan is refused before the first byte when a path is wrong or the disk too full; then
everything is staged on the disk, flushed and journalled before the first file changes
(`edges.journal`). A file that already is as wanted is not touched, its time neither. A tree that no
one sees yet needs none of that (`write_staged_tree`).

Does not do: locking; the caller holds the lock of `root` and has called `journal.recover`.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import OperationInterrupted, PathRefused
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
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Write:
    """A file as it is to be: relative POSIX path, whole content, permission bits.

    `mode` None keeps the mode of the file that is there; a new one gets what the umask leaves.
    """

    path: str
    data: bytes
    mode: int | None = None


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


def apply_writes(
    root: Path, writes: Sequence[Write], journal_dir: Path, *, what: str = ""
) -> Applied:
    """Make the files under `root` what `writes` says, all of them or none.

    Args:
        root: an existing folder that no path may leave.
        writes: the files; missing folders are created.
        journal_dir: a folder of ours, best on the file system of `root`; created if missing.
        what: what the change is for, as a message names it later, e.g. "ggen packs generate".

    Raises:
        PathRefused: see `targets.resolve_targets`; nothing was written.
        OperationInterrupted: an earlier change waits for `journal.recover`, or this one failed and could
            not be taken back.
        NotPermitted, InstallFailed: the system refused; everything is as it was.
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
    kept = _apply(real_root, changes, journal_dir, what) if changes else ()
    created = {c.write.path for c in changes if c.before is None}
    replaced = {c.write.path for c in changes if c.before is not None}
    paths = [write.path for write in writes]
    return Applied(
        created=tuple(path for path in paths if path in created),
        replaced=tuple(path for path in paths if path in replaced),
        unchanged=tuple(path for path in paths if path not in created | replaced),
        kept=kept,
    )


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
    ensure_space(root, sum(len(write.data) for write in writes))
    real_root = Path(os.path.realpath(root))
    for write, name in zip(writes, targets, strict=True):
        target = real_root / name
        with explained("write", target):
            target.parent.mkdir(parents=True, exist_ok=True)
            mode = permissions(target) if write.mode is None else write.mode
            target.unlink(missing_ok=True)
            write_new(target, write.data, mode, flushed=False)


@dataclass(frozen=True, slots=True)
class _Change:
    write: Write
    target: str
    before: bytes | None
    mode_before: int | None

    @property
    def same_content(self) -> bool:
        return self.before == self.write.data


def _changes(root: Path, writes: Sequence[Write], targets: Sequence[str]) -> list[_Change]:
    changes = []
    for write, target in zip(writes, targets, strict=True):
        path = root / target
        mode_before = permissions(path)
        before = None if mode_before is None else path.read_bytes()
        same_mode = write.mode is None or write.mode == mode_before
        if before != write.data or not same_mode:
            changes.append(_Change(write, target, before, mode_before))
    return changes


def _apply(root: Path, changes: Sequence[_Change], journal_dir: Path, what: str) -> tuple[str, ...]:
    ensure_space(journal_dir, sum(len(c.write.data) for c in changes if not c.same_content))
    make_folders(journal_dir)
    try:
        journal = _stage(root, changes, journal_dir, what)
        journal_file.begin(journal_dir, journal)
    except BaseException as error:
        _forget(journal_dir)
        if isinstance(error, OSError):
            raise explain(error, "stage", journal_dir / STAGING) from error
        raise
    try:
        return finish(root, journal_dir, journal)
    except BaseException as error:
        take_back(root, journal_dir, journal)
        if isinstance(error, OSError):
            raise explain(error, "write", error.filename2 or error.filename or root) from error
        raise


def _stage(root: Path, changes: Sequence[_Change], journal_dir: Path, what: str) -> Journal:
    staging = journal_dir / STAGING
    if staging.exists():
        journal_file.drop(journal_dir)
    staging.mkdir(parents=True)
    steps = [_stage_one(root, staging, number, change) for number, change in enumerate(changes)]
    flush([*staging.iterdir(), staging, journal_dir])  # before the journal names any of it
    return Journal(
        what=what,
        started=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        folders=tuple(_new_folders(root, (change.target for change in changes))),
        steps=tuple(steps),
    )


def _stage_one(root: Path, staging: Path, number: int, change: _Change) -> Step:
    from hashlib import sha256  # noqa: PLC0415 - only when something is written

    mode = change.mode_before if change.write.mode is None else change.write.mode
    staged = saved = None
    if not change.same_content:
        staged = str(number)
        write_new(staging / staged, change.write.data, mode, flushed=False)
        if change.before is not None:
            saved = f"{number}.old"
            _save(root / change.target, staging / saved, change)
    return Step(
        path=change.target,
        staged=staged,
        saved=saved,
        before=None if change.before is None else sha256(change.before).hexdigest(),
        after=sha256(change.write.data).hexdigest(),
        mode_before=change.mode_before,
        mode=mode,
    )


def _save(target: Path, saved: Path, change: _Change) -> None:
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
