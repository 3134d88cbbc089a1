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
from ggen_graph.core.release import refuse_incompatible
from ggen_graph.core.solver import Failure, explain, find_cycle, install_order, solve
from ggen_graph.graph.facts import solver_facts
from ggen_graph.graph.packs import list_packs, list_versions, locate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
            raise VersionConflict(
                "no choice of releases meets all requirements",
                help=explain(solution),
                details={"derivation": solution.to_record()},
            )
        cycle = find_cycle(solution, facts)
        if cycle:
            path = " → ".join(f"{name} {solution.releases[name]}" for name in cycle)
            raise DependencyCycle(
                f"the chosen releases require each other in a circle: {path}",
                help="one of them must drop its requirement on the next",
                details={"cycle": [f"{name}@{solution.releases[name]}" for name in cycle]},
            )
        located = locate(store, solution.releases)
    for release in located.values():
        refuse_incompatible(release.name, release.version, release.ggen_compat, __version__)
    order = install_order(solution, facts)
    roots = tuple(
        (facts.requirements[root].pack, facts.requirements[root].range) for root in facts.roots
    )
    return Plan(roots, tuple(located[name] for level in order for name in level), order)


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
