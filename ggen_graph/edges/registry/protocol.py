"""What every registry can do, whatever it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ggen_graph.core.diagnostics import GgenError
    from ggen_graph.core.release import ReleaseRecord
    from ggen_graph.edges.registry.origin import Origin


class Registry(Protocol):
    """A catalogue of releases that can be listed and fetched.

    Attributes:
        kind: "folder" or "index".
        path: where it is, as it was named to us; never part of an IRI.
        origin: who named it; errors say so.
        name: what it is called in messages and, unless it declares a base, in IRIs.
        base: the IRI that its packs' IRIs begin with; ends in `/` or `#`.

    `name` and `base` read `registry.toml`, and raise `ManifestInvalid` if that is wrong.
    """

    kind: str
    path: Path
    origin: Origin

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def base(self) -> str:
        """The IRI that its packs' IRIs begin with."""
        ...

    def fingerprint_files(self) -> list[Path]:
        """The files whose size and time tell whether anything changed, sorted; none is opened.

        Raises:
            RegistryUnavailable: it can't be listed.
        """
        ...

    def releases(self) -> Iterator[ReleaseRecord]:
        """Every release that is right, by pack; read anew each time.

        A second release of the same pack and SemVer precedence (they differ in build metadata at
        most, SemVer 2.0 §10) is none that a range could tell apart: it counts as wrong.

        Raises:
            RegistryUnavailable: it can't be read.
            ManifestInvalid: nothing in an index is right.
        """
        ...

    def reader(self, record: ReleaseRecord) -> Callable[[str], bytes] | None:
        """What reads a file of a release by its path in the tree; None if only a fetch brings it."""
        ...

    def problems(self) -> tuple[GgenError, ...]:
        """What was left out when `releases` was last read to its end, each with the file at fault."""
        ...

    def release(self, name: str, version: str) -> ReleaseRecord:
        """One release.

        Raises:
            ReleaseNotFound: it is not there.
            ManifestInvalid, RegistryUnavailable: as `releases`.
        """
        ...

    def fetch(self, name: str, version: str, into: Path) -> str:
        """Put the files of a release into a folder.

        Args:
            name: of the pack.
            version: of the release.
            into: an existing, empty folder; after an error a part of the files may be in it.

        Returns:
            The checksum ("sha256:…") of what was fetched: of the archive, or of the tree.

        Raises:
            ReleaseNotFound: it is not there, or has no archive.
            ChecksumMismatch: it is not what the registry declares.
            ArchiveRefused: see `edges.archive`.
        """
        ...
