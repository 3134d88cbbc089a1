"""What a shapes graph says, as values: shapes, their targets and constraints.

A shape refers to others by name; `Shapes.named` finds them. Names are IRIs, or `_:b0`, `_:b1` … in
the order of their file for shapes without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Literal as RdfLiteral
    from pyoxigraph import NamedNode, Triple

    from ggen_graph.graph.shacl.paths import Path

    Term = NamedNode | RdfLiteral

SH = "http://www.w3.org/ns/shacl#"


@dataclass(frozen=True, slots=True)
class Target:
    """What a shape is about: `term` is a class (`class`), a node, or a property."""

    kind: Literal["class", "node", "subjects-of", "objects-of"]
    term: Term


@dataclass(frozen=True, slots=True)
class Query:
    """The SELECT of a sh:sparql constraint, with the prefixes it may use."""

    text: str
    prefixes: tuple[tuple[str, str], ...]
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape.

    `component` is the local name of its component's IRI without "ConstraintComponent". `terms` are
    its parameter's value or the members of its list, `shapes` the names of the shapes it refers to.
    `said_by` are the triples of the shape that say it.
    """

    component: str
    terms: tuple[Term, ...] = ()
    shapes: tuple[str, ...] = ()
    query: Query | None = None
    said_by: tuple[Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (without a path) or a property shape."""

    name: str
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    severity: str
    messages: tuple[str, ...]
    deactivated: bool
    unknown: tuple[str, ...] = ()
    """What it says that is not in SHACL Core or sh:sparql, in words."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes of some files, and the triples they were read from."""

    named: Mapping[str, Shape]
    triples: tuple[Triple, ...]
    unknown: tuple[str, ...] = ()
    """What the files say that no shape can be checked without, in words."""

    @property
    def roots(self) -> tuple[Shape, ...]:
        """The shapes that have focus nodes of their own."""
        return tuple(
            one
            for one in self.named.values()
            if (one.targets or "sh:target" in one.unknown) and not one.deactivated
        )
