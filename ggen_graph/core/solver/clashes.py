"""Where requirements conflict: who asks for what, by a proof that nothing can be chosen.

Does not say who is right (`strategies`). Who asks for a pack with features is tied to who asks for it
without: both must get one release, so it is the askers that clash, and not the tie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.solver.incompatibility import Fact
from ggen_graph.core.solver.nodes import features_of, is_choice, pack_of
from ggen_graph.core.solver.term import candidates_in, everything

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ggen_graph.core.solver.failure import Failure


class Asking(NamedTuple):
    """Who asks, and on which node: for a pack itself, or for it with features."""

    asker: str
    node: str


class Clash(NamedTuple):
    """Askers whose requirements on a node have no release in common.

    `admitted` is what each asker's admit together, `wanted` how they are written. Who asks for a pack
    with features asks on another node: `tied` are these, which get the release that `node` gets.
    """

    node: str
    admitted: Mapping[Asking, frozenset[str]]
    wanted: Mapping[Asking, tuple[str, ...]]
    tied: tuple[str, ...]


def clashes_in(failure: Failure) -> Iterator[Clash]:
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
        # A pack with features requires the same release without: who asks for them is who clashes.
        tied = tuple(
            each for each in askers if features_of(each) and pack_of(each) == pack_of(node)
        )
        asking = [
            Asking(asker, at)
            for at in (node, *tied)
            for asker in admitted.get(at, {})
            if asker not in tied
        ]
        some = {each: frozenset(admitted[each.node][each.asker]) for each in asking}
        if not is_choice(node) and len(some) > 1 and not frozenset.intersection(*some.values()):
            written = {each: tuple(wanted[each.node][each.asker]) for each in asking}
            yield Clash(node, some, written, tied)
