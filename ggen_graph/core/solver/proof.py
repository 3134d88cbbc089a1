"""A proof checked: that each step follows from its causes, and that the premises alone suffice.

Knows nothing of how the proof was found. A premise that states a requirement must say just that: the
releases that have it, and everything but what it admits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.solver.facts import Candidate, Facts, Requirement
from ggen_graph.core.solver.failure import Failure
from ggen_graph.core.solver.incompatibility import Fact
from ggen_graph.core.solver.solve import solve
from ggen_graph.core.solver.term import candidates_in, everything

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ggen_graph.core.solver.incompatibility import Incompatibility


def faults_in(failure: Failure) -> Iterator[str]:
    """What is wrong with a proof, a sentence each; nothing if it proves what it says."""
    steps = failure.incompatibilities
    if steps[failure.root].terms:
        yield "the last step still has terms, so it does not say that nothing can be chosen"
    for index, each in enumerate(steps):
        if isinstance(each.cause, Fact):
            yield from _wrong_premise(index, each)
        elif not _follows(each, steps[each.cause.first], steps[each.cause.second], failure.packs):
            yield f"step {index + 1} does not follow from its causes"
    if not isinstance(solve(premises(failure)), Failure):
        yield "the premises alone can all be met"


def premises(failure: Failure) -> Facts:
    """The problem that the premises of a proof state, and nothing else."""
    requirements: list[Requirement] = []
    needs: dict[str, dict[int, list[int]]] = {name: {} for name in failure.packs}
    roots = []
    for each in failure.incompatibilities:
        if not isinstance(each.cause, Fact):
            continue
        masks = {term.pack: term.mask for term in each.terms}
        of, target = each.cause.of, each.cause.wanted[0].pack
        versions = failure.packs.get(target, ())
        if target == of:  # another release of itself: what is in the term is what lacks it
            holders, admitted = masks[of], everything(len(versions)) ^ masks[of]
        else:
            holders = masks.get(of, 0)
            admitted = everything(len(versions)) ^ masks.get(target, everything(len(versions)))
        number = len(requirements)
        admits = frozenset(versions[place] for place in candidates_in(admitted))
        requirements.append(Requirement(target, each.cause.wanted[0].range, admits))
        if not of:
            roots.append(number)
        for place in candidates_in(holders):
            needs[of].setdefault(place, []).append(number)
    packs = {
        name: tuple(
            Candidate(version, tuple(needs[name].get(place, ())))
            for place, version in enumerate(versions)
        )
        for name, versions in failure.packs.items()
    }
    return Facts(packs, tuple(requirements), tuple(roots))


def _wrong_premise(index: int, step: Incompatibility) -> Iterator[str]:
    """What a premise says beyond that somebody requires something."""
    fact = step.cause
    if not isinstance(fact, Fact):
        return
    about = {term.pack for term in step.terms}
    if not about <= {fact.of, fact.wanted[0].pack} or len({one.pack for one in fact.wanted}) > 1:
        yield f"step {index + 1} is about more than a requirement"
    if fact.of and fact.of not in about:
        yield f"step {index + 1} does not say who requires it"
    if fact.supply == "some" and fact.wanted[0].pack not in about:
        yield f"step {index + 1} does not say what is required"


def _follows(
    step: Incompatibility,
    first: Incompatibility,
    second: Incompatibility,
    packs: Mapping[str, tuple[str, ...]],
) -> bool:
    """Whether a step is what two others come to by resolution on one pack, or weaker than that."""
    ones = {term.pack: term.mask for term in first.terms}
    others = {term.pack: term.mask for term in second.terms}
    said = {term.pack: term.mask for term in step.terms}

    def within(pack: str, *, either: bool) -> bool:
        every = everything(len(packs[pack]))
        one, other = ones.get(pack, every), others.get(pack, every)
        return not said.get(pack, every) & ~(one | other if either else one & other)

    names = ones.keys() | others.keys()
    strict = [pack for pack in names if not within(pack, either=False)]
    return not strict or (len(strict) == 1 and within(strict[0], either=True))
