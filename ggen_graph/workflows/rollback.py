"""Undoing a transaction: each file it changed is again what it was, by a transaction of its own.

What a file holds now decides what is done: as the transaction left it, it is put back; as it was
before, it is left; edited since, it is put back and the newer kept beside; as a *later* transaction
left it, that one is to be rolled back first. Records stay: what happened, happened.
"""

from __future__ import annotations

import json
import os
import re
from itertools import count
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    BackupMissing,
    RollbackBlocked,
    TransactionNotFound,
    did_you_mean,
)
from ggen_graph.edges.files import explained, permissions, read_bytes
from ggen_graph.edges.trees import tree_checksum, tree_files
from ggen_graph.edges.writes import Write, checksum_of
from ggen_graph.workflows.places import HOME, agreed
from ggen_graph.workflows.project import MANIFEST
from ggen_graph.workflows.transaction import Proposal, commit, transactions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ggen_graph.core.plan import Change
    from ggen_graph.core.transaction import Transaction
    from ggen_graph.workflows.places import Consent, Place
    from ggen_graph.workflows.transaction import Committed

NEWER = ".ggen-newer"
LATEST = "latest"
_RECEIPT = re.compile(r"packages/([^/]+)/\.([^/]+)\.json")


def rollback(place: Place, wanted: str, consent: Consent = agreed) -> Committed | None:
    """Undo a transaction of `place`, whose lock the caller holds.

    Args:
        place: a project, or the home.
        wanted: the id of the transaction, its number, or "latest".
        consent: shown the plan first.

    Returns:
        What was done; None if everything is as it was before the transaction already.

    Raises:
        TransactionNotFound: there is none of that id.
        RollbackBlocked: it made the place, or later ones changed the same files.
        BackupMissing: what it replaced is not kept any more.
        and whatever `commit` raises. After any of them nothing was changed.
    """
    known = transactions(place)
    transaction = find_transaction(known, wanted)
    if any(change.path == MANIFEST and change.before is None for change in transaction.changes):
        raise RollbackBlocked(
            f"transaction {transaction.id} made this project, so there is nothing to go back to",
            help="remove the folder if it is not wanted",
        )
    later = [one for one in known if one.number > transaction.number]
    undone = [_Undone(place, transaction, change) for change in transaction.changes]
    blocking = [one for one in undone if one.left_by(later)]
    if blocking:
        raise _later(transaction, blocking, later)
    _refuse_lost_trees(place, transaction)
    edited = [one.path for one in undone if one.edited]
    proposal = Proposal(
        "packs rollback",
        tuple(write for one in undone for write in one.writes()),
        why={one.path: f"transaction {transaction.id}" for one in undone},
        releases={one.path: one.release for one in undone if one.release},
        edited=frozenset(edited),
        remarks=tuple(f"{path} was changed since; that is kept beside it" for path in edited),
        emptied=tuple(reversed(transaction.folders)),
        folder_modes=transaction.emptied,
        reverts=transaction.id,
    )
    return commit(place, proposal, consent)


class _Undone:
    """One file of a transaction, as it is now."""

    def __init__(self, place: Place, transaction: Transaction, change: Change) -> None:
        self._place = place
        self._transaction = transaction
        self._change = change
        self.path = change.path
        self.release = change.release
        target = place.root / change.path
        with explained("read", target):
            self._mode = permissions(target) if target.is_file() else None
            self._data = None if self._mode is None else read_bytes(target)
        self._now = checksum_of(self._data)
        self._before = change.before.checksum if change.before else None
        self._after = change.after.checksum if change.after else None

    @property
    def edited(self) -> bool:
        """Whether it holds what neither was there before nor came of the transaction."""
        return self._now not in {self._before, self._after, None}

    def left_by(self, later: Sequence[Transaction]) -> Transaction | None:
        """The first of these transactions that left it as it is now; a rollback may have done so again."""
        if self._now in {self._before, self._after}:
            return None
        for transaction in later:
            for change in transaction.changes:
                left = change.after.checksum if change.after else None
                if change.path == self.path and left == self._now:
                    return transaction
        return None

    def writes(self) -> Iterator[Write]:
        """What brings it back, and keeps what a person made of it since."""
        before, after = self._change.before, self._change.after
        if self._now == self._before and self._before != self._after:
            return
        mode = before.mode if before else None
        if after and self._mode not in {None, after.mode}:
            mode = self._mode  # a person's choice since
        data = None
        if before is not None and self._before == self._now:
            data = self._data  # only its mode was changed
        elif before is not None:
            data = self._place.backups.read(self._transaction.id, before.checksum)
        if self.edited:
            yield Write(_beside(self._place, self.path), self._data, self._mode, expected=None)
        yield Write(self.path, data, mode, expected=self._now)


def _refuse_lost_trees(place: Place, transaction: Transaction) -> None:
    """Refuse to declare installed again what `clean` has removed, or another tree took the place of."""
    if place.scope != HOME:
        return
    for change in transaction.changes:
        receipt = _RECEIPT.fullmatch(change.path)
        if not receipt or not change.before:
            continue
        tree = place.root / "packages" / receipt[1] / receipt[2]
        text = place.backups.read(transaction.id, change.before.checksum)
        try:
            then = json.loads(text)["tree"]
        except (ValueError, KeyError, TypeError):
            raise RollbackBlocked(
                f"what transaction {transaction.id} replaced of {receipt[1]} {receipt[2]} was damaged",
                help="there is nothing to go back to",
            ) from None
        if not tree.is_dir() or tree_checksum(tree_files(tree)) != then:
            raise BackupMissing(
                f"the files of {receipt[1]} {receipt[2]} are not on the disk any more",
                help=f"`ggen packs install {receipt[1]}@{receipt[2]} --force` fetches what there is now",
            )


def _beside(place: Place, path: str) -> str:
    names = (f"{path}{NEWER}{'' if number == 1 else f'-{number}'}" for number in count(1))
    return next(name for name in names if not os.path.lexists(place.root / name))


def find_transaction(known: Sequence[Transaction], wanted: str) -> Transaction:
    """The transaction of an id, a number, or "latest": the last that was not rolled back.

    Raises:
        TransactionNotFound: there is none, or several have that number.
    """
    if wanted == LATEST and (standing := _standing(known)):
        return standing[-1]
    found = [one for one in known if wanted in {one.id, str(one.number)}]
    if len(found) == 1:
        return found[0]
    if found:
        raise TransactionNotFound(
            f"transactions {' and '.join(one.id for one in found)} have the number {wanted}",
            help="name one by its whole id",
        )
    hint = did_you_mean(wanted, (one.id for one in known))
    raise TransactionNotFound(
        f"there is no transaction {wanted}", help=hint or "`ggen packs history` lists them"
    )


def _standing(known: Sequence[Transaction]) -> list[Transaction]:
    """The transactions that were not rolled back, without the rollbacks."""
    undone: set[str] = set()
    for one in reversed(known):
        if one.reverts and one.id not in undone:
            undone.add(one.reverts)
    return [one for one in known if not one.reverts and one.id not in undone]


def _later(
    transaction: Transaction, blocking: Sequence[_Undone], later: Sequence[Transaction]
) -> RollbackBlocked:
    since = {one.id: one for undone in blocking if (one := undone.left_by(later))}
    newest = max(since.values(), key=lambda one: one.number)
    paths = sorted(undone.path for undone in blocking)
    return RollbackBlocked(
        f"transaction {transaction.id} can't be rolled back: transaction {newest.id}"
        f" ({newest.command}) has changed {', '.join(paths[:3])}"
        f"{' and more' if len(paths) > 3 else ''} since",
        help=f"`ggen packs rollback {newest.id}` first",
        details={"blocked_by": sorted(since), "paths": paths},
    )
