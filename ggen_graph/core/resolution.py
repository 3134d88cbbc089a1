"""How a project, or a person, wants releases to be chosen: the `[resolution]` of a `ggen.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Strategy: TypeAlias = Literal["fail", "merge", "layer", "custom"]
STRATEGIES: tuple[Strategy, ...] = ("fail", "merge", "layer", "custom")

Order: TypeAlias = Literal["highest", "lowest", "lowest-direct"]
ORDERS: tuple[Order, ...] = ("highest", "lowest", "lowest-direct")


@dataclass(frozen=True, slots=True)
class Preferences:
    """How releases are to be chosen.

    Attributes:
        strategy: what to do where requirements conflict; see `core.solver.strategies`.
        order: which release in range comes first: the highest, the lowest, or the lowest of the packs
            that are asked for themselves and the highest of all others.
        exclude_newer: an ISO 8601 date or time in UTC; releases published later, or nobody knows when,
            are not chosen. "" for no limit.
        allow_cycles: whether releases may require each other in a circle.
        overrides: (pack, range): the range that counts, whatever anyone requires of that pack.
    """

    strategy: Strategy = "fail"
    order: Order = "highest"
    exclude_newer: str = ""
    allow_cycles: bool = False
    overrides: tuple[tuple[str, str], ...] = ()
