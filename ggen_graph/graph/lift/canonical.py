"""Stable names for blank nodes: the same for the same statements, in whatever order and however labelled.

Nodes that statements join are a *component*, and are named by themselves: what is said elsewhere
changes no name. In a component

1. what hangs from the rest by one statement (all that Turtle's `[…]` and `(…)` can write) is named
   from the top down, in linear time; of equal siblings it does not matter which one is the first;
2. the rest, the *core*, is coloured by what is said of each node, again and again, until the colours
   tell no more nodes apart (colour refinement);
3. nodes that have still the same colour are told apart by choosing one; of all choices the one
   counts whose statements come first (as in nauty, McKay and Piperno 2014). Nodes that can change
   places make no choice, nor does a branch that gives what an earlier one gave.

Keeps true: two lists of statements that differ only in order and in how nodes are numbered get the
same names. Step 3 is exponential in the worst case, so its work is bounded.

Does not do: RDFC-1.0's labels. Those count through a whole dataset, and their work has no bound:
docs/decisions/0011-names-of-blank-nodes.md.
"""

from __future__ import annotations

from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MAX_WORK = 1_000_000
"""How often statements may be read to tell nodes apart, for all nodes of a file together."""

PER_STATEMENT = 16
"""So many readings more for each statement: what takes a few for each is done, however large."""

_SELF = "."

Colours = dict[int, str]
"""Nodes and what is known of them so far, as digests; nodes of one colour are alike so far."""


class Statement(NamedTuple):
    """A triple: its text with a mark in the place of each node, and those nodes in their order."""

    text: str
    nodes: tuple[int, ...]


class TooAlike(Exception):
    """The nodes can't be told apart within the bound."""


def names(statements: Sequence[Statement], work: int = MAX_WORK) -> Iterator[dict[int, str]]:
    """The names of each component's nodes, 24 hexadecimal digits.

    Components that are alike get the same names; it does not matter which of them is which.

    Args:
        statements: without repetition; each has a node.
        work: what step 3 and the rounds of step 2 may take, beside `PER_STATEMENT`.

    Raises:
        TooAlike: it was not enough.
    """
    budget = _Budget(work + PER_STATEMENT * len(statements))
    for component in _components(statements):
        yield _Component(component, budget).names()


class _Budget:
    def __init__(self, work: int) -> None:
        self._left = work

    def spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise TooAlike


def _components(statements: Sequence[Statement]) -> Iterable[list[Statement]]:
    """The statements of each component."""
    parents: dict[int, int] = {}

    def top(node: int) -> int:
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = node = parents[parent]
        return node

    for statement in statements:
        first = top(statement.nodes[0])
        for node in statement.nodes[1:]:
            parents[top(node)] = first
    found: dict[int, list[Statement]] = defaultdict(list)
    for statement in statements:
        found[top(statement.nodes[0])].append(statement)
    return found.values()


class _Component:
    """One component: `said` are each node's own statements, `about` those that only mention it."""

    def __init__(self, statements: list[Statement], budget: _Budget) -> None:
        self._budget = budget
        self._said: dict[int, list[Statement]] = defaultdict(list)
        self._about: dict[int, list[Statement]] = defaultdict(list)
        for statement in statements:
            subject, *others = dict.fromkeys(statement.nodes)
            self._said[subject].append(statement)
            for node in others:
                self._about[node].append(statement)
        self._nodes = sorted({*self._said, *self._about})

    def names(self) -> dict[int, str]:
        """Each node's name."""
        hanging = self._hanging()
        core = [node for node in self._nodes if node not in hanging]
        named = self._core(core, hanging)
        waiting = list(core)
        while waiting:
            node = waiting.pop()
            below = sorted(
                (_shown(one, node, hanging), child)
                for one in self._said[node]
                for child in one.nodes
                if child not in named
            )
            for place, (shown, child) in enumerate(below):
                # Of equal siblings either may come first: what they are named for is the same.
                named[child] = _digest([named[node], shown, str(place)])
                waiting.append(child)
        return named

    def _hanging(self) -> dict[int, str]:
        """The nodes that hang from others by one statement, with digests of what hangs from each."""
        marks: dict[int, str] = {}
        open_statements = {
            node: sum(len(set(one.nodes)) > 1 for one in self._said[node]) for node in self._nodes
        }
        ready = [node for node in self._nodes if not open_statements[node]]
        while ready:
            node = ready.pop()
            about = self._about[node]
            if len(about) != 1 or len(set(about[0].nodes)) != 2:
                continue
            marks[node] = _digest(sorted(_shown(one, node, marks) for one in self._said[node]))
            above = about[0].nodes[0]
            open_statements[above] -= 1
            if not open_statements[above]:
                ready.append(above)
        return marks

    def _core(self, core: list[int], hanging: Mapping[int, str]) -> dict[int, str]:
        """The names of the nodes that do not hang from others."""
        marks: Colours = {}
        said: dict[int, list[Statement]] = {}
        for node in core:
            own: dict[bool, list[Statement]] = {True: [], False: []}
            for statement in self._said[node]:
                inside = any(other != node and other not in hanging for other in statement.nodes)
                own[inside].append(statement)
            said[node] = own[True]
            marks[node] = _digest(sorted(_shown(one, node, hanging) for one in own[False]))
        if len(core) == 1:
            return marks
        graph = _Core(said, marks, self._budget)
        colours, digest = graph.search(graph.refined(graph.start()))
        return {node: _digest([digest, colour]) for node, colour in colours.items()}


class _Core:
    """Nodes with a first mark each, and what each says of others among them."""

    def __init__(
        self, said: Mapping[int, list[Statement]], marks: Colours, budget: _Budget
    ) -> None:
        self._said = said
        self._marks = marks
        self._budget = budget
        self._around: dict[int, list[Statement]] = {node: [] for node in said}
        for statements in said.values():
            for statement in statements:
                for node in set(statement.nodes):
                    self._around[node].append(statement)

    def start(self) -> Colours:
        """First colours: of a node, what follows from it. One pass, where a list would take many.

        What leads into a circle has its mark only.
        """
        colours = dict(self._marks)
        waits_for: dict[int, set[int]] = {}
        above: dict[int, list[int]] = defaultdict(list)
        for node, statements in self._said.items():
            waits_for[node] = {other for one in statements for other in one.nodes} - {node}
            for other in waits_for[node]:
                above[other].append(node)
        ready = [node for node, others in waits_for.items() if not others]
        while ready:
            node = ready.pop()
            shown = sorted(_shown(one, node, colours) for one in self._said[node])
            colours[node] = _digest(["follows", colours[node], *shown])
            for other in above[node]:
                waits_for[other].discard(node)
                if not waits_for[other]:
                    ready.append(other)
        return colours

    def refined(self, colours: Colours) -> Colours:
        """Colours that tell apart whatever its neighbours' colours tell apart.

        A node that no other looks like keeps its colour.
        """
        colours = dict(colours)
        alike = _alike(colours)
        while alike:
            nodes = [node for cell in alike.values() for node in cell]
            self._budget.spend(sum(len(self._around[node]) for node in nodes))
            new = {node: self._seen_from(node, colours) for node in nodes}
            colours.update(new)
            if len(set(new.values())) == len(alike):
                break  # no cell fell apart
            alike = _alike(new)
        return colours

    def _seen_from(self, node: int, colours: Colours) -> str:
        shown = sorted(_shown(one, node, colours) for one in self._around[node])
        return _digest([colours[node], *shown])

    def search(self, colours: Colours, seen: frozenset[str] = frozenset()) -> tuple[Colours, str]:
        """Colours that no two nodes share, and the digest of the statements under them.

        Args:
            colours: refined.
            seen: what branches beside this one, or beside one above it, gave. Where one of those
                comes again, the whole branch is like the other.
        """
        alike = _alike(colours)
        if not alike:
            return colours, self._digest(colours)
        self._budget.spend(2 * len(self._said))  # also bounds how deep this recurses
        colour, cell = min(alike.items(), key=lambda item: (len(item[1]), item[0]))
        best: tuple[Colours, str] = ({}, "~")  # no digest comes after it
        for twins in self._twins(cell):
            chosen = {node: _digest([colour, "chosen", str(at)]) for at, node in enumerate(twins)}
            found = self.search(self.refined(colours | chosen), seen | {best[1]})
            if found[1] in seen:
                return found
            best = min(best, found, key=lambda one: one[1])
        return best

    def _twins(self, cell: Sequence[int]) -> list[list[int]]:
        """The nodes of a cell, those together that can change places without changing anything."""
        groups: list[list[int]] = []
        for node in cell:
            for group in groups:
                if self._interchangeable(node, group[0]):
                    group.append(node)
                    break
            else:
                groups.append([node])
        return groups

    def _interchangeable(self, one: int, other: int) -> bool:
        about = {*self._around[one], *self._around[other]}
        self._budget.spend(len(about))
        swap = {one: other, other: one}
        return about == {
            Statement(text, tuple(swap.get(node, node) for node in nodes)) for text, nodes in about
        }

    def _digest(self, colours: Colours) -> str:
        """The digest of all statements, with colours for nodes."""
        statements = [one for own in self._said.values() for one in own]
        self._budget.spend(len(statements))
        return _digest(sorted(_shown(one, None, colours) for one in statements))


def _alike(colours: Colours) -> dict[str, list[int]]:
    """The nodes of each colour that several have."""
    cells: dict[str, list[int]] = defaultdict(list)
    for node, colour in colours.items():
        cells[colour].append(node)
    return {colour: cell for colour, cell in cells.items() if len(cell) > 1}


def _shown(statement: Statement, node: int | None, colours: Mapping[int, str]) -> str:
    """A statement as `node` sees it: the others by their colours."""
    others = [_SELF if other == node else colours[other] for other in statement.nodes]
    return f"{' '.join(others)} {statement.text}"


def _digest(parts: Iterable[str]) -> str:
    text = "\0".join(parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
