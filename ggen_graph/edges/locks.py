"""Locks between processes: one writer, or many readers, of whatever a lock file stands for.

Keeps true: a lock dies with its process (flock(2)), so nothing ever has to be unlocked by hand; who
waits learns who holds it and since when. A lock file stays when the lock is released: removing it
would let two processes hold locks on two files of one name.

Does not do: reentrancy (a second `exclusive` on the same path in the same process waits for the
first), fairness, or network file systems without flock.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import Busy, NotPermitted
from ggen_graph.edges.files import explained, make_folders, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_AGAIN = 0.02  # seconds between two tries while waiting
_BLOCKED = {errno.EAGAIN, errno.EACCES}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an exclusive lock: process id, its command line, and since when (UTC, ISO 8601)."""

    pid: int
    command: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} (`{self.command}`, since {self.since})"


@contextmanager
def exclusive(
    path: Path,
    what: str,
    *,
    wait: bool = True,
    timeout: float = 600.0,
    on_wait: Callable[[Holder | None], None] | None = None,
) -> Iterator[None]:
    """Hold the lock alone while the block runs.

    Args:
        path: the lock file; it and its folders are created.
        what: what it guards, as a message names it, e.g. "this project".
        wait: False fails at once when someone else holds it.
        timeout: seconds to wait before giving up.
        on_wait: called once, before waiting, with the holder if known.

    Raises:
        Busy: someone else holds it; the message says who.
        NotPermitted: the lock file can't be opened, or its file system has no locks.
    """
    make_folders(path.parent)
    descriptor = _acquire(path, what, fcntl.LOCK_EX, wait=wait, timeout=timeout, on_wait=on_wait)
    try:
        _sign(descriptor)
        yield
    finally:
        with suppress(OSError):  # who held it last is of no weight; what was done must stand
            os.ftruncate(descriptor, 0)
        os.close(descriptor)


@contextmanager
def shared(
    path: Path,
    what: str,
    *,
    wait: bool = True,
    timeout: float = 600.0,
    on_wait: Callable[[Holder | None], None] | None = None,
) -> Iterator[None]:
    """Hold the lock together with other readers while the block runs; arguments as `exclusive`."""
    if not path.parent.is_dir():
        make_folders(path.parent)
    descriptor = _acquire(path, what, fcntl.LOCK_SH, wait=wait, timeout=timeout, on_wait=on_wait)
    try:
        yield
    finally:
        os.close(descriptor)


def waiting(
    tell: Callable[[str], None] | None, what: str
) -> Callable[[Holder | None], None] | None:
    """For `on_wait`: tell for whom we wait."""
    if tell is None:
        return None
    return lambda holder: tell(f"waiting for {what}, which {holder or 'another process'} is using")


def holder(path: Path) -> Holder | None:
    """Who wrote their name into a lock file and still runs; None if nobody is known to."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    said = dict(line.split(" ", 1) for line in lines if " " in line)
    if not said.get("pid", "").isdigit() or not {"since", "command"} <= said.keys():
        return None
    found = Holder(int(said["pid"]), said["command"], said["since"])
    return found if _runs(found.pid) else None


def _acquire(
    path: Path,
    what: str,
    kind: int,
    *,
    wait: bool,
    timeout: float,
    on_wait: Callable[[Holder | None], None] | None,
) -> int:
    deadline = time.monotonic() + (timeout if wait else 0)
    announced = False
    while True:
        descriptor = _try(path, kind)
        if descriptor is not None:
            return descriptor
        if time.monotonic() >= deadline:
            raise _busy(path, what, waited=timeout if wait else 0)
        if on_wait is not None and not announced:
            on_wait(holder(path))
        announced = True
        time.sleep(_LOOK_AGAIN)


def _try(path: Path, kind: int) -> int | None:
    """An open, locked descriptor of the file that has that name now; None if another holds it."""
    descriptor = _open(path, kind)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        # Whoever removed the file meanwhile left us with a lock on nothing: look again.
        if _same_file(descriptor, path):
            return descriptor
    except OSError as error:
        if error.errno not in _BLOCKED:
            os.close(descriptor)
            raise NotPermitted(
                f"{printable(path)} can't be locked: {error.strerror}",
                help="keep it on a file system that has flock(2) locks",
            ) from error
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _open(path: Path, kind: int) -> int:
    with explained("open the lock", path):
        if kind == fcntl.LOCK_SH:
            with suppress(FileNotFoundError):  # a reader needs the right to create only if it must
                return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        access = os.O_RDWR if kind == fcntl.LOCK_EX else os.O_RDONLY
        return os.open(path, access | os.O_CREAT | os.O_CLOEXEC, 0o666)


def _same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    text = f"pid {os.getpid()}\nsince {since}\ncommand {_command()}\n"
    with suppress(OSError):  # a full disk: the lock holds without a name on it
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode("utf-8", "backslashreplace"), 0)


def _command() -> str:
    # Others may read the lock file, so the value in `--var token=…` stays out of it.
    words = [Path(sys.argv[0] or "python").name, *sys.argv[1:]]
    return " ".join(re.sub(r"=.*", "=…", word, flags=re.DOTALL) for word in words).replace(
        "\n", " "
    )


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _busy(path: Path, what: str, *, waited: float) -> Busy:
    who = holder(path)
    held = f"{who}" if who else "another process"
    after = f" after {waited:g} s" if waited else ""
    return Busy(
        f"{what} is in use by {held}{after}",
        help="wait until it is done, then run the command again",
        details={"lock": printable(path), "pid": who.pid if who else None},
    )
