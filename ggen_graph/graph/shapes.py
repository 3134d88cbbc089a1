"""SHACL: shapes run against a store or lifted nodes, findings as values.

This is the door to `graph.shacl`, which compiles shapes to queries and hands to pySHACL what it can't
compile (docs/reference/shacl.md). Findings are plain text: they can be sent between processes, and
written as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.graph.lift import document

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Store

    from ggen_graph.graph.lift import Node
    from ggen_graph.graph.shacl.run import Result

_SH = "http://www.w3.org/ns/shacl#"
_SEVERITIES = {f"{_SH}{name}": name.lower() for name in ("Violation", "Warning", "Info")}


@dataclass(frozen=True, slots=True)
class ShapeFinding:
    """One sh:ValidationResult: IRIs of focus node, path and shape; `value` is the value at fault.

    `severity` is violation, warning or info, and violation where a shape names one of its own (SHACL
    §2.1.4); `component` is the IRI of sh:sourceConstraintComponent.
    A path of several steps is written as in SPARQL; a shape without an IRI is `_:b` and a number, in
    the order of its file.
    """

    severity: str
    message: str
    focus: str
    path: str
    shape: str
    value: str
    component: str = ""


def check_nodes(nodes: Iterable[Node], shapes: Iterable[Path]) -> list[ShapeFinding]:
    """Validate shaped nodes, in a fixed order of findings."""
    from pyoxigraph import RdfFormat, Store  # noqa: PLC0415 - start-up time

    store = Store()
    store.load(document(nodes), format=RdfFormat.JSON_LD)
    return check_store(store, shapes)


def check_store(
    store: Store,
    shapes: Iterable[Path],
    *,
    graphs: Sequence[str] | None = None,
    focus: Collection[str] | None = None,
) -> list[ShapeFinding]:
    """Validate an open store, in a fixed order of findings.

    Args:
        store: an open generation, or any store.
        shapes: Turtle files, taken together.
        graphs: the IRIs of the named graphs that are the data; None for the union of all.
        focus: the only focus nodes to look at, as IRIs (or literals as N-Triples writes them); None
            for all.

    Raises:
        RdfInvalid: a file does not parse.
        ShapesInvalid: a shape is ill-formed.
        QueryRefused: a sh:sparql constraint asks for an update or SERVICE.
        QueryInvalid: a sh:sparql constraint does not parse.
    """
    from ggen_graph.graph.shacl.reading import read_shapes  # noqa: PLC0415 - start-up time
    from ggen_graph.graph.shacl.validate import validate  # noqa: PLC0415 - likewise

    results = validate(store, read_shapes(shapes), graphs=graphs, focus=focus)
    found = {_finding(result) for result in results}
    return sorted(found, key=lambda one: (one.focus, one.path, one.shape, one.value, one.component))


def focus_to_check(
    before: Store,
    after: Store,
    shapes: Iterable[Path],
    *,
    graphs: Sequence[str] | None = None,
) -> list[str]:
    """The focus nodes to look at again, where `before` had no findings; `check_store` takes them.

    Args:
        before: a graph that is known to be valid.
        after: what became of it.
        shapes: the shapes it is valid by.
        graphs: as for `check_store`.
    """
    from ggen_graph.graph.shacl import incremental  # noqa: PLC0415 - start-up time
    from ggen_graph.graph.shacl.reading import read_shapes  # noqa: PLC0415 - likewise
    from ggen_graph.graph.shacl.validate import text_of  # noqa: PLC0415 - likewise

    changed = incremental.changes(before, after, graphs=graphs)
    found = incremental.focus_to_check(after, read_shapes(shapes), changed, graphs=graphs)
    return sorted(text_of(node) for node in found)


def handed_over(shapes: Iterable[Path]) -> dict[str, str]:
    """The shapes that pySHACL has to look at, with the reason: their IRIs, or labels."""
    from ggen_graph.graph.shacl.coverage import coverage_of  # noqa: PLC0415 - start-up time
    from ggen_graph.graph.shacl.reading import read_shapes  # noqa: PLC0415 - likewise

    return {one.shape.name: one.reason for one in coverage_of(read_shapes(shapes)).uncovered}


def _finding(result: Result) -> ShapeFinding:
    return ShapeFinding(
        severity=_SEVERITIES.get(result.severity, "violation"),
        message=result.message,
        focus=result.focus.value,
        path=result.path,
        shape=result.shape,
        value="" if result.value is None else result.value.value,
        component=result.component,
    )
