"""What to look at again after a change: the focus nodes whose results may differ.

Given the triples that were added or removed since a graph was validated, and the graph as it is now.
Whoever had no results then, and is not told of here, has none now.

Why the graph as it is now is enough: where a node's values differ, some way along its shape's paths
exists on one side only. Up to the first changed triple that way exists on both sides; so it leads from
the node, in the graph as it is now, to that triple's subject (its object, where the step is inverse).

Conservative: a sh:sparql constraint and a shape that refers to itself may look at anything, so that
each change concerns all focus nodes of theirs; so does a change to the classes of classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ggen_graph.graph.shacl.fragments import compose, fill, in_parts, terms
from ggen_graph.graph.shacl.paths import Sequence
from ggen_graph.graph.shacl.reads import SUBCLASS, TYPE, Read, reads_of
from ggen_graph.graph.shacl.run import Data, Run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from collections.abc import Sequence as SequenceOf

    from pyoxigraph import Store, Triple

    from ggen_graph.graph.shacl.fragments import Focus
    from ggen_graph.graph.shacl.model import Shape, Shapes, Term


def focus_to_check(
    store: Store,
    shapes: Shapes,
    changed: Collection[Triple],
    *,
    graphs: SequenceOf[str] | None = None,
) -> set[Term]:
    """The focus nodes to look at again.

    Args:
        store: the graph as it is now.
        shapes: all shapes it is validated by; they must be the same as before.
        changed: every triple that one side has and the other has not.
        graphs: as for `validate`.
    """
    if not changed:
        return set()
    run = Run(shapes, Data(store, graphs))
    return {node for root in shapes.roots for node in _concerned(run, root, changed)}


def _concerned(run: Run, root: Shape, changed: Collection[Triple]) -> Iterator[Term]:
    focus = run.focus(root)
    reads = reads_of(run.shapes, root, root.constraints)
    classes_matter = reads.classes or any(target.kind == "class" for target in root.targets)
    moved = classes_matter and any(triple.predicate.value == SUBCLASS for triple in changed)
    if moved or reads.anything or reads.recursive or root.unknown or run.shapes.unknown:
        yield from run.nodes(focus)
        return
    yield from _targeted_anew(run, root, focus, changed)
    for read in reads.found:
        yield from _reading(run, focus, read, changed)


def _targeted_anew(
    run: Run, root: Shape, focus: Focus, changed: Collection[Triple]
) -> Iterator[Term]:
    """Focus nodes of targets that a changed triple is about."""
    subjects, objects = set[Any](), set[Any]()
    for target in root.targets:
        for triple in changed:
            said = triple.predicate.value
            if said == TYPE if target.kind == "class" else triple.predicate == target.term:
                (objects if target.kind == "objects-of" else subjects).add(
                    triple.object if target.kind == "objects-of" else triple.subject
                )
    yield from _among(run, focus, subjects | objects)


def _reading(run: Run, focus: Focus, read: Read, changed: Collection[Triple]) -> Iterator[Term]:
    """Focus nodes from which a way leads to a changed triple that is looked at there."""
    ends = {
        triple.object if read.inverse else triple.subject
        for triple in changed
        if read.predicate in {None, triple.predicate.value}
    }
    if not read.way:
        yield from _among(run, focus, ends)
        return
    path = read.way[0] if len(read.way) == 1 else Sequence(read.way)
    for some in in_parts(ends):
        query = compose("list-readers", focus, path, {"terms": terms(some)})
        for row in run.data.select(query):
            yield cast("Term", row[0])


def _among(run: Run, focus: Focus, nodes: Collection[Any]) -> Iterator[Term]:
    """Those of some nodes that are focus nodes."""
    for some in in_parts(nodes):
        yield from run.nodes(focus._replace(only=frozenset(some)))


def changes(
    before: Store,
    after: Store,
    *,
    graphs: SequenceOf[str] | None = None,
) -> set[Triple]:
    """The triples that one of two stores has and the other has not, in their graphs taken together."""
    everything = fill("construct-everything")
    return Data(before, graphs).construct(everything) ^ Data(after, graphs).construct(everything)
