"""A small store to ask, and queries that take too much of anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from ggen_graph.graph.jobs import MIB, Limits

if TYPE_CHECKING:
    from ggen_graph.graph.store import GraphStore

EX = "http://example.org/"
SIZE = 200

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
PAIRS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {PAIRS} }}"
STREAMING = f"SELECT * {{ {PAIRS} }}"
LONG = f"""SELECT ?long {{
  BIND("{"x" * 1024}" AS ?k)
  BIND(CONCAT({", ".join(["?k"] * 1024)}) AS ?m)
  BIND(CONCAT({", ".join(["?m"] * 65)}) AS ?long)
}}"""
"""One row with a literal of 65 MiB, which Oxigraph writes as one piece in every format but JSON."""

SMALL = Limits(seconds=20, memory=64 * MIB, rows=1000, size=MIB)
"""Limits under which a query ends soon whatever it asks for; the clock is for what takes nothing else."""

SHORT = Limits(seconds=0.3, memory=64 * MIB)


def fill(graph: GraphStore, *more: str, size: int = SIZE) -> GraphStore:
    """A generation of `size` triples in a graph, and one for each of `more`."""
    with graph.write() as draft:
        names = [str(number) for number in range(size)] + list(more)
        draft.store.extend(
            Quad(
                NamedNode(EX + name),
                NamedNode(f"{EX}name"),
                Literal(name),
                NamedNode(f"{EX}graph"),
            )
            for name in names
        )
    return graph


def children() -> set[int]:
    """The processes that this one has started and that are still there, dead ones included."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


def descriptors() -> int:
    """How many descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def has_children_files() -> bool:
    """Whether the system tells which processes are whose."""
    return any(Path("/proc/self/task").glob("*/children"))
