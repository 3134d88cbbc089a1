"""The order of what was chosen: circles, and levels to install by.

PubGrub is content with releases that require each other in a circle; whoever installs is not. These
are functions over edges, so the same edges fetched from the graph give the same answers.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import DependencyCycle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ggen_graph.core.solver.facts import Facts
    from ggen_graph.core.solver.solve import Solution


def requires(solution: Solution, facts: Facts) -> dict[str, tuple[str, ...]]:
    """The packs that each chosen release requires, in the order in which it names them."""
    edges = {}
    for pack, version in solution.releases.items():
        chosen = next(each for each in facts.packs[pack] if each.version == version)
        targets = (facts.requirements[each].pack for each in chosen.requires)
        edges[pack] = tuple(dict.fromkeys(targets))
    return edges


def find_cycle(solution: Solution, facts: Facts) -> tuple[str, ...] | None:
    """A circle among the chosen releases: packs that each require the next, the last the first."""
    return cycle_in(requires(solution, facts))


def way_into(
    cycle: tuple[str, ...], edges: Mapping[str, Iterable[str]], roots: Iterable[str]
) -> tuple[str, ...]:
    """A shortest way from a root into a circle and once around: (a, b, c, b) for b → c → b below a.

    Args:
        cycle: as `cycle_in` gives it.
        edges: those in which it was found.
        roots: where to start; the circle is reached from one of them, else it is given as it is.
    """
    came: dict[str, str | None] = dict.fromkeys(roots)
    left = deque(came)
    while left:
        name = left.popleft()
        if name in cycle:
            way = [name]
            while (before := came[way[-1]]) is not None:
                way.append(before)
            at = cycle.index(name)
            return (*reversed(way), *cycle[at + 1 :], *cycle[1 : at + 1])
        for target in edges.get(name, ()):
            if target not in came:
                came[target] = name
                left.append(target)
    return cycle


def install_order(solution: Solution, facts: Facts) -> tuple[tuple[str, ...], ...]:
    """The chosen packs by levels: each requires only packs of earlier ones.

    Raises:
        DependencyCycle: the chosen releases require each other in a circle.
    """
    return levels(requires(solution, facts))


def cycle_in(edges: Mapping[str, Iterable[str]]) -> tuple[str, ...] | None:
    """The first circle that a walk in the order of `edges` meets; its first is repeated at its end."""
    done: set[str] = set()
    for start in edges:
        path: dict[str, None] = {}  # in order, and quick to ask
        walk = [(start, iter((start,)))]
        while walk:
            name, targets = walk[-1]
            target = next((each for each in targets if each not in done), None)
            if target is None:
                walk.pop()
                done.add(name)
                path.pop(name, None)
            elif target in path:
                steps = list(path)
                return (*steps[steps.index(target) :], target)
            else:
                path[target] = None
                walk.append((target, iter(edges.get(target, ()))))
    return None


def levels(edges: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """The packs by the length of the longest way down from them, each level by name.

    The first level requires nothing, the next only packs of the first, and so on.

    Raises:
        DependencyCycle: there is a circle; `details["cycle"]` is its path.
    """
    missing: dict[str, int] = {}
    users: dict[str, list[str]] = {}
    for name, targets in edges.items():
        unique = set(targets)
        missing[name] = len(unique)
        for target in unique:
            missing.setdefault(target, 0)
            users.setdefault(target, []).append(name)
    found = []
    level = sorted(name for name, count in missing.items() if not count)
    while level:
        found.append(tuple(level))
        after = []
        for name in level:
            for user in users.get(name, ()):
                missing[user] -= 1
                if not missing[user]:
                    after.append(user)
        level = sorted(after)
    if any(missing.values()):
        cycle = cycle_in(edges) or ()
        raise DependencyCycle(
            "the releases require each other in a circle: " + " -> ".join(cycle),
            details={"cycle": list(cycle)},
        )
    return tuple(found)
