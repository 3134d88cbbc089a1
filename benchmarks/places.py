"""Where benchmarks work: a scratch folder with a home of its own, and the environment of a user.

What they read of the checkout they never write; `$GGEN_HOME` is always a new, empty folder.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PURESCRIPT = ROOT / "tests" / "data" / "purescript-registry.jsonl"
SCHEMA_ORG = ROOT / "tests" / "data" / "ontologies" / "schemaorg.ttl"
PACKS = ROOT / "packs"

PYTHON = Path(sys.executable)
GGEN = PYTHON.with_name("ggen")  # the console script that an installation makes

# These change what a Python process does at its start; a user has none of them.
_NOT_A_USERS = ("PYTHON", "COVERAGE_", "GGEN_")


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder that is gone afterwards, and in it a home and an empty folder to work in."""

    path: Path

    @property
    def home(self) -> Path:
        """`$GGEN_HOME` of the processes that are measured."""
        return self.path / "home"

    @property
    def work(self) -> Path:
        """Where they are started: in no project."""
        return self.path / "work"

    @property
    def environment(self) -> dict[str, str]:
        """Their environment."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(_NOT_A_USERS)
        }
        return {**kept, "GGEN_HOME": str(self.home), "NO_COLOR": "1"}


@contextlib.contextmanager
def scratch() -> Iterator[Scratch]:
    """A new scratch folder on the file system that temporary files are on."""
    with tempfile.TemporaryDirectory(prefix="ggen-bench-") as folder:
        place = Scratch(Path(folder))
        place.home.mkdir()
        place.work.mkdir()
        yield place


def size_of(folder: Path) -> int:
    """The bytes that the files under a folder take on the disk, each counted once however often linked."""
    found = {(stat.st_dev, stat.st_ino): stat.st_blocks * 512 for stat in _stats(folder)}
    return sum(found.values())


def _stats(folder: Path) -> Iterator[os.stat_result]:
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            yield path.lstat()
