"""The one path by which commands change files: plan, consent, backup, journal, record.

A proposal says what is to be; `commit` surveys what that changes, shows it to whoever must agree,
keeps what it replaces, and makes all of it happen or none, with its own record among it. So a
transaction that happened has a record, and one that has a record happened.

Does not do: locking and recovery (`workflows.places`): the caller holds the place, and lets the graph
follow after the change (`follow`).
"""

from __future__ import annotations

import getpass
import json
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    InstallFailed,
    NotPermitted,
    RecordInvalid,
    StoreBusy,
    StoreCorrupt,
)
from ggen_graph.core.plan import Change, ChangePlan, FileState
from ggen_graph.core.transaction import Transaction, parse_transaction
from ggen_graph.edges.files import (
    ensure_space,
    explained,
    missing_folders,
    permissions,
    read_bytes,
    same_disk,
    usual_mode,
)
from ggen_graph.edges.journal_file import pending
from ggen_graph.edges.writes import (
    Changing,
    Write,
    carry_out,
    checksum,
    survey,
    write_staged_tree,
)
from ggen_graph.workflows.places import agreed
from ggen_graph.workflows.project import read_project, sync_project
from ggen_graph.workflows.records import real_time, write_record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.places import Consent, Place, Terms
    from ggen_graph.workflows.project import Project


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
        folder_modes: the permission bits of folders that may have to be created again.
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
    folder_modes: Mapping[str, int] = field(default_factory=dict)
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
        `writes.survey` and `writes.carry_out`; too little room is found before consent. After any of them all is as it was.
    """
    changing = survey(place.root, proposal.writes, place.journal)
    plan = plan_of(proposal, changing)
    contents = {one.write.path: (one.before, one.write.data) for one in changing}
    places = {
        one.before: place.root / one.target
        for one in changing
        if one.before is not None and not one.same_content
    }
    _ensure_room(place, sum(len(one.write.data or b"") for one in changing), sum(map(len, places)))
    consent(plan, contents)
    if not changing:
        return None
    with explained("look at the folders of", place.root):
        folders = _new_folders(place.root, changing)
    transaction = _begin(place, proposal, plan, folders)
    record = survey(
        place.root, [write_record(transaction.to_record(), place.private)], place.journal
    )
    try:
        place.backups.keep(transaction.id, places.keys(), places)
        kept = carry_out(
            place.root,
            (*changing, *record),
            place.journal,
            what=f"ggen {proposal.command}",
            emptied=proposal.emptied,
            folder_modes=proposal.folder_modes,
        )
    except BaseException:
        stands = (place.root / place.record(transaction.id)).exists() or pending(place.journal)
        if not stands:  # else it happened, or the next command may yet finish it
            # What matters is why it failed; a backup too many harms nobody.
            with suppress(Exception):
                place.backups.drop(transaction.id)
        raise
    if kept:  # and perhaps written into, while a backup was linked to it; what happened stands
        with suppress(NotPermitted, InstallFailed):
            place.backups.keep(transaction.id, places.keys())
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
    ensure_space(built, sum(len(write.data or b"") for write in proposal.writes))
    consent(plan, {write.path: (None, write.data) for write in proposal.writes})
    transaction = _begin(place, proposal, plan, ())
    write_staged_tree(
        built, [*proposal.writes, write_record(transaction.to_record(), place.private)]
    )
    return Committed(transaction)


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
            found.append(_read(path))
    return sorted(found, key=lambda one: (one.number, one.at, one.id))


def _read(path: Path) -> Transaction:
    try:
        return parse_transaction(json.loads(read_bytes(path)))
    except ValueError as error:
        raise RecordInvalid(f"{path.name} is no record: {error}") from error


def _ensure_room(place: Place, new: int, old: int) -> None:
    """Refuse what would fill a disk, before anyone is asked, or changes the home for it.

    Args:
        place: whose files change.
        new: bytes that are written there.
        old: bytes that are backed up in the home.
    """
    if same_disk(place.root, place.home.path):
        new = old = new + old
    ensure_space(place.root, new)
    ensure_space(place.home.path, old)


def _begin(
    place: Place, proposal: Proposal, plan: ChangePlan, folders: Sequence[str]
) -> Transaction:
    number = 1 + max(map(_number, place.records.glob("transaction-*.json")), default=0)
    return Transaction(
        id=f"{number}-{secrets.token_hex(3)}",
        number=number,
        at=real_time(),
        by=_who(),
        command=proposal.command,
        changes=plan.changes,
        folders=tuple(folders),
        emptied=_folder_modes(place.root, proposal.emptied),
        run=proposal.run,
        reverts=proposal.reverts,
    )


def _number(record: Path) -> int:
    found = re.match(r"transaction-(\d{1,9})-", record.name)
    return int(found[1]) if found else 0


def _who() -> str:
    """The login name of whoever runs this; "" where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _state(data: bytes | None, mode: int | None) -> FileState | None:
    if data is None:
        return None
    return FileState(checksum(data), len(data), usual_mode() if mode is None else mode)


def _folder_modes(root: Path, folders: Collection[str]) -> dict[str, int]:
    modes = {folder: permissions(root / folder) for folder in folders}
    return {folder: mode for folder, mode in modes.items() if mode is not None}


def _new_folders(root: Path, changing: Sequence[Changing]) -> list[str]:
    """The folders that a change creates, outermost first."""
    parents = {(root / one.target).parent for one in changing if one.write.data is not None}
    missing = {folder for parent in parents for folder in missing_folders(parent)}
    return sorted(folder.relative_to(root).as_posix() for folder in missing)
