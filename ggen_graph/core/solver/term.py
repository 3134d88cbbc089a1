"""Terms: what is said of one pack, as one integer.

A pack is in one of `n + 1` states: absent (bit 0), or present at its i-th best candidate (bit i).
A set of states is an `int`, so union is `|`, intersection is `&`, "implies" is `a & ~b == 0`, and
the polarity that PubGrub's description gives a term is just bit 0 (solver.md, "Terms").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ABSENT = 1


class Term(NamedTuple):
    """That a pack is in one of the states of `mask`."""

    pack: str
    mask: int

    @property
    def positive(self) -> bool:
        """Whether the term says that the pack is there, at one of some releases."""
        return not self.mask & ABSENT


def everything(candidates: int) -> int:
    """The mask of all states of a pack with so many candidates."""
    return (2 << candidates) - 1


def bit_of(candidate: int) -> int:
    """The mask of the state "present at the candidate with this index", counted from 0."""
    return 2 << candidate


def candidates_in(mask: int) -> Iterator[int]:
    """The indexes, counted from 0 and ascending, of the candidates in a mask."""
    mask >>= 1
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
