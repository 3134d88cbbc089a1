"""Why nothing can be chosen: of the last attempt in a project, of packs now, of one release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    NothingToExplain,
    PackNotFound,
    ReleaseNotFound,
    VersionConflict,
)
from ggen_graph.core.names import PackSpec
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.solver import Failure
from ggen_graph.graph.packs import list_versions
from ggen_graph.graph.proofs import failed_resolutions, read_proof
from ggen_graph.workflows.preferences import how_of, wanted_of
from ggen_graph.workflows.project import sync_project
from ggen_graph.workflows.resolve import ANYWAY, not_found, plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.resolve import How, Plan


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failed resolution.

    Attributes:
        message: what was said when it failed; "" if it has just been tried.
        failure: the proof; None where releases require each other in a circle.
        at: when it failed, in UTC; "" if it has just been tried.
    """

    message: str
    failure: Failure | None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Assumed:
    """What comes of assuming that a project has a certain release.

    Attributes:
        release: the one that is assumed.
        own_range: the range by which the project itself rules it out; "" if it does not.
        plan: what would be chosen with it, whatever `own_range` says; None if nothing can be.
        conflict: why nothing can be chosen with it, even if `own_range` were another.
        before: the releases that are locked now.
    """

    release: ReleaseId
    own_range: str
    plan: Plan | None
    conflict: VersionConflict | None
    before: tuple[ReleaseId, ...] = ()

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """(pack, version now, version then) of all that would change; "" where it is not there."""
        now = set(self.before)
        then = (
            {ReleaseId(one.name, one.version) for one in self.plan.releases} if self.plan else set()
        )
        gone, new = now - then, then - now
        found = []
        for name in sorted({one.name for one in gone | new}):
            # Several of a pack stand side by side only if they are of different majors.
            left, came = (
                {_major(one): one.version for one in some if one.name == name}
                for some in (gone, new)
            )
            if len(left) == len(came) == 1:
                found.append((name, next(iter(left.values())), next(iter(came.values()))))
                continue
            found += [
                (name, left.get(major, ""), came.get(major, ""))
                for major in sorted({*left, *came}, key=int)
            ]
        return found


def last_failure(project: Project, home: Home) -> Explanation:
    """The last resolution of a project that failed, as its graph has it.

    Raises:
        NothingToExplain: none is recorded.
        RecordInvalid: the graph does not have the whole proof.
    """
    sync_project(project, home)
    with project.graph.read() as generation:
        failed = failed_resolutions(generation.store)
        if not failed:
            raise NothingToExplain(
                "no resolution of this project has failed",
                help="ggen packs explain PACK... tries one, and ggen packs why-not PACK@VERSION",
            )
        last = failed[0]
        failure = read_proof(generation.store, last.iri) if last.proven else None
    return Explanation(last.message, failure, last.at)


def explain_now(catalog: Catalog, wanted: Sequence[PackSpec], how: How = ANYWAY) -> Explanation:
    """Why packs can't be chosen together.

    Raises:
        NothingToExplain: they can.
        DependencyCycle: they can, but require each other in a circle.
        PackNotFound, ReleaseNotFound, …: as `plan`.
    """
    try:
        plan(catalog, wanted, how=how)
    except VersionConflict as conflict:
        return Explanation(conflict.help, Failure.from_record(conflict.details["derivation"]))
    raise NothingToExplain(
        f"there is a choice of releases for {', '.join(map(str, wanted))}",
        help="`ggen packs plan` shows it",
    )


def why_not(catalog: Catalog, project: Project | None, release: ReleaseId) -> Assumed:
    """Assume that a project has a release, and see whether the rest can be chosen.

    Args:
        catalog: a synced catalog.
        project: whose other packs are to stay; None to assume the release alone.
        release: the one to assume.

    Raises:
        PackNotFound, ReleaseNotFound: there is no such release.
        DependencyCycle, …: as `plan`.
    """
    _refuse_missing(catalog, release)
    wanted = wanted_of(project.manifest) if project else []
    own = next((spec for spec in wanted if spec.name == release.name), None)
    ruled_out = own is not None and not parse_range(own.range).admits(release.version)
    exact = PackSpec(release.name, release.version)
    assumed = [replace(spec, range=release.version) if spec is own else spec for spec in wanted] + (
        [] if own else [exact]
    )
    before = tuple(
        ReleaseId(one.name, one.version)
        for one in (project.lock.releases if project and project.lock else ())
    )
    own_range = own.range if own is not None and ruled_out else ""
    try:
        chosen = plan(catalog, assumed, before, how_of(project))
    except VersionConflict as conflict:
        return Assumed(release, own_range, None, conflict, before)
    return Assumed(release, own_range, chosen, None, before)


def _major(release: ReleaseId) -> str:
    return release.version.partition(".")[0]


def _refuse_missing(catalog: Catalog, release: ReleaseId) -> None:
    with catalog.graph.read() as generation:
        known = [one["version"] for one in list_versions(generation.store, release.name)]
        if not known:
            missing = not_found(generation.store, release.name, catalog.names)
            raise missing if isinstance(missing, PackNotFound) else PackNotFound(missing.message)
    if release.version not in known:
        raise ReleaseNotFound(
            f"there is no {release}",
            help=f"there is {', '.join(known[:8])}{' and older' if len(known) > 8 else ''}",
            details={"pack": release.name, "version": release.version},
        )
