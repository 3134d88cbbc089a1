"""Which constraints are compiled, and why the others are not.

Asked for each constraint of a shape that has targets, with all it refers to: what is covered runs as
queries, what is not goes to pySHACL with the shape's other uncovered constraints.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import Literal, QuerySolutions, Store

from ggen_graph.core.diagnostics import ShapesInvalid
from ggen_graph.graph.shacl import prebinding
from ggen_graph.graph.shacl.fragments import fill

if TYPE_CHECKING:
    from ggen_graph.graph.shacl.model import Constraint, Shape, Shapes

_DEEPEST = 30
_COMPARED = frozenset(("MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive"))
# Characters that mean something to Rust's regular expressions and nothing to others, or something else.
_READ_OTHERWISE = ("&&", "--", "~~", "[[", "++", "*+", "?+", "}+")


class Uncovered(NamedTuple):
    """The constraints of a shape with targets that pySHACL has to look at, and why."""

    shape: Shape
    constraints: tuple[Constraint, ...]
    reason: str
    whole: bool
    """The shape itself says something that is not compiled: all of it is handed over."""


class Coverage(NamedTuple):
    """For all shapes with targets: the constraints that are compiled, and the others."""

    covered: tuple[tuple[Shape, tuple[Constraint, ...]], ...]
    uncovered: tuple[Uncovered, ...]


def coverage_of(shapes: Shapes) -> Coverage:
    """Which constraints are compiled.

    Raises:
        ShapesInvalid: a sh:sparql constraint is ill-formed, or shapes are nested too deep.
        QueryRefused: a sh:sparql constraint asks for an update or SERVICE.
        QueryInvalid: a sh:sparql constraint does not parse.
    """
    for shape in shapes.named.values():
        for constraint in shape.constraints:
            if constraint.query is not None and not shapes.unknown:
                prebinding.check(shape, constraint.query)
    covered, uncovered = [], []
    inner = _Inner(shapes)
    for root in shapes.roots:
        found = _uncovered_of(inner, root)
        left = found.constraints if found else ()
        if found:
            uncovered.append(found)
        covered.append((root, tuple(one for one in root.constraints if one not in left)))
    return Coverage(tuple(covered), tuple(uncovered))


def _uncovered_of(inner: _Inner, root: Shape) -> Uncovered | None:
    shapes = inner.shapes
    if whole := (*shapes.unknown, *root.unknown):
        return Uncovered(root, root.constraints, whole[0], whole=True)
    reasons = {one: inner.why_not(root, one, (root.name,)) for one in root.constraints}
    found = tuple(one for one, reason in reasons.items() if reason)
    if not found:
        return None
    # Siblings of a disjoint shape are found by way of its parent, which must keep all of them.
    if any(_needs_siblings(shapes, one) for one in found):
        found = root.constraints
    return Uncovered(root, found, next(filter(None, reasons.values())), whole=False)


class _Inner:
    """Why shapes that others refer to are not compiled; each is looked at once."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.known: dict[str, tuple[str, int]] = {}

    def why_not(self, shape: Shape, constraint: Constraint, way: tuple[str, ...]) -> str:
        """Why a constraint is not compiled; `way` are the shapes that led to it."""
        return self._looked_at(shape, constraint, way)[0]

    def _looked_at(
        self, shape: Shape, constraint: Constraint, way: tuple[str, ...]
    ) -> tuple[str, int]:
        """The reason, "" if there is none, and how many shapes are below the constraint."""
        reason, height = _own_reason(shape, constraint), 0
        for name in constraint.shapes:
            if self.shapes.named[name].deactivated:
                continue
            if name in way:
                return f"{name} refers to itself", height
            if name not in self.known:
                self.known[name] = self._below(self.shapes.named[name], (*way, name))
            below, depth = self.known[name]
            height = max(height, depth)
            if len(way) + height > _DEEPEST:
                raise _too_deep(way[0])
            reason = reason or below
        return reason, height

    def _below(self, shape: Shape, way: tuple[str, ...]) -> tuple[str, int]:
        if len(way) > _DEEPEST:
            raise _too_deep(way[0])
        reason, height = (shape.unknown[0] if shape.unknown else ""), 0
        for constraint in shape.constraints:
            found, depth = self._looked_at(shape, constraint, way)
            reason, height = reason or found, max(height, depth)
        return reason, height + 1


def _too_deep(name: str) -> ShapesInvalid:
    return ShapesInvalid(
        f"{name} refers to shapes more than {_DEEPEST} deep", help="say it with fewer shapes"
    )


def _own_reason(shape: Shape, constraint: Constraint) -> str:
    if constraint.component == "Pattern":
        pattern, flags = (str(term.value) for term in constraint.terms)
        if not _can_match(pattern, flags):
            return f"Oxigraph can't read the pattern {pattern}"
    elif constraint.component in _COMPARED:
        [bound] = constraint.terms
        if not _can_compare(str(bound)):
            return f"Oxigraph can't compare with {bound}"
    elif constraint.query is not None:
        return prebinding.why_not(shape, constraint.query.text)
    return ""


def _needs_siblings(shapes: Shapes, constraint: Constraint) -> bool:
    """Whether a constraint has to do with disjoint qualified shapes."""
    inner = (one for name in constraint.shapes for one in shapes.named[name].constraints)
    return any(one.component.startswith("Qualified") and len(one.shapes) > 1 for one in inner)


@cache
def _can_match(pattern: str, flags: str) -> bool:
    """Whether Oxigraph reads a pattern, and as others do: look-around and back references it does not."""
    if any(mark in pattern for mark in _READ_OTHERWISE):
        return False
    return _has_value(fill("match-pattern", pattern=Literal(pattern), flags=Literal(flags)))


@cache
def _can_compare(term: str) -> bool:
    """Whether a bound is a literal with an order; an ill-formed one is only equal to itself."""
    return _has_value(fill("compare-bound", term=term))


def _has_value(query: str) -> bool:
    found = Store().query(query)
    assert isinstance(found, QuerySolutions)  # noqa: S101 - our own query is a SELECT
    return any(row[0] is not None for row in found)
