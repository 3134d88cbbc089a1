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

from ggen_graph.core.release import ReleaseId
from ggen_graph.core.solver.facts import Candidate, Requirement
from ggen_graph.core.solver.failure import Failure
from ggen_graph.core.solver.incompatibility import Fact
from ggen_graph.core.solver.nodes import features_of, is_choice, major_of, pack_of
from ggen_graph.core.solver.selection import Selection, select
from ggen_graph.core.solver.side_by_side import side_by_side
from ggen_graph.core.solver.solve import solve
from ggen_graph.core.solver.term import candidates_in, everything

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ggen_graph.core.resolution import Strategy
    from ggen_graph.core.solver.facts import Facts
    from ggen_graph.core.solver.solve import Decision, Solution

PROJECT = "the project"
ANY = "*"


class Choice(NamedTuple):
    """What was chosen where requirements differ.

    Attributes:
        kind: "intersection", "side-by-side", "newest" or "layer".
        pack: the pack that the requirements are on.
        versions: what was chosen of it.
        reason: a sentence for people.
    """

    kind: Literal["intersection", "side-by-side", "newest", "layer"]
    pack: str
    versions: tuple[str, ...]
    reason: str


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


class _Clash(NamedTuple):
    """Askers whose requirements on a node have no release in common.

    `admitted` is what each asker's admit together, `wanted` how they are written, by asker.
    """

    node: str
    admitted: Mapping[str, frozenset[str]]
    wanted: Mapping[str, tuple[str, ...]]


class _Round(NamedTuple):
    """That the requirements of some askers on the node of a clash are overridden, in favour of others'."""

    kind: Literal["newest", "layer"]
    clash: _Clash
    losers: tuple[str, ...]

    def changes(self, facts: Facts) -> Facts:
        """The facts with the losers' requirements admitting every candidate; else the same object."""
        node = self.clash.node
        every = frozenset(each.version for each in facts.packs[node])
        loose = len(facts.requirements)
        ranges = {asker: set(self.clash.wanted[asker]) for asker in self.losers}

        def loosen(asker: str, numbers: tuple[int, ...]) -> tuple[int, ...]:
            known = facts.requirements
            return tuple(
                loose
                if known[number].pack == node
                and known[number].range in ranges[asker]
                and known[number].admits != every
                else number
                for number in numbers
            )

        packs = {
            asker: tuple(
                Candidate(each.version, loosen(asker, each.requires)) for each in facts.packs[asker]
            )
            for asker in self.losers
            if asker
        }
        roots = loosen("", facts.roots) if "" in self.losers else facts.roots
        if roots == facts.roots and all(packs[asker] == facts.packs[asker] for asker in packs):
            return facts
        return replace(
            facts,
            packs={**facts.packs, **packs},
            requirements=(*facts.requirements, Requirement(node, ANY, every)),
            roots=roots,
        )

    def overridden(self) -> Iterator[Overridden]:
        """The requirements of the losers."""
        for asker in self.losers:
            for text in self.clash.wanted[asker]:
                yield Overridden(pack_of(asker), pack_of(self.clash.node), text)


def _override(failure: Failure, facts: Facts, strategy: Strategy) -> _Round | None:
    """Whose requirements to override in the first clash that a strategy has an answer to."""
    for clash in _clashes(failure):
        if strategy == "merge":
            order = [each.version for each in facts.packs[clash.node]]
            newest = next(
                each for each in order if any(each in some for some in clash.admitted.values())
            )
            losers = [asker for asker, some in clash.admitted.items() if newest not in some]
            return _Round("newest", clash, tuple(losers))
        if strategy == "layer":
            layers = {asker: _layer(asker, clash, facts) for asker in clash.admitted}
            lowest = min(layers.values())
            if lowest < max(layers.values()):
                losers = [asker for asker, layer in layers.items() if layer == lowest]
                return _Round("layer", clash, tuple(losers))
    return None


def _clashes(failure: Failure) -> Iterator[_Clash]:
    """The clashes among the premises of a proof, in its order."""
    admitted: dict[str, dict[str, set[str]]] = {}
    wanted: dict[str, dict[str, dict[str, None]]] = {}
    for each in failure.incompatibilities:
        cause = each.cause
        if (
            not isinstance(cause, Fact)
            or cause.supply != "some"
            or cause.wanted[0].pack == cause.of
        ):
            continue
        node = cause.wanted[0].pack
        term = next(term for term in each.terms if term.pack == node)
        versions = failure.packs[node]
        met = candidates_in(everything(len(versions)) ^ term.mask)
        admitted.setdefault(node, {}).setdefault(cause.of, set()).update(
            versions[place] for place in met
        )
        ranges = wanted.setdefault(node, {}).setdefault(cause.of, {})
        ranges.update(dict.fromkeys(one.range for one in cause.wanted))
    for node, askers in admitted.items():
        if not is_choice(node) and len(askers) > 1 and not set.intersection(*askers.values()):
            yield _Clash(
                node,
                {asker: frozenset(some) for asker, some in askers.items()},
                {asker: tuple(ranges) for asker, ranges in wanted[node].items()},
            )


def _layer(asker: str, clash: _Clash, facts: Facts) -> int:
    """The place of the last declaration of the project that brings an asker."""
    if not asker:
        return max(
            place
            for place, number in enumerate(facts.roots)
            if facts.requirements[number].pack == clash.node
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
    versions = _versions(selection)
    choices = [_told(one, solution, versions) for one in rounds]
    choices += _several(selection, versions)
    choices += _intersections(solution, facts, {choice.pack for choice in choices})
    return Resolved(
        selection,
        tuple(each for each in solution.decisions if not is_choice(each.pack)),
        tuple(choices),
        tuple(dict.fromkeys(each for one in rounds for each in one.overridden())),
    )


def _versions(selection: Selection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for release in selection.releases:
        found.setdefault(release.name, []).append(release.version)
    return found


def _told(one: _Round, solution: Solution, versions: Mapping[str, list[str]]) -> Choice:
    node = one.clash.node
    pack = pack_of(node)
    got = (solution.releases[node],) if node in solution.releases else tuple(versions[pack])
    asked = " and ".join(
        f"{' and '.join(f'{pack} {text}' for text in ranges)} (of {_asker(asker)})"
        for asker, ranges in one.clash.wanted.items()
    )
    others = [asker for asker in one.clash.wanted if asker not in one.losers]
    why = (
        f"the newest, {', '.join(got)}, is given to all"
        if one.kind == "newest"
        else f"what {_names(others)} asks for is declared later and overrides the other"
    )
    return Choice(one.kind, pack, got, f"{asked} have no release in common: {why}")


def _several(selection: Selection, versions: Mapping[str, list[str]]) -> Iterator[Choice]:
    """The packs of which several majors stand side by side."""
    askers: dict[ReleaseId, list[str]] = {}
    for asker, links in selection.links.items():
        for link in links:
            askers.setdefault(link.release, []).append(str(asker))
    for name, _, version in selection.roots:
        askers.setdefault(ReleaseId(name, version), []).append(PROJECT)
    for name, several in versions.items():
        if len(several) > 1:
            told = " and ".join(
                f"{version} for {_names(askers[ReleaseId(name, version)])}" for version in several
            )
            yield Choice(
                "side-by-side",
                name,
                tuple(several),
                f"no one major of {name} is right for all, so they stand side by side: {told}",
            )


def _intersections(solution: Solution, facts: Facts, told: set[str]) -> Iterator[Choice]:
    """The packs of which an older release was chosen since several requirements had to be met."""
    wanted: dict[str, dict[str, list[str]]] = {}  # node → range → askers
    asking = [(PROJECT, number) for number in facts.roots]
    for node, version in solution.releases.items():
        candidate = next(each for each in facts.packs[node] if each.version == version)
        asking += [(f"{node}@{version}", number) for number in candidate.requires]
    for asker, number in asking:
        each = facts.requirements[number]
        wanted.setdefault(each.pack, {}).setdefault(each.range, []).append(asker)
    for decision in solution.decisions:
        ranges = wanted[decision.pack]
        plain = not features_of(decision.pack) and not major_of(decision.pack)
        if len(ranges) > 1 and decision.ruled_out and plain and decision.pack not in told:
            asked = " and ".join(f"{text} (of {_names(who)})" for text, who in ranges.items())
            yield Choice(
                "intersection",
                decision.pack,
                (decision.version,),
                f"{decision.version} is the best that {asked} have in common",
            )


def _asker(node: str) -> str:
    return pack_of(node) or PROJECT


def _names(askers: Sequence[str]) -> str:
    shown = [asker or PROJECT for asker in askers]
    if len(shown) > 3:
        return f"{', '.join(shown[:2])} and {len(shown) - 2} more"
    return " and ".join(shown)
