"""What a change to several files leaves on the disk while it happens.

That is a folder with `staging/`, holding the new files (`0`, `1`, …) and a second name for each
file that will be replaced (`0.old`, …), and one document that says what goes where. Its *name* is
the state: `journal.json` means "finish this", `undo.json` means "take this back"; a rename, which
needs no room on the disk, turns the one into the other. No document means that nothing was begun.

Keeps true: a document is there only when all it names is staged and flushed, and goes only when all
of it is in place and flushed, or taken back. It is read as input from outside: its paths stay inside
the root.

Does not do: deciding what to write (`edges.writes`), moving files (`edges.journal`), locking.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ggen_graph.core.diagnostics import OperationInterrupted, PathRefused
from ggen_graph.core.names import inner_path
from ggen_graph.edges.files import (
    explained,
    printable,
    sync_folder,
    write_new,
)
from ggen_graph.edges.staging import delete_tree
from ggen_graph.edges.targets import resolve_targets

SCHEMA = 3
REDO, UNDO, STAGING = "journal.json", "undo.json", "staging"

_STAGED_NAME = re.compile(r"[0-9]+(\.old)?")


@dataclass(frozen=True, slots=True)
class Step:
    """One file of a change.

    `path` is relative to the root, links followed. `staged` names the new content in `staging/`,
    None where only the mode changes or the file is removed; `saved` the old one, None where there
    was no file. `before` and `after` are hex SHA-256 of the content, None for no file; `mode_before`
    and `mode` permission bits.
    """

    path: str
    staged: str | None
    saved: str | None
    before: str | None
    after: str | None
    mode_before: int | None
    mode: int | None


@dataclass(frozen=True, slots=True)
class Journal:
    """A change: what it was for, when it began (UTC, ISO 8601), its files.

    `folders` are those that it creates, `emptied` those that go once they are empty; `modes` are the
    permission bits of some of the created ones.
    """

    what: str
    started: str
    folders: tuple[str, ...]
    steps: tuple[Step, ...]
    emptied: tuple[str, ...] = ()
    modes: tuple[tuple[str, int], ...] = ()


def pending(journal_dir: Path) -> bool:
    """Whether a change was begun there and neither finished nor undone (or is under way)."""
    return (journal_dir / REDO).exists() or (journal_dir / UNDO).exists()


def refuse_elsewhere(root: Path, journal_dir: Path) -> None:
    """Refuse a journal that seems to be inside `root` and is, through a link, elsewhere.

    Staging is deleted without asking; a link in a folder that someone else made must not say what.

    Raises:
        PathRefused: `journal_dir` is such a place.
    """
    if journal_dir.is_relative_to(root) and not Path(os.path.realpath(journal_dir)).is_relative_to(
        os.path.realpath(root)
    ):
        raise PathRefused(f"{printable(journal_dir)} leads through a link out of its folder")


def begin(journal_dir: Path, journal: Journal) -> None:
    """Write the document: from here on the change happens, now or at the next start.

    Raises:
        NotPermitted, InstallFailed: the system refused; nothing was begun.
    """
    import json  # noqa: PLC0415 - most commands write nothing

    steps = [_record(step) for step in journal.steps]
    document = json.dumps({"schema": SCHEMA, **_record(journal), "steps": steps})
    with explained("write", journal_dir / REDO):
        # Written where the next start throws it away, should we be cut off before the rename.
        write_new(journal_dir / STAGING / REDO, document.encode("ascii"))
        (journal_dir / STAGING / REDO).replace(journal_dir / REDO)
        sync_folder(journal_dir)


def drop(journal_dir: Path) -> None:
    """Forget a change that is finished, undone or was never begun.

    Unlinking the document is the end of the change: what fails after it is tidying up, which the
    next start does, and must not look like a change that failed.

    Raises:
        OSError: as it comes from the system; the document is still there.
    """
    for name in (REDO, UNDO):
        if (journal_dir / name).exists():  # only one is, and to look for the other must not fail
            (journal_dir / name).unlink(missing_ok=True)
    with suppress(OSError):
        sync_folder(journal_dir)
        if (journal_dir / STAGING).exists():
            delete_tree(journal_dir / STAGING)


def read(root: Path, path: Path) -> Journal:
    """The document at `path`, checked: a cloned project may bring one along.

    Raises:
        OperationInterrupted: it can't be read, or names what it may not.
    """
    import json  # noqa: PLC0415 - only after a cut

    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
        journal = Journal(
            what=document["what"],
            started=document["started"],
            folders=tuple(map(inner_path, document["folders"])),
            steps=tuple(Step(**step) for step in document["steps"]),
            emptied=tuple(map(inner_path, document["emptied"])),
            modes=tuple((inner_path(path), int(mode)) for path, mode in document["modes"]),
        )
        _check(root, document["schema"], journal)
    except (OSError, ValueError, KeyError, TypeError, PathRefused) as error:
        raise OperationInterrupted(
            f"the journal {printable(path)} of a change that was cut off can't be used: {error}",
            help=f"look at {printable(path.parent / STAGING)}, which holds the new and the replaced"
            f" files, then remove {printable(path.parent)}",
            details={"journal": printable(path)},
        ) from error
    return journal


def _record(value: Step | Journal) -> dict[str, Any]:
    """Fields by name, not copied: `asdict` takes as long as it takes to write the files."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _check(root: Path, schema: Any, journal: Journal) -> None:
    if schema != SCHEMA:
        raise ValueError(f"its schema is {schema!r}, not {SCHEMA}")
    paths = [step.path for step in journal.steps]
    real_root = Path(os.path.realpath(root))
    folders = [
        real_root / folder for folder in (*journal.folders, *journal.emptied, *dict(journal.modes))
    ]
    if resolve_targets(root, paths) != paths or any(os.path.realpath(f) != str(f) for f in folders):
        raise ValueError("a path leads through a link")
    for step in journal.steps:
        for name in (step.staged, step.saved):
            if name is not None and not _STAGED_NAME.fullmatch(name):
                raise ValueError(f"{name} is no staged file")
