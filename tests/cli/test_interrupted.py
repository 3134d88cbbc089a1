"""Killed at any instant: the next command finds the old state or the new one, and works."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.cli.conftest import Ggen

MADE = {
    "README.md",
    "fixed.txt",
    "kept.txt",
    "notes/Book.md",
    "notes/Reader.md",
    "old.txt",
    "run.sh",
    "settings.ini",
}


def killed(ggen: Ggen, command: Sequence[str | Path], after: float) -> int:
    """Start a command, kill it after so many seconds unless it is done, and give its exit code."""
    running = subprocess.Popen(
        ggen.command(*command),
        cwd=ggen.folder,
        env=ggen.process_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return running.wait(timeout=after)
    except subprocess.TimeoutExpired:
        running.kill()
        return running.wait()


def duration(ggen: Ggen, command: Sequence[str | Path]) -> float:
    """How long a command takes that is not killed: the span from which instants are chosen."""
    begin = time.monotonic()
    assert ggen.process(*command).code == 0
    return time.monotonic() - begin


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".ggen" not in path.relative_to(root).parts
    }


def kill_new(ggen: Ggen, workshop: Path, ggen_home: Path, times: int) -> None:
    chosen = random.Random(20260101)
    command: list[str | Path] = ["new", "library", "--pack", "base@1.0.0", "--registry", workshop]
    span = duration(ggen, command)
    shutil.rmtree(ggen.folder / "library")
    survived = 0
    for attempt in range(times):
        if attempt % 2:
            shutil.rmtree(ggen_home / "packages", ignore_errors=True)
        code = killed(ggen, command, chosen.uniform(0.05, span * 1.1))
        root = ggen.folder / "library"
        if root.exists():
            survived += 1
            told = ggen.at(root)("packs", "generate", "--json")
            assert told.code == 0, told.err
            assert set(told.json["unchanged"]) == MADE
            shutil.rmtree(root)
        else:
            assert code != 0
        again = ggen(*command, "--json")
        assert again.code == 0, again.err
        assert set(again.json["files"]) == MADE
        shutil.rmtree(root)
        assert list(ggen.folder.iterdir()) == []  # what was cut off was swept away
    assert survived < times


def kill_generate(project: Ggen, times: int) -> None:
    chosen = random.Random(20260102)
    root = project.folder
    span = duration(project, ["packs", "generate", "--var", "title=T0", "--var", "port=7000"])
    states = [files(root)]
    for attempt in range(1, times + 1):
        command = [
            "packs",
            "generate",
            "--var",
            f"title=T{attempt}",
            "--var",
            f"port={7000 + attempt}",
        ]
        killed(project, command, chosen.uniform(0.05, span * 1.1))
        told = project("packs", "generate", "--json")
        assert told.code == 0, told.err
        after = files(root)
        assert told.json["edited"] == told.json["beside"] == []
        title = after["README.md"].decode().partition("\n")[0]
        assert title in {
            f"# T{attempt}",
            *(state["README.md"].decode().partition("\n")[0] for state in states),
        }
        # All of one run or none of it: heading and port belong together.
        number = int(title.removeprefix("# T"))
        assert f"port = {7000 + number}\n" in after["settings.ini"].decode()
        assert f"echo {7000 + number}\n" in after["run.sh"].decode()
        assert project("graph", "status").code == 0
        states.append(after)
    before = project("graph", "export").out
    assert project("graph", "rebuild").code == 0
    assert project("graph", "export").out == before


def test_a_new_project_that_was_killed_leaves_nothing_or_all(
    ggen: Ggen, workshop: Path, ggen_home: Path
) -> None:
    kill_new(ggen, workshop, ggen_home, 10)


def test_a_generation_that_was_killed_is_finished_or_undone(project: Ggen) -> None:
    kill_generate(project, 10)


@pytest.mark.soak
def test_new_projects_that_are_killed_often(ggen: Ggen, workshop: Path, ggen_home: Path) -> None:
    kill_new(ggen, workshop, ggen_home, 50)


@pytest.mark.soak
def test_generations_that_are_killed_often(project: Ggen) -> None:
    kill_generate(project, 50)
