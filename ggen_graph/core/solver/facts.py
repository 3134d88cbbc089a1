"""What the solver is told: packs, their releases, and what these require.

The graph answers with these values (`queries/resolution/*.rq`); the solver asks for nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release that may be chosen.

    Attributes:
        version: its version; no other candidate of the pack has the same.
        requires: what it requires, as indexes into `Facts.requirements`.
    """

    version: str
    requires: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """A pack and a range of its releases, whoever requires them.

    Attributes:
        pack: the name of the pack required.
        range: the range as people read it.
        admits: the versions of `pack` in the range; those that are no candidates do not count.
    """

    pack: str
    range: str
    admits: Collection[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """A problem to solve.

    Attributes:
        packs: the candidates of each pack, best first: the solver takes the first that goes.
        requirements: every requirement that a candidate or the project has.
        roots: what the project itself requires, as indexes into `requirements`.
        unknown: names that are required but that no registry has. A name that is not in `packs`
            either counts as unknown.
    """

    packs: Mapping[str, tuple[Candidate, ...]]
    requirements: tuple[Requirement, ...]
    roots: tuple[int, ...]
    unknown: frozenset[str] = frozenset()
