"""A registry that is one file, `index.jsonl`: one release per line, a JSON object.

`name`, `version` and `dependencies` (name → range, or a table as in a manifest) are required;
`packages`, `yanked`, `license`, `title`, `description`, `category`, `tags`, `archive`, `checksum` and
`size` are optional, null as good as absent; other keys are left to later readers. An `archive` is a path
relative to the index, `checksum` ("sha256:" and 64 hex digits) that of its bytes, `size` their number.

Keeps true: a line that is wrong is left out, named in `problems` with its place, and hides no other; a
file without one right line is no index, and refused. Names, versions and ranges of what it yields are
well formed; no release is there twice. It is read line by line: memory does not grow with it.
"""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    ArchiveMissing,
    ChecksumMismatch,
    Location,
    ManifestInvalid,
    ReleaseNotFound,
)
from ggen_graph.edges.files import ensure_space, explained, printable
from ggen_graph.edges.pack_folder import MANIFEST, read_manifest
from ggen_graph.edges.registry import declaration
from ggen_graph.edges.registry.declaration import Named, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ggen_graph.core.diagnostics import GgenError
    from ggen_graph.core.release import ReleaseRecord

_MOST_TOLD = 100


class IndexRegistry(Named):
    """See `protocol.Registry` for the methods."""

    kind = "index"

    def __init__(self, path: Path, index: Path, fallback: str, name: str | None = None) -> None:
        super().__init__(index.parent, fallback, name)
        self.path = path
        self._index = index
        self._problems: tuple[GgenError, ...] | None = None  # of the last reading

    def fingerprint_files(self) -> list[Path]:
        """The index, and the `registry.toml` beside it."""
        own = self._index.parent / declaration.FILE
        return [self._index, own] if own.exists() else [self._index]

    def releases(self) -> Iterator[ReleaseRecord]:
        """Every release that is right, in the order of the lines."""
        with self.origin.told():
            problems: list[GgenError] = []
            any_right = False
            for record in self._lines(problems):
                any_right = True
                yield record
            if problems and not any_right:
                raise problems[0]
        self._problems = tuple(_abridged(problems, printable(self._index)))

    def problems(self) -> tuple[GgenError, ...]:
        """One error for each line that was left out."""
        if self._problems is None:
            deque(self.releases(), maxlen=0)
        return self._problems or ()

    def reader(self, record: ReleaseRecord) -> None:  # noqa: ARG002 - see protocol.Registry
        """None: what is in a release's files is not known before it is fetched."""
        return

    def release(self, name: str, version: str) -> ReleaseRecord:
        """One release; only lines that name the pack are parsed."""
        for mention in (f'"{name}"'.encode(), b""):  # every line, if it is spelt with escapes
            for record in self._lines([], mention):
                if record.name == name and record.version == version:
                    return record
        raise ReleaseNotFound(
            f"the registry {self.name} has no {name} {version}",
            details={"registry": self.name, "pack": name, "version": version},
        )

    def fetch(self, name: str, version: str, into: Path) -> str:
        """Check the archive of a release, then unpack it; one folder around everything is taken off."""
        record = self.release(name, version)
        if record.archive is None:
            raise ArchiveMissing(
                f"the registry {self.name} lists {name} {version}, but has no archive of it",
                help="only what has an archive can be installed; plans need none",
                details={"registry": self.name, "pack": name, "version": version},
            )
        from ggen_graph.core.names import safe_relative_path  # noqa: PLC0415 - only for an install
        from ggen_graph.edges.archive import unpack  # noqa: PLC0415 - likewise

        archive = self._index.parent / safe_relative_path(record.archive)
        checksum = _checksum(archive)
        if record.checksum not in {None, checksum}:
            raise ChecksumMismatch(
                f"{printable(archive)} is not what the registry {self.name} says",
                help="the archive was damaged or replaced; nothing of it was unpacked",
                details={"expected": record.checksum, "found": checksum},
            )
        ensure_space(into, archive.stat().st_size)
        unpack(archive, into)
        with explained("unpack", archive):
            _take_off_folder(into)
        _check_manifest(record, archive, into)
        return checksum

    def _lines(self, problems: list[GgenError], mention: bytes = b"") -> Iterator[ReleaseRecord]:
        """The releases of the lines with `mention`; `problems` gets the errors of those that are wrong."""
        from ggen_graph.edges.registry.index_line import LineReader  # noqa: PLC0415 - only if changed

        reader = LineReader(printable(self._index), self._index.name)
        try:
            with self._index.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    if mention not in line or line.isspace():
                        continue
                    try:
                        record = reader.read(number, line)
                    except ManifestInvalid as error:
                        problems.append(error)
                    else:
                        yield record
        except OSError as error:
            with self.origin.told():
                raise unreadable(self._index, error) from error


def _abridged(problems: list[GgenError], index: str) -> list[GgenError]:
    """The problems, or the first of them and how many more: a catalog carries them along."""
    if len(problems) <= _MOST_TOLD:
        return problems
    more = ManifestInvalid(
        f"{len(problems) - _MOST_TOLD} more lines are wrong",
        help="make the index again",
        where=Location(index),
    )
    return [*problems[:_MOST_TOLD], more]


def _checksum(archive: Path) -> str:
    from hashlib import file_digest  # noqa: PLC0415 - only for an install

    with explained("read", archive), archive.open("rb") as stream:
        return f"sha256:{file_digest(stream, 'sha256').hexdigest()}"


def _take_off_folder(tree: Path) -> None:
    """If the manifest is in the one folder of `tree`, move what is in that folder up."""
    entries = list(tree.iterdir())
    if len(entries) != 1 or not (entries[0] / MANIFEST).is_file():
        return
    around = entries[0].rename(tree / f".ggen-{os.urandom(8).hex()}")  # it may hold its own name
    for entry in list(around.iterdir()):
        entry.rename(tree / entry.name)
    around.rmdir()


def _check_manifest(record: ReleaseRecord, archive: Path, tree: Path) -> None:
    manifest = read_manifest(tree)
    if (manifest.name, manifest.version) != (record.name, record.version):
        raise ManifestInvalid(
            f"{printable(archive)} holds {manifest.name} {manifest.version},"
            f" not {record.name} {record.version} as the index says",
            help="tell whoever made the index",
        )
