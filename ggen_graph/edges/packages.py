"""Installed releases: read-only trees at `$GGEN_HOME/packages/NAME/VERSION`.

Beside each tree lies its receipt, `.VERSION.json`: where it came from, its checksums, its files.

Keeps true: a release is installed if both are there and the receipt can be read; what is fetched has
the checksum that was asked for.

Does not do: getting trees into the home that others use (`edges.installing`), saying which releases
belong to which project (the lock does).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    ChecksumMismatch,
    InstallFailed,
    NotPermitted,
    PathRefused,
    ReleaseNotFound,
    VersionInvalid,
)
from ggen_graph.core.names import is_pack_name
from ggen_graph.core.release import TreeFile
from ggen_graph.core.versions import parse_version
from ggen_graph.edges.files import explained
from ggen_graph.edges.pack_folder import read_manifest, release_of
from ggen_graph.edges.staging import make_read_only
from ggen_graph.edges.trees import tree_checksum, tree_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ggen_graph.core.release import ReleaseDependency, ReleaseRecord
    from ggen_graph.edges.registry import Registry

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class InstalledTree:
    """An installed release.

    `checksum` is what the lock has: of the archive it came from, or of the tree; `tree` always that
    of the tree. `registry` is the base IRI of where it came from. `fresh` if this call put it there.
    """

    name: str
    version: str
    path: Path
    registry: str
    checksum: str
    tree: str
    files: tuple[TreeFile, ...]
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class DamagedTree:
    """A release that was installed, and is not: its receipt can't be read, or its files are gone."""

    name: str
    version: str
    path: Path
    why: str


def installed_path(home: Path, name: str, version: str) -> Path:
    """Where a release is if it is installed.

    Raises:
        PathRefused: name or version are none, and might lead elsewhere.
    """
    try:
        parse_version(version)
    except VersionInvalid as error:
        raise PathRefused(f"{error.message}, so it names no folder", help=error.help) from error
    if not is_pack_name(name):
        raise PathRefused(f"{name!a} is not a pack name, so it names no folder")
    return home / "packages" / name / version


def fetch_tree(
    home: Path, registry: Registry, name: str, version: str, checksum: str | None
) -> InstalledTree:
    """Bring a release from its registry into a home that has none of it, and that nobody else sees.

    What is left after an error goes with that home (`installing.scratch_home`); nothing is flushed.

    Args:
        home: the root of the home.
        registry: where to fetch it from.
        name: of the pack.
        version: of the release.
        checksum: what the lock or the plan says it is; None if they don't know.

    Raises:
        ChecksumMismatch: what the registry has is something else.
        ReleaseNotFound, ArchiveMissing, ArchiveRefused: see `Registry.fetch`.
        NotPermitted, InstallFailed: the system refused.
    """
    destination = installed_path(home, name, version)
    with explained("create the folder", destination):
        destination.mkdir(parents=True)
    fetched = registry.fetch(name, version, destination)
    if checksum not in {None, fetched}:
        raise ChecksumMismatch(
            f"{name} {version} in the registry {registry.name} is not the one that was locked",
            help="a release must not change: ask its author for a new version; to accept what it is"
            f" now, `ggen packs install {name} --force`",
            details={"expected": checksum, "found": fetched},
        )
    files = tuple(tree_files(destination))
    tree = InstalledTree(
        name, version, destination, registry.base, fetched, tree_checksum(files), files, fresh=True
    )
    with explained("write-protect", destination):
        make_read_only(destination)
        receipt_path(destination).write_bytes(receipt(tree))
    return tree


def refuse_another(found: InstalledTree, registry: Registry, checksum: str | None) -> None:
    """Refuse an installed release that is not the one that is asked for.

    Raises:
        ChecksumMismatch: it has another checksum than `checksum`; or none is known, and it came from
            another registry.
    """
    if found.checksum == checksum or (checksum is None and found.registry == registry.base):
        return
    same = found.registry == registry.base
    raise ChecksumMismatch(
        f"{found.name} {found.version} in the registry {registry.name} has changed since it was installed"
        if same
        else f"another {found.name} {found.version} is installed, from {found.registry}",
        help=(
            "give what changed a version of its own; or, while a pack is being written, "
            if same
            else ""
        )
        + f"`ggen packs install {found.name}@{found.version} --force`, with --registry if you gave it"
        " here, replaces it; projects that are locked to it will notice",
        details={"expected": checksum, "found": found.checksum},
    )


def installed(home: Path) -> Iterator[InstalledTree]:
    """Every installed release, sorted by name, then as text by version; without those that are damaged."""
    return (found for found in _with_receipt(home) if isinstance(found, InstalledTree))


def damaged(home: Path) -> Iterator[DamagedTree]:
    """Every release whose receipt is of no use, in the order of `installed`."""
    return (found for found in _with_receipt(home) if isinstance(found, DamagedTree))


def _with_receipt(home: Path) -> Iterator[InstalledTree | DamagedTree]:
    for receipt in sorted((home / "packages").glob("*/.*.json")):
        version = receipt.name[1:].removesuffix(".json")
        try:
            destination = installed_path(home, receipt.parent.name, version)
        except PathRefused:
            continue  # a file of somebody else's
        try:
            found = _look(destination)
        except (NotPermitted, InstallFailed) as error:
            found = DamagedTree(receipt.parent.name, version, destination, error.message)
        if found is not None:
            yield found


def read_installed(home: Path, name: str, version: str) -> ReleaseRecord:
    """An installed release with its manifest, as a registry would state it.

    Raises:
        ReleaseNotFound: it is not installed, or damaged.
        ManifestInvalid: someone changed its manifest.
    """
    found = _required(home, name, version)
    return release_of(read_manifest(found.path), found.files, found.checksum, f"{name}/{version}")


def needs(tree: InstalledTree | DamagedTree) -> tuple[ReleaseDependency, ...]:
    """What a release requires, as the manifest in its tree says.

    Raises:
        ManifestMissing, ManifestInvalid, NotPermitted, InstallFailed: that can't be read.
    """
    return release_of(read_manifest(tree.path), (), "", "").dependencies


def verify_installed(home: Path, name: str, version: str, checksum: str | None = None) -> None:
    """Hash an installed tree again, file by file.

    Args:
        home: `$GGEN_HOME`.
        name: of the pack.
        version: of the release.
        checksum: what the lock says it is; None to compare with the receipt only.

    Raises:
        ReleaseNotFound: it is not installed; if it is damaged, `details` says why.
        ChecksumMismatch: it is not what was installed, and `details` lists changed, missing, added;
            or it is, and not what the lock says: they have what was `expected` and `found`.
    """
    found = _required(home, name, version)
    now = {file.path: file for file in tree_files(found.path)}
    then = {file.path: file for file in found.files}
    details = {
        "changed": sorted(path for path in then.keys() & now.keys() if then[path] != now[path]),
        "missing": sorted(then.keys() - now.keys()),
        "added": sorted(now.keys() - then.keys()),
    }
    wrong = [f"{path} {how}" for how, paths in details.items() for path in paths]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise ChecksumMismatch(
            f"{name} {version} is not as it was installed: {', '.join(wrong[:3])}{more}",
            help=f"`ggen packs install {name}@{version} --force` fetches it again",
            details=details,
        )
    if tree_checksum(now.values()) != found.tree or checksum not in {None, found.checksum}:
        raise ChecksumMismatch(
            f"{name} {version} is not the one that the lock names",
            help=f"`ggen packs install {name}@{version} --force` fetches it again",
            details={"expected": checksum, "found": found.checksum},
        )


def _required(home: Path, name: str, version: str) -> InstalledTree:
    found = _look(installed_path(home, name, version))
    if isinstance(found, DamagedTree):
        raise ReleaseNotFound(
            f"{name} {version} is damaged: {found.why}",
            help="`ggen packs verify --repair` fetches it again",
            details={"pack": name, "version": version, "damage": found.why},
        )
    if found is None:
        raise ReleaseNotFound(
            f"{name} {version} is not installed",
            help="`ggen packs install` brings what the lock names",
            details={"pack": name, "version": version},
        )
    return found


def receipt_path(destination: Path) -> Path:
    """Where the receipt of a tree is; its content changes when another tree is installed there."""
    return destination.with_name(f".{destination.name}.json")


def receipt(tree: InstalledTree) -> bytes:
    """The text of a tree's receipt."""
    document = {"schema": SCHEMA, **asdict(tree)}
    del document["path"], document["fresh"]
    return json.dumps(document, indent=1).encode("ascii")


def find_installed(destination: Path) -> InstalledTree | None:
    """What the receipt says; None without a tree, or without a receipt that can be read."""
    found = _look(destination)
    return found if isinstance(found, InstalledTree) else None


def _look(destination: Path) -> InstalledTree | DamagedTree | None:
    """What is installed, or was; None without a receipt."""
    name, version = destination.parent.name, destination.name
    with explained("read", receipt_path(destination)):
        try:
            data = json.loads(receipt_path(destination).read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError):
            data = None
        if not destination.is_dir():
            return DamagedTree(name, version, destination, "its files are gone")
    try:
        schema, files = data.pop("schema"), tuple(TreeFile(**file) for file in data.pop("files"))
        found = InstalledTree(path=destination, files=files, **data)
        texts = [*data.values(), *(text for file in files for text in (file.path, file.sha256))]
        if (schema, found.name, found.version) == (SCHEMA, name, version) and all(
            isinstance(text, str) for text in texts
        ):
            return found
    except (KeyError, TypeError, AttributeError):
        pass
    return DamagedTree(name, version, destination, "its receipt says nothing that is understood")
