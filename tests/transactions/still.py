"""A program: `ggen` whose ids and times are always the same, for tests that compare what runs leave byte by byte.

`python still.py [--mutant NAME] ARGUMENT…` runs `ggen ARGUMENT…`. The times come from
SOURCE_DATE_EPOCH, those of transactions too; the six digits behind a transaction's number stay random,
since two attempts must not meet in the same backup. A mutant is a way of writing that would be wrong, and must be found out.
"""

from __future__ import annotations

import sys
import uuid
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from ggen_graph.workflows.records import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ggen_graph.edges.writes import Changing


REAL_TIME = "ggen_graph.workflows.transaction.real_time"


def numbered_ids(arguments: Sequence[str]) -> Callable[[], uuid.UUID]:
    """What stands in for `uuid.uuid4`: one id after the other, the same for the same command."""
    numbers = count(1)
    seed = " ".join(arguments)
    return lambda: uuid.uuid5(uuid.NAMESPACE_OID, f"{seed} {next(numbers)}")


def _put(name: str, value: Any) -> None:
    patch(name, value).start()


def no_folder_flushed() -> None:
    """Names are not flushed; contents are.

    Nor is the graph written: on most file systems its flushes take along the names of all files.
    """
    from ggen_graph.edges import flushing

    def nothing(folder: Path) -> None: ...

    def only_files(paths: Iterable[Path]) -> None:
        flushing.flush(path for path in paths if path.is_file())

    for module in ("files", "flushing", "journal", "journal_file", "staging"):
        _put(f"ggen_graph.edges.{module}.sync_folder", nothing)
    for module in ("journal", "staging", "writes"):
        _put(f"ggen_graph.edges.{module}.flush", only_files)
    _put("ggen_graph.workflows.uninstall.follow", lambda project, home, terms: None)


def nothing_flushed() -> None:
    """Contents are not flushed, nor are names."""
    no_folder_flushed()
    _put("os.fsync", lambda descriptor: None)


def in_place() -> None:
    """Files are written where they are, without a temporary one and without a journal."""

    def carry_out(
        root: Path,
        changes: Sequence[Changing],
        journal_dir: Path,
        **_more: Any,
    ) -> tuple[str, ...]:
        for change in changes:
            target = root / change.target
            if change.write.data is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(change.write.data)
        return ()

    _put("ggen_graph.workflows.transaction.carry_out", carry_out)


def unlink_first() -> None:
    """What is replaced is unlinked before its content has its second name."""
    from ggen_graph.edges import files

    def save(target: Path, saved: Path, change: Changing) -> None:
        target.unlink()
        files.write_new(saved, change.before or b"", change.mode_before, flushed=False)

    _put("ggen_graph.edges.writes._save", save)


def journal_last() -> None:
    """The journal is written once everything is in place."""
    from ggen_graph.edges import journal_file

    begin, drop = journal_file.begin, journal_file.drop
    begun: list[Any] = []

    def later(*arguments: Any) -> None:
        begun.append(arguments)

    def dropping(folder: Path) -> None:
        while begun:
            begin(*begun.pop())
        drop(folder)

    _put("ggen_graph.edges.journal_file.begin", later)
    _put("ggen_graph.edges.journal.drop", dropping)


MUTANTS: dict[str, Callable[[], None]] = {
    "no-folder-flushed": no_folder_flushed,
    "nothing-flushed": nothing_flushed,
    "in-place": in_place,
    "unlink-first": unlink_first,
    "journal-last": journal_last,
}


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--mutant"]:
        MUTANTS[arguments[1]]()
        arguments = arguments[2:]
    sys.argv = ["ggen", *arguments]
    uuid.uuid4 = numbered_ids(arguments)
    _put(REAL_TIME, clock)
    from ggen_graph.__main__ import start

    start()


if __name__ == "__main__":
    main()
