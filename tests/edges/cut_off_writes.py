"""A program for `test_writes_cut_off.py`: changes files in child processes that are killed on the way.

`python cut_off_writes.py at-each-step FOLDER` kills a change, its recovery, and a change that fails
and is taken back, at each call that changes the disk (Python's audit events come before the call),
and prints each half state it finds, then how many points it tried.
`python cut_off_writes.py for-ever ROOT JOURNAL` changes all files again and again, with a line on
stdout for each, until it is killed from outside.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import InstallFailed
from ggen_graph.edges.journal import recover
from ggen_graph.edges.writes import Write, apply_writes

if TYPE_CHECKING:
    from collections.abc import Callable

CHANGING = {"os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "os.chmod"}
OLD = {
    "a.txt": b"old a",
    "d/b.txt": b"old b",
    "d/run": b"old run",
    "gone/deep/z.txt": b"old z",
    "same": b"same",
}
NEW = {
    "a.txt": b"new a",
    "d/b.txt": b"",
    "d/run": b"old run",  # only its mode changes
    "e/f/c.txt": b"new c",
    "e/d.bin": bytes(range(256)) * 40,
    "same": b"same",
}
MODES = {"a.txt": 0o600, "d/run": 0o755}


def plan() -> list[Write]:
    writes = [Write(path, data, MODES.get(path)) for path, data in NEW.items()]
    return [*writes, *(Write(path, None) for path in OLD.keys() - NEW.keys())]


def lay_out(root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    for path, data in OLD.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
        (root / path).chmod(0o644)


def state(root: Path) -> tuple[dict[str, bytes], dict[str, int], set[str]]:
    """Contents, modes and folders of everything but ggen's own."""
    files = [path for path in root.rglob("*") if ".ggen" not in path.parts]
    contents = {
        path.relative_to(root).as_posix(): path.read_bytes() for path in files if path.is_file()
    }
    modes = {path: (root / path).stat().st_mode & 0o777 for path in contents}
    return contents, modes, {path.relative_to(root).as_posix() for path in files if path.is_dir()}


def in_child(work: Callable[[], object], kill_at: int = 0) -> bool:
    """Run `work` in a child, killed at its n-th change of the disk; whether that came."""
    child = os.fork()
    if child == 0:
        if kill_at:
            kill_at_change(kill_at)
        work()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return True
    if os.waitstatus_to_exitcode(status):
        raise SystemExit("a child failed")
    return False


def kill_at_change(number: int) -> None:
    left = [number]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
        if event in CHANGING or writes:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def fail_at_rename(number: int) -> None:
    """From here on the n-th rename (and no other) finds the disk full."""
    replace, left = Path.replace, [number]

    def failing(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(self, target)

    Path.replace = failing  # type: ignore[method-assign,assignment]


def change(root: Path) -> None:
    apply_writes(root, plan(), journal_of(root), emptied=("gone/deep", "gone"))


def failing_change(root: Path, rename: int) -> None:
    fail_at_rename(rename)
    try:
        change(root)
    except InstallFailed:
        return
    raise SystemExit("the change did not fail")


def journal_of(root: Path) -> Path:
    return root / ".ggen" / "transaction"


def cut_everywhere(root: Path, what: str, work: Callable[[], object], allowed: list[object]) -> int:
    """Cut `work` at each change of the disk, and at some of them its recovery as well."""

    def check(when: str) -> None:
        recover(root, journal_of(root))
        if state(root) not in allowed or (journal_of(root) / "staging").exists():
            sys.stdout.write(f"half a state after {what}, {when}: {state(root)}\n")

    for cut in count(1):
        lay_out(root)
        if not in_child(work, cut):
            return cut - 1
        check(f"cut at {cut}")
        for again in count(1) if cut % 4 == 0 else ():
            lay_out(root)
            in_child(work, cut)
            if not in_child(partial(recover, root, journal_of(root)), again):
                break
            check(f"cut at {cut}, its recovery at {again}")
    raise AssertionError


def at_each_step(root: Path) -> None:
    lay_out(root)
    old = state(root)
    change(root)
    new = state(root)
    points = cut_everywhere(root, "a change", partial(change, root), [old, new])
    for rename in (2, 4):  # the first is the journal's own
        failing, what = (
            partial(failing_change, root, rename),
            f"a change failing at rename {rename}",
        )
        points += cut_everywhere(root, what, failing, [old, new])
        lay_out(root)
        in_child(failing)
        if state(root) != old:
            sys.stdout.write(f"{what} was not taken back\n")
    sys.stdout.write(f"{points}\n")


def for_ever(root: Path, journal: Path) -> None:
    number = 0
    while True:
        number += 1
        apply_writes(
            root, [Write(f"d{n % 3}/{n}", b"%d" % number * n) for n in range(1, 9)], journal
        )
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "at-each-step":
        at_each_step(Path(sys.argv[2]) / "root")
    else:
        for_ever(Path(sys.argv[2]), Path(sys.argv[3]))
