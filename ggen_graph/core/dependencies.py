"""Who requires whom among releases that were chosen, as people and drawing programs read it.

Keeps true: a part that is printed once is only referred to again (`(*)`), so that a graph of which a
tree would never end is still drawn in as many lines as it has requirements.

Does not do: choosing releases (`core.solver`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class DependencyGraph:
    """Chosen releases and their requirements.

    Attributes:
        roots: (pack, range) as it was asked for.
        versions: pack → the version that was chosen.
        requires: pack → (pack, range) as the chosen release asks.
    """

    roots: tuple[tuple[str, str], ...]
    versions: Mapping[str, str]
    requires: Mapping[str, tuple[tuple[str, str], ...]]

    def inverted(self, name: str) -> DependencyGraph:
        """The same seen from one pack: who requires it, who requires these, and so on.

        The ranges are those by which each is required; one that was asked for itself requires nothing.
        """
        askers: dict[str, list[tuple[str, str]]] = {pack: [] for pack in self.versions}
        for asker, wanted in sorted(self.requires.items()):
            for pack, text in wanted:
                askers[pack].append((asker, text))
        return DependencyGraph(
            ((name, ""),), self.versions, {pack: tuple(found) for pack, found in askers.items()}
        )


def tree_lines(
    graph: DependencyGraph, *, depth: int | None = None, inverted: bool = False
) -> Iterator[str]:
    """The graph as a tree, a line for each requirement.

    Args:
        graph: what is drawn.
        depth: how far below the roots it goes; None for all the way.
        inverted: whether lines tell who requires, and by which range, instead of what is required.
    """
    seen: set[str] = set()
    # Deep graphs are real, so this has a stack of its own: (pack, range, lines before, last, level).
    stack: list[tuple[str, str, str, bool, int]] = [
        (name, text, "", False, 0) for name, text in reversed(graph.roots)
    ]
    while stack:
        name, text, before, last, level = stack.pop()
        below = graph.requires.get(name, ())
        again = name in seen and bool(below)
        branch = ("└── " if last else "├── ") if level else ""
        yield f"{before}{branch}{_told(graph, name, text, inverted=inverted)}{' (*)' if again else ''}"
        if again or (depth is not None and level >= depth):
            continue
        seen.add(name)
        inner = before + (("    " if last else "│   ") if level else "")
        for number, (pack, wanted) in enumerate(reversed(below)):
            stack.append((pack, wanted, inner, number == 0, level + 1))


def dot(graph: DependencyGraph) -> str:
    """The graph in the language of Graphviz."""
    lines = ["digraph dependencies {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [
        f"  {json.dumps(name)} [label={json.dumps(f'{name} {version}')}];"
        for name, version in sorted(graph.versions.items())
    ]
    lines += [
        f"  {json.dumps(asker)} -> {json.dumps(pack)} [label={json.dumps(text)}];"
        for asker, pack, text in _edges(graph)
    ]
    return "\n".join([*lines, "}"])


def mermaid(graph: DependencyGraph) -> str:
    """The graph as a Mermaid flowchart, which code hosts draw in Markdown."""
    number = {name: f"p{at}" for at, name in enumerate(sorted(graph.versions))}
    lines = ["flowchart LR"]
    lines += [f'  {number[name]}["{name} {graph.versions[name]}"]' for name in number]
    lines += [
        f'  {number[asker]} -->|"{text.replace("<", "#lt;").replace(">", "#gt;")}"| {number[pack]}'
        for asker, pack, text in _edges(graph)
    ]
    return "\n".join(lines)


def _edges(graph: DependencyGraph) -> Iterator[tuple[str, str, str]]:
    for asker, wanted in sorted(graph.requires.items()):
        for pack, text in wanted:
            yield asker, pack, text


def _told(graph: DependencyGraph, name: str, text: str, *, inverted: bool) -> str:
    release = f"{name} {graph.versions[name]}"
    if not text:
        return release
    text = "any version" if text == "*" else text  # or it would look like the mark
    return f"{release} (requires it as {text})" if inverted else f"{release} ({text})"
