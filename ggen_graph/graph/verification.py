"""A selection checked by queries, independently of the solver that made it.

Each rule is a query of `queries/resolution/check-*.rq` over the catalog; what it finds is wrong. The
order of installation is its own proof that nothing is in a circle: every release comes after what it
gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal

from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release import ReleaseId
from ggen_graph.graph import queries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pyoxigraph import Store

    from ggen_graph.core.solver import Overridden, Selection
    from ggen_graph.graph.facts import Overrides
    from ggen_graph.graph.packs import LocatedRelease


def faults(
    store: Store,
    selection: Selection,
    located: Mapping[ReleaseId, LocatedRelease],
    levels: Sequence[Collection[ReleaseId]],
    *,
    side_by_side: bool = False,
    allow_cycles: bool = False,
    locked: Collection[tuple[str, str]] = (),
    overridden: Collection[Overridden] = (),
    overrides: Overrides | None = None,
) -> Iterator[str]:
    """What is wrong with a selection, a sentence each.

    Args:
        store: an open generation of the catalog that it was made from.
        selection: what was chosen.
        located: where the catalog has it, as `packs.locate` finds it.
        levels: the order of installation.
        side_by_side: whether releases of different majors may be there together.
        allow_cycles: whether they may require each other in a circle, so that no order is right.
        locked: releases that may be yanked.
        overridden: requirements that need not be met.
        overrides: what counts instead of what releases require.
    """
    for absent in selection.releases:
        if absent not in located:
            yield f"{absent.name} {absent.version} is in no registry in use"
    yield from _unmet_roots(
        store, selection, located, {one.pack for one in overridden if not one.of}
    )
    chosen = [one.iri for one in located.values()]
    loose = {(one.of, one.pack) for one in overridden}
    unmet = queries.rows(store, "resolution/check-unmet", release=chosen, chosen=chosen)
    with_features = _unmet_features(store, selection, located, chosen)
    for row, having in (*((row, "") for row in unmet), *with_features):
        asker, wanted = row["name"].value, row["requires"].value
        counts = overrides is None or (
            wanted not in overrides.packs and row["requirement"].value not in overrides.requirements
        )
        if counts and (asker, wanted) not in loose:
            yield (
                f"{asker} {row['version'].value}{having} requires {wanted} {row['range'].value},"
                " and nothing chosen is that"
            )
    for row in queries.rows(store, "resolution/check-rivals", release=chosen, rival=chosen):
        if not side_by_side or row["sameMajor"].value == "true":
            yield f"{row['name'].value} {row['version'].value} and {row['other'].value} are both chosen"
    for row in queries.rows(store, "resolution/check-yanked", release=chosen):
        if (row["name"].value, row["version"].value) not in locked:
            yield f"{row['name'].value} {row['version'].value} was yanked"
    if not allow_cycles:
        yield from _out_of_order(store, selection, located, levels)


def _unmet_roots(
    store: Store,
    selection: Selection,
    located: Mapping[ReleaseId, LocatedRelease],
    waived: Collection[str],
) -> Iterator[str]:
    """What the project itself requires, and got otherwise."""
    slots = [
        (Literal(name), Literal(interval.lo), Literal(interval.hi))
        for name, text, _ in selection.roots
        for interval in parse_range(text).intervals
    ]
    admitted = {
        (row["name"].value, row["lo"].value, row["hi"].value, row["release"].value)
        for row in queries.rows(store, "resolution/admit-root", name_lo_hi=slots)
    }
    for name, text, version in selection.roots:
        got = located.get(ReleaseId(name, version))
        met = got is not None and any(
            (name, *interval, got.iri) in admitted for interval in parse_range(text).intervals
        )
        if not met and name not in waived:
            yield f"the project requires {name} {text}, and would get {version}"


def _unmet_features(
    store: Store,
    selection: Selection,
    located: Mapping[ReleaseId, LocatedRelease],
    chosen: Sequence[str],
) -> Iterator[tuple[Any, str]]:
    """What features that are on require, though no chosen release meets it; each with the feature."""
    slots = [
        (located[one].iri, Literal(feature))
        for one, features in selection.features.items()
        for feature in features
        if one in located
    ]
    if slots:
        for row in queries.rows(
            store, "resolution/check-features", release_feature=slots, chosen=chosen
        ):
            yield row, f" with {row['feature'].value}"


def _out_of_order(
    store: Store,
    selection: Selection,
    located: Mapping[ReleaseId, LocatedRelease],
    levels: Sequence[Collection[ReleaseId]],
) -> Iterator[str]:
    place = {one: Literal(at) for at, level in enumerate(levels) for one in level}
    slots = [
        (located[asker].iri, place[asker], located[got].iri, place[got])
        for asker, links in selection.edges().items()
        for got in links
        if asker in located and got in located
    ]
    found = queries.rows(store, "resolution/check-order", asker_place_release_releasePlace=slots)
    for row in found:
        yield (
            f"{row['name'].value} {row['version'].value} would not be installed after"
            f" {row['requires'].value} {row['got'].value}"
        )
