"""What to do where requirements conflict: the strategies, and the choices they make.

- `fail`: nothing; the proof is the answer.
- `merge`: releases of different majors stand side by side. Where requirements on one major have no
  release in common, the newest that one of them admits is given to all.
- `layer`: where requirements have no release in common, those that come with a later declaration of the
  project override those that come with an earlier one.
- `custom`: the user's own rules have changed the facts before (`graph.overrides`); then as `fail`.

Under each of them, requirements that have releases in common get one of these, which is the solver's
own doing. Every choice is told with its reason; a requirement that is overridden is never hidden.

Keeps true: what can be solved without overriding is; the same facts give the same choices; it ends,
since each round overrides a requirement of an asker that had not been.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from ggen_graph.core.solver.choices import (
    Choice,
    intersection_choices,
    names,
    side_by_side_choices,
)
from ggen_graph.core.solver.clashes import clashes_in
from ggen_graph.core.solver.facts import Candidate, Requirement
from ggen_graph.core.solver.failure import Failure
from ggen_graph.core.solver.nodes import is_choice, pack_of, plain
from ggen_graph.core.solver.selection import Selection, select
from ggen_graph.core.solver.side_by_side import side_by_side
from ggen_graph.core.solver.solve import solve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ggen_graph.core.resolution import Strategy
    from ggen_graph.core.solver.clashes import Asking, Clash
    from ggen_graph.core.solver.facts import Facts
    from ggen_graph.core.solver.solve import Decision, Solution

ANY = "*"


class Overridden(NamedTuple):
    """A requirement that need not be met: of which pack ("" for the project), on which, which range."""

    of: str
    pack: str
    range: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A selection, and how it came about."""

    selection: Selection
    decisions: tuple[Decision, ...]
    choices: tuple[Choice, ...]
    overridden: tuple[Overridden, ...]


def resolve(facts: Facts, strategy: Strategy = "fail") -> Resolved | Failure:
    """Solve a problem under a strategy; if that can't be done, the proof.

    The proof is of the problem as the strategy left it: what it could override is overridden.
    """
    if strategy == "merge":
        facts = side_by_side(facts)
    given = facts
    rounds: list[_Round] = []
    while isinstance(answer := solve(facts), Failure):
        overriding = _override(answer, given, strategy)
        changed = overriding.changes(facts) if overriding else facts
        if overriding is None or changed is facts:
            return answer
        facts = changed
        rounds.append(overriding)
    return _resolved(answer, facts, rounds)


class _Round(NamedTuple):
    """That the requirements of some askers on the node of a clash are overridden, in favour of others'."""

    kind: Literal["newest", "layer"]
    clash: Clash
    losers: tuple[Asking, ...]

    def changes(self, facts: Facts) -> Facts:
        """The facts with the losers' requirements admitting every candidate; else the same object."""
        changed = facts
        for asking in self.losers:
            changed = _loosened(changed, asking, set(self.clash.wanted[asking]))
        return changed

    def overridden(self, facts: Facts) -> Iterator[Overridden]:
        """The requirements of the losers."""
        for asking in self.losers:
            for asker in _askers(asking.asker, facts):
                for text in self.clash.wanted[asking]:
                    yield Overridden(pack_of(asker), pack_of(self.clash.node), text)


def _loosened(facts: Facts, asking: Asking, ranges: set[str]) -> Facts:
    """The facts with some requirements of an asker admitting every candidate; else the same object."""
    asker, node = asking
    every = frozenset(each.version for each in facts.packs[node])
    loose = len(facts.requirements)

    def loosen(numbers: tuple[int, ...]) -> tuple[int, ...]:
        known = facts.requirements
        return tuple(
            loose
            if known[number].pack == node
            and known[number].range in ranges
            and known[number].admits != every
            else number
            for number in numbers
        )

    requirements = (*facts.requirements, Requirement(node, ANY, every))
    if not asker:
        roots = loosen(facts.roots)
        if roots == facts.roots:
            return facts
        return replace(facts, requirements=requirements, roots=roots)
    before = facts.packs[asker]
    after = tuple(Candidate(each.version, loosen(each.requires)) for each in before)
    if after == before:
        return facts
    return replace(facts, packs={**facts.packs, asker: after}, requirements=requirements)


def _askers(node: str, facts: Facts) -> list[str]:
    """A node, or those that leave to it which major they get; "" for the project."""
    if not is_choice(node):
        return [node]
    asks = {number for number, each in enumerate(facts.requirements) if each.pack == node}
    found = [""] if asks.intersection(facts.roots) else []
    return found + [
        name
        for name, candidates in facts.packs.items()
        if any(asks.intersection(each.requires) for each in candidates)
    ]


def _override(failure: Failure, facts: Facts, strategy: Strategy) -> _Round | None:
    """Whose requirements to override in the first clash that a strategy has an answer to."""
    for clash in clashes_in(failure):
        if strategy == "merge":
            newest = _newest(clash, facts)
            losers = [asking for asking, some in clash.admitted.items() if newest not in some]
            if newest:
                return _Round("newest", clash, tuple(losers))
        if strategy == "layer":
            layers = {asking: _layer(asking, facts) for asking in clash.admitted}
            lowest = min(layers.values())
            if lowest < max(layers.values()):
                losers = [asking for asking, layer in layers.items() if layer == lowest]
                return _Round("layer", clash, tuple(losers))
    return None


def _newest(clash: Clash, facts: Facts) -> str:
    """The first release that one of the askers admits and that has what is tied to it; "" if none is."""
    tied = [{each.version for each in facts.packs[node]} for node in clash.tied]
    for each in facts.packs[clash.node]:
        asked = any(each.version in some for some in clash.admitted.values())
        if asked and all(each.version in some for some in tied):
            return each.version
    return ""


def _layer(asking: Asking, facts: Facts) -> int:
    """The place of the last declaration of the project that brings an asker."""
    asker, node = asking
    if not asker:
        return max(
            place
            for place, number in enumerate(facts.roots)
            if facts.requirements[number].pack == node
        )
    for place in range(len(facts.roots) - 1, 0, -1):
        if asker in _reached(facts.requirements[facts.roots[place]].pack, facts):
            return place
    return 0


def _reached(root: str, facts: Facts) -> set[str]:
    """The nodes that a node leads to, by any of its candidates."""
    found = {root}
    left = [root]
    while left:
        for candidate in facts.packs.get(left.pop(), ()):
            for number in candidate.requires:
                node = facts.requirements[number].pack
                if node not in found:
                    found.add(node)
                    left.append(node)
    return found


def _resolved(solution: Solution, facts: Facts, rounds: Sequence[_Round]) -> Resolved:
    selection = select(solution, facts)
    choices = [each for one in rounds for each in _told(one, solution, selection, facts)]
    choices += side_by_side_choices(selection)
    choices += intersection_choices(
        selection, solution.decisions, {pack_of(one.clash.node) for one in rounds}
    )
    there = {release.name for release in selection.releases}
    return Resolved(
        selection,
        tuple(each for each in solution.decisions if not is_choice(each.pack)),
        tuple(choices),
        tuple(
            dict.fromkeys(
                each
                for one in rounds
                for each in one.overridden(facts)
                if not each.of or each.of in there
            )
        ),
    )


def _told(one: _Round, solution: Solution, selection: Selection, facts: Facts) -> Iterator[Choice]:
    """What a round came to; nothing, if what it was about is not needed in the end."""
    node = one.clash.node
    pack = pack_of(node)
    got = tuple(each.version for each in selection.releases if each.name == pack)
    if node in solution.releases:
        got = (solution.releases[node],)
    if not got:
        return
    who = {
        asking: names([pack_of(each) for each in _askers(asking.asker, facts)])
        for asking in one.clash.wanted
    }
    asked = " and ".join(
        f"{' and '.join(f'{plain(asking.node)} {text}' for text in ranges)} (of {who[asking]})"
        for asking, ranges in one.clash.wanted.items()
    )
    others = [who[asking] for asking in one.clash.wanted if asking not in one.losers]
    why = (
        f"the newest, {', '.join(got)}, is given to all"
        if one.kind == "newest"
        else f"what {names(others)} asks for is declared later and overrides the other"
    )
    yield Choice(one.kind, pack, got, f"{asked} have no release in common: {why}")
