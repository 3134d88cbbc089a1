"""A disk that is really full: commands say so and leave the old, or have room and leave the new.

The disk is a tmpfs, once the project's and once the home's, that has some room beside what is on it;
the room grows until the command succeeds.
"""

from __future__ import annotations

import shutil
from functools import partial
from itertools import chain, takewhile
from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import InstallFailed
from ggen_graph.edges.config import Home
from ggen_graph.edges.writes import Write
from ggen_graph.workflows.places import Place
from ggen_graph.workflows.transaction import Proposal, commit, commit_new
from tests.transactions.mounts import mounted_tmpfs, required_tmpfs, resize_tmpfs
from tests.transactions.worlds import SCENARIOS, Scenario, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ggen_graph.core.plan import ChangePlan

KIB = 1 << 10
AMPLE = 256 << 20
# The steps of the room that is left, in bytes; beyond a MiB it is doubled until there is enough.
SMALL = (0, 16 * KIB, *range(64 * KIB, 1024 * KIB + 1, 64 * KIB))
SHORT = (0, 512 * KIB)
_GENERATE = ("packs", "generate", "--var", "title=Full", "--var", "port=7777")
COMMANDS = {
    "new": SCENARIOS["new"],
    "install": SCENARIOS["install"],
    "generate": Scenario("generate", SCENARIOS["install"].before, _GENERATE, writing=_GENERATE),
}


def rooms(steps: tuple[int, ...]) -> Iterator[int]:
    """Growing amounts of room, up to what is ample."""
    doubled = (1024 * KIB << power for power in range(1, 20))
    return chain(steps, takewhile(lambda room: room < AMPLE, doubled))


def faults(folder: Path, command: str, full: str, steps: tuple[int, ...]) -> Iterator[str]:
    """What is wrong when the project's disk, or the home's, has so much room; grows till it is enough."""
    world = World(folder / "world", folder / "saved", COMMANDS[command])
    world.folder.mkdir()
    disk = world.work if full == "project" else world.home
    disk.mkdir()
    with mounted_tmpfs(disk, AMPLE):
        world.make()
        for room in rooms(steps):
            world.reset()
            resize_tmpfs(disk, shutil.disk_usage(disk).used + max(room, 1))
            ran = world.run(*world.scenario.command)
            resize_tmpfs(disk, AMPLE)
            state, wrong = world.judge()
            if ran.code == 0 and state != "new":
                wrong.append("it said that all went well")
            if ran.code != 0 and state != "old":
                wrong.append(f"it said that it failed: {ran.err}")
            if ran.code not in {0, 2} or (ran.code and " full: " not in ran.err):
                wrong.append(f"no clear error: {ran.code} {ran.err}")
            yield from (f"{room // KIB} KiB of room\n  {state}: {one}" for one in wrong)
            if ran.code == 0 and "behind its files" not in ran.err:
                return
    raise AssertionError("no room was ever enough")


@pytest.mark.parametrize(
    ("command", "full"), [("new", "project"), ("install", "home"), ("generate", "project")]
)
def test_where_the_disk_is_full_a_command_says_so_and_leaves_the_old(
    tmp_path: Path, command: str, full: str
) -> None:
    required_tmpfs(tmp_path)
    assert list(faults(tmp_path, command, full, SHORT)) == []


def test_a_project_without_room_is_refused_before_the_home_is_held_for_it(tmp_path: Path) -> None:
    required_tmpfs(tmp_path)
    world = World(tmp_path / "world", tmp_path / "saved", COMMANDS["install"])
    world.folder.mkdir()
    world.work.mkdir()
    with mounted_tmpfs(world.work, AMPLE):
        world.make()
        lock = world.home / "lock"  # who holds it, writes in it
        before = lock.stat().st_mtime_ns
        resize_tmpfs(world.work, shutil.disk_usage(world.work).used + 1)
        ran = world.run(*world.scenario.command)
        resize_tmpfs(world.work, AMPLE)
        assert (ran.code, lock.stat().st_mtime_ns) == (2, before), ran.err
        assert "the disk is too full" in ran.err


@pytest.mark.parametrize("full", ["new project", "project", "home"])
def test_nobody_is_asked_about_what_there_is_no_room_for(tmp_path: Path, full: str) -> None:
    required_tmpfs(tmp_path)
    folders = {"project": tmp_path / "project", "home": tmp_path / "home"}
    for folder in folders.values():
        folder.mkdir()
    (folders["project"] / "a").write_bytes(b"a" * KIB * (100 if full == "home" else 1))
    place = Place(folders["project"], "project", ".ggen/", Home(folders["home"]))
    proposal = Proposal("test", (Write("b" if full == "new project" else "a", b"b" * 100 * KIB),))
    asked: list[ChangePlan] = []
    disk = folders["home" if full == "home" else "project"]
    act = (
        partial(commit_new, place, place.root) if full == "new project" else partial(commit, place)
    )
    with mounted_tmpfs(disk, 64 * KIB), pytest.raises(InstallFailed, match="too full: "):
        act(proposal, lambda plan, _: asked.append(plan))
    assert asked == []


@pytest.mark.soak
@pytest.mark.parametrize("full", ["project", "home"])
@pytest.mark.parametrize("command", list(COMMANDS))
def test_where_the_disk_is_full_at_any_step_a_command_says_so_and_leaves_the_old(
    tmp_path: Path, command: str, full: str
) -> None:
    required_tmpfs(tmp_path)
    assert list(faults(tmp_path, command, full, SMALL)) == []
