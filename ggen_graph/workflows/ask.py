"""A person's query, on the graph of a project or of the catalog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import PackNotFound, QueryInvalid, did_you_mean
from ggen_graph.edges.config import home as the_home
from ggen_graph.graph.foreign import FORMATS, cells, run, serialize
from ggen_graph.graph.project import model_graph
from ggen_graph.graph.templates import pack_queries
from ggen_graph.workflows.catalog import left_out
from ggen_graph.workflows.project import sync_project

if TYPE_CHECKING:
    from ggen_graph.graph.store import Store
    from ggen_graph.graph.templates import QueryUse
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project

__all__ = ["FORMATS", "Answer", "Question", "ask"]


@dataclass(frozen=True, slots=True)
class Question:
    """A query as text, or as the name of one that a pack brings."""

    text: str | None = None
    file: str = "query"
    pack: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows for a table (`columns` is set), or bytes in a W3C format."""

    columns: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]
    data: bytes
    notes: tuple[str, ...]


def ask(question: Question, form: str, project: Project | None, catalog: Catalog | None) -> Answer:
    """Answer a query from a project's graph, or from the catalog's where `project` is None.

    Args:
        question: what to ask. A pack's query sees the project's model, as its templates do; in a
            catalog, where there is no model, the union of all graphs like any other.
        form: one of `FORMATS`.
        project: whose graph to ask.
        catalog: a synced catalog, needed without a project.

    Raises:
        QueryInvalid, QueryRefused: the query is wrong, or asks for more than reading.
        PackNotFound: the pack whose query is named is not there.
    """
    notes: tuple[str, ...] = ()
    if project is not None:
        notes = tuple(left_out(sync_project(project, the_home()).problems))
        graph, default = project.graph, model_graph(project.manifest.id)
    elif catalog is not None:
        graph, default = catalog.graph, None
    else:
        raise ValueError("neither a project nor a catalog to ask")
    prefixes = dict(project.manifest.graph.prefixes) if project else {}
    with graph.read() as generation:
        text, file, own = question.text, question.file, None
        if text is None:
            use = _find(generation.store, question)
            text, file, own = use.text, use.path, default
            prefixes |= dict(use.prefixes)
        result = run(generation.store, text, default_graph=own, file=file, prefixes=prefixes)
        if form == "table":
            columns, rows = cells(result)
            return Answer(columns, rows, b"", notes)
        return Answer(None, (), serialize(result, form), notes)


def _find(store: Store, question: Question) -> QueryUse:
    """The query of a pack that is named."""
    found = pack_queries(store, question.pack or "")
    if not found:
        raise PackNotFound(
            f'there is no pack "{question.pack}" with queries here',
            help="`ggen packs list` shows the packs there are",
        )
    use = next((use for use in found if use.name == question.name), None)
    if use is None:
        names = [use.name for use in found]
        raise QueryInvalid(
            f'{question.pack} has no query "{question.name}"',
            help=did_you_mean(question.name or "", names) or f"it has: {', '.join(names)}",
        )
    return use
