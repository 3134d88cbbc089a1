"""What changed between two releases of a pack, as the registries in use have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import ReleaseNotFound
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.release_diff import compare_releases
from ggen_graph.core.versions import major_of, version_key
from ggen_graph.graph.packs import compare, list_versions
from ggen_graph.graph.release_contents import release_contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ggen_graph.core.release_change import ReleaseChange
    from ggen_graph.core.release_diff import ReleaseContents
    from ggen_graph.graph.store import Store
    from ggen_graph.workflows.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Diff:
    """Two releases of a pack, and what differs."""

    before: ReleaseContents
    after: ReleaseContents
    changes: tuple[ReleaseChange, ...]

    @property
    def breaking(self) -> tuple[ReleaseChange, ...]:
        """The changes that may break who used the first."""
        return tuple(change for change in self.changes if change.breaking)

    def told(self) -> str:
        """The breaking changes in one line."""
        name, steps = self.before.name, f"{self.before.version} → {self.after.version}"
        reasons = dict.fromkeys(
            " ".join(filter(None, (change.part, change.name))) + f": {change.breaking}"
            for change in self.breaking
        )
        return f"{name} {steps} may break: {'; '.join(reasons)}"

    @property
    def unseen(self) -> tuple[str, ...]:
        """The versions of which only a line of an index is known: no variables, templates, queries."""
        both = {release.version: release.tree for release in (self.before, self.after)}
        return tuple(version for version, tree in both.items() if tree is None)


def diff(catalog: Catalog, name: str, before: str, after: str | None = None) -> Diff:
    """Compare two releases of a pack.

    Args:
        catalog: a synced catalog.
        name: the pack.
        before: a version, or a range for the newest release in it.
        after: the same; None for the newest release that there is.

    Raises:
        PackNotFound: no registry in use has the pack.
        ReleaseNotFound: it has no release in a range.
        RangeInvalid: what was given is neither a version nor a range.
    """
    from ggen_graph.workflows.resolve import not_found  # noqa: PLC0415 - the solver is not for this

    with catalog.graph.read() as generation:
        store = generation.store
        versions = list_versions(store, name)
        if not versions:
            raise not_found(store, name, catalog.names)
        yanked = {one["version"]: one["yanked"] for one in versions}
        first = _newest(name, before, yanked)
        second = _latest(store, name, yanked) if after is None else _newest(name, after, yanked)
        found = release_contents(store, [(name, first), (name, second)])
    old, new = found[name, first], found[name, second]
    return Diff(old, new, compare_releases(old, new))


def breaking_moves(
    catalog: Catalog, before: Iterable[ReleaseId], after: Iterable[ReleaseId]
) -> list[Diff]:
    """What may break who goes from some releases to others of the same packs, by pack.

    Of several releases of a pack those of one major are compared, else the newest of both. What the
    catalog does not have any more is left out.
    """
    pairs = list(_moves(list(before), list(after)))
    if not pairs:
        return []
    with catalog.graph.read() as generation:
        found = release_contents(generation.store, [one for pair in pairs for one in pair])
    diffs = [
        Diff(found[was], found[now], compare_releases(found[was], found[now]))
        for was, now in pairs
        if was in found and now in found
    ]
    return [one for one in diffs if one.breaking]


def _moves(
    before: Sequence[ReleaseId], after: Sequence[ReleaseId]
) -> Iterator[tuple[ReleaseId, ReleaseId]]:
    """(the release there was, the one there is now) of what is new."""
    for now in sorted(set(after) - set(before)):
        had = [one for one in before if one.name == now.name and one not in after]
        same = [one for one in had if major_of(one.version) == major_of(now.version)]
        if had:
            yield max(same or had, key=lambda one: version_key(one.version)), now
    # A major that stood beside another, and is gone: its askers get what is left.
    for was in sorted(set(before) - set(after)):
        left = [one for one in after if one.name == was.name and one in before]
        if left:
            yield was, max(left, key=lambda one: version_key(one.version))


def _newest(name: str, text: str, yanked: dict[str, bool]) -> str:
    """The version that a text means; a yanked one where it is named, or nothing else is in range."""
    if text in yanked:
        return text
    wanted = parse_range(text)
    admitted = [version for version in yanked if wanted.admits(version)]
    if not admitted:
        raise ReleaseNotFound(
            f"there is no release of {name} in {text}",
            help=f"it has {_told(list(yanked))}",
            details={"pack": name, "range": text},
        )
    return next((version for version in admitted if not yanked[version]), admitted[0])


def _latest(store: Store, name: str, yanked: dict[str, bool]) -> str:
    """The newest release; of a pack of which all were yanked, the newest of these."""
    some = ReleaseId(name, next(iter(yanked)))
    found = compare(store, [some]).get(some)
    return found.latest if found else next(iter(yanked))


def _told(versions: Sequence[str]) -> str:
    shown = ", ".join(versions[:8])
    return f"{shown} and {len(versions) - 8} older" if len(versions) > 8 else shown
