"""What a command is about to do to files, as a value: shown, serialised, refused before it happens.

Keeps true: a plan names every file that would change, how it is and how it will be (checksum, size,
mode), and why; from that alone follow its risk and so the question a person is asked.

Does not do: looking at files, changing them (`edges.writes`), or asking.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Kind = Literal["create", "replace", "delete", "mode"]

# Files of ggen's own: a person reads about them in one line.
_OWN = ".ggen/"
_MAX_DIFF = 200_000  # bytes of a file beyond which no line diff is made: it takes quadratic time


class Risk(Enum):
    """What a plan puts at risk, and so how much of a "yes" it needs.

    `NONE`: nothing that a person wrote is touched; no question. `EDITS`: hand edits are replaced or
    removed, though kept; one question. `IRREVERSIBLE`: there is no way back; the name is to be typed.
    """

    NONE = "none"
    EDITS = "edits"
    IRREVERSIBLE = "irreversible"


@dataclass(frozen=True, slots=True)
class FileState:
    """A file at one moment: "sha256:" and hex, bytes, permission bits."""

    checksum: str
    size: int
    mode: int


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is created (`before` None), deleted (`after` None), replaced or given another mode.

    `why` says what asks for it, e.g. "web-base 1.2.0"; `release` is the IRI of the release that it
    comes from, if it is of one; `edited` says that a person's edit is replaced or removed.
    """

    path: str
    before: FileState | None
    after: FileState | None
    why: str = ""
    release: str = ""
    edited: bool = False

    @property
    def kind(self) -> Kind:
        """What happens to the file."""
        if self.before is None:
            return "create"
        if self.after is None:
            return "delete"
        return "mode" if self.before.checksum == self.after.checksum else "replace"

    def to_record(self) -> dict[str, Any]:
        """As JSON values."""
        record: dict[str, Any] = {"path": self.path, "kind": self.kind}
        for name, state in (("before", self.before), ("after", self.after)):
            record[name] = state and {
                "checksum": state.checksum,
                "size": state.size,
                "mode": f"{state.mode:o}",
            }
        return record | {"why": self.why, "release": self.release, "edited": self.edited}


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """All that one command would change.

    `command` is what asks for it. `remarks` are consequences that are no files. `irreversible` is
    what must be typed to allow it, "" where there is a way back.
    """

    command: str
    changes: tuple[Change, ...]
    remarks: tuple[str, ...] = ()
    irreversible: str = ""

    @property
    def risk(self) -> Risk:
        """The greatest risk of any of it."""
        if self.irreversible:
            return Risk.IRREVERSIBLE
        edited = any(change.edited for change in self.changes)
        return Risk.EDITS if edited else Risk.NONE

    def of_kind(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind == kind)

    def to_record(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "command": self.command,
            "risk": self.risk.value,
            "changes": [change.to_record() for change in self.changes],
            "remarks": list(self.remarks),
        }

    def lines(self) -> list[str]:
        """As a person reads it: a line for each file, one for all of ggen's own, and a count."""
        theirs = [change for change in self.changes if not change.path.startswith(_OWN)]
        lines = [_line(change) for change in theirs]
        if len(theirs) < len(self.changes):
            own = len(self.changes) - len(theirs)
            lines.append(f"  and {counted(own, 'file')} of ggen's own under .ggen/")
        lines += [f"  {remark}" for remark in self.remarks]
        counts = (
            (len(self.of_kind("create")), "to create"),
            (len(self.of_kind("replace")), "to replace"),
            (len(self.of_kind("mode")), "to change the mode of"),
            (len(self.of_kind("delete")), "to delete"),
        )
        told = ", ".join(f"{count} {what}" for count, what in counts if count)
        return [*lines, told] if told else lines or ["nothing to do"]


def counted(count: int, noun: str) -> str:
    """So many of something: "1 file", "2 files"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def unified_diff(path: str, before: bytes | None, after: bytes | None) -> Iterable[str]:
    """The lines of a unified diff, without line ends; one line for what is not text or too long.

    As `diff -u` writes them, so that `patch` and `git apply` take them.
    """
    old_name = f"a/{path}" if before is not None else "/dev/null"
    new_name = f"b/{path}" if after is not None else "/dev/null"
    old, new = _text_lines(before), _text_lines(after)
    if old is None or new is None:
        return [f"Files {old_name} and {new_name} differ"]
    lines = difflib.unified_diff(old, new, old_name, new_name)
    return [part for line in lines for part in _ended(line)]


def _ended(line: str) -> Sequence[str]:
    """A line of a diff without its line end; where the file has none there, that is said."""
    ended = line.removesuffix("\n")
    return [ended] if ended != line else [line, "\\ No newline at end of file"]


def _text_lines(data: bytes | None) -> Sequence[str] | None:
    if data is None:
        return []
    if len(data) > _MAX_DIFF or b"\0" in data:
        return None
    try:
        *lines, rest = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return None
    return [f"{line}\n" for line in lines] + [rest] * bool(rest)


def _line(change: Change) -> str:
    if change.kind == "mode" and change.before and change.after:
        detail = f"{change.before.mode:o} → {change.after.mode:o}"
    else:
        state = change.after or change.before
        detail = f"{state.size:,} bytes" if state else ""
    notes = [part for part in (change.why, "edited by hand" if change.edited else "") if part]
    told = f"  ({'; '.join(notes)})" if notes else ""
    return f"  {change.kind:<8} {change.path}  {detail}{told}"
