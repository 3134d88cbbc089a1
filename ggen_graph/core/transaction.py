"""A transaction that happened, as its record tells it: a value, and the way to and from JSON values.

Does not do: making one happen (`workflows.transaction`), reading or writing files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import PathRefused, RecordInvalid
from ggen_graph.core.names import inner_path
from ggen_graph.core.plan import Change, FileState

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Transaction:
    """A change that happened, as its record tells it.

    Attributes:
        id: its number in its place and six hex digits, since two branches may count alike.
        number: greater than that of all before it.
        at: when, ISO 8601 in UTC.
        by: the login name of who asked for it.
        command: what they asked for.
        changes: the files.
        folders: those that it created.
        emptied: the permission bits of those that it may have removed, by path.
        run: the id of the run whose files these are, or "".
        reverts: the id of the transaction that it rolled back, or "".
    """

    id: str
    number: int
    at: str
    by: str
    command: str
    changes: tuple[Change, ...]
    folders: tuple[str, ...] = ()
    emptied: Mapping[str, int] = field(default_factory=dict)
    run: str = ""
    reverts: str = ""

    def to_record(self) -> dict[str, Any]:
        """As JSON values, with the kind of record it is."""
        record: dict[str, Any] = {
            "kind": "transaction",
            "id": self.id,
            "number": self.number,
            "at": self.at,
            "by": self.by,
            "command": self.command,
        }
        record |= {name: value for name in ("run", "reverts") if (value := getattr(self, name))}
        record["folders"] = list(self.folders)
        record["emptied"] = {path: f"{mode:o}" for path, mode in self.emptied.items()}
        record["changes"] = [change.to_record() for change in self.changes]
        return record


def parse_transaction(record: Any) -> Transaction:
    """The transaction of a record.

    Raises:
        RecordInvalid: it is none.
    """
    try:
        return Transaction(
            id=_text(record["id"]),
            number=int(record["number"]),
            at=_text(record["at"]),
            by=_text(record["by"]),
            command=_text(record["command"]),
            changes=tuple(map(_change, record["changes"])),
            folders=tuple(map(_folder, record["folders"])),
            emptied={_folder(path): int(mode, 8) for path, mode in record["emptied"].items()},
            run=_text(record.get("run", "")),
            reverts=_text(record.get("reverts", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, PathRefused) as error:
        raise RecordInvalid(f"it is no record of a transaction: {error}") from error


def _change(record: Mapping[str, Any]) -> Change:
    before, after = (
        record[name]
        and FileState(
            _text(record[name]["checksum"]), int(record[name]["size"]), int(record[name]["mode"], 8)
        )
        for name in ("before", "after")
    )
    return Change(
        _text(record["path"]),
        before,
        after,
        _text(record["why"]),
        _text(record["release"]),
        bool(record["edited"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _folder(value: Any) -> str:
    return inner_path(_text(value))
