"""A release as a registry states it: the value that is lifted into the catalog and that installs.

Both kinds of registry fill it, a folder of packs with everything, an index with what its line says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.diagnostics import GgenIncompatible
from ggen_graph.core.ranges import parse_range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ggen_graph.core.manifest import PackManifest


class ReleaseId(NamedTuple):
    """A release by its pack's name and its version."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def spec(self) -> str:
        """As it is asked for, and as a lock writes it: `name@version`."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file of a release's tree: relative POSIX path, size in bytes, hex SHA-256, x bit."""

    path: str
    size: int
    sha256: str
    executable: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseDependency:
    """What a release asks for. `kind` is "dependency" (a pack) or "package" (a leaf it installs)."""

    name: str
    range: str
    optional: bool = False
    kind: str = "dependency"
    features: tuple[str, ...] = ()
    install_path: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """One release in a registry.

    `manifest` and `files` are there when the registry holds the release's tree; `checksum` is
    "sha256:…" of that tree or of the archive; `archive` and `location` are relative to the registry;
    `archive_size` is in bytes. `compatible_with` is the range of ggen's versions that it is made for;
    `published` is an ISO 8601 date or time in UTC. `features` are (name, the optional dependencies
    that it turns on), see `features_of`.
    """

    name: str
    version: str
    dependencies: tuple[ReleaseDependency, ...] = ()
    yanked: bool = False
    license: str | None = None
    title: str | None = None
    description: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    checksum: str | None = None
    archive: str | None = None
    archive_size: int | None = None
    location: str = ""
    compatible_with: str | None = None
    published: str | None = None
    features: tuple[tuple[str, tuple[str, ...]], ...] = ()
    manifest: PackManifest | None = None
    files: tuple[TreeFile, ...] = field(default=())


def features_of(
    declared: Iterable[tuple[str, Iterable[str]]], optional: Iterable[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every feature with all that it turns on in the end.

    An optional dependency is a feature of its own name. A feature that names others turns on what they
    do, in circles, too.

    Args:
        declared: (name, names of optional dependencies and of features).
        optional: the optional dependencies.
    """
    parts = {name: tuple(some) for name, some in declared}
    leaves = dict.fromkeys(optional)
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in leaves}
    for name in parts:
        reached = dict.fromkeys((name,))
        left = [name]
        while left:
            for part in parts.get(left.pop(), ()):
                if part not in reached:
                    reached[part] = None
                    left.append(part)
        found[name] = tuple(sorted(reached.keys() & leaves.keys()))
    return tuple(sorted(found.items()))


def refuse_incompatible(name: str, version: str, compat: str | None, ours: str) -> None:
    """Refuse a release that is made for other versions of ggen.

    Args:
        name: of the pack.
        version: of the release.
        compat: the range of `ggen_compat`; None if the release says nothing.
        ours: the version of this ggen.

    Raises:
        GgenIncompatible: the range does not admit it.
    """
    if compat is not None and not parse_range(compat).admits(ours):
        raise GgenIncompatible(
            f"{name} {version} is made for ggen {compat}, and this is {ours}",
            help=f"install a ggen that is {compat}, or ask for another release of {name}",
            details={"pack": name, "version": version, "ggen_compat": compat, "ggen": ours},
        )
