"""Who requires whom among releases that were chosen, as people and drawing programs read it.

Keeps true: a node is a release, so two releases of one pack are two nodes, and an edge says which of
them was chosen for it; a part that is printed once is only referred to again (`(*)`), so that a graph
of which a tree would never end is still drawn in as many lines as it has requirements.

Does not do: choosing releases (`core.solver`), nor drawing pictures (`core.drawing`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.ranges import parse_range
from ggen_graph.core.versions import version_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ggen_graph.core.release import ReleaseId


class Wanted(NamedTuple):
    """A requirement: a range, "" where nobody asks, and the release that was chosen for it."""

    range: str
    chosen: ReleaseId


@dataclass(frozen=True, slots=True)
class DependencyGraph:
    """Chosen releases and their requirements.

    Attributes:
        roots: what was asked for.
        requires: every chosen release → what it asks for.
        sizes: release → bytes, of its tree or of its archive; those that nobody knows are left out.
    """

    roots: tuple[Wanted, ...]
    requires: Mapping[ReleaseId, tuple[Wanted, ...]]
    sizes: Mapping[ReleaseId, int] = field(default_factory=dict)

    @property
    def releases(self) -> tuple[ReleaseId, ...]:
        """Every release, by name and version."""
        return tuple(sorted(self.requires, key=_rank))

    def inverted(self, name: str) -> DependencyGraph:
        """The same seen from one pack: who requires it, who requires these, and so on.

        The ranges are those by which each is required; one that was asked for itself requires nothing.
        """
        askers: dict[ReleaseId, list[Wanted]] = {release: [] for release in self.requires}
        for asker in self.releases:
            for text, chosen in self.requires[asker]:
                askers[chosen].append(Wanted(text, asker))
        return DependencyGraph(
            tuple(Wanted("", release) for release in self.releases if release.name == name),
            {release: tuple(found) for release, found in askers.items()},
            self.sizes,
        )

    def reached(self, depth: int | None = None) -> dict[ReleaseId, int]:
        """The releases within some steps of the roots, None for all: each with its fewest steps."""
        steps = {root.chosen: 0 for root in self.roots}
        for release in (waiting := list(steps)):  # it grows while we walk it
            below = steps[release] + 1
            for _, chosen in self.requires[release] if depth is None or below <= depth else ():
                if chosen not in steps:
                    steps[chosen] = below
                    waiting.append(chosen)
        return steps

    def within(self, depth: int | None) -> DependencyGraph:
        """The part within some steps of the roots, with the requirements inside it; None for the whole."""
        if depth is None:
            return self
        kept = self.reached(depth)
        return DependencyGraph(
            self.roots,
            {
                release: tuple(one for one in wanted if one.chosen in kept)
                for release, wanted in self.requires.items()
                if release in kept
            },
            {release: size for release, size in self.sizes.items() if release in kept},
        )

    def levels(self) -> dict[ReleaseId, int]:
        """Each release's level of installation: 1 requires nothing, 2 only what is of level 1, ….

        Where releases require each other in a circle, the requirement that closes it counts for nothing.
        """
        level: dict[ReleaseId, int] = {}
        for start in self.releases:
            path = {start: None}  # what is being walked; to require one of these closes a circle
            walk = [] if start in level else [(start, iter(self.requires[start]))]
            while walk:
                release, left = walk[-1]
                below = next((one.chosen for one in left if one.chosen not in level), None)
                if below is None:
                    walk.pop()
                    del path[release]
                    known = (level.get(one.chosen, 0) for one in self.requires[release])
                    level[release] = 1 + max(known, default=0)
                elif below not in path:
                    path[below] = None
                    walk.append((below, iter(self.requires[below])))
        return level

    def total(self) -> str:
        """How much it is, in words: "3 packs in 2 levels, 12.5 kB and 1 of unknown size"."""
        count, height = len(self.requires), max(self.levels().values(), default=0)
        unknown = sum(release not in self.sizes for release in self.requires)
        told = f"{count} pack{'s'[: count != 1]} in {height} level{'s'[: height != 1]}"
        if not self.sizes:
            return f"{told}, of unknown size" if unknown else told
        told += f", {size_text(sum(self.sizes.values()))}"
        return f"{told} and {unknown} of unknown size" if unknown else told


def connect(
    roots: Iterable[tuple[str, str]],
    requires: Mapping[ReleaseId, Sequence[tuple[str, str]]],
    recorded: Mapping[ReleaseId, Collection[ReleaseId]] | None = None,
) -> DependencyGraph:
    """The graph of releases of which only the ranges are known by which they ask for packs.

    Args:
        roots: (pack, range) as it was asked for.
        requires: every chosen release → (pack, range) as it asks.
        recorded: release → those that are known to have been chosen for it. Where nothing is, a
            range means the newest release it admits of those that were chosen.

    Returns:
        A graph without what is asked of packs of which no release was chosen.
    """
    of_name: dict[str, list[ReleaseId]] = {}
    for release in requires:
        of_name.setdefault(release.name, []).append(release)

    def find(wanted: Iterable[tuple[str, str]], known: Collection[ReleaseId]) -> Iterator[Wanted]:
        for name, text in wanted:
            there = of_name.get(name, ())
            among = [release for release in there if release in known] or there
            if among:
                yield Wanted(text, among[0] if len(among) == 1 else _meant(text, among))

    told = recorded or {}
    return DependencyGraph(
        tuple(find(roots, ())),
        {release: tuple(find(asks, told.get(release, ()))) for release, asks in requires.items()},
    )


def tree_lines(
    graph: DependencyGraph, *, depth: int | None = None, inverted: bool = False, sizes: bool = False
) -> Iterator[str]:
    """The graph as a tree, a line for each requirement.

    Args:
        graph: what is drawn.
        depth: how far below the roots it goes; None for all the way.
        inverted: whether lines tell who requires, and by which range, instead of what is required.
        sizes: whether a release is told with its size, where it is met first.
    """
    seen: set[ReleaseId] = set()
    expanded: set[ReleaseId] = set()
    # Deep graphs are real, so this has a stack of its own: (requirement, lines before, last, level).
    stack: list[tuple[Wanted, str, bool, int]] = [
        (root, "", False, 0) for root in reversed(graph.roots)
    ]
    while stack:
        wanted, before, last, level = stack.pop()
        release = wanted.chosen
        below = graph.requires[release]
        again = release in expanded and bool(below)
        branch = ("└── " if last else "├── ") if level else ""
        size = f" [{size_text(graph.sizes.get(release))}]" if sizes and release not in seen else ""
        told = _told(wanted, inverted=inverted)
        yield f"{before}{branch}{told}{size}{' (*)' if again else ''}"
        seen.add(release)
        if again or (depth is not None and level >= depth):
            continue
        expanded.add(release)
        inner = before + (("    " if last else "│   ") if level else "")
        for number, one in enumerate(reversed(below)):
            stack.append((one, inner, number == 0, level + 1))


def dot(graph: DependencyGraph) -> str:
    """The graph in the language of Graphviz."""
    lines = ["digraph dependencies {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [
        f"  {_dot_id(release)} [label={json.dumps(str(release))}];" for release in graph.releases
    ]
    lines += [
        f"  {_dot_id(asker)} -> {_dot_id(chosen)} [label={json.dumps(text)}];"
        for asker, text, chosen in edges(graph)
    ]
    return "\n".join([*lines, "}"])


def mermaid(graph: DependencyGraph) -> str:
    """The graph as a Mermaid flowchart, which code hosts draw in Markdown."""
    number = {release: f"p{at}" for at, release in enumerate(graph.releases)}
    lines = ["flowchart LR"]
    lines += [f'  {id_}["{release}"]' for release, id_ in number.items()]
    lines += [
        f'  {number[asker]} -->|"{text.replace("<", "#lt;").replace(">", "#gt;")}"| {number[chosen]}'
        for asker, text, chosen in edges(graph)
    ]
    return "\n".join(lines)


def edges(graph: DependencyGraph) -> Iterator[tuple[ReleaseId, str, ReleaseId]]:
    """Every requirement as who asks, range, and what was chosen for it; in the order of who asks."""
    for asker in graph.releases:
        for text, chosen in graph.requires[asker]:
            yield asker, text, chosen


def size_text(size: int | None) -> str:
    """A number of bytes for people, such as `12.5 kB`; `?` where it is not known."""
    if size is None:
        return "?"
    number, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 999.95:  # what would be rounded to 1000.0
            break
        number, unit = number / 1000, larger
    return f"{size} B" if unit == "B" else f"{number:.1f} {unit}"


def _meant(text: str, among: Iterable[ReleaseId]) -> ReleaseId:
    """Of a pack's chosen releases the newest in a range, or the newest of all if none is in it."""
    admits = parse_range(text).admits
    return max(among, key=lambda release: (admits(release.version), version_key(release.version)))


def _rank(release: ReleaseId) -> tuple[str, str]:
    return release.name, version_key(release.version)


def _dot_id(release: ReleaseId) -> str:
    return json.dumps(f"{release.name}@{release.version}")


def _told(wanted: Wanted, *, inverted: bool) -> str:
    text = wanted.range
    if not text:
        return str(wanted.chosen)
    text = "any version" if text == "*" else text  # or it would look like the mark
    asked = f"requires it as {text}" if inverted else text
    return f"{wanted.chosen} ({asked})"
