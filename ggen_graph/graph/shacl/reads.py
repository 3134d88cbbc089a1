"""What triples a shape looks at: by which predicates, and along which way from its focus nodes.

A change to a triple can only concern the focus nodes from which such a way leads to it; and a copy of
the triples along the ways is enough to look at them elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ggen_graph.graph.shacl import paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.graph.shacl.model import Constraint, Shape, Shapes
    from ggen_graph.graph.shacl.paths import Path

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_MANY = 5000
"""Ways; shapes that have more may as well look at anything."""
_PAIRED = frozenset(("Equals", "Disjoint", "LessThan", "LessThanOrEquals"))


@dataclass(frozen=True, slots=True)
class Read:
    """Triples with a predicate, looked for where a way from a focus node ends.

    `predicate` is None for all triples of the node; `inverse` says that the way ends at their object.
    """

    way: tuple[Path, ...]
    predicate: str | None
    inverse: bool = False


@dataclass(slots=True)
class Reads:
    """All that some constraints look at.

    `anything` is true where that can't be told: a query, or a shape that refers to itself.
    """

    found: set[Read] = field(default_factory=set)
    anything: bool = False
    recursive: bool = False

    @property
    def predicates(self) -> frozenset[str]:
        """The predicates, without those of classes."""
        names = {read.predicate for read in self.found if read.predicate is not None}
        return frozenset(names - {TYPE})

    @property
    def classes(self) -> bool:
        """Whether it matters which classes a node is of."""
        return any(read.predicate == TYPE for read in self.found)

    @property
    def whole_nodes(self) -> bool:
        """Whether everything that is said of a node matters."""
        return any(read.predicate is None for read in self.found)


def reads_of(shapes: Shapes, shape: Shape, constraints: tuple[Constraint, ...]) -> Reads:
    """What these constraints of a shape with targets look at."""
    reads = Reads()
    _add(shapes, shape, constraints, (), (shape.name,), reads)
    return reads


def _add(
    shapes: Shapes,
    shape: Shape,
    constraints: tuple[Constraint, ...],
    way: tuple[Path, ...],
    above: tuple[str, ...],
    reads: Reads,
) -> None:
    values = way
    if shape.path is not None:
        values = (*way, shape.path)
        reads.found |= set(_along(way, shape.path))
    if len(reads.found) > _MANY:
        reads.anything = True
        return
    for constraint in constraints:
        reads.found |= set(_own(constraint, way, values))
        reads.anything |= constraint.query is not None
        for name in constraint.shapes:
            inner = shapes.named[name]
            reads.anything |= bool(inner.unknown)
            if name in above:
                reads.recursive = True
            else:
                _add(shapes, inner, inner.constraints, values, (*above, name), reads)


def _own(constraint: Constraint, way: tuple[Path, ...], values: tuple[Path, ...]) -> Iterator[Read]:
    if constraint.component == "Class":
        yield Read(values, TYPE)
    elif constraint.component == "Closed":
        yield Read(values, None)
    elif constraint.component in _PAIRED:
        yield Read(way, str(constraint.terms[0].value))


def _along(way: tuple[Path, ...], path: Path) -> Iterator[Read]:
    for inner, step in paths.reads(path):
        yield Read((*way, *inner), step.predicate, step.inverse)
