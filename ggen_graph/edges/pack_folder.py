"""A pack as a folder on the disk: its manifest, and what it is as a release.

Registries that are folders, archives that were unpacked and installed trees all read it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import Location, ManifestInvalid, ManifestMissing
from ggen_graph.edges.files import printable, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ggen_graph.core.manifest import Dependency, PackManifest
    from ggen_graph.core.release import ReleaseDependency, ReleaseRecord, TreeFile

MANIFEST = "gpack.toml"


def read_manifest(folder: Path) -> PackManifest:
    """The manifest of the pack in `folder`.

    Raises:
        ManifestMissing: there is no `gpack.toml`.
        ManifestInvalid: it is not UTF-8, not TOML, or says what it may not.
        NotPermitted, InstallFailed: the system does not let us read it.
    """
    from ggen_graph.core.manifest import parse_pack  # noqa: PLC0415 - only what changed is parsed

    path = folder / MANIFEST
    try:
        return parse_pack(read_text(path, ManifestInvalid), printable(path))
    except FileNotFoundError as error:
        raise ManifestMissing(
            f"there is no {MANIFEST} in {printable(folder)}",
            help="a pack is a folder with a gpack.toml; in a registry, folders whose names begin with"
            " _ or . are left alone",
            where=Location(printable(folder)),
        ) from error


def release_of(
    manifest: PackManifest, files: Sequence[TreeFile], checksum: str, location: str
) -> ReleaseRecord:
    """The release that a pack's folder is.

    Args:
        manifest: of the pack.
        files: of its tree.
        checksum: of the tree, or of the archive it came from ("sha256:…").
        location: where it is in its registry.
    """
    from ggen_graph.core.release import (  # noqa: PLC0415 - only what changed is read
        ReleaseRecord,
        features_of,
    )

    dependencies = (
        *_dependencies(manifest.dependencies, "dependency"),
        *_dependencies(manifest.packages, "package"),
    )
    return ReleaseRecord(
        name=manifest.name,
        version=manifest.version,
        dependencies=dependencies,
        license=manifest.license,
        title=manifest.title or None,
        description=manifest.description or None,
        category=manifest.category,
        tags=manifest.tags,
        checksum=checksum,
        location=location,
        compatible_with=manifest.ggen_compat,
        published=manifest.published,
        features=features_of(manifest.features, (one.name for one in dependencies if one.optional)),
        manifest=manifest,
        files=tuple(files),
    )


def _dependencies(table: tuple[Dependency, ...], kind: str) -> Iterator[ReleaseDependency]:
    from ggen_graph.core.release import ReleaseDependency  # noqa: PLC0415 - likewise

    for one in table:
        yield ReleaseDependency(
            one.name, one.range, one.optional, kind, one.features, one.install_path
        )
