"""What would help where nothing can be chosen: the one override that makes it solvable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ggen_graph.core.solver.failure import Failure
from ggen_graph.core.solver.incompatibility import Fact
from ggen_graph.core.solver.nodes import features_of, pack_of
from ggen_graph.core.solver.strategies import resolve

if TYPE_CHECKING:
    from ggen_graph.core.resolution import Strategy
    from ggen_graph.core.solver.facts import Facts

# Packs that are tried: each costs about what the failure did.
_MOST = 5


def unblocking(failure: Failure, facts: Facts, strategy: Strategy) -> tuple[str, str] | None:
    """A pack, and the version of it that all would get if what is required of it were ignored.

    Args:
        failure: the proof that nothing can be chosen.
        facts: the problem, as it was given to `resolve`.
        strategy: the one that failed.

    Returns:
        The first that makes the problem solvable of the few packs that the proof ends at; or None.
    """
    wanted: dict[str, set[str]] = {}  # pack → ranges in the proof
    for each in failure.incompatibilities:
        cause = each.cause
        # What the project asks for itself needs no override: it may just ask otherwise.
        if isinstance(cause, Fact) and cause.of and cause.supply in {"some", "out-of-range"}:
            for one in cause.wanted:
                wanted.setdefault(pack_of(one.pack), set()).add(one.range)
    for pack in list(reversed(wanted))[:_MOST]:
        found = _helped_by(pack, wanted[pack], facts, strategy)
        if found:
            return pack, found
    return None


def _helped_by(pack: str, ranges: set[str], facts: Facts, strategy: Strategy) -> str:
    """The one version of a pack that is chosen if all may have what some ask for; "" if there is none."""
    every = frozenset(each.version for each in facts.packs.get(pack, ()))
    asked: set[str] = set()
    for each in facts.requirements:
        if each.pack == pack and each.range in ranges:
            asked |= every.intersection(each.admits)
    ties = {  # by which a pack with features gets the release that it gets without
        number
        for node, candidates in facts.packs.items()
        if features_of(node) and pack_of(node) == pack
        for candidate in candidates
        for number in candidate.requires
    }
    loose = replace(
        facts,
        requirements=tuple(
            replace(each, admits=frozenset(asked) or every)
            if pack_of(each.pack) == pack and number not in ties
            else each
            for number, each in enumerate(facts.requirements)
        ),
    )
    answer = resolve(loose, strategy)
    if isinstance(answer, Failure):
        return ""
    versions = [one.version for one in answer.selection.releases if one.name == pack]
    return versions[0] if len(versions) == 1 else ""
