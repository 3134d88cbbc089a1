"""One thing that differs between two releases of a pack, and why that may break who used the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Part = Literal[
    "version", "requirement", "optional requirement", "variable", "template", "query", "licence",
    "ggen_compat",
]  # fmt: skip
Kind = Literal["added", "removed", "widened", "narrowed", "moved", "changed"]


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """One thing that differs.

    Attributes:
        part: what kind of thing it is.
        name: the pack, variable, template or query; "" where there is only one.
        kind: what became of it.
        aspect: of a variable or template, what of it: "type", "choices", …; "" for all of it.
        before: how it was, None for not there.
        after: how it is.
        breaking: why it may break who used the earlier release; "" if it does not.
    """

    part: Part
    name: str
    kind: Kind
    aspect: str = ""
    before: str | None = None
    after: str | None = None
    breaking: str = ""
