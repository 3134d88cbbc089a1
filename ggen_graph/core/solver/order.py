"""The order of what was chosen: circles, and levels to install by.

PubGrub is content with releases that require each other in a circle; whoever installs is not, unless
they say so. These are functions over edges, so the same edges fetched from the graph give the same
answers. Nothing recurses.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

from ggen_graph.core.diagnostics import DependencyCycle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ggen_graph.core.release import ReleaseId

Node = TypeVar("Node", bound="str | ReleaseId")


def way_into(
    cycle: tuple[Node, ...], edges: Mapping[Node, Iterable[Node]], roots: Iterable[Node]
) -> tuple[Node, ...]:
    """A shortest way from a root into a circle and once around: (a, b, c, b) for b → c → b below a.

    Args:
        cycle: as `cycle_in` gives it.
        edges: those in which it was found.
        roots: where to start; the circle is reached from one of them, else it is given as it is.
    """
    came: dict[Node, Node | None] = dict.fromkeys(roots)
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


def cycle_in(edges: Mapping[Node, Iterable[Node]]) -> tuple[Node, ...] | None:
    """The first circle that a walk in the order of `edges` meets; its first is repeated at its end."""
    done: set[Node] = set()
    for start in edges:
        path: dict[Node, None] = {}  # in order, and quick to ask
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


def levels(edges: Mapping[Node, Iterable[Node]]) -> tuple[tuple[Node, ...], ...]:
    """The nodes by the length of the longest way down from them, each level in order.

    The first level requires nothing, the next only nodes of the first, and so on.

    Raises:
        DependencyCycle: there is a circle; `details["cycle"]` is its path.
    """
    missing: dict[Node, int] = {}
    users: dict[Node, list[Node]] = {}
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
        cycle = [str(name) for name in cycle_in(edges) or ()]
        raise DependencyCycle(
            "the releases require each other in a circle: " + " -> ".join(cycle),
            details={"cycle": cycle},
        )
    return tuple(found)


def levels_of_components(edges: Mapping[Node, Iterable[Node]]) -> tuple[tuple[Node, ...], ...]:
    """As `levels`, where those that require each other in a circle count as one and share a level."""
    of: dict[Node, Node] = {}
    members: dict[Node, list[Node]] = {}
    for component in components(edges):
        for name in component:
            of[name] = component[0]
        members[component[0]] = component
    between: dict[Node, list[Node]] = {head: [] for head in members}
    for name, targets in edges.items():
        between[of[name]] += [of[target] for target in targets if of[target] != of[name]]
    return tuple(
        tuple(sorted(name for head in level for name in members[head])) for level in levels(between)
    )


def components(edges: Mapping[Node, Iterable[Node]]) -> list[list[Node]]:
    """The strongly connected components (Tarjan 1972): what lies on one circle is in one list."""
    place: dict[Node, int] = {}  # in the order of the walk
    low: dict[Node, int] = {}  # the lowest place that can be reached from it
    path: dict[Node, None] = {}  # not yet in a component, in order of place
    found = []
    for start in edges:
        if start in place:
            continue
        place[start] = low[start] = len(place)
        path[start] = None
        walk = [(start, iter(edges[start]))]
        while walk:
            name, targets = walk[-1]
            target = next((each for each in targets if each not in place or each in path), None)
            if target is not None and target not in place:
                place[target] = low[target] = len(place)
                path[target] = None
                walk.append((target, iter(edges.get(target, ()))))
            elif target is not None:
                low[name] = min(low[name], place[target])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[name])
                if low[name] == place[name]:
                    found.append(_taken_from(path, name))
    return found


def _taken_from(path: dict[Node, None], head: Node) -> list[Node]:
    """Take the end of the path from `head` on."""
    component = []
    while True:
        name, _ = path.popitem()
        component.append(name)
        if name == head:
            return component
