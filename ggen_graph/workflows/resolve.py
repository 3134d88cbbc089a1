"""Resolution: what is wanted → which releases, by facts from the catalog's graph and the pure solver.

What the solver chose is checked again by queries, and put in the order of installation. Nothing is
written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    DependencyCycle,
    PackNotFound,
    PlanRefused,
    ReleaseNotFound,
    UsageError,
    VersionConflict,
    did_you_mean,
)
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.resolution import Preferences
from ggen_graph.core.solver import (
    Failure,
    cycle_in,
    explain,
    levels,
    levels_of_components,
    resolve,
    unblocking,
    way_into,
)
from ggen_graph.graph.facts import solver_facts
from ggen_graph.graph.overrides import overrides_of
from ggen_graph.graph.packs import list_packs, list_versions, locate
from ggen_graph.graph.verification import faults
from ggen_graph.workflows.hints import hints

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ggen_graph.core.names import PackSpec
    from ggen_graph.core.solver import Choice, Decision, Link, Overridden, Selection
    from ggen_graph.graph.facts import Overrides, Problem
    from ggen_graph.graph.packs import LocatedRelease
    from ggen_graph.graph.store import Store
    from ggen_graph.workflows.catalog import Catalog


@dataclass(frozen=True, slots=True)
class How:
    """How to choose: by which preferences, and by which rules of the user's, as (file, text)."""

    preferences: Preferences = Preferences()
    rules: tuple[tuple[str, str], ...] = ()


ANYWAY = How()
"""By default: fail where requirements conflict, the highest first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a resolution chose.

    `releases` stands in the order of installation: nothing comes before what it requires; `levels` are
    the releases that can be installed at the same time.

    Attributes:
        roots: (name, canonical range, the version that it got) of what was asked for.
        releases: what was chosen.
        levels: the same by levels.
        links: what each release gets for its requirements.
        features: the features that are on.
        decisions: the choices of the solver, in their order.
        choices: what was chosen where requirements differ, with the reason.
        overridden: the requirements that need not be met.
        how: by which preferences it was chosen.
    """

    roots: tuple[tuple[str, str, str], ...]
    releases: tuple[LocatedRelease, ...]
    levels: tuple[tuple[ReleaseId, ...], ...]
    links: Mapping[ReleaseId, tuple[Link, ...]]
    features: Mapping[ReleaseId, tuple[str, ...]]
    decisions: tuple[Decision, ...]
    choices: tuple[Choice, ...]
    overridden: tuple[Overridden, ...]
    how: How

    @property
    def versions(self) -> dict[str, str]:
        """What each pack that was asked for got."""
        return {name: version for name, _, version in self.roots}

    @property
    def waived(self) -> frozenset[str]:
        """The packs of which the strategy has overridden what the project asks for itself."""
        return frozenset(one.pack for one in self.overridden if not one.of)

    def version(self, name: str) -> str:
        """The version that a pack which was asked for got."""
        return self.versions[name]


def plan(
    catalog: Catalog,
    wanted: Sequence[PackSpec],
    locked: Collection[tuple[str, str]] = (),
    how: How = ANYWAY,
) -> Plan:
    """Choose releases that satisfy `wanted`.

    Args:
        catalog: a synced catalog.
        wanted: what is asked for, in order.
        locked: (name, version) of releases to keep where possible.
        how: by which preferences.

    Raises:
        PackNotFound: a pack that was asked for is in none of the registries.
        ReleaseNotFound: nothing of it can be chosen.
        VersionConflict: no choice satisfies all; the message derives why.
        DependencyCycle: the only choice found requires itself; with the whole path.
        QueryInvalid: a rule of the user's is wrong.
        QueryTimeout, QueryTooLarge: it takes more than a query may.
        PlanRefused: what was chosen does not pass the checks.
    """
    with catalog.graph.read() as generation:
        store = generation.store
        overrides = overrides_of(generation, dict(how.preferences.overrides), how.rules)
        _refuse_strange_overrides(store, how.preferences, catalog.names)
        problem = solver_facts(store, wanted, locked, how.preferences, overrides)
        _refuse_unknown(store, problem, wanted, catalog.names)
        answer = resolve(problem.facts, how.preferences.strategy)
        if isinstance(answer, Failure):
            raise _conflict(store, answer, problem, overrides, how)
        selection = answer.selection
        order = _order(selection, allow_cycles=how.preferences.allow_cycles)
        located = locate(store, selection.releases)
        wrong = list(
            faults(
                store,
                selection,
                located,
                order,
                side_by_side=how.preferences.strategy == "merge",
                allow_cycles=how.preferences.allow_cycles,
                locked=locked,
                overridden=answer.overridden,
                overrides=overrides,
            )
        )
    if wrong:
        raise PlanRefused(
            "the chosen releases do not pass the checks of queries/resolution: " + "; ".join(wrong),
            help="nothing was changed; this should not happen, so please report it",
            details={"faults": wrong},
        )
    return Plan(
        selection.roots,
        tuple(located[one] for level in order for one in level),
        order,
        selection.links,
        selection.features,
        answer.decisions,
        answer.choices,
        answer.overridden,
        how,
    )


def _order(selection: Selection, *, allow_cycles: bool) -> tuple[tuple[ReleaseId, ...], ...]:
    """The levels of installation.

    Raises:
        DependencyCycle: with the circle, and the way into it from what was asked for.
    """
    edges = selection.edges()
    if allow_cycles:
        return levels_of_components(edges)
    cycle = cycle_in(edges)
    if cycle is None:
        return levels(edges)
    roots = [ReleaseId(name, version) for name, _, version in selection.roots]
    way = way_into(cycle, edges, roots)
    raise DependencyCycle(
        "the chosen releases require each other in a circle: " + " → ".join(map(str, way)),
        help="one of them must drop its requirement on the next; or let them, with --allow-cycles",
        details={"cycle": [one.spec for one in cycle], "way": [one.spec for one in way]},
    )


def _conflict(
    store: Store, failure: Failure, problem: Problem, overrides: Overrides, how: How
) -> VersionConflict:
    """The error that tells why nothing can be chosen, and what would help."""
    told = hints(store, failure, problem, overrides)
    way = unblocking(failure, problem.facts, how.preferences.strategy)
    lines = [explain(failure)]
    if way is not None:
        lines.append(
            f"If all of them could do with {way[0]} {way[1]}, an override would say so:"
            f" --override {way[0]}@^{way[1]}"
        )
    lines += [one["told"] for one in told]
    return VersionConflict(
        "no choice of releases meets all requirements",
        help="\n".join(lines),
        details={
            "derivation": failure.to_record(),
            "passed_over": told,
            **({"override": {"name": way[0], "version": way[1]}} if way else {}),
        },
    )


def _refuse_strange_overrides(store: Store, preferences: Preferences, registries: str) -> None:
    """Refuse an override of a pack that nobody has: it would do nothing, without a word."""
    for name, _ in preferences.overrides:
        if not list_versions(store, name):
            missing = not_found(store, name, registries)
            missing.message = f"an override is for {name}, and there is {missing.message}"
            raise missing


def _refuse_unknown(
    store: Store, problem: Problem, wanted: Sequence[PackSpec], registries: str
) -> None:
    for spec in wanted:
        if not problem.facts.packs.get(spec.name):
            raise not_found(store, spec.name, registries, problem.passed_over.get(spec.name, {}))
        for feature in spec.features:
            if not problem.offers(spec.name, feature):
                known = problem.features(spec.name)
                raise UsageError(
                    f'{spec.name} has no feature "{feature}"',
                    help=did_you_mean(feature, known)
                    or (f"it has {', '.join(known)}" if known else "it has no features at all"),
                )


def not_found(
    store: Store, name: str, registries: str, passed_over: Mapping[str, str] | None = None
) -> PackNotFound | ReleaseNotFound:
    """The error for a pack of which no registry in use has a release to choose.

    Where there is no such pack, it names the nearest that there is.
    """
    if list_versions(store, name):
        reasons = [f"{name} {version} {why}" for version, why in (passed_over or {}).items()]
        more = [f"and {len(reasons) - 5} more"] if len(reasons) > 5 else []
        return ReleaseNotFound(
            f"no release of {name} can be chosen",
            help="\n".join([*reasons[:5], *more]) or f"every release of {name} was yanked",
            details={"pack": name},
        )
    hint = did_you_mean(name, (pack.name for pack in list_packs(store)))
    return PackNotFound(
        f'no pack "{name}" in {registries}',
        help=hint
        or "`ggen packs list` shows what there is; --registry PATH names another registry",
        details={"pack": name},
    )
