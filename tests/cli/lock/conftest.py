"""A project in a git repository, and git as a person uses it: its merge driver runs `ggen` as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.lock.lockfile import Lock, parse_lock

if TYPE_CHECKING:
    from tests.cli.conftest import Ggen, Ran


@dataclass(frozen=True, slots=True)
class Repository:
    """A project, the repository it is in, and `ggen` in it."""

    ggen: Ggen

    @property
    def folder(self) -> Path:
        return self.ggen.folder

    def git(self, *arguments: str, fails: bool = False) -> str:
        """Run git; what it said, on both streams."""
        scripts = Path(sys.executable).parent
        done = subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
            cwd=self.folder,
            env={
                **self.ggen.process_environment(),
                "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def commit(self, message: str = "x") -> None:
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def run(self, *arguments: str) -> Ran:
        """Run ggen, which must succeed."""
        done = self.ggen(*arguments)
        assert done.code == 0, done.err
        return done

    def lock(self) -> Lock:
        """The lock that is there."""
        return parse_lock((self.folder / "ggen.lock").read_text("utf-8"), "ggen.lock")

    def versions(self) -> list[str]:
        """What is locked."""
        return [release.spec for release in self.lock().releases]

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text in a file, once."""
        file = self.folder / path
        text = file.read_text("utf-8")
        assert text.count(old) == 1, text
        file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def repository(project: Ggen) -> Repository:
    """A project with base 1.0.0, asked for as ^1, committed."""
    made = Repository(project)
    made.git("init", "--quiet", "--initial-branch=main")
    made.edit("ggen.toml", 'base = "1.0.0"', 'base = "^1"')
    made.run("lock")
    made.commit()
    return made


@pytest.fixture
def merging(repository: Repository) -> Repository:
    """The same, whose locks git merges with ggen."""
    repository.run("lock", "install-driver")
    repository.commit()
    return repository
