"""What generation reads from a project's graph: templates, the queries they read, rows of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal

from ggen_graph.core.diagnostics import Location, QueryInvalid
from ggen_graph.core.sparql import form
from ggen_graph.graph import foreign, queries
from ggen_graph.graph.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyoxigraph import Store

    from ggen_graph.graph.workers import Pool


@dataclass(frozen=True, slots=True)
class QueryUse:
    """A query that a template reads: the name there, the query's file in the pack, its text.

    `prefixes` are those that the pack declares; the query may use them without a PREFIX line.
    """

    name: str
    path: str
    text: str
    prefixes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LockedTemplate:
    """A template of a locked pack, with everything but its body.

    `engine` is "copy" for a file that is taken as it is; `uses` is in the order of names.
    """

    iri: str
    release: str
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
    """A release that the lock has chosen, and the releases it depends on, by their IRIs."""

    name: str
    version: str
    release: str
    depends_on: frozenset[str]


def locked_packs(store: Store) -> dict[str, LockedPack]:
    """The releases of a project's lock, by IRI."""
    found: dict[str, tuple[str, str, set[str]]] = {}
    for row in queries.rows(store, "lock/list-releases"):
        entry = found.setdefault(
            row["release"].value, (row["pack"].value, row["version"].value, set())
        )
        if row["on"] is not None:
            entry[2].add(row["on"].value)
    return {
        release: LockedPack(name, version, release, frozenset(on))
        for release, (name, version, on) in found.items()
    }


def reached(locked: Mapping[str, LockedPack], start: str) -> set[str]:
    """The releases that a release depends on, directly or not."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        for release in locked[waiting.pop()].depends_on - reached:
            reached.add(release)
            waiting.append(release)
    return reached


def locked_templates(store: Store) -> list[LockedTemplate]:
    """The templates of a project's locked packs, by pack, version and path."""
    uses: dict[str, list[QueryUse]] = {}
    declared = _prefixes(store)
    for row in queries.rows(store, "templates/list-uses"):
        use = _use(row, declared.get(row["release"].value, ()))
        uses.setdefault(row["template"].value, []).append(use)

    def text(row: Any, name: str) -> str | None:
        return None if row[name] is None else row[name].value

    return [
        LockedTemplate(
            iri=row["template"].value,
            release=row["release"].value,
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
    """The named queries of a pack: of its locked release in a project, of its newest in a catalog.

    Of several that are locked, a later major has the last word on a name.
    """
    declared = _prefixes(store, pack)
    found = queries.rows(store, "templates/list-queries", pack=[Literal(pack)])
    uses = {row["name"].value: _use(row, declared.get(row["release"].value, ())) for row in found}
    return [uses[name] for name in sorted(uses)]


def _use(row: Any, prefixes: Sequence[tuple[str, str]]) -> QueryUse:
    return QueryUse(row["name"].value, row["path"].value, row["text"].value, tuple(prefixes))


def _prefixes(store: Store, *packs: str) -> dict[str, list[tuple[str, str]]]:
    """The prefixes that packs declare, by release; of all packs if none is named."""
    slot = {"pack": [Literal(pack) for pack in packs]} if packs else {}
    found: dict[str, list[tuple[str, str]]] = {}
    for row in queries.rows(store, "templates/list-prefixes", **slot):
        pair = row["prefix"].value, row["namespace"].value
        found.setdefault(row["release"].value, []).append(pair)
    return found


class ModelRows:
    """The rows of templates' queries over a project's model, each query run once, in worker processes.

    Args:
        pool: asks a generation of the project's store.
        graph: the named graph of the model, the queries' one default graph.
        prefixes: the project's own prefixes; those that a query's pack declares win over them.
    """

    def __init__(self, pool: Pool, graph: str, prefixes: Mapping[str, str]) -> None:
        self._pool = pool
        self._graph = graph
        self._prefixes = dict(prefixes)
        self._answers: dict[tuple[object, ...], foreign.Table | bool] = {}

    def answer(self, use: QueryUse) -> foreign.Table | bool:
        """What a query gives: rows in a fixed order, or a bool for ASK.

        Raises:
            QueryInvalid, QueryRefused: naming the query's file; also for CONSTRUCT and DESCRIBE, which
                templates do not read.
            QueryTimeout, QueryTooLarge: it takes more than a query may.
        """
        asked = (use.text, use.prefixes)
        if asked not in self._answers:
            self._answers[asked] = self._ask(use)
        return self._answers[asked]

    def _ask(self, use: QueryUse) -> foreign.Table | bool:
        if form(use.text, use.path) in {"CONSTRUCT", "DESCRIBE"}:
            raise QueryInvalid(
                "a template reads SELECT and ASK queries; this one gives triples",
                where=Location(use.path),
            )
        prefixes = self._prefixes | dict(use.prefixes)
        job = Job(use.text, file=use.path, prefixes=prefixes, default_graphs=(self._graph,))
        found = self._pool.solutions(job)
        return found if isinstance(found, bool) else foreign.table(found, use.text)


def _flag(term: Any) -> bool:
    return term is not None and term.value == "true"
