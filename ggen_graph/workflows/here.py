"""Where the command is: in which project, if in one.

Most commands look, and most often the answer is quick; so what reads a project is imported only if
there is one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ggen_graph.workflows.project import Project

MANIFEST = "ggen.toml"
INFERENCE = "inference.json"
"""What is to be inferred: in a project's `.ggen`, for catalogs in the home."""


def find_root(start: Path) -> Path | None:
    """The nearest folder at or above `start` with a `ggen.toml`."""
    for folder in (start, *start.parents):
        if (folder / MANIFEST).is_file():
            return folder
    return None


def current_project() -> Project | None:
    """The project that the current folder is in, None outside of one."""
    root = find_root(Path.cwd())
    if root is None:
        return None
    from ggen_graph.workflows.project import read_project  # noqa: PLC0415 - see above

    return read_project(root)
