"""A registry of one pack: the folder in which its author works on it.

So a pack can be tried before it is in any registry, by the same code that takes it from one.

Keeps true: the release is the folder as it is on the disk; one that can't be read raises, since there
is nothing else that it could hide.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import ChecksumMismatch, GgenError, ReleaseNotFound
from ggen_graph.edges.files import ensure_space, explained, printable, read_bytes
from ggen_graph.edges.pack_folder import read_manifest, release_of
from ggen_graph.edges.registry.declaration import Named
from ggen_graph.edges.trees import copy_tree, tree_checksum, tree_files, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ggen_graph.core.release import ReleaseRecord

NAME = "pack-under-test"


class OwnPack(Named):
    """See `protocol.Registry` for the methods."""

    kind = "pack"

    def __init__(self, path: Path) -> None:
        super().__init__(path, NAME, NAME)
        self.path = path

    def record(self) -> ReleaseRecord:
        """The release that the folder is now.

        Raises:
            ManifestMissing, ManifestInvalid, PathRefused: it is no pack, or a wrong one.
        """
        manifest = read_manifest(self.path)
        files = tree_files(self.path)
        return release_of(manifest, files, tree_checksum(files), ".")

    def fingerprint_files(self) -> list[Path]:
        """Every file of the pack."""
        with explained("read", self.path):
            return sorted(Path(entry) for entry in walk(self.path))

    def releases(self) -> Iterator[ReleaseRecord]:
        """The one release."""
        yield self.record()

    def problems(self) -> tuple[GgenError, ...]:
        """Nothing is ever left out."""
        return ()

    def release(self, name: str, version: str) -> ReleaseRecord:
        """The one release, if it is that."""
        record = self.record()
        if (record.name, record.version) != (name, version):
            raise ReleaseNotFound(f"{printable(self.path)} is not {name} {version}")
        return record

    def reader(self, record: ReleaseRecord) -> Callable[[str], bytes]:  # noqa: ARG002 - there is one
        """What reads a file of the pack by its path."""
        return lambda path: read_bytes(self.path / path)

    def fetch(self, name: str, version: str, into: Path) -> str:
        """Copy the pack's tree; its checksum is computed from the copy."""
        record = self.release(name, version)
        ensure_space(into, sum(file.size for file in record.files))
        copy_tree(self.path, record.files, into)
        checksum = tree_checksum(tree_files(into))
        if checksum != record.checksum:
            raise ChecksumMismatch(
                f"{printable(self.path)} changed while it was copied", help="run the command again"
            )
        return checksum
