"""Whose files a command changes, on what terms, and held under which lock meanwhile.

There are two kinds of place: a project, and the home. Whoever holds one first sees to what was cut
off there. A question may stand while a project is held, which concerns those who work in it; never
while the home is, which concerns everybody (`asked_unheld`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ggen_graph.core.diagnostics import FileChanged
from ggen_graph.core.plan import ChangePlan
from ggen_graph.edges.backups import Backups
from ggen_graph.edges.journal import recover
from ggen_graph.edges.locks import exclusive, waiting
from ggen_graph.workflows.project import PRIVATE, hold_project, read_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ggen_graph.edges.config import Home
    from ggen_graph.edges.journal import Recovery
    from ggen_graph.workflows.project import Project

Contents = Mapping[str, tuple[bytes | None, bytes | None]]
"""By path, what a file holds before and after; None where there is no file."""

Consent = Callable[[ChangePlan, Contents], None]
"""Shown a plan before it is carried out; raises to stop it."""

HOME = "home"

_ASKED = 3  # times at most: who agrees to one plan has not agreed to the next

_Done = TypeVar("_Done")


def agreed(_plan: ChangePlan, _contents: Contents) -> None:
    """The consent of whoever asks no questions."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a command changes files.

    Attributes:
        consent: whom to ask before anything is changed.
        tell: whom to tell of each step.
        wait: whether to wait for others who hold the project or the home; if not, fail.
        note: whom to tell for whom we wait, what became of what was cut off earlier, and what went
            wrong and was not worth failing for.
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
        checkout = None if self.scope == HOME else self.root
        return Backups(self.home.path, self.scope, checkout)

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
    tell = terms.note or terms.tell
    with exclusive(home.path / "lock", what, wait=terms.wait, on_wait=waiting(tell, what)):
        recovery = home_place(home).recover()
        if recovery is not None and tell is not None:
            tell(recovery.told())
        yield


def asked_unheld(terms: Terms, attempt: Callable[[Consent], _Done]) -> _Done:
    """Change what everybody waits for, but put the question while it is not held.

    The first attempt ends where it would ask; it is made again when that was agreed to, and goes on
    if its plan is still the same.

    Args:
        terms: whom to ask.
        attempt: takes the lock, plans, has the consent it is given, and only then changes anything.

    Raises:
        FileChanged: others changed the plan again and again while the question stood.
        and whatever `attempt` and the consent of `terms` raise.
    """
    settled: ChangePlan | None = None
    for _ in range(_ASKED + 1):

        def consent(plan: ChangePlan, contents: Contents) -> None:
            if plan != settled:  # noqa: B023 - called at once
                raise _UnsettledError(plan, contents)

        try:
            return attempt(consent)
        except _UnsettledError as unsettled:
            plan, contents = unsettled.plan, unsettled.contents
        if settled is not None and terms.note is not None:
            terms.note("what was agreed to was changed meanwhile by another command")
        terms.consent(plan, contents)
        settled = plan
    raise FileChanged(
        f"the home was changed by others each time that `ggen {plan.command}` was agreed to",
        help="nothing was changed; run the command again when they are done",
    )


class _UnsettledError(Exception):
    """Raised where a plan is not the one that was agreed to, to leave whatever holds the lock."""

    def __init__(self, plan: ChangePlan, contents: Contents) -> None:
        super().__init__()
        self.plan = plan
        self.contents = contents


@contextmanager
def hold(project: Project, terms: Terms) -> Iterator[Project]:
    """Hold a project's lock while its files are changed; first finish or undo what was cut off.

    Yields:
        The project, read again.
    """
    with hold_project(project, terms.note or terms.tell, wait=terms.wait):
        yield read_project(project.root)
