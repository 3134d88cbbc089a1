"""Our own queries, for people: what there are, what they take, what they give.

They are the files of `queries/`, which any SPARQL tool can run as well. They end in good time on the
graphs they are for, so they run in this process.
"""

from __future__ import annotations

import json
import time
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph import resources
from ggen_graph.core.diagnostics import QueryNotFound, did_you_mean
from ggen_graph.graph import iris, queries
from ggen_graph.graph.jobs import Sum
from ggen_graph.graph.parameters import Signature, bind_parameters, signature
from ggen_graph.graph.results import TABLE, Counted, columns_of, write
from ggen_graph.workflows.ask import Answer
from ggen_graph.workflows.catalog import left_out
from ggen_graph.workflows.graphs import Target, sync
from ggen_graph.workflows.remote import remote_graph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project

FRAGMENTS = "shacl/"
"""The folder of fragments from which `graph.shacl` makes queries."""

PROJECT_NOUNS = frozenset(("files", "lock", "templates"))
"""The folders of the queries that are about a project; the others are about a catalog."""


class OwnQuery(NamedTuple):
    """A query of ours, by its name, such as `catalog/list-packs`."""

    name: str

    @property
    def signature(self) -> Signature:
        """What it says of itself; a query is often asked without a look at that."""
        return _signature(self.name)

    @property
    def scope(self) -> str:
        """Whose graph it is for: "project" or "catalog"."""
        return "project" if self.name.partition("/")[0] in PROJECT_NOUNS else "catalog"


def own_queries() -> list[OwnQuery]:
    """All of our queries that can be asked, by name."""
    return [OwnQuery(name) for name in _names()]


def own_query(name: str) -> OwnQuery:
    """The query of a name; the folder may be left out where that is clear.

    Raises:
        QueryNotFound: there is none.
    """
    names = _names()
    meant = [one for one in names if name in (one, one.rpartition("/")[2])]
    if len(meant) != 1:
        hint = f"{' or '.join(sorted(meant))}?" if meant else did_you_mean(name, names)
        raise QueryNotFound(
            f'there is no query "{name}"' if not meant else f'"{name}" may be several queries',
            help=hint or "`ggen query --list` shows them",
        )
    return OwnQuery(meant[0])


def _names() -> list[str]:
    """The names of what is a query: the fragments from which shapes are compiled are parts of some."""
    root = resources.path("queries")
    names = (path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.rq"))
    return sorted(name for name in names if not name.startswith(FRAGMENTS))


@cache
def _signature(name: str) -> Signature:
    return signature(queries.text(name), name)


def ask_own(
    query: OwnQuery,
    form: str,
    project: Project | None,
    catalog: Catalog | None,
    parameters: Mapping[str, Sequence[str]],
) -> Answer:
    """What one of our queries finds in a project's graph, or in the catalog's where `project` is None.

    With `GGEN_GRAPH` set that is the graph that was pushed to the server.

    Raises:
        UsageError: a parameter is none of the query's, or not of its type; or the format is not for
            what the query gives.
    """
    notes: tuple[str, ...] = ()
    graph = remote_graph(iris.project(project.manifest.id) if project else iris.CATALOG)
    if graph is None:
        target = Target(project, catalog)
        notes = tuple(left_out(sync(target).problems))
        graph = target.graph
    text = bind_parameters(queries.text(query.name), parameters, query.name)
    start, before = time.perf_counter(), time.process_time()
    pieces: list[bytes] = []
    out = Counted(pieces.append)
    with graph.read() as generation:
        result = queries.run(generation.store, text)
        columns = columns_of(result)
        write(result, form, out)
        name = generation.folder.name if generation.folder else ""
    total = Sum(
        out.rows, out.size, time.perf_counter() - start, time.process_time() - before, memory=0
    )
    if form == TABLE:
        rows = tuple(tuple(json.loads(line)) for line in pieces)
        return Answer(columns, rows, b"", notes, name, total)
    return Answer(None, (), b"".join(pieces), notes, name, total)
