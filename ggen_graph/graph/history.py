"""What transactions did, as the graph knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import Literal

from ggen_graph.graph.queries import rows

if TYPE_CHECKING:
    from pyoxigraph import Store


class FileHistory(NamedTuple):
    """One change of a file. `release` is an IRI, `rolled_back` a transaction's id; "" for none."""

    transaction: str
    at: str
    by: str
    command: str
    change: str
    release: str
    rolled_back: str


def history_of_file(store: Store, path: str) -> list[FileHistory]:
    """The changes of a file, the oldest first.

    Args:
        store: an open generation of a project's store.
        path: relative to the project.
    """
    names = ("transaction", "at", "by", "command", "change", "release", "rolledBack")
    return [
        FileHistory(*(row[name].value if row[name] else "" for name in names))
        for row in rows(store, "files/history-of-file", path=[Literal(path)])
    ]
