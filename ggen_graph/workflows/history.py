"""What was changed here, and undoing it: in the project, or outside of one in the home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.graph.history import FileHistory, history_of_file
from ggen_graph.workflows.places import (
    ANYHOW,
    asked_unheld,
    hold,
    hold_home,
    home_place,
    project_place,
)
from ggen_graph.workflows.project import sync_project
from ggen_graph.workflows.rollback import LATEST, find_transaction, rollback
from ggen_graph.workflows.transaction import follow, transactions

if TYPE_CHECKING:
    from ggen_graph.core.transaction import Transaction
    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.places import Consent, Terms
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.transaction import Committed


def history(
    project: Project | None, home: Home, *, transaction: str | None = None
) -> list[Transaction]:
    """The transactions of a project, or of the home; the oldest first.

    Args:
        project: None for the home.
        home: the home.
        transaction: only this one: an id, a number or "latest".

    Raises:
        TransactionNotFound: there is no such transaction.
    """
    place = home_place(home) if project is None else project_place(project, home)
    known = transactions(place)
    if transaction is not None:
        known = [find_transaction(known, transaction)]
    return known


def file_history(project: Project, home: Home, path: str) -> list[FileHistory]:
    """The changes of a file of a project, the oldest first, as its graph has them.

    Args:
        project: the project.
        home: where its packs are installed.
        path: relative to the project.
    """
    sync_project(project, home)
    with project.graph.read() as generation:
        return history_of_file(generation.store, path)


def roll_back(
    project: Project | None, home: Home, transaction: str, *, terms: Terms = ANYHOW
) -> Committed | None:
    """Undo a transaction of a project, or of the home; errors as `rollback.rollback`."""
    if project is None:
        if transaction == LATEST:
            raise UsageError(
                "this folder is in no project, and what the home has of packs is undone by id only",
                help="go into the project; or `ggen packs history` here lists what the home changed",
            )

        def attempt(consent: Consent) -> Committed | None:
            with hold_home(home, terms):
                return rollback(home_place(home), transaction, consent)

        return asked_unheld(terms, attempt)
    with hold(project, terms) as held:
        committed = rollback(project_place(held, home), transaction, terms.consent)
        follow(held, home, terms)
    return committed
