"""Archives of releases (`.tar`, `.tar.gz`): unpacked without trusting a byte of them, and packed.

Keeps true: what comes out is regular files and folders inside the destination, with modes 644 and
755; every name is one that any file system takes, and no two are one file on some disk; the size is
counted as it is unpacked, not as the archive claims.

Does not do: links, devices, sparse files, owners, times; checksums and signatures of the archive,
which are checked before it gets here; cleaning up after a refusal: unpack into a folder that goes
away when the block fails (`staging.stage_tree`).
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import ArchiveRefused
from ggen_graph.edges.files import explained, printable, write_atomic
from ggen_graph.edges.targets import same_on_some_disk
from ggen_graph.edges.trees import tree_files

if TYPE_CHECKING:
    import tarfile
    from pathlib import Path

MAX_BYTES = 256 * 2**20
MAX_ENTRIES = 20_000
MAX_NAME = 255  # bytes of one segment: what ext4, xfs and APFS take
MAX_PATH = 1024  # bytes of a whole name
MAX_DEPTH = 32

MAX_HEADERS = 2**20  # bytes of headers before one entry; tarfile holds them in memory

# In no name: control characters, bytes that are no UTF-8, what some system takes for syntax; blanks
# at either end of a segment; a dot at its end ("." and ".." are of those).
_REFUSED = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff\\:*?"<>|]|^ |[. ]$')
_GZIP = b"\x1f\x8b"
_CHUNK = 2**16


def unpack(
    archive: Path, folder: Path, *, max_bytes: int = MAX_BYTES, max_entries: int = MAX_ENTRIES
) -> None:
    """Unpack `archive` into an existing, empty folder.

    Args:
        archive: a tar file, plain or gzipped; its content says which, not its name.
        folder: where to; after an error a part may be in it. Nothing is flushed.
        max_bytes: how much may come out of it, headers included.
        max_entries: how many files and folders.

    Raises:
        ArchiveRefused: it is damaged, or holds what an archive may not (exit 9).
        NotPermitted, InstallFailed: the system refused.
    """
    with explained("unpack", archive), archive.open("rb") as raw:
        _Unpacking(archive, folder, max_entries).run(raw, max_bytes)


def pack_tree(tree: Path, archive: Path) -> None:
    """Pack the files of a tree into a `.tar.gz`; the same files give the same bytes.

    Raises:
        PathRefused: see `trees.tree_files`.
        NotPermitted, InstallFailed: the system refused.
    """
    import gzip  # noqa: PLC0415 - few commands pack
    import tarfile  # noqa: PLC0415

    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for file in tree_files(tree):
            info = tarfile.TarInfo(file.path)
            info.size, info.mode = file.size, 0o755 if file.executable else 0o644
            with (tree / file.path).open("rb") as stream:
                tar.addfile(info, stream)
    write_atomic(archive, packed.getvalue())


class _Counted(io.BufferedIOBase):
    """A stream that refuses to give more than its limits, so that nothing piles up in memory."""

    def __init__(self, archive: Path, source: io.BufferedIOBase, max_bytes: int) -> None:
        super().__init__()
        self._archive = archive
        self._source = source
        self._max_bytes = self._left = max_bytes
        self.until_next_entry = MAX_HEADERS

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._source.read(-1 if size is None else size)
        self._left -= len(data)
        self.until_next_entry -= len(data)
        if self._left < 0:
            raise _refusal(self._archive, f"holds more than {self._max_bytes:,} bytes")
        if self.until_next_entry < 0:
            raise _refusal(self._archive, f"has a header of more than {MAX_HEADERS:,} bytes")
        return data


class _Unpacking:
    """One archive on its way into one folder."""

    def __init__(self, archive: Path, folder: Path, max_entries: int) -> None:
        self._archive = archive
        self._folder = folder
        self._max_entries = max_entries
        self._seen: dict[str, tuple[str, bool]] = {}  # by its form on some disk: name, is a folder

    def run(self, raw: io.BufferedIOBase, max_bytes: int) -> None:
        import gzip  # noqa: PLC0415 - few commands unpack
        import tarfile  # noqa: PLC0415
        import zlib  # noqa: PLC0415

        zipped = raw.read(2) == _GZIP
        raw.seek(0)
        source = gzip.GzipFile(fileobj=raw, mode="rb") if zipped else raw
        counted = _Counted(self._archive, source, max_bytes)
        try:
            with tarfile.open(fileobj=counted, mode="r|") as tar:
                for number, entry in enumerate(tar):
                    if number >= self._max_entries:
                        raise self._refusal(f"has more than {self._max_entries:,} entries")
                    counted.until_next_entry = MAX_HEADERS + entry.size
                    self._take(tar, entry)
            while counted.read(_CHUNK):  # to its end, where gzip keeps a checksum
                counted.until_next_entry = MAX_HEADERS
        except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
            raise self._refusal(f"is damaged: {error}") from error

    def _take(self, tar: tarfile.TarFile, entry: tarfile.TarInfo) -> None:
        name = entry.name.removeprefix("./")
        if entry.isdir() and name in {".", ""}:
            return
        self._check_name(name)
        self._check_kind(entry, name)
        target = self._folder / name
        if entry.isdir():
            target.mkdir(parents=True, exist_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        content = tar.extractfile(entry)
        with target.open("xb") as file:
            while content is not None and (data := content.read(_CHUNK)):
                file.write(data)
        target.chmod(0o755 if entry.mode & 0o100 else 0o644)

    def _check_name(self, name: str) -> None:
        segments = name.split("/")
        if any(not part or _REFUSED.search(part) for part in segments):
            raise self._refusal("has an entry with a name that is not allowed", name)
        encoded = name.encode()
        longest = max(len(part.encode()) for part in segments)
        if len(encoded) > MAX_PATH or longest > MAX_NAME or len(segments) > MAX_DEPTH:
            raise self._refusal("has an entry with a name that is too long", name)

    def _check_kind(self, entry: tarfile.TarInfo, name: str) -> None:
        plain = entry.type in {b"0", b"\0"} and not entry.issparse() and entry.size >= 0
        if not (plain or entry.isdir()):
            raise self._refusal("holds something else than files and folders", name)
        parts = name.split("/")
        for depth in range(1, len(parts)):
            self._see("/".join(parts[:depth]), folder=True)
        self._see(name, folder=entry.isdir())

    def _see(self, name: str, *, folder: bool) -> None:
        key = same_on_some_disk(name)
        known = self._seen.get(key)
        if known is not None and not (folder and known == (name, True)):
            raise self._refusal("has two entries of one name", name)
        self._seen[key] = (name, folder)

    def _refusal(self, why: str, entry: str = "") -> ArchiveRefused:
        return _refusal(self._archive, why, entry)


def _refusal(archive: Path, why: str, entry: str = "") -> ArchiveRefused:
    shown = printable(entry)
    return ArchiveRefused(
        f"{archive.name} {why}" + (f": {shown}" if shown else ""),
        help="nothing of it was unpacked; ask whoever made it for one of plain files",
        details={"archive": printable(archive), "entry": shown},
    )
