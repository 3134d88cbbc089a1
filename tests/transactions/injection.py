"""System calls of a command, made to fail or never to come back: by `strace`, from outside.

A *point* is one system call of one thread: its name, and how many of that name the thread has made by
then. A run without a fault lists them; a run with a fault at a point shows on which call it fell.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# What changes a disk. strace takes a name with `?` also where a machine has no such call.
CALLS = (
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"),
    *("unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "chmod", "fchmod", "fchmodat"),
    *("open", "openat", "creat", "write", "pwrite64", "writev", "pwritev"),
    *("fsync", "fdatasync", "syncfs", "ftruncate", "truncate"),
)
_OPENING = {"open", "openat"}
_LINE = re.compile(r"(?P<thread>\d+) +(?P<call>[a-z0-9_]+)\((?P<rest>.*)")
LIMIT = 120


@dataclass(frozen=True, slots=True)
class Call:
    """A system call as strace shows it: its name, its count in its thread, its arguments."""

    name: str
    number: int
    text: str

    @property
    def said(self) -> bool:
        """Whether it is something said on stdout or stderr."""
        return self.name == "write" and self.text.startswith(("1<", "2<"))

    @property
    def graphs(self) -> bool:
        """Whether it is one of the graph's, which is made anew from the files whenever it is lost."""
        return bool(re.search(r"/graph/|/store(\.tmp)?/|<anon_inode|</proc/", self.text))

    @property
    def changes(self) -> bool:
        """Whether it changes the disk: of the calls that open, those that may create."""
        return self.name not in _OPENING or "O_CREAT" in self.text

    def __str__(self) -> str:
        return f"{self.name} {self.number}: {self.text[:160]}"


@dataclass(frozen=True, slots=True)
class Injected:
    """How a command with a fault ended: killed (code -9) or by itself.

    `hit` is the call that was struck; where several threads made one of that name and number, the
    first. `spoke` says whether one of them was to say something, which then nobody heard.
    """

    code: int
    out: str
    err: str
    hit: Call | None
    spoke: bool = False


def required_tracing(folder: Path) -> None:
    """Skip the test where strace is not there, or may not trace; the reason says which."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: scripts/system-packages.sh does it (Linux)")
    log = folder / "tried.txt"
    tried = subprocess.run(
        ["strace", "-f", "-o", log, "-e", "inject=?fsync:signal=SIGKILL", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        pytest.skip(f"strace may not trace here: {tried.stderr.strip()}")


def calls(
    command: Sequence[str], place: Path, environment: dict[str, str], log: Path
) -> list[Call]:
    """Run a command without a fault: its calls, of all threads, in order; among them those that only open."""
    traced = ",".join(f"?{name}" for name in CALLS)
    done = _strace(["--seccomp-bpf", "-e", f"trace={traced}"], command, place, environment, log)
    assert done.returncode == 0, done.stderr
    return _read(log)


def inject(
    command: Sequence[str],
    place: Path,
    environment: dict[str, str],
    log: Path,
    call: Call,
    fault: str,
) -> Injected:
    """Run a command with a fault at a call: "signal=SIGKILL" or "error=ENOSPC"."""
    killed = fault.startswith("signal")
    options = ["-e", f"trace={call.name}", "-e", f"inject={call.name}:{fault}:when={call.number}"]
    if not killed:
        options.append("--seccomp-bpf")  # faster, but signals get lost with it
    done = _strace(options, command, place, environment, log)
    struck = [one for one in _read(log) if _struck(one, call, killed=killed)]
    return Injected(
        done.returncode,
        done.stdout,
        done.stderr,
        struck[0] if struck else None,
        any(one.said for one in struck),
    )


def _struck(one: Call, call: Call, *, killed: bool) -> bool:
    if killed:  # a call that never came back; several threads may have been in one
        return one.number == call.number and ("= ?" in one.text or "= " not in one.text)
    return "(INJECTED)" in one.text


def _strace(
    options: Sequence[str],
    command: Sequence[str],
    place: Path,
    environment: dict[str, str],
    log: Path,
) -> subprocess.CompletedProcess[str]:
    # Coverage writes files of its own, and would be cut off as well.
    clean = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.run(
        ["strace", "-f", "-q", "-y", "-s", "0", "-o", log, *options, *command],
        cwd=place,
        env={**clean, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )


def _read(log: Path) -> list[Call]:
    """The calls of a log. One that another thread interrupts is shown in two lines, joined here."""
    counts: dict[tuple[str, str], int] = {}
    found: list[Call] = []
    unfinished: dict[str, int] = {}
    for line in log.read_text("utf-8", "replace").splitlines():
        resumed = re.match(r"(\d+) +<\.\.\. [a-z0-9_]+ resumed>(.*)", line)
        if resumed and resumed[1] in unfinished:
            at = unfinished.pop(resumed[1])
            found[at] = Call(found[at].name, found[at].number, found[at].text + resumed[2])
            continue
        match = _LINE.match(line)
        if match is None or match["call"] not in CALLS:
            continue
        key = (match["thread"], match["call"])
        counts[key] = counts.get(key, 0) + 1
        text = match["rest"]
        if text.endswith("<unfinished ...>"):
            text = text.removesuffix("<unfinished ...>")
            unfinished[match["thread"]] = len(found)
        found.append(Call(match["call"], counts[key], text))
    return found
