"""Killed at any instant, a sync leaves the store as it was, and the next makes of it what a rebuild would."""

from __future__ import annotations

import random
import select
import subprocess
import sys
from pathlib import Path

import pytest

from ggen_graph.graph.dump import dump
from ggen_graph.workflows.catalog import sync_catalog
from tests.graph import cut_off_syncs
from tests.graph.cut_off_syncs import catalog_of

PROGRAM = Path(cut_off_syncs.__file__)
INDEX = Path(__file__).parents[1] / "data" / "purescript-registry.jsonl"


def test_killed_before_each_call_that_changes_the_disk_the_store_is_whole(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.graph.cut_off_syncs", "at-each-step", tmp_path],
        cwd=PROGRAM.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    *wrong, points = done.stdout.splitlines()
    assert (wrong, done.stderr, done.returncode) == ([], "", 0)
    assert int(points) >= 12


@pytest.mark.parametrize("times", [6, pytest.param(50, marks=pytest.mark.soak)])
def test_killed_at_random_moments_a_catalog_is_what_a_rebuild_makes(
    tmp_path: Path, times: int
) -> None:
    home, registry = tmp_path / "home", tmp_path / "registry.jsonl"
    for seed in range(times):
        cut_off(home, registry, random.Random(seed))
        with catalog_of(home, registry).graph.read() as generation:
            assert len(generation.store)  # whatever generation is there can be opened and read
        assert content(home, registry) == content(tmp_path / f"other-home-{seed}", registry)


def cut_off(home: Path, registry: Path, chance: random.Random) -> None:
    """Let a process sync until a random moment, and kill it."""
    syncing = subprocess.Popen(
        [sys.executable, "-m", "tests.graph.cut_off_syncs", "for-ever", home, registry, INDEX],
        cwd=PROGRAM.parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    with syncing:
        assert syncing.stdout is not None
        assert syncing.stdout.readline() == "1\n"
        select.select([], [], [], chance.uniform(0, 0.3))  # the moment, not a wait for something
        syncing.kill()


def content(home: Path, registry: Path) -> bytes:
    """All quads of the registry's catalog once it is synced."""
    catalog = catalog_of(home, registry)
    sync_catalog(catalog)
    with catalog.graph.read() as generation:
        return dump(generation.store, "nquads")
