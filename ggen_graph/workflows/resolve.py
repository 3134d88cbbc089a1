"""Resolution: what is wanted → which releases, by facts from the catalog's graph and the pure solver.

The solver's choice is checked for circles and put in the order of installation. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph import __version__
from ggen_graph.core.diagnostics import (
    DependencyCycle,
    PackNotFound,
    ReleaseNotFound,
    VersionConflict,
    did_you_mean,
)
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release import refuse_incompatible
from ggen_graph.core.solver import (
    Fact,
    Failure,
    explain,
    find_cycle,
    install_order,
    requires,
    solve,
    way_into,
)
from ggen_graph.core.versions import parse_version
from ggen_graph.graph.facts import solver_facts
from ggen_graph.graph.packs import list_packs, list_versions, locate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ggen_graph.core.solver import Facts
    from ggen_graph.graph.packs import LocatedRelease
    from ggen_graph.graph.store import Store
    from ggen_graph.workflows.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Plan:
    """What a resolution chose.

    `releases` stands in the order of installation: nothing comes before what it requires; `levels`
    are the names that can be installed at the same time. `roots` are (name, canonical range).
    """

    roots: tuple[tuple[str, str], ...]
    releases: tuple[LocatedRelease, ...]
    levels: tuple[tuple[str, ...], ...]

    def version(self, name: str) -> str:
        """The version that was chosen of a pack."""
        return next(release.version for release in self.releases if release.name == name)


def plan(
    catalog: Catalog,
    wanted: Sequence[tuple[str, str]],
    locked: Mapping[str, str] | None = None,
) -> Plan:
    """Choose releases that satisfy `wanted`.

    Args:
        catalog: a synced catalog.
        wanted: (pack name, range), in the order in which they were asked for.
        locked: name → version to keep where possible.

    Raises:
        PackNotFound: a pack that was asked for is in none of the registries.
        VersionConflict: no choice satisfies all; the message derives why.
        DependencyCycle: the only choice found requires itself; with the whole path.
        GgenIncompatible: a release that was chosen is made for other versions of ggen.
    """
    with catalog.graph.read() as generation:
        store = generation.store
        facts = solver_facts(store, wanted, locked)
        _refuse_unknown(store, facts, wanted, catalog.names)
        solution = solve(facts)
        if isinstance(solution, Failure):
            passed = list(_passed_over(store, solution))
            raise VersionConflict(
                "no choice of releases meets all requirements",
                help="\n".join((explain(solution), *(one["told"] for one in passed))),
                details={"derivation": solution.to_record(), "passed_over": passed},
            )
        cycle = find_cycle(solution, facts)
        if cycle:
            asked = (facts.requirements[root].pack for root in facts.roots)
            way = way_into(cycle, requires(solution, facts), asked)
            path = " → ".join(f"{name} {solution.releases[name]}" for name in way)
            raise DependencyCycle(
                f"the chosen releases require each other in a circle: {path}",
                help="one of them must drop its requirement on the next",
                details={
                    "cycle": [f"{name}@{solution.releases[name]}" for name in cycle],
                    "way": [f"{name}@{solution.releases[name]}" for name in way],
                },
            )
        located = locate(store, solution.releases)
    for release in located.values():
        refuse_incompatible(release.name, release.version, release.ggen_compat, __version__)
    order = install_order(solution, facts)
    roots = tuple(
        (facts.requirements[root].pack, facts.requirements[root].range) for root in facts.roots
    )
    return Plan(roots, tuple(located[name] for level in order for name in level), order)


def _passed_over(store: Store, failure: Failure) -> Iterator[dict[str, str]]:
    """Releases that a requirement of the proof asks for, but that can't be chosen: yanked, pre-releases.

    Where other releases are in range, one is named only if it would meet all that the proof asks of
    its pack.
    """
    facts = [each.cause for each in failure.incompatibilities if isinstance(each.cause, Fact)]
    asked: dict[str, dict[str, bool]] = {}  # pack → range → whether nothing is in it
    for fact in facts:
        for wanted in fact.wanted:
            asked.setdefault(wanted.pack, {})[wanted.range] = fact.supply != "some"
    for name, ranges in asked.items():
        for release in list_versions(store, name):
            version = release["version"]
            prerelease = bool(parse_version(version).prerelease)
            met = [
                unmet
                for text, unmet in ranges.items()
                if (parse_range(text).spans if prerelease else parse_range(text).admits)(version)
            ]
            if not any(met) and len(met) < len(ranges):
                continue
            if release["yanked"]:
                told = "was yanked, so it is not chosen anew"
            elif prerelease and not any(parse_range(text).admits(version) for text in ranges):
                told = f'is a pre-release: it takes a range that names one, such as "{version}"'
            else:
                continue
            yield {"name": name, "version": version, "told": f"{name} {version} {told}"}


def _refuse_unknown(
    store: Store, facts: Facts, wanted: Sequence[tuple[str, str]], registries: str
) -> None:
    for name, _ in wanted:
        if not facts.packs.get(name):
            raise not_found(store, name, registries)


def not_found(store: Store, name: str, registries: str) -> PackNotFound | ReleaseNotFound:
    """The error for a pack of which no registry in use has a release to choose.

    Where there is no such pack, it names the nearest that there is.
    """
    if list_versions(store, name):
        return ReleaseNotFound(
            f"every release of {name} was yanked",
            help="ask its authors for a new one",
            details={"pack": name},
        )
    hint = did_you_mean(name, (pack.name for pack in list_packs(store)))
    return PackNotFound(
        f'no pack "{name}" in {registries}',
        help=hint
        or "`ggen packs list` shows what there is; --registry PATH names another registry",
        details={"pack": name},
    )
