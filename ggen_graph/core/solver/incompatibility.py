"""Incompatibilities: terms that cannot all be true, and why (solver.md, "Incompatibility").

An incompatibility is either a fact (the project, or some releases of a pack, require something) or
derived from two others by resolution: if neither "p is in A, and X" nor "p is in B, and Y" can be,
then "p is in A or B, and X, and Y" cannot be.

They are named tuples rather than dataclasses: a hard problem makes many, and they import faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from ggen_graph.core.solver.term import Term

# Whether what is required can be had at all: some candidate is in the range; the pack has
# candidates, but none in it; the pack has no candidates; no registry has the pack.
Supply: TypeAlias = Literal["some", "out-of-range", "no-releases", "unknown"]


class Wanted(NamedTuple):
    """A pack and a range of it, as people read it."""

    pack: str
    range: str


class Fact(NamedTuple):
    """That something is required.

    Attributes:
        of: the pack whose releases require it; "" for the project itself.
        wanted: what is required; several if the releases spell one set of candidates in several ways.
        supply: whether it can be had.
    """

    of: str
    wanted: tuple[Wanted, ...]
    supply: Supply


class Derived(NamedTuple):
    """That two others imply it: their indexes in `Failure.incompatibilities`."""

    first: int
    second: int


class Incompatibility(NamedTuple):
    """Terms, at most one per pack, that are not all true in any solution."""

    terms: tuple[Term, ...]
    cause: Fact | Derived
