"""Telling git to merge `ggen.lock` with `ggen lock merge`.

Which file, `.gitattributes` says; which program, the repository's own configuration, which is not
shared, so everybody does it once in each clone.

Keeps true: what a person wrote in `.gitattributes` stays; done twice, it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.repository import DRIVER, driver, set_driver
from ggen_graph.edges.writes import Write, checksum_of
from ggen_graph.workflows.places import ANYHOW, Terms, hold, project_place
from ggen_graph.workflows.project import LOCK
from ggen_graph.workflows.transaction import Proposal, commit, follow

if TYPE_CHECKING:
    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.project import Project

ATTRIBUTES = ".gitattributes"
COMMAND = "ggen lock merge %O %A %B --path %P"

_LINE = f"{LOCK} merge={DRIVER}"
_TITLE = "merge of ggen.lock by what it says"


@dataclass(frozen=True, slots=True)
class DriverInstalled:
    """What was changed, so that git merges locks with ggen: the repository's configuration, a file, neither."""

    configured: bool
    transaction: str = ""


def install_driver(project: Project, home: Home, terms: Terms = ANYHOW) -> DriverInstalled:
    """Let git merge the lock of a project with ggen.

    Raises:
        UsageError: the project is in no git repository.
        InstallFailed: git can't write its configuration; `.gitattributes` alone does no harm.
    """
    with hold(project, terms) as held:
        path = held.root / ATTRIBUTES
        there = read_bytes(path) if path.exists() else None
        configured = driver(held.root) == COMMAND
        writes = []
        lines = (there or b"").decode("utf-8", "surrogateescape").splitlines()
        if _LINE not in [" ".join(line.split()) for line in lines]:
            text = there or b""
            start = text if text.endswith(b"\n") or not text else text + b"\n"
            writes.append(
                Write(ATTRIBUTES, start + _LINE.encode() + b"\n", expected=checksum_of(there))
            )
        remarks = () if configured else (f"git config merge.{DRIVER}.driver '{COMMAND}'",)
        proposal = Proposal("lock install-driver", tuple(writes), remarks=remarks)
        committed = commit(project_place(held, home), proposal, terms.consent)
        if not configured:
            set_driver(held.root, _TITLE, COMMAND)
        follow(held, home, terms)
    return DriverInstalled(not configured, committed.transaction.id if committed else "")
