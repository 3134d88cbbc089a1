"""Struck at any system call, a command leaves the old state or the new one, and the next ones work.

The long form (`make soak`) strikes every call on files, and a part of the graph's own; the short one a
sample of both. docs/reference/reliability.md has the numbers.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.transactions.injection import Call, Injected, calls, inject, required_tracing
from tests.transactions.worlds import SCENARIOS, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KILL = "signal=SIGKILL"
ERRORS = ("ENOSPC", "EIO", "EINTR")
# Of the graph's own calls, which RocksDB makes by the hundred, the long form takes one in so many.
GRAPHS_EVERY = 4
# What a command that was refused by the system may end with: docs/reference/exit-codes.md.
REFUSED = {2, 6, 10}
# Threads meet otherwise each time, so that some of the points are not met again.
ENOUGH = 0.6


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, World]:
    """The worlds that were made already, by the name of their scenario."""
    required_tracing(tmp_path_factory.mktemp("tracing"))
    return {}


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    worlds: dict[str, World],
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    """The world of the scenario that is the test's parameter."""
    name = request.param
    if name not in worlds:
        folder = tmp_path_factory.mktemp(name.replace(" ", "-"))
        made = World(folder / "world", folder / "saved", SCENARIOS[name])
        made.make()
        worlds[name] = made
    return worlds[name]


def points(world: World, mutant: str = "") -> tuple[list[Call], list[Call]]:
    """The calls that change the disk: those on files, and the graph's own.

    Of several threads' n-th call of a name only the first counts: that is the one that is struck.
    """
    world.reset()
    log = world.folder.with_name("log")
    place = world.place(world.scenario.command)
    once: dict[tuple[str, int], Call] = {}
    for call in calls(world.command(mutant), place, world.environment, log):
        once.setdefault((call.name, call.number), call)
    found = [call for call in once.values() if call.changes]
    return [call for call in found if not call.graphs], [call for call in found if call.graphs]


def strike(world: World, call: Call, fault: str, mutant: str = "") -> Injected:
    world.reset()
    place = world.place(world.scenario.command)
    log = world.folder.with_name("log")
    return inject(world.command(mutant), place, world.environment, log, call, fault)


def after_kills(world: World, chosen: Sequence[Call], mutant: str = "") -> Iterator[str]:
    """What is wrong after the command was killed at each of these calls."""
    struck = 0
    for call in chosen:
        killed = strike(world, call, KILL, mutant)
        if killed.hit is None:
            continue  # threads met otherwise this time, and none came so far
        struck += 1
        state, wrong = world.judge()
        for one in wrong:
            yield f"{call}\n  {state}: {one}"
    assert struck >= min(len(chosen) * ENOUGH, max(1, len(chosen) - 2))


def after_errors(world: World, chosen: Sequence[tuple[Call, str]]) -> Iterator[str]:
    """What is wrong after the command met these errors."""
    struck = 0
    for call, error in chosen:
        ended = strike(world, call, f"error={error}")
        if ended.hit is None or not ended.hit.changes:
            continue
        struck += 1
        state, wrong = world.judge()
        wrong += _ending(ended, state)
        for one in wrong:
            yield f"{error} at {ended.hit}\n  {state} ({ended.code}): {one}"
    assert struck >= min(len(chosen) * ENOUGH, max(1, len(chosen) - 2))


def _ending(ended: Injected, state: str) -> list[str]:
    """What is wrong with how a command ended that met an error; nothing is told of what nobody heard."""
    if ended.spoke:
        return []
    if ended.code == 0:
        return [] if state == "new" else ["it said that all went well"]
    wrong = []
    if ended.code not in REFUSED or "Traceback" in ended.err or ended.err.count("error[") != 1:
        wrong.append(f"no clear error: {ended.err[-600:]}")
    if state != "old":
        wrong.append(f"it said that it failed: {ended.err[-600:]}")
    return wrong


def sample(found: Sequence[Call], many: int, seed: int) -> list[Call]:
    """So many of them, spread over all that was done."""
    chance = random.Random(seed)
    step = max(1, len(found) // many)
    starts = range(0, min(len(found), step * many), step)
    return [found[min(len(found) - 1, at + chance.randrange(step))] for at in starts]


every_scenario = pytest.mark.parametrize("world", list(SCENARIOS), indirect=True)
of_projects = pytest.mark.parametrize(
    "world", [name for name, one in SCENARIOS.items() if not one.at_home], indirect=True
)


@of_projects
def test_killed_at_a_sample_of_calls_a_command_leaves_the_old_or_the_new(world: World) -> None:
    files, graphs = points(world)
    assert list(after_kills(world, [*sample(files, 2, 1), *sample(graphs, 1, 2)])) == []


@of_projects
def test_a_command_that_meets_an_error_of_the_system_succeeds_or_leaves_the_old(
    world: World,
) -> None:
    files, graphs = points(world)
    chosen = [*sample(files, 2, 3), *sample(graphs, 1, 4)]
    errors = [(call, ERRORS[at % len(ERRORS)]) for at, call in enumerate(chosen)]
    assert list(after_errors(world, errors)) == []


@pytest.mark.soak
@every_scenario
def test_killed_at_every_call_on_files_a_command_leaves_the_old_or_the_new(world: World) -> None:
    files, _ = points(world)
    assert len(files) >= 30
    assert list(after_kills(world, files)) == []


@pytest.mark.soak
@every_scenario
def test_killed_at_many_calls_of_the_graph_a_command_leaves_the_old_or_the_new(
    world: World,
) -> None:
    _, graphs = points(world)
    assert list(after_kills(world, graphs[::GRAPHS_EVERY])) == []


@pytest.mark.soak
@pytest.mark.parametrize("error", ERRORS)
@every_scenario
def test_a_command_that_meets_an_error_at_any_call_on_files_succeeds_or_leaves_the_old(
    world: World, error: str
) -> None:
    files, graphs = points(world)
    chosen = [*files, *graphs[:: GRAPHS_EVERY * 2]]
    assert list(after_errors(world, [(call, error) for call in chosen])) == []


@pytest.mark.parametrize("mutant", ["in-place", "unlink-first", "journal-last"])
@pytest.mark.parametrize("world", ["uninstall"], indirect=True)
def test_a_wrong_way_to_write_is_found_out(world: World, mutant: str) -> None:
    files, _ = points(world, mutant)
    project = str(world.project)
    chosen = sample([call for call in files if project in call.text], 16, 5)
    # The middle first: what is wrong between the first file and the last shows there.
    chosen = chosen[len(chosen) // 2 :] + chosen[: len(chosen) // 2]
    assert next(after_kills(world, chosen, mutant), None) is not None
