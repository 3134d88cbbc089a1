"""What git says of paths. Asked of the program itself, so that its rules are its own.

Keeps true: a project's repository is not touched: the question is put to an empty one that holds
nothing but copies of the `.gitignore` files that matter.

Does not do: requiring git; without it nothing is known, and nothing counts as ignored.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import InstallFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SECONDS = 60


def ignored(root: Path, paths: Iterable[str], written: Mapping[str, bytes]) -> frozenset[str]:
    """Which of these paths git ignores, or will once there is a repository.

    Args:
        root: the project's folder, in a repository or not; it need not exist yet.
        paths: relative to it, POSIX; they need not exist.
        written: what `.gitignore` files among these paths are about to hold.

    Returns:
        Those that a `.gitignore` of the project, or of the repository it is in, names. Empty where
        git is not installed.

    Raises:
        InstallFailed: git can't say; to take that for "not ignored" might commit a secret.
    """
    git, asked = shutil.which("git"), sorted(paths)
    if git is None or not asked:
        return frozenset()
    root = root.absolute()
    top = repository(root)
    prefix = root.relative_to(top).as_posix()
    prefix = "" if prefix == "." else f"{prefix}/"
    with tempfile.TemporaryDirectory(prefix="ggen-") as folder:
        twin = Path(folder)
        for name in {part for path in asked for part in _folders(prefix + path)}:
            _copy(top, twin, f"{name}.gitignore", written, prefix)
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("GIT_")
        }
        # What a person's own configuration ignores, others who share the project don't.
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        _run(git, ["init", "--quiet", "--template="], twin, environment, b"")
        names = b"\0".join(os.fsencode(prefix + path) for path in asked)
        said = _run(git, ["check-ignore", "-z", "--stdin"], twin, environment, names)
    found = (os.fsdecode(name) for name in said.split(b"\0") if name)
    return frozenset(path.removeprefix(prefix) for path in found)


def repository(root: Path) -> Path:
    """The folder of the repository that `root` is in; `root` itself if it is in none."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def identity(folder: Path) -> str:
    """Whom git takes for the author of a commit in `folder`, "Name <address>"; "" if it knows nobody."""
    git = shutil.which("git")
    if git is None:
        return ""
    said = {}
    for key in ("user.name", "user.email"):
        with suppress(InstallFailed):
            answer = _run(git, ["config", "--get", key], folder, dict(os.environ), b"")
            said[key] = answer.decode("utf-8", "replace").strip()
    name, address = said.get("user.name", ""), said.get("user.email", "")
    return f"{name} <{address}>" if name and address else name


def _run(
    git: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], given: bytes
) -> bytes:
    """What git says; `check-ignore` ends with 1 when it found none (gitcheck-ignore(1), EXIT STATUS)."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, paths on stdin
            [git, *arguments],
            cwd=folder,
            env=environment,
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _unknown(str(error)) from error
    if done.returncode not in {0, 1}:
        raise _unknown(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def _unknown(why: str) -> InstallFailed:
    return InstallFailed(
        f"git could not say what it ignores: {why}",
        help="nothing was written; see whether `git init` works in an empty folder",
    )


def _folders(path: str) -> Iterable[str]:
    """The folders above a path, as prefixes: "" first."""
    parts = path.split("/")[:-1]
    return ["".join(f"{part}/" for part in parts[:depth]) for depth in range(len(parts) + 1)]


def _copy(top: Path, twin: Path, name: str, written: Mapping[str, bytes], prefix: str) -> None:
    data = written.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
    source = top / name
    if data is None and source.is_file():
        data = source.read_bytes()
    if data is not None:
        (twin / name).parent.mkdir(parents=True, exist_ok=True)
        (twin / name).write_bytes(data)
