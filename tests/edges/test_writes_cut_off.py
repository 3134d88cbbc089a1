"""Killed at any instant, a change is wholly there or not at all once the next start has recovered."""

from __future__ import annotations

import random
import select
import subprocess
import sys
from pathlib import Path

import pytest

from ggen_graph.edges.journal import recover

PROGRAM = Path(__file__).with_name("cut_off_writes.py")


def test_killed_before_each_call_that_changes_the_disk_nothing_is_half_done(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, "at-each-step", tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )
    *wrong, points = done.stdout.splitlines()
    assert wrong == []
    assert int(points) >= 80


@pytest.mark.parametrize("seed", range(40))
def test_killed_at_a_random_moment_all_files_are_of_one_change(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    root, journal = tmp_path / "root", tmp_path / "root" / ".ggen" / "transaction"
    root.mkdir()
    writer = subprocess.Popen(
        [sys.executable, PROGRAM, "for-ever", root, journal], stdout=subprocess.PIPE, text=True
    )
    with writer:
        assert writer.stdout is not None
        seen = writer.stdout.readline()
        select.select([], [], [], chance.uniform(0, 0.03))  # the moment, not a wait for something
        writer.kill()
        seen += writer.stdout.read()
    recover(root, journal)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    assert [path.name for path in files] == ["3", "6", "1", "4", "7", "2", "5", "8"]
    # File n holds the number of its change n times, so that no length is that of another.
    numbers = {path.read_text()[: len(path.read_text()) // int(path.name)] for path in files}
    assert len(numbers) == 1
    assert int(numbers.pop()) >= int(seen.split()[-1])
    assert not (journal / "staging").exists()
