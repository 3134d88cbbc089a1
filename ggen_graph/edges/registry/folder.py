"""A registry that is a folder of packs: `PACK/gpack.toml`, or `PACK/VERSION/gpack.toml` for several.

Keeps true: a pack that is wrong is left out, named in `problems`, and hides no other; no two releases
of a pack are of the same precedence, as in an index: the first by name of its folder stays; a release's
folder is called what its manifest says; its checksum is that of its tree as it is on the disk.
Listing files for a fingerprint opens none of them.

Does not do: remembering anything between two commands; that is the catalog's.
"""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    ChecksumMismatch,
    GgenError,
    Location,
    ManifestInvalid,
    ReleaseNotFound,
)
from ggen_graph.edges.files import ensure_space, printable, read_bytes
from ggen_graph.edges.pack_folder import MANIFEST, read_manifest, release_of
from ggen_graph.edges.registry import declaration
from ggen_graph.edges.registry.declaration import Named, unreadable
from ggen_graph.edges.trees import copy_tree, is_noise, tree_checksum, tree_files, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ggen_graph.core.release import ReleaseRecord


class FolderRegistry(Named):
    """See `protocol.Registry` for the methods."""

    kind = "folder"

    def __init__(self, path: Path, fallback: str, name: str | None = None) -> None:
        super().__init__(path, fallback, name)
        self.path = path
        self._problems: tuple[GgenError, ...] | None = None  # of the last reading

    def fingerprint_files(self) -> list[Path]:
        """Every file of every pack, and the `registry.toml`."""
        files: list[str] = []
        for folder in self._folders():
            try:
                files += [entry.path for entry in walk(self.path / folder)]
            except OSError:
                files.append(str(self.path / folder))  # `problems` will name it
        own = self.path / declaration.FILE
        return [own] * own.exists() + [Path(file) for file in sorted(files)]

    def releases(self) -> Iterator[ReleaseRecord]:
        """Every release that is right, by pack and version."""
        problems: list[GgenError] = []
        for folder in self._folders():
            seen: dict[str, str] = {}  # key of a version → the version
            for location in _versions(self.path, folder):
                try:
                    record = self._record(location)
                    self._refuse_twin(record, seen)
                except GgenError as error:
                    problems.append(error)
                else:
                    yield record
        self._problems = tuple(problems)

    def problems(self) -> tuple[GgenError, ...]:
        """One error for each folder that was left out."""
        if self._problems is None:
            deque(self.releases(), maxlen=0)
        return self._problems or ()

    def release(self, name: str, version: str) -> ReleaseRecord:
        """One release; only its own folder is read."""
        for location in (name, f"{name}/{version}"):
            if (self.path / location / MANIFEST).is_file():
                record = self._record(location)
                if record.version == version:
                    return record
        raise ReleaseNotFound(
            f"the registry {self.name} has no {name} {version}",
            details={"registry": self.name, "pack": name, "version": version},
        )

    def reader(self, record: ReleaseRecord) -> Callable[[str], bytes]:
        """What reads a file of a release by its path in the release's tree."""
        folder = self.path / record.location
        return lambda path: read_bytes(folder / path)

    def fetch(self, name: str, version: str, into: Path) -> str:
        """Copy the tree of a release; its checksum is computed from the copy."""
        record = self.release(name, version)
        ensure_space(into, sum(file.size for file in record.files))
        copy_tree(self.path / record.location, record.files, into)
        checksum = tree_checksum(tree_files(into))
        if checksum != record.checksum:
            raise ChecksumMismatch(
                f"{printable(self.path / record.location)} changed while it was copied",
                help="run the command again",
                details={"expected": record.checksum, "found": checksum},
            )
        return checksum

    def _folders(self) -> list[str]:
        """The names of the folders that may be packs, sorted; hidden ones are something else."""
        try:
            with os.scandir(self.path) as entries:
                return sorted(
                    entry.name
                    for entry in entries
                    if entry.name[0] not in "._" and not is_noise(entry.name) and entry.is_dir()
                )
        except OSError as error:
            with self.origin.told():
                raise unreadable(self.path, error) from error

    def _refuse_twin(self, record: ReleaseRecord, seen: dict[str, str]) -> None:
        from ggen_graph.core.versions import version_key  # noqa: PLC0415 - only what changed is read

        earlier = seen.setdefault(version_key(record.version), record.version)
        if earlier != record.version:
            raise ManifestInvalid(
                f"{record.name} {record.version} is already there as {earlier}, of the same precedence",
                help="build metadata orders nothing: give it a version of its own",
                where=Location(printable(self.path / record.location / MANIFEST)),
            )

    def _record(self, location: str) -> ReleaseRecord:
        folder = self.path / location
        manifest = read_manifest(folder)
        pack, _, version = location.partition("/")
        if manifest.name != pack or (version and manifest.version != version):
            said = f"{manifest.name}/{manifest.version}" if version else manifest.name
            raise ManifestInvalid(
                f"the manifest says {said}, its folder {printable(location)}",
                help="rename the folder, or change the manifest",
                where=Location(printable(folder / MANIFEST)),
            )
        files = tree_files(folder)
        return release_of(manifest, files, tree_checksum(files), location)


def _versions(root: Path, pack: str) -> list[str]:
    """Where the releases of a pack are: its folder, or those in it that have a manifest, if any has."""
    if (root / pack / MANIFEST).exists():
        return [pack]
    try:
        with os.scandir(root / pack) as entries:
            inner = sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return [pack]  # reading its manifest will say why
    found = [f"{pack}/{name}" for name in inner if (root / pack / name / MANIFEST).exists()]
    return found or [pack]
