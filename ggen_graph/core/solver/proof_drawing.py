"""A proof as a tree of text, and in the language of Graphviz.

Keeps true: a step is drawn once and only referred to again, so a proof is drawn in as many lines as it
has causes; nothing recurses.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ggen_graph.core.solver.incompatibility import Derived
from ggen_graph.core.solver.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.core.solver.failure import Failure


def proof_tree(failure: Failure) -> Iterator[str]:
    """What is proven, and below each step what it follows from; (*) marks one that stands above."""
    words = Wording(failure)
    told: set[int] = set()
    left: list[tuple[int, str, str]] = [(failure.root, "", "")]  # step, branch, lines before
    while left:
        step, branch, before = left.pop()
        causes = _causes(failure, step)
        again = step in told and bool(causes)
        yield f"{branch}{_said(words, failure, step)}{' (*)' if again else ''}"
        if again:
            continue
        told.add(step)
        for place, cause in enumerate(reversed(causes)):
            last = place == 0
            left.append(
                (
                    cause,
                    f"{before}{'└── ' if last else '├── '}",
                    f"{before}{'    ' if last else '│   '}",
                )
            )


def proof_dot(failure: Failure) -> str:
    """The proof in the language of Graphviz, causes pointing to what follows from them."""
    words = Wording(failure)
    lines = ["digraph proof {", "  rankdir=BT;", "  node [shape=box];"]
    for step in range(len(failure.incompatibilities)):
        premise = not _causes(failure, step)
        style = ", style=filled, fillcolor=lightgrey" if premise else ""
        lines.append(f"  s{step + 1} [label={json.dumps(_said(words, failure, step))}{style}];")
    lines += [
        f"  s{cause + 1} -> s{step + 1};"
        for step in range(len(failure.incompatibilities))
        for cause in _causes(failure, step)
    ]
    return "\n".join([*lines, "}"])


def _said(words: Wording, failure: Failure, step: int) -> str:
    return words.conclusion(step) if _causes(failure, step) else words.reasons([step], {})


def _causes(failure: Failure, step: int) -> tuple[int, ...]:
    cause = failure.incompatibilities[step].cause
    return (cause.first, cause.second) if isinstance(cause, Derived) else ()
