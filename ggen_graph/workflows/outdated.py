"""What a project has locked, beside what the registries have now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import LockMissing
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.versions import major_of, version_key
from ggen_graph.graph.packs import compare
from ggen_graph.workflows.preferences import how_of, wanted_of
from ggen_graph.workflows.resolve import plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project


@dataclass(frozen=True, slots=True)
class PackStatus:
    """A locked pack.

    Attributes:
        name: the pack.
        locked: its version in the lock.
        wanted: the version that would be chosen now, were there no lock; "" if the pack would go.
        latest: the newest version that there is; "" where no registry in use has the pack.
        note: what else is to be known, such as that the locked release was yanked; or "".
    """

    name: str
    locked: str
    wanted: str
    latest: str
    note: str = ""

    @property
    def outdated(self) -> bool:
        """Whether there is something newer, or something wrong with what is locked."""
        return self.locked != self.wanted or self.locked != self.latest or bool(self.note)


def outdated(project: Project, catalog: Catalog) -> list[PackStatus]:
    """Every locked pack of a project, by name; nothing is changed.

    Raises:
        LockMissing: it has no lock.
        PackNotFound, VersionConflict, …: what it asks for can't be resolved any more; see `plan`.
    """
    if project.lock is None:
        raise LockMissing("this project has no ggen.lock", help="`ggen packs install` makes one")
    chosen = plan(catalog, wanted_of(project.manifest), how=how_of(project))
    wanted: dict[str, list[str]] = {}
    for release in chosen.releases:
        wanted.setdefault(release.name, []).append(release.version)
    locked = [ReleaseId(one.name, one.version) for one in project.lock.releases]
    with catalog.graph.read() as generation:
        known = compare(generation.store, locked)
    found = []
    for name, version in sorted(locked):
        now = known.get(ReleaseId(name, version))
        note = ""
        if now is None:
            note = "no registry in use has this pack"
        elif not now.there:
            note = "its registry has this release no more"
        elif now.yanked:
            note = "this release was yanked"
        found.append(
            PackStatus(
                name,
                version,
                _meant(version, wanted.get(name, [])),
                now.latest if now else "",
                note,
            )
        )
    return found


def _meant(version: str, wanted: Sequence[str]) -> str:
    """Of the versions that would be chosen of a pack, the one in place of a locked one."""
    same = [one for one in wanted if major_of(one) == major_of(version)]
    return next(iter(same or sorted(wanted, key=version_key, reverse=True)), "")
