"""What generation reads from a project's graph: templates, the queries they read, rows of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal

from ggen_graph.graph import foreign, queries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Store


@dataclass(frozen=True, slots=True)
class QueryUse:
    """A query that a template reads: the name there, the query's file in the pack, its text."""

    name: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class LockedTemplate:
    """A template of a locked pack, with everything but its body.

    `engine` is "copy" for a file that is taken as it is; `uses` is in the order of names.
    """

    iri: str
    pack: str
    version: str
    path: str
    to: str
    engine: str
    mode: str | None
    for_each: str | None
    key: tuple[str, ...]
    when: str | None
    unless_exists: bool
    overwrite: bool
    uses: tuple[QueryUse, ...]


@dataclass(frozen=True, slots=True)
class LockedPack:
    """A release that the lock has chosen, and the packs it depends on."""

    name: str
    version: str
    release: str
    depends_on: frozenset[str]


def locked_packs(store: Store) -> dict[str, LockedPack]:
    """The releases of a project's lock, by pack name."""
    found: dict[str, tuple[str, str, set[str]]] = {}
    for row in queries.rows(store, "lock/list-releases"):
        name = row["pack"].value
        entry = found.setdefault(name, (row["version"].value, row["release"].value, set()))
        if row["on"] is not None:
            entry[2].add(row["on"].value)
    return {
        name: LockedPack(name, version, release, frozenset(on))
        for name, (version, release, on) in found.items()
    }


def reached(locked: Mapping[str, LockedPack], start: str) -> set[str]:
    """The packs that a pack depends on, directly or not."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        for name in locked[waiting.pop()].depends_on - reached:
            reached.add(name)
            waiting.append(name)
    return reached


def locked_templates(store: Store) -> list[LockedTemplate]:
    """The templates of a project's locked packs, by pack and path."""
    uses: dict[str, list[QueryUse]] = {}
    for row in queries.rows(store, "templates/list-uses"):
        use = QueryUse(row["name"].value, row["path"].value, row["text"].value)
        uses.setdefault(row["template"].value, []).append(use)

    def text(row: Any, name: str) -> str | None:
        return None if row[name] is None else row[name].value

    return [
        LockedTemplate(
            iri=row["template"].value,
            pack=row["pack"].value,
            version=row["version"].value,
            path=row["path"].value,
            to=row["to"].value,
            engine=row["engine"].value,
            mode=text(row, "mode"),
            for_each=text(row, "forEach"),
            key=tuple((text(row, "rowKeyColumn") or "").split()),
            when=text(row, "when"),
            unless_exists=_flag(row["unlessExists"]),
            overwrite=_flag(row["overwrite"]),
            uses=tuple(uses.get(row["template"].value, ())),
        )
        for row in queries.rows(store, "templates/list-templates")
    ]


def pack_queries(store: Store, pack: str) -> list[QueryUse]:
    """The named queries of a pack: of its locked release in a project, of its newest in a catalog."""
    return [
        QueryUse(row["name"].value, row["path"].value, row["text"].value)
        for row in queries.rows(store, "templates/list-queries", pack=[Literal(pack)])
    ]


class ModelRows:
    """The rows of templates' queries over a project's model, each query run once.

    Args:
        store: an open generation of the project's store.
        graph: the named graph of the model, the queries' one default graph.
        prefixes: the project's own prefixes.
    """

    def __init__(self, store: Store, graph: str, prefixes: Mapping[str, str]) -> None:
        self._store = store
        self._graph = graph
        self._prefixes = dict(prefixes)
        self._answers: dict[str, foreign.Table | bool] = {}

    def answer(self, use: QueryUse) -> foreign.Table | bool:
        """What a query gives: rows in a fixed order, or a bool for ASK.

        Raises:
            QueryInvalid, QueryRefused: naming the query's file.
        """
        if use.text not in self._answers:
            self._answers[use.text] = foreign.rows(
                self._store,
                use.text,
                default_graph=self._graph,
                file=use.path,
                prefixes=self._prefixes,
            )
        return self._answers[use.text]


def _flag(term: Any) -> bool:
    return term is not None and term.value == "true"
