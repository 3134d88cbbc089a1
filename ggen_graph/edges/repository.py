"""The git repository that a project is in: an earlier version of a file, and who merges the lock.

Asked of the program itself. Keeps true: the only thing that is ever changed is the repository's own
configuration of ggen's merge driver (`gitattributes(5)`, "Defining a custom merge driver").

Does not do: what git ignores (`edges.git`); committing, or changing the index or any branch.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import InstallFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

DRIVER = "ggen-lock"
"""What `.gitattributes` calls the merge driver."""

_SECONDS = 60
_MARKER = b"<" * 7


def file_at(folder: Path, revision: str, path: str) -> bytes:
    """What a file held at a revision.

    Args:
        folder: in the repository.
        revision: as git writes it: "HEAD~1", "main", "v1.2".
        path: relative to `folder`, POSIX.

    Raises:
        UsageError: there is no such revision, no such file in it, or no repository.
    """
    advice = "name a commit, a branch or a tag"
    if not revision.startswith("-"):  # else it would be an option
        done = _git(folder, ["cat-file", "blob", f"{revision}:./{path}"])
        if not done.returncode:
            return done.stdout
        advice = done.stderr.decode("utf-8", "replace").strip() or advice
    raise UsageError(f"git has no {path} at {revision}", help=advice)


def driver(folder: Path) -> str:
    """The command of the merge driver that the repository is configured with; "" if there is none.

    Raises:
        UsageError: `folder` is in no repository.
    """
    if _git(folder, ["rev-parse", "--git-dir"]).returncode:
        raise UsageError(
            "this project is in no git repository", help="`git init` makes one; then try again"
        )
    done = _git(folder, ["config", "--local", "--get", f"merge.{DRIVER}.driver"])
    return done.stdout.decode("utf-8", "replace").rstrip("\n")


def set_driver(folder: Path, title: str, command: str) -> None:
    """Configure the merge driver in the repository.

    Raises:
        InstallFailed: git can't write its configuration.
    """
    for key, value in (("name", title), ("driver", command)):
        done = _git(folder, ["config", "--local", f"merge.{DRIVER}.{key}", value])
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise InstallFailed(
                f"git could not write its configuration: {said}",
                help=f"run it again; or write merge.{DRIVER}.{key} = {value} yourself",
            )


def conflict_text(ours: bytes, base: bytes, theirs: bytes) -> bytes:
    """Three texts with conflict markers around what differs, as git leaves them (git-merge-file(1)).

    Where git sees no conflict, or is not there, all of it is one.
    """
    with tempfile.TemporaryDirectory(prefix="ggen-") as folder:
        names = ("ours", "base", "theirs")
        for name, data in zip(names, (ours, base, theirs), strict=True):
            (Path(folder) / name).write_bytes(data)
        labels = [word for name in names for word in ("-L", name)]
        done = _git(Path(folder), ["merge-file", "--diff3", "-p", *labels, *names])
    if done.returncode < 128 and _MARKER in done.stdout:
        return done.stdout
    parts = ((b"<<<<<<< ours", ours), (b"||||||| base", base), (b"=======", theirs))
    text = b"".join(line + b"\n" + _ended(data) for line, data in parts)
    return text + b">>>>>>> theirs\n"


def _ended(data: bytes) -> bytes:
    return data if data.endswith(b"\n") or not data else data + b"\n"


def _git(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    git = shutil.which("git")
    if git is None:
        return subprocess.CompletedProcess(arguments, 128, b"", b"git is not installed")
    try:
        return subprocess.run(  # noqa: S603 - no shell, and no argument is an option of git's
            [git, *arguments],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        return subprocess.CompletedProcess(arguments, 128, b"", str(error).encode())
