"""What may help a person whose requirements conflict: releases that were passed over, names, overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import did_you_mean
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.solver import Fact
from ggen_graph.core.solver.nodes import features_of, pack_of
from ggen_graph.core.versions import parse_version
from ggen_graph.graph.packs import list_packs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ggen_graph.core.solver import Failure
    from ggen_graph.graph.facts import Overrides, Problem
    from ggen_graph.graph.store import Store


def hints(
    store: Store, failure: Failure, problem: Problem, overrides: Overrides
) -> list[dict[str, str]]:
    """What the premises of a proof leave unsaid, each with `told`, a line for people.

    Named are releases that a premise asks for but that can't be chosen (where others are in range,
    only if it would meet all that the proof asks of its pack); for packs and features that nobody has,
    the nearest that there are; and packs of which another range counts than releases say.
    """
    asked: dict[str, dict[str, bool]] = {}  # pack → range → whether nothing is in it
    found: list[dict[str, str]] = []
    for each in failure.incompatibilities:
        if not isinstance(each.cause, Fact):
            continue
        for wanted in each.cause.wanted:
            name = pack_of(wanted.pack)
            if pack_of(each.cause.of) != name:  # else it is but tied to the same without features
                ranges = asked.setdefault(name, {})
                ranges[wanted.range] = (
                    ranges.get(wanted.range, False) or each.cause.supply != "some"
                )
            if each.cause.supply == "unknown":
                found += _nearest(store, wanted.pack)
            if features_of(wanted.pack) and each.cause.supply == "no-releases":
                found += _nearest_feature(problem, wanted.pack)
    for name, ranges in asked.items():
        found += _passed_over(name, ranges, problem)
        if name in overrides.packs:
            told = f"of {name}, {overrides.packs[name]} counts, whatever releases require"
            found.append({"name": name, "told": told})
    return found


def _nearest(store: Store, name: str) -> Iterator[dict[str, str]]:
    hint = did_you_mean(name, (pack.name for pack in list_packs(store)))
    if hint:
        yield {"name": name, "told": f"{name}: {hint}"}


def _nearest_feature(problem: Problem, node: str) -> Iterator[dict[str, str]]:
    pack = pack_of(node)
    known = problem.features(pack)
    has = f"{pack} has {', '.join(known)}" if known else f"{pack} has no features"
    unknown = [feature for feature in features_of(node) if feature not in known]
    near = next((did_you_mean(feature, known) for feature in unknown), "")
    together = "" if unknown else ", but no release that can be chosen has all of them"
    yield {"name": pack, "told": f"{node}: {near or has}{together}"}


def _passed_over(
    name: str, ranges: Mapping[str, bool], problem: Problem
) -> Iterator[dict[str, str]]:
    """Releases of a pack that would do if they could be chosen: yanked, too new, pre-releases."""
    reasons = problem.passed_over.get(name, {})
    candidates = [one.version for one in problem.facts.packs.get(name, ())]
    for version in (*reasons, *candidates):
        prerelease = bool(parse_version(version).prerelease)
        met = [
            unmet
            for text, unmet in ranges.items()
            if (parse_range(text).spans if prerelease else parse_range(text).admits)(version)
        ]
        if not any(met) and len(met) < len(ranges):
            continue
        if version in reasons:
            told = reasons[version]
        elif prerelease and not any(parse_range(text).admits(version) for text in ranges):
            told = f'is a pre-release: it takes a range that names one, such as "{version}"'
        else:
            continue
        yield {"name": name, "version": version, "told": f"{name} {version} {told}"}
