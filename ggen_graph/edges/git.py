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
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SECONDS = 60


def ignored(root: Path, paths: Iterable[str], written: Mapping[str, bytes]) -> frozenset[str]:
    """Which of these paths git ignores, or will once there is a repository.

    Args:
        root: the project's folder, in a repository or not.
        paths: relative to it, POSIX; they need not exist.
        written: what `.gitignore` files among these paths are about to hold.

    Returns:
        Those that a `.gitignore` of the project, or of the repository it is in, names. Empty where
        git is not installed.
    """
    git, asked = shutil.which("git"), sorted(paths)
    if git is None or not asked:
        return frozenset()
    top = _repository(root)
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
        for arguments in (["init", "--quiet", "--template="], ["check-ignore", "-z", "--stdin"]):
            done = subprocess.run(  # noqa: S603 - fixed arguments, paths on stdin
                [git, *arguments],
                cwd=twin,
                env=environment,
                input=b"\0".join(os.fsencode(prefix + path) for path in asked),
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
    found = (os.fsdecode(name) for name in done.stdout.split(b"\0") if name)
    return frozenset(path.removeprefix(prefix) for path in found)


def _repository(root: Path) -> Path:
    """The folder of the repository that `root` is in; `root` itself if it is in none."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


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
