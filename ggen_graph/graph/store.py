"""A persistent store as a row of read-only generations (design: "Generations").

RocksDB gives a store to one process at a time, and a query in Oxigraph can't be cancelled, so no
store is ever changed in place. A writer clones the current generation by hard links, changes the
clone, flushes and closes it, renames it to `gen-N` and points `CURRENT` at it. What is kept true:

- a reader sees one whole generation, and it stays on disk for as long as the reader holds it;
- a writer that is killed anywhere leaves the current generation as it was;
- generation numbers only grow, so a reader that finds `CURRENT` unchanged after locking is safe.

Layout of a store's folder::

    CURRENT            the name of the current generation
    KEPT               the name of one that is kept beside it, and what for
    lock               held by the one writer
    gen-000017/lock    shared by readers; whoever gets it exclusively may remove the generation
    gen-000017/state   what the generation was made from (JSON; `graph.sync` owns its content)
    gen-000017/store/  the RocksDB files

This module knows nothing of sources or vocabularies.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import os
import re
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import Store

from ggen_graph.core.diagnostics import InstallFailed, NotPermitted, StoreBusy, StoreCorrupt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Draft", "Generation", "GraphStore", "Store"]

_ATTEMPTS = 200
_PREFIX = "gen-"
_drafts = itertools.count()
_NAME = re.compile(r"gen-[0-9]{6,18}")


class Generation(NamedTuple):
    """One generation, open for reading.

    `state` is the text its writer left. `folder` is where it lies, for other processes to read as long
    as it is held here; None where that is another server.
    """

    number: int
    store: Store
    state: str
    folder: Path | None = None

    @property
    def name(self) -> str:
        """As `GraphStore.current` gives it."""
        return f"{_PREFIX}{self.number:06d}"


class Draft:
    """The next generation while it is written. Set `state` before the block ends.

    An `abandoned` draft is thrown away like one whose block raised, but without an error.
    """

    def __init__(self, number: int, store: Store, state: str) -> None:
        self.number = number
        self.store = store
        self.state = state
        self.abandoned = False


class GraphStore:
    """The generations under one folder.

    Args:
        root: the folder; made by the first writer.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._pointer = root / "CURRENT"

    def current(self) -> str | None:
        """The name of the current generation, or None before the first.

        A `CURRENT` that holds no generation's name is as good as none.
        """
        try:
            name = (self.root / "CURRENT").read_bytes().decode("latin-1").strip()
            return name if _NAME.fullmatch(name) else None
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise NotPermitted(
                f"{self.root} can't be read", help="check its permissions"
            ) from error

    def stamp(self) -> tuple[int, int] | None:
        """What differs whenever another generation is current, at the price of one call of the system."""
        try:
            status = self._pointer.stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns

    @contextlib.contextmanager
    def peek(self) -> Iterator[str | None]:
        """The `state` text of the current generation without opening its store; None before the first.

        Raises:
            StoreCorrupt: the generation has no store.
        """
        with self._held() as folder:
            if folder is not None and not (folder / "store" / "CURRENT").exists():
                raise _corrupt(self.root, f"{folder.name} has lost its files")
            yield None if folder is None else _read_state(folder)

    @contextlib.contextmanager
    def read(self) -> Iterator[Generation]:
        """The current generation, kept on disk until the block ends.

        Raises:
            StoreCorrupt: there is none, it can't be opened, or what the block reads is damaged.
            StoreBusy: writers replaced the generation at every attempt.
        """
        with self._held() as folder:
            if folder is None:
                raise StoreCorrupt(
                    f"no graph in {self.root.name}",
                    help="`ggen graph rebuild` (--scope catalog for the catalog's) makes it from the files",
                )
            with _opening(self.root):
                store = Store.read_only(str(folder / "store"))
            try:
                yield Generation(_number(folder.name), store, _read_state(folder), folder)
            except RuntimeError as error:
                if str(error).startswith("Corruption:"):  # RocksDB checks a block when it reads it
                    raise _corrupt(self.root, str(error)) from error
                raise

    def read_held(self, name: str) -> Store:
        """The store of a generation that someone else holds for us.

        Raises:
            StoreCorrupt: it can't be opened.
        """
        with _opening(self.root):
            return Store.read_only(str(self.root / name / "store"))

    def keep(self, name: str, reason: str) -> None:
        """Keep a generation, which is held, when others follow it, until another one is kept.

        Args:
            name: of the generation.
            reason: one line; whoever looks for it must know it (`held_kept`).

        Raises:
            NotPermitted: the system does not let us write there.
        """
        temporary = self.root / f"KEPT-{os.getpid()}.tmp"
        try:
            temporary.write_text(f"{name} {reason}\n", "utf-8")
            temporary.replace(self.root / "KEPT")
        except PermissionError as error:
            raise NotPermitted(
                f"the graph in {self.root} can't be written", help="check its permissions"
            ) from error

    @contextlib.contextmanager
    def held_kept(self, reason: str) -> Iterator[str | None]:
        """The name of the generation that is kept for a reason, held until the block ends; None if none is."""
        name, why = self._kept()
        try:
            lock = os.open(self.root / name / "lock", os.O_RDONLY | os.O_CLOEXEC) if name else None
        except (FileNotFoundError, NotADirectoryError):
            lock = None
        if lock is None or why != reason:
            if lock is not None:
                os.close(lock)
            yield None
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield name if (self.root / name / "store").is_dir() else None
        finally:
            os.close(lock)

    def _kept(self) -> tuple[str, str]:
        """The name of the generation that is kept, and what for; both "" if none is."""
        try:
            text = (self.root / "KEPT").read_bytes().decode("latin-1")
        except FileNotFoundError:
            return "", ""
        name, _, reason = text.strip().partition(" ")
        return (name, reason) if _NAME.fullmatch(name) else ("", "")

    @contextlib.contextmanager
    def write(self, *, fresh: bool = False) -> Iterator[Draft]:
        """A draft of the next generation; published when the block ends without an exception.

        Waits for other writers. `fresh` starts from nothing instead of the current generation.
        A block that raises, or a process that dies, publishes nothing.

        Raises:
            NotPermitted: the system does not let us write there.
            InstallFailed: the disk is full, or failed; the generation before is as it was.
            and whatever the block raises.
        """
        try:
            with _noticing_refusal(self.root):
                self.root.mkdir(parents=True, exist_ok=True)
                lock = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except PermissionError as error:
            raise NotPermitted(
                f"the graph in {self.root} can't be written", help="check its permissions"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with _noticing_refusal(self.root):
                yield from self._write_locked(fresh=fresh)
        finally:
            os.close(lock)

    def copy_to(self, root: Path) -> None:
        """Make `root` a store whose first generation is this one's current; empty if there is none.

        Raises:
            StoreCorrupt: the current generation can't be opened.
            InstallFailed: the disk is full, or failed.
        """
        with self._held() as folder, _noticing_refusal(root):
            if folder is None:
                return
            target = root / folder.name
            target.mkdir(parents=True)
            with _opening(self.root):
                Store.read_only(str(folder / "store")).backup(str(target / "store"))
            (target / "lock").touch()
            (target / "state").write_text(_read_state(folder), "utf-8")
            (root / "CURRENT").write_text(folder.name + "\n", "utf-8")

    def _write_locked(self, *, fresh: bool) -> Iterator[Draft]:
        name = self.current()
        number = self._next_number(name)
        self._sweep(keep=name)
        # RocksDB knows the folders this process has open: a draft that failed may still be one.
        temporary = self.root / f"tmp-{number:06d}-{next(_drafts)}"
        try:
            temporary.mkdir()
            draft = self._draft(number, temporary, None if fresh else name)
            yield draft
            if not draft.abandoned:
                draft.store.flush()
            del draft.store  # RocksDB must let go of the files first
        except BaseException:
            _remove(temporary)
            raise
        if draft.abandoned:
            _remove(temporary)
            return
        (temporary / "lock").touch()
        _write_through(temporary / "state", draft.state)
        final = self.root / f"{_PREFIX}{number:06d}"
        temporary.rename(final)
        self._publish(final.name)
        self._sweep(keep=final.name)

    def _draft(self, number: int, folder: Path, name: str | None) -> Draft:
        """The store in `folder`, a clone of the generation `name` or empty, open for writing."""
        store = str(folder / "store")
        if name is None:
            return Draft(number, Store(store), "")
        with _opening(self.root):
            Store.read_only(str(self.root / name / "store")).backup(store)
            return Draft(number, Store(store), _read_state(self.root / name))

    def _publish(self, name: str) -> None:
        """Point CURRENT at `name`: temp, fsync, rename, fsync of the folder."""
        temporary = self.root / "CURRENT.tmp"
        _write_through(temporary, name + "\n")
        temporary.replace(self.root / "CURRENT")
        _sync_folder(self.root)

    def _next_number(self, current: str | None) -> int:
        """Above every generation there is, and above the current one even if that is gone."""
        names = [entry.name for entry in self.root.glob(_PREFIX + "*")]
        names += [current] if current else []
        return max((_number(name) for name in names if _NAME.fullmatch(name)), default=0) + 1

    @contextlib.contextmanager
    def _held(self) -> Iterator[Path | None]:
        """The current generation's folder under a shared lock, re-checked after locking."""
        for _ in range(_ATTEMPTS):
            name = self.current()
            if name is None:
                yield None
                return
            folder = self.root / name
            try:
                lock = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC)
            except (FileNotFoundError, NotADirectoryError):
                if self.current() != name:
                    continue  # a writer moved on between the two reads
                raise _corrupt(self.root, f"{name} is gone") from None
            try:
                fcntl.flock(lock, fcntl.LOCK_SH)
                if self.current() == name:
                    yield folder
                    return
            finally:
                os.close(lock)
        raise StoreBusy(f"the graph in {self.root} changes too fast to be read", help="try again")

    def _sweep(self, keep: str | None) -> None:
        """Remove what dead writers left and generations that nobody reads. Only under the writer's lock."""
        kept, _ = self._kept()
        for entry in self.root.iterdir():
            if entry.name.startswith(("tmp-", "trash-")):
                _remove(entry)
            elif entry.name.startswith(_PREFIX) and entry.name not in {keep, kept}:
                self._retire(entry)

    def _retire(self, folder: Path) -> None:
        try:
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            _remove(folder)
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            trash = self.root / f"trash-{folder.name}"
            folder.rename(trash)
            _remove(trash)
        except BlockingIOError:
            pass  # somebody reads it; a later writer removes it
        finally:
            os.close(lock)


def _number(name: str) -> int:
    return int(name.removeprefix(_PREFIX))


def _read_state(folder: Path) -> str:
    try:
        return (folder / "state").read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


@contextlib.contextmanager
def _opening(root: Path) -> Iterator[None]:
    """Whatever Oxigraph raises for harm to a store's files, as the error that people meet."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if _is_full(error):
            raise
        raise _corrupt(root, f"it can't be opened: {error}") from error


@contextlib.contextmanager
def _noticing_refusal(root: Path) -> Iterator[None]:
    """A disk that is full, or fails, as the error that people meet, whoever noticed it."""
    try:
        yield
    except PermissionError:
        raise
    except (OSError, RuntimeError) as error:
        if _is_full(error):
            raise InstallFailed(
                f"the disk is full: could not write the graph in {root}",
                help="free some space and run the command again; the graph is as it was",
                details={"path": str(root)},
            ) from error
        if not isinstance(error, OSError) or error.filename is not None:
            raise  # RocksDB names the file in its words only; what is named is a source
        raise InstallFailed(
            f"could not write the graph in {root}: {error}", details={"path": str(root)}
        ) from error


def _is_full(error: OSError | RuntimeError) -> bool:
    """Whether it is about room on the disk; RocksDB gives the system's words without its number."""
    numbers = (errno.ENOSPC, errno.EDQUOT)
    return getattr(error, "errno", None) in numbers or any(
        os.strerror(number) in str(error) for number in numbers
    )


def _corrupt(root: Path, what: str) -> StoreCorrupt:
    return StoreCorrupt(
        f"the graph in {root} is damaged: {what}",
        help="`ggen graph rebuild` (--scope catalog for the catalog's) makes it again from the files",
    )


def _remove(folder: Path) -> None:
    import shutil  # noqa: PLC0415 - readers remove nothing, and it brings three compressors along

    shutil.rmtree(folder, ignore_errors=True)


def _write_through(path: Path, text: str) -> None:
    """Write a file and its folder's entry for it to the disk."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
