"""The one path by which commands change files: plan, consent, backup, journal, record.

A proposal says what is to be; `commit` surveys what that changes, shows it to whoever must agree,
keeps what it replaces, and makes all of it happen or none, with its own record among it. So a
transaction that happened has a record, and one that has a record happened.

Does not do: locking and recovery; the caller holds the place's lock (`hold`, `hold_home`) and lets
the graph follow after it (`follow`).
"""

from __future__ import annotations

import getpass
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import (
    InstallFailed,
    NotPermitted,
    RecordInvalid,
    StoreBusy,
    StoreCorrupt,
)
from ggen_graph.core.plan import Change, ChangePlan, FileState
from ggen_graph.edges.backups import Backups
from ggen_graph.edges.files import (
    ensure_space,
    explained,
    missing_folders,
    read_bytes,
    usual_mode,
)
from ggen_graph.edges.journal import recover
from ggen_graph.edges.locks import exclusive, waiting
from ggen_graph.edges.writes import Changing, Write, carry_out, survey, write_staged_tree
from ggen_graph.workflows.project import PRIVATE, hold_project, read_project, sync_project
from ggen_graph.workflows.records import clock, write_record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from ggen_graph.edges.config import Home
    from ggen_graph.edges.journal import Recovery
    from ggen_graph.workflows.project import Project

Contents = Mapping[str, tuple[bytes | None, bytes | None]]
"""By path, what a file holds before and after; None where there is no file."""

Consent = Callable[[ChangePlan, Contents], None]
"""Shown a plan before it is carried out; raises to stop it."""

HOME = "home"


def agreed(_plan: ChangePlan, _contents: Contents) -> None:
    """The consent of whoever asks no questions."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a command changes files.

    Attributes:
        consent: whom to ask before anything is changed.
        tell: whom to tell of each step, of waiting, and of what was cut off earlier.
        wait: whether to wait for others who hold the project or the home; if not, fail.
        note: whom to tell what went wrong, and was not worth failing for.
        dry: whether the consent only looks, so that not even a failure is to be recorded.
    """

    consent: Consent = agreed
    tell: Callable[[str], None] | None = None
    wait: bool = True
    note: Callable[[str], None] | None = None
    dry: bool = False


ANYHOW = Terms()
"""Ask nobody, tell nobody, wait for others."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose files a transaction changes: a project's, or the home's.

    Attributes:
        root: the folder that no path leaves.
        scope: the project's id, or "home".
        private: the folder in `root` for what is ggen's own, with a `/` behind it; "" for the home.
        home: where backups are kept.
    """

    root: Path
    scope: str
    private: str
    home: Home

    @property
    def journal(self) -> Path:
        """Where a change that is under way is written down."""
        return self.root / f"{self.private}transaction"

    @property
    def records(self) -> Path:
        """The folder of the records."""
        return self.root / f"{self.private}records"

    def record(self, transaction: str) -> str:
        """The path of a transaction's record in `root`."""
        return f"{self.private}records/transaction-{transaction}.json"

    @property
    def backups(self) -> Backups:
        """What its transactions replaced."""
        return Backups(self.home.path, self.scope)

    def recover(self) -> Recovery | None:
        """Finish or take back a change that was cut off."""
        return recover(self.root, self.journal)


def project_place(project: Project, home: Home) -> Place:
    """A project as a place of transactions."""
    return Place(project.root, project.manifest.id, f"{PRIVATE}/", home)


def home_place(home: Home) -> Place:
    """The home as a place of transactions."""
    return Place(home.path, HOME, "", home)


@contextmanager
def hold_home(home: Home, terms: Terms) -> Iterator[None]:
    """Hold the home's lock alone while the block runs; first finish or undo what was cut off."""
    what = "the home"
    on_wait = waiting(terms.tell, what)
    with exclusive(home.path / "lock", what, wait=terms.wait, on_wait=on_wait):
        recovery = home_place(home).recover()
        if recovery is not None and terms.tell is not None:
            terms.tell(recovery.told())
        yield


@contextmanager
def hold(project: Project, terms: Terms) -> Iterator[Project]:
    """Hold a project's lock while its files are changed; first finish or undo what was cut off.

    Yields:
        The project, read again.
    """
    with hold_project(project, terms.tell, wait=terms.wait):
        yield read_project(project.root)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a command wants the files of a place to be.

    Attributes:
        command: what asks for it, e.g. "packs generate".
        writes: the files.
        why: by path, what asks for that file.
        releases: by path, the IRI of the release that the file comes from.
        edited: the paths at which a person's edits are replaced or removed.
        remarks: consequences that are no files.
        irreversible: what must be typed to allow it; "" where there is a way back.
        emptied: folders that go if removals leave them empty; innermost first.
        run: the id of the run whose files these are.
        reverts: the id of the transaction that this rolls back.
    """

    command: str
    writes: tuple[Write, ...]
    why: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)
    edited: Collection[str] = ()
    remarks: tuple[str, ...] = ()
    irreversible: str = ""
    emptied: tuple[str, ...] = ()
    run: str = ""
    reverts: str = ""


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
    run: str = ""
    reverts: str = ""


@dataclass(frozen=True, slots=True)
class Committed:
    """What `commit` did. `kept` are edits made meanwhile, under the names they were put aside as."""

    transaction: Transaction
    kept: tuple[str, ...] = ()


def commit(place: Place, proposal: Proposal, consent: Consent = agreed) -> Committed | None:
    """Make the files of `place` what `proposal` says, all of them or none.

    Returns:
        What was done; None if everything was so already.

    Raises:
        whatever `consent` raises; FileChanged, PathRefused, NotPermitted, InstallFailed: see
        `writes.survey` and `writes.carry_out`. After any of them all is as it was.
    """
    changing = survey(place.root, proposal.writes, place.journal)
    plan = plan_of(proposal, changing)
    contents = {one.write.path: (one.before, one.write.data) for one in changing}
    consent(plan, contents)
    if not changing:
        return None
    with explained("look at the folders of", place.root):
        folders = _new_folders(place.root, changing)
    transaction = _begin(place, proposal, plan, folders)
    record = survey(place.root, [_record(place, transaction)], place.journal)
    old = [one.before for one in changing if one.before is not None and not one.same_content]
    ensure_space(place.root, sum(len(one.write.data or b"") for one in changing))
    try:
        place.backups.keep(transaction.id, old)
        kept = carry_out(
            place.root,
            (*changing, *record),
            place.journal,
            what=f"ggen {proposal.command}",
            emptied=proposal.emptied,
        )
    except BaseException:
        with suppress(Exception):  # what matters is why it failed; a backup too many harms nobody
            place.backups.drop(transaction.id)
        raise
    return Committed(transaction, kept)


def follow(project: Project, home: Home, terms: Terms) -> None:
    """Bring a project's graph up to date after a change.

    What happened stays, whatever becomes of the graph: that is made of the files, by the next
    command that asks it, which fails if it still can't be done.

    Raises:
        whatever is wrong with the files.
    """
    try:
        sync_project(read_project(project.root), home)
    except (InstallFailed, NotPermitted, StoreBusy, StoreCorrupt, OSError) as error:
        if terms.note is not None:
            terms.note(f"the graph is behind its files, until the next command: {error}")


def commit_new(
    place: Place, built: Path, proposal: Proposal, consent: Consent = agreed
) -> Committed:
    """Write the first files of a place whose folder is still being built, with their record.

    Args:
        place: as it will be.
        built: the folder that `staging.stage_tree` gave.
        proposal: all files of the place, none of which is there yet.
        consent: shown the plan first.
    """
    changing = [Changing(write, write.path, None, None) for write in proposal.writes]
    plan = plan_of(proposal, changing)
    consent(plan, {write.path: (None, write.data) for write in proposal.writes})
    transaction = _begin(place, proposal, plan, ())
    write_staged_tree(built, [*proposal.writes, _record(place, transaction)])
    return Committed(transaction)


def checksum_of(data: bytes | None) -> str | None:
    """The checksum of a content as lock, records and graph write it; None for no file."""
    return None if data is None else "sha256:" + hashlib.sha256(data).hexdigest()


def plan_of(proposal: Proposal, changing: Sequence[Changing]) -> ChangePlan:
    """A survey as a plan for people."""
    changes = []
    for one in changing:
        path = one.write.path
        before = one.before is not None
        changes.append(
            Change(
                path,
                _state(one.before, one.mode_before),
                _state(one.write.data, one.mode),
                proposal.why.get(path, ""),
                proposal.releases.get(path, ""),
                edited=before and path in proposal.edited,
            )
        )
    return ChangePlan(proposal.command, tuple(changes), proposal.remarks, proposal.irreversible)


def transactions(place: Place) -> list[Transaction]:
    """The transactions that a place remembers, the oldest first; a record that is none is left out."""
    found = []
    for path in place.records.glob("transaction-*.json"):
        with suppress(RecordInvalid, FileNotFoundError):
            found.append(read_transaction(path))
    return sorted(found, key=lambda one: (one.number, one.at, one.id))


def read_transaction(path: Path) -> Transaction:
    """A transaction's record.

    Raises:
        RecordInvalid: it is none.
    """
    try:
        record = json.loads(read_bytes(path))
        return Transaction(
            id=_text(record["id"]),
            number=int(record["number"]),
            at=_text(record["at"]),
            by=_text(record["by"]),
            command=_text(record["command"]),
            changes=tuple(map(_read_change, record["changes"])),
            folders=tuple(map(_text, record["folders"])),
            run=_text(record.get("run", "")),
            reverts=_text(record.get("reverts", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordInvalid(f"{path.name} is no record of a transaction: {error}") from error


def _begin(
    place: Place, proposal: Proposal, plan: ChangePlan, folders: Sequence[str]
) -> Transaction:
    number = 1 + max(map(_number, place.records.glob("transaction-*.json")), default=0)
    return Transaction(
        id=f"{number}-{secrets.token_hex(3)}",
        number=number,
        at=clock(),
        by=_who(),
        command=proposal.command,
        changes=plan.changes,
        folders=tuple(folders),
        run=proposal.run,
        reverts=proposal.reverts,
    )


def _number(record: Path) -> int:
    found = re.match(r"transaction-(\d{1,9})-", record.name)
    return int(found[1]) if found else 0


def _record(place: Place, transaction: Transaction) -> Write:
    record: dict[str, Any] = {
        "kind": "transaction",
        "id": transaction.id,
        "number": transaction.number,
        "at": transaction.at,
        "by": transaction.by,
        "command": transaction.command,
    }
    record |= {name: value for name in ("run", "reverts") if (value := getattr(transaction, name))}
    record["folders"] = list(transaction.folders)
    record["changes"] = [change.to_record() for change in transaction.changes]
    return write_record(record, place.private)


def _read_change(record: Mapping[str, Any]) -> Change:
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


def _who() -> str:
    """The login name of whoever runs this; "" where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _state(data: bytes | None, mode: int | None) -> FileState | None:
    if data is None:
        return None
    checksum = checksum_of(data)
    return FileState(checksum or "", len(data), usual_mode() if mode is None else mode)


def _new_folders(root: Path, changing: Sequence[Changing]) -> list[str]:
    """The folders that a change creates, outermost first."""
    parents = {(root / one.target).parent for one in changing if one.write.data is not None}
    missing = {folder for parent in parents for folder in missing_folders(parent)}
    return sorted(folder.relative_to(root).as_posix() for folder in missing)
