"""Inferring from the graph of a project or of the catalog, from now on, until nobody wants it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.diagnostics import RecordInvalid, UsageError
from ggen_graph.edges.config import home as the_home
from ggen_graph.graph.infer import ENGINES, RULES, Request, conclude, count_inferred
from ggen_graph.graph.sync import error_of, graphs_of, problems_of
from ggen_graph.workflows.graphs import sync
from ggen_graph.workflows.here import INFERENCE
from ggen_graph.workflows.inferences import read_requests, write_requests
from ggen_graph.workflows.places import ANYHOW, hold_home
from ggen_graph.workflows.project import hold_project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ggen_graph.workflows.graphs import Target

__all__ = ["Inferred", "Request", "infer", "owl_rl_engines", "request_for", "stop_inferring"]


class Inferred(NamedTuple):
    """What follows: how many triples, from which graphs, in which graph; None where it was not kept."""

    triples: int
    of: tuple[str, ...]
    graph: str | None


def owl_rl_engines() -> tuple[str, ...]:
    """The engines of OWL 2 RL, the default first."""
    return ENGINES


def request_for(
    graphs: Sequence[str] = (), *, owl_rl: bool = False, engine: str | None = None
) -> Request:
    """A request to infer from `graphs`, or from what a store has by default.

    Args:
        graphs: names of graphs.
        owl_rl: by OWL 2 RL in place of our rules.
        engine: one of `owl_rl_engines()`.

    Raises:
        UsageError: there is an engine, but OWL 2 RL is not asked for.
    """
    if engine and not owl_rl:
        raise UsageError("--engine is of OWL 2 RL", help="give --owl-rl as well")
    return Request((engine or ENGINES[0]) if owl_rl else RULES, tuple(graphs))


def infer(of: Target, request: Request, *, dry: bool = False) -> Inferred:
    """Infer, and keep what follows up to date from now on; of our rules and of OWL 2 RL, each once.

    Args:
        of: the store, which is synced first.
        request: which engine, and from which graphs.
        dry: only count.

    Raises:
        UsageError: there is no such graph to infer from.
        InferenceTooLarge, EngineMissing: nothing is asked for that was not before.
    """
    sync(of)
    with of.graph.read() as generation:
        known = {
            graph: key
            for key, graph in graphs_of(generation.state).items()
            if not key.startswith("inferred")
        }
        missing = [graph for graph in request.graphs if graph not in known]
        if missing:
            raise UsageError(
                f"there is no graph <{missing[0]}> of what files say",
                help="`ggen graph status` lists the graphs; what was derived is not inferred from",
            )
        inputs = request.graphs or tuple(
            graph for graph, key in known.items() if of.infers_from(key)
        )
        if dry:
            return Inferred(len(conclude(request, generation.store, inputs)), inputs, None)
    with _held(of):
        _ask(of, request)
    with of.graph.read() as generation:
        graph = graphs_of(generation.state)[request.name]
        count = count_inferred(generation.store, graph)
    return Inferred(count, inputs, graph)


def _ask(of: Target, request: Request) -> None:
    """Ask for something, unless nothing comes of it: then what was asked before is what is asked."""
    path = _file(of)
    try:
        before = read_requests(path)
    except RecordInvalid:
        before = ()  # it was left out, so what is asked now is all that is asked
    write_requests(path, [request, *(one for one in before if one.name != request.name)])
    try:
        sync(of)
        with of.graph.peek() as state:
            problems = problems_of(state or "")
    except BaseException:  # whoever interrupts it has not been told that it is asked for, either
        write_requests(path, before)
        raise
    problem = next((one for one in problems if one["source"] == request.name), None)
    if problem is not None:
        write_requests(path, before)
        sync(of)
        raise error_of(problem)


def stop_inferring(of: Target) -> bool:
    """Remove what was inferred, and infer no more; whether something was."""
    with _held(of):
        there = _file(of).is_file()
        write_requests(_file(of), ())
        sync(of)
    return there


def _file(of: Target) -> Path:
    folder = of.project.private if of.project is not None else the_home().path
    return folder / INFERENCE


def _held(of: Target) -> AbstractContextManager[object]:
    """Hold what the file of requests is in: one is added to those that were read."""
    return hold_home(the_home(), ANYHOW) if of.project is None else hold_project(of.project)
