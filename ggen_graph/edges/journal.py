"""The journal of a change to several files: all of it happens, or none, whenever we are killed.

A change is prepared in `edges.writes` and written down in `edges.journal_file`; here it is finished,
or taken back, at once or after a cut.

Keeps true: both can themselves be cut off and started again. What a person changed in a file since
the change was prepared is kept beside it (`NAME.ggen-kept`). A change that can't be finished, the
disk being full, say, is taken back; what can't be taken back either stays saved, and is said.

Does not do: locking; the caller holds the lock that the writer held.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ggen_graph.core.diagnostics import OperationInterrupted
from ggen_graph.edges.files import TEMPORARY_PREFIX, explain, printable, sync_folder, write_new
from ggen_graph.edges.flushing import flush
from ggen_graph.edges.journal_file import (
    REDO,
    STAGING,
    UNDO,
    Journal,
    Step,
    drop,
    pending,
    read,
    refuse_elsewhere,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT = ".ggen-kept"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of a change that was cut off; `kept` are the files put beside edited ones."""

    outcome: Literal["finished", "undone"]
    what: str
    started: str
    paths: tuple[str, ...]
    kept: tuple[str, ...]

    def told(self) -> str:
        """For a person."""
        became = "finished" if self.outcome == "finished" else "taken back"
        beside = f"; kept beside: {', '.join(map(printable, self.kept))}" if self.kept else ""
        return f"`{self.what}` of {self.started} was cut off and has been {became}{beside}"


def recover(root: Path, journal_dir: Path) -> Recovery | None:
    """Finish the change that was cut off, or take it back if it can't be finished.

    The caller holds the lock under which changes are made.

    Args:
        root: the folder the change is for; it may have moved since.
        journal_dir: where the journal is, e.g. `.ggen/transaction`.

    Returns:
        What was done; None if there was nothing to do.

    Raises:
        OperationInterrupted: neither can be done; what is staged and saved stays where it is.
    """
    refuse_elsewhere(root, journal_dir)
    if not pending(journal_dir):
        if (journal_dir / STAGING).exists():
            drop(journal_dir)
        return None
    undoing = (journal_dir / UNDO).exists()
    journal = read(root, journal_dir / (UNDO if undoing else REDO))
    if not undoing:
        try:
            return _recovery("finished", journal, finish(root, journal_dir, journal))
        except OSError:
            pass  # a disk that is full, a folder that can't be written to: take it back
    return _recovery("undone", journal, take_back(root, journal_dir, journal))


def finish(root: Path, journal_dir: Path, journal: Journal) -> tuple[str, ...]:
    """Move what is staged into place and drop the journal; returns the edits kept beside.

    Raises:
        OSError: as it comes from the system; the journal stays.
    """
    real_root = Path(os.path.realpath(root))
    kept = []
    for step in journal.steps:
        target = real_root / step.path
        if step.after is None:
            kept += _keep_edit(target, step)
            target.unlink(missing_ok=True)
            continue
        if step.staged is None:
            _set_mode(target, step.mode)
            continue
        staged = journal_dir / STAGING / step.staged
        if staged.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            kept += _keep_edit(target, step)
            place(staged, target)
    _remove_empty(real_root / folder for folder in journal.emptied)
    for folder, mode in reversed(journal.modes):  # a folder's may keep us from the one above
        _set_mode(real_root / folder, mode)
    _sync(real_root, journal)
    drop(journal_dir)
    return tuple(path.relative_to(real_root).as_posix() for path in kept)


def take_back(root: Path, journal_dir: Path, journal: Journal) -> tuple[str, ...]:
    """Put everything back as it was before the change and drop the journal.

    Returns:
        The edits made since the cut, kept beside their files.

    Raises:
        OperationInterrupted: the system refused; the journal, and what it saved, stay.
    """
    real_root = Path(os.path.realpath(root))
    kept: list[Path] = []
    if not pending(journal_dir):
        return ()  # it was finished; only tidying up failed
    try:
        if (journal_dir / REDO).exists():
            (journal_dir / REDO).rename(journal_dir / UNDO)
            sync_folder(journal_dir)
        for step in reversed(journal.steps):
            kept += _take_back_step(real_root / step.path, journal_dir / STAGING, step)
        _remove_empty(real_root / folder for folder in reversed(journal.folders))
        _sync(real_root, journal)
        drop(journal_dir)
    except OSError as error:
        raise OperationInterrupted(
            f"could not take back {journal.what or 'a change'} of {journal.started}: {error.strerror}",
            help=f"what it replaced is in {printable(journal_dir / STAGING)}; make the files"
            " writable and run any command again",
            details={
                "journal": printable(journal_dir),
                "cause": explain(error, "undo", root).message,
            },
        ) from error
    return tuple(path.relative_to(real_root).as_posix() for path in kept)


def place(source: Path, target: Path) -> None:
    """Rename; from another file system, copy beside `target`, flush, and rename there.

    Raises:
        OSError: as it comes from the system; `source` still exists then.
    """
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # One name per folder: the lock lets one of us write, and a cut leaves it to the next try.
        near = target.parent / f"{TEMPORARY_PREFIX}placing.tmp"
        near.unlink(missing_ok=True)
        write_new(near, source.read_bytes(), source.stat().st_mode & 0o7777)
        near.replace(target)
        sync_folder(target.parent)  # or a power cut might keep the removal and lose the name
        source.unlink()


def digest(path: Path) -> str | None:
    """The hex SHA-256 of a file's content; None if there is no file."""
    from hashlib import sha256  # noqa: PLC0415 - most commands write nothing

    try:
        return sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def _take_back_step(target: Path, staging: Path, step: Step) -> list[Path]:
    if step.after is None:
        return _put_back(target, staging, step)
    if step.staged is None:
        _set_mode(target, step.mode_before)
        return []
    if (staging / step.staged).exists():
        return []  # never got into place
    kept = _keep_edit(target, step)
    if step.saved is None:
        target.unlink(missing_ok=True)
    elif (staging / step.saved).exists() and target.parent.exists():
        place(staging / step.saved, target)
    return kept


def _put_back(target: Path, staging: Path, step: Step) -> list[Path]:
    """Bring a removed file back; what someone put in its place is kept beside."""
    if step.saved is None or not (staging / step.saved).exists() or digest(target) == step.before:
        return []
    kept = _keep_edit(target, step)
    target.parent.mkdir(parents=True, exist_ok=True)
    place(staging / step.saved, target)
    return kept


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(OSError):  # something else is in it by now
            folder.rmdir()


def _keep_edit(target: Path, step: Step) -> list[Path]:
    """Rename `target` if its content is neither the old nor the new; where it is now, if so."""
    if digest(target) in {None, step.before, step.after}:
        return []
    number = 1
    while os.path.lexists(beside := target.with_name(_kept_name(target.name, number))):
        number += 1
    target.rename(beside)
    return [beside]


def _kept_name(name: str, number: int) -> str:
    return name + KEPT if number == 1 else f"{name}{KEPT}-{number}"


def _set_mode(target: Path, mode: int | None) -> None:
    if mode is not None:
        with suppress(FileNotFoundError):  # removed since: nothing to set
            target.chmod(mode)


def _sync(root: Path, journal: Journal) -> None:
    """Flush the names that the change made or took away, and the modes it set."""
    paths = [*journal.folders, *journal.emptied, *(step.path for step in journal.steps)]
    folders = {path.rpartition("/")[0] for path in paths}
    modes = {step.path for step in journal.steps if step.staged is None} | dict(
        journal.modes
    ).keys()
    flush(path for path in (root / name for name in sorted(folders | modes)) if path.exists())


def _recovery(
    outcome: Literal["finished", "undone"], journal: Journal, kept: tuple[str, ...]
) -> Recovery:
    paths = tuple(step.path for step in journal.steps)
    return Recovery(outcome, journal.what, journal.started, paths, kept)
