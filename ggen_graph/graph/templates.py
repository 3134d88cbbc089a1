"""What generation reads from a project's graph: templates, the queries they read, rows of the model."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal

from ggen_graph.core.diagnostics import Location, QueryInvalid, TemplateFailed
from ggen_graph.core.sparql import form
from ggen_graph.core.template.rows import sort_rows
from ggen_graph.graph import foreign, queries
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.jobs import Job
from ggen_graph.graph.results import value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Store, Triple

    from ggen_graph.graph.shapes import ShapeFinding
    from ggen_graph.graph.store import Generation
    from ggen_graph.graph.workers import Pool

_SHOWN = 10
_OF_TRIPLES = ("subject", "predicate", "object")


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

    `engine` is "copy" for a file that is taken as it is; `uses` is in the order of names; `prefixes` are
    those that the pack declares.
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
    prefixes: tuple[tuple[str, str], ...] = ()


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
            prefixes=tuple(declared.get(row["release"].value, ())),
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
        """What a query gives: rows in a fixed order, or a bool for ASK; triples of CONSTRUCT are rows too.

        Raises:
            QueryInvalid, QueryRefused: naming the query's file; also for DESCRIBE, which templates do
                not read, and for a CONSTRUCT that makes blank nodes, whose names are never the same.
            QueryTimeout, QueryTooLarge: it takes more than a query may.
        """
        asked = (use.text, use.prefixes)
        if asked not in self._answers:
            self._answers[asked] = self._ask(use)
        return self._answers[asked]

    def prefixes(self, declared: Sequence[tuple[str, str]]) -> dict[str, str]:
        """All prefixes that the queries of a pack know which declares these."""
        return PREFIXES | self._known(declared)

    def _known(self, declared: Sequence[tuple[str, str]]) -> dict[str, str]:
        return self._prefixes | dict(declared)

    def _ask(self, use: QueryUse) -> foreign.Table | bool:
        kind = form(use.text, use.path)
        if kind == "DESCRIBE":
            raise QueryInvalid(
                "a template reads SELECT, ASK and CONSTRUCT queries; what DESCRIBE gives is up to the engine",
                where=Location(use.path),
            )
        job = Job(
            use.text,
            file=use.path,
            prefixes=self._known(use.prefixes),
            default_graphs=(self._graph,),
        )
        if kind == "CONSTRUCT":
            return _triples(self._pool.triples(job), use)
        found = self._pool.solutions(job)
        return found if isinstance(found, bool) else foreign.table(found, use.text)


class ModelShapes:
    """Whether a project's model is as templates want it to be; each file of shapes is checked once.

    The shapes are packs': they are checked in a worker process, under limits.

    Args:
        generation: of the project's store.
        graph: the named graph of the model.
    """

    def __init__(self, generation: Generation, graph: str) -> None:
        self._generation = generation
        self._graph = graph
        self._found: dict[Path, list[ShapeFinding]] = {}

    def refuse_unfit(self, shapes: Path, name: str, where: Location) -> None:
        """Refuse a model that does not conform to shapes; only violations count.

        Args:
            shapes: a Turtle file.
            name: what to call it in errors.
            where: the place in a template that asks for it.

        Raises:
            TemplateFailed: with what is wrong in the model.
            RdfInvalid, ShapesInvalid, QueryInvalid, QueryRefused: the shapes are wrong.
            QueryTimeout, QueryTooLarge: they take more than they may.
        """
        if shapes not in self._found:
            from ggen_graph.graph.shape_files import (  # noqa: PLC0415 - few templates ask for it
                ShapesFile,
                check_apart,
            )

            file = ShapesFile("", name, shapes)
            checked = check_apart(self._generation, [file], graphs=(self._graph,))
            for _, error in checked.problems:
                raise error
            self._found[shapes] = [one for one in checked.findings if one.severity == "violation"]
        wrong = self._found[shapes]
        if not wrong:
            return
        lines = [f"{one.focus}: {one.message}" for one in wrong[:_SHOWN]]
        if len(wrong) > _SHOWN:
            lines.append(f"and {len(wrong) - _SHOWN:,} more; `ggen graph validate` shows all")
        raise TemplateFailed(
            f"the model does not conform to {name}, which this template needs",
            help="\n".join(lines),
            where=where,
            details={"findings": [asdict(one) for one in wrong]},
        )


def _triples(found: Sequence[Triple], use: QueryUse) -> foreign.Table:
    """Triples as rows of `subject`, `predicate` and `object`, in the order of these."""
    rows = []
    for triple in found:
        if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
            raise QueryInvalid(
                "this CONSTRUCT makes blank nodes, whose names differ from run to run",
                help="make IRIs, for example with BIND(IRI(CONCAT(…)) AS ?node)",
                where=Location(use.path),
            )
        rows.append({name: value(getattr(triple, name)) for name in _OF_TRIPLES})
    return foreign.Table(_OF_TRIPLES, sort_rows(rows, _OF_TRIPLES))


def _flag(term: Any) -> bool:
    return term is not None and term.value == "true"
