"""A person's query, on the graph of a project or of the catalog.

It runs in a worker process under limits (`graph.workers`). What it gave is remembered for a while by
generation, query and parameters (`edges.results`), so that asking again costs no process.

What reads a project is imported only for one: that takes longer than many an answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph import __version__
from ggen_graph.core.diagnostics import PackNotFound, QueryNotFound, did_you_mean
from ggen_graph.core.query_cost import is_constant, warnings
from ggen_graph.edges.config import home as the_home
from ggen_graph.graph.foreign import refuse
from ggen_graph.graph.iris import PREFIXES
from ggen_graph.graph.jobs import Head, Job, Limits, Sum
from ggen_graph.graph.parameters import bind_parameters, signature
from ggen_graph.graph.results import FORMATS, TABLE
from ggen_graph.graph.templates import pack_queries
from ggen_graph.graph.workers import USUAL, Pool
from ggen_graph.workflows.catalog import left_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ggen_graph.edges.results import ResultCache
    from ggen_graph.graph.parameters import Signature
    from ggen_graph.graph.store import GraphStore, Store
    from ggen_graph.graph.templates import QueryUse
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project

__all__ = [
    "FORMATS",
    "Answer",
    "Asking",
    "Limits",
    "NamedQuery",
    "Question",
    "ask",
    "named_queries",
]


@dataclass(frozen=True, slots=True)
class Question:
    """A query as text, or as the name of one that a pack brings.

    Attributes:
        text: the query; None where it is named.
        file: what to call the text in errors.
        pack: the pack whose query is named.
        name: the query's name there.
        parameters: the values of its parameters by name, as a person writes them.
    """

    text: str | None = None
    file: str = "query"
    pack: str | None = None
    name: str | None = None
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)


class NamedQuery(NamedTuple):
    """A query that a pack brings: its name, and what it says of itself."""

    name: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Asking:
    """How a query is asked.

    Attributes:
        limits: what it may take.
        hosts: the servers that SERVICE may ask.
        cache: where answers are remembered; None remembers nothing.
        tell: told, before a query runs, what may make it slow.
    """

    limits: Limits = USUAL
    hosts: tuple[str, ...] = ()
    cache: ResultCache | None = None
    tell: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave.

    Attributes:
        columns: of a table; None for another format.
        rows: of a table.
        data: in a W3C format.
        notes: what a person should know about the graph.
        generation: the one that was asked.
        total: what the answer came to; None where it was remembered.
    """

    columns: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]
    data: bytes
    notes: tuple[str, ...]
    generation: str = ""
    total: Sum | None = None


def ask(
    question: Question,
    form: str,
    project: Project | None,
    catalog: Catalog | None,
    how: Asking = Asking(),
) -> Answer:
    """Answer a query from a project's graph, or from the catalog's where `project` is None.

    Args:
        question: what to ask. A pack's query sees the project's model, as its templates do; in a
            catalog, where there is no model, the union of all graphs like any other.
        form: one of `FORMATS`.
        project: whose graph to ask.
        catalog: a synced catalog, needed without a project.
        how: limits, and where answers are remembered.

    Raises:
        QueryInvalid, QueryRefused: the query is wrong, or asks for more than reading.
        QueryTimeout, QueryTooLarge: it took more than it may.
        PackNotFound: the pack whose query is named is not there.
        UsageError: a parameter is none of the query's, or not of its type.
    """
    notes: tuple[str, ...] = ()
    if project is not None:
        from ggen_graph.graph.project import model_graph  # noqa: PLC0415 - see above
        from ggen_graph.workflows.project import sync_project  # noqa: PLC0415

        notes = tuple(left_out(sync_project(project, the_home()).problems))
        graph, default = project.graph, model_graph(project.manifest.id)
    elif catalog is not None:
        graph, default = catalog.graph, None
    else:
        raise ValueError("neither a project nor a catalog to ask")
    job = _job(
        question, form, graph, default, dict(project.manifest.graph.prefixes) if project else {}
    )
    job = replace(job, hosts=how.hosts)
    head, data, total = _answered(graph, job, how)
    if form != TABLE:
        return Answer(None, (), data, notes, head.generation, total)
    rows = tuple(tuple(json.loads(line)) for line in data.splitlines())
    return Answer(head.columns, rows, b"", notes, head.generation, total)


def _job(
    question: Question, form: str, graph: GraphStore, default: str | None, prefixes: dict[str, str]
) -> Job:
    """What a worker is to do."""
    text, file, graphs = question.text, question.file, None
    if text is None:
        with graph.read() as generation:
            use = _find(generation.store, question)
        text, file = use.text, use.path
        graphs = (default,) if default else None
        prefixes |= dict(use.prefixes)
    text = bind_parameters(text, question.parameters, file, {**PREFIXES, **prefixes})
    return Job(text, form, file, prefixes, default_graphs=graphs)


def _answered(graph: GraphStore, job: Job, how: Asking) -> tuple[Head, bytes, Sum | None]:
    """An answer, remembered or new."""
    refuse(job.text, job.file, job.hosts)
    cache = how.cache if how.cache is not None and not how.hosts and is_constant(job.text) else None
    key = ""
    if cache is not None:
        key = _key(graph, job, how.limits)
        found = cache.get(key)
        if found is not None:
            head, _, data = found.partition(b"\n")
            kind, generation, columns, answer = json.loads(head)
            return Head(kind, generation, tuple(columns), answer), data, None
    if how.tell is not None:
        for warning in warnings(job.text):
            how.tell(f"this may be slow: {warning}")
    with Pool(graph.root, limits=how.limits) as pool, pool.run(job) as reply:
        data = reply.read()
        if cache is not None and key == _key(graph, job, how.limits):  # nobody published meanwhile
            cache.put(key, json.dumps(reply.head).encode() + b"\n" + data)
        return reply.head, data, reply.sum


def _key(graph: GraphStore, job: Job, limits: Limits) -> str:
    """What an answer depends on: a generation, which never changes, the job, and how large it may be.

    A store that was made anew may count from one again; what it was made from is then another. What
    another release of ggen remembered may be of another form.
    """
    with graph.peek() as state:
        made_of = f"{__version__}\n{graph.root}\n{graph.current()}\n{state}\n"
    asked = job.payload(replace(USUAL, rows=limits.rows, size=limits.size))
    return sha256(made_of.encode(errors="surrogateescape") + asked).hexdigest()


def named_queries(pack: str, project: Project | None, catalog: Catalog | None) -> list[NamedQuery]:
    """The queries that a pack brings: of its locked release in a project, of its newest in a catalog.

    Raises:
        PackNotFound: there is no such pack with queries.
    """
    if project is not None:
        from ggen_graph.workflows.project import sync_project  # noqa: PLC0415 - see above

        sync_project(project, the_home())
    owner = project or catalog
    if owner is None:
        raise ValueError("neither a project nor a catalog to ask")
    with owner.graph.read() as generation:
        found = _queries_of(generation.store, pack)
    return [NamedQuery(use.name, signature(use.text, use.path)) for use in found]


def _queries_of(store: Store, pack: str) -> list[QueryUse]:
    found = pack_queries(store, pack)
    if not found:
        raise PackNotFound(
            f'there is no pack "{pack}" with queries here',
            help="`ggen packs list` shows the packs there are",
        )
    return found


def _find(store: Store, question: Question) -> QueryUse:
    """The query of a pack that is named."""
    found = _queries_of(store, question.pack or "")
    use = next((use for use in found if use.name == question.name), None)
    if use is None:
        names = [use.name for use in found]
        raise QueryNotFound(
            f'{question.pack} has no query "{question.name}"',
            help=did_you_mean(question.name or "", names) or f"it has: {', '.join(names)}",
        )
    return use
