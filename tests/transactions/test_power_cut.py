"""The power goes while a command is at work: what the disk held then, mounted again, is old or new.

World and home lie on a file system in a file. At the instant at which the command is killed, the file
is copied, before anything that was not flushed gets there by itself. The copy is mounted, which plays
back the file system's own journal, and the next commands judge what they find.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.transactions.injection import Call, inject, required_tracing
from tests.transactions.mounts import (
    copy_image,
    make_image,
    mounted_image,
    required_images,
)
from tests.transactions.test_cut_off_calls import ENOUGH, KILL, points, sample
from tests.transactions.worlds import SCENARIOS, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KINDS = ("ext4", "xfs")


@dataclass(frozen=True, slots=True)
class Disk:
    """A world on an image: `pristine` as it is before the command, `at` where images are mounted."""

    kind: str
    at: Path
    pristine: Path
    world: World
    points: list[Call]

    def cut(self, call: Call | None, mutant: str = "") -> tuple[str, list[str]] | None:
        """Cut the power at a call, or when the command has ended; None if the call never came."""
        image, copy = self.at.with_name("disk.img"), self.at.with_name("cut.img")
        copy_image(self.pristine, image)
        with mounted_image(image, self.kind, self.at):
            place = self.world.place(self.world.scenario.command)
            if call is None:
                subprocess.run(
                    self.world.command(mutant),
                    cwd=place,
                    env=self.world.process_environment(),
                    capture_output=True,
                    check=True,
                )
            else:
                log = self.at.with_name("log")
                command = self.world.command(mutant)
                killed = inject(command, place, self.world.environment, log, call, KILL)
                if killed.hit is None:
                    return None
            copy_image(image, copy)
        with mounted_image(copy, self.kind, self.at):
            state, wrong = self.world.judge()
        if call is None and state != "new":
            wrong.append("it had ended well, and is lost")
        return state, wrong


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=list(SCENARIOS))
def scenario(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def disk_of(folder: Path, kind: str, scenario: str) -> Disk:
    required_tracing(folder)
    required_images(folder, kind)
    at, pristine = folder / "at", folder / "pristine.img"
    at.mkdir()
    make_image(pristine, kind)
    world = World(at / "world", folder / "saved", SCENARIOS[scenario])
    with mounted_image(pristine, kind, at):
        world.make()
        files, _ = points(world)
        world.reset()
    return Disk(kind, at, pristine, world, files)


def faults(disk: Disk, many: int, mutant: str = "") -> Iterator[str]:
    struck = 0
    chosen = sample(disk.points, many, 7)
    for call in chosen:
        judged = disk.cut(call, mutant)
        if judged is None:
            continue
        struck += 1
        yield from (f"{call}\n  {judged[0]}: {one}" for one in judged[1])
    assert struck >= min(len(chosen) * ENOUGH, max(1, len(chosen) - 2))
    judged = disk.cut(None, mutant)
    assert judged is not None
    yield from (f"when it had ended\n  {judged[0]}: {one}" for one in judged[1])


def test_what_a_power_cut_leaves_is_the_old_or_the_new(tmp_path: Path, kind: str) -> None:
    assert list(faults(disk_of(tmp_path, kind, "uninstall"), 1)) == []


@pytest.mark.parametrize("mutant", ["no-folder-flushed", "nothing-flushed"])
def test_what_is_not_flushed_is_found_out(tmp_path: Path, mutant: str) -> None:
    judged = disk_of(tmp_path, "ext4", "uninstall").cut(None, mutant)
    assert judged is not None
    assert judged[1] != []


@pytest.mark.soak
def test_what_power_cuts_leave_is_the_old_or_the_new(
    tmp_path: Path, kind: str, scenario: str
) -> None:
    assert list(faults(disk_of(tmp_path, kind, scenario), 50)) == []
