"""Any plan over any tree: undone, everything is as it was; two at once, one of them came first."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from ggen_graph.workflows.rollback import rollback
from ggen_graph.workflows.transaction import transactions
from tests.workflows import random_plans
from tests.workflows.random_plans import PLANS, TREES, carry_out, everything, place_at, to_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ggen_graph.edges.writes import Write
    from tests.workflows.random_plans import Tree

SHORT = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = settings(SHORT, max_examples=3000)
FOLDERS = count()


def undone_is_as_before(
    folder: Path, tree: Tree, first: Sequence[Write], then: Sequence[Write]
) -> None:
    place = place_at(tree.lay_out(folder / "root"), folder / "home")
    states = [everything(place.root)]
    for plan in (first, then):
        before = len(transactions(place))
        said = carry_out(place.root, place.home.path, plan)
        if said != "done":
            assert said in {"path-refused", "install-failed"}  # the latter for a link to itself
            assert everything(place.root) == states[-1]
        if len(transactions(place)) > before:
            states.append(everything(place.root))
    done = transactions(place)
    assert len(done) == len(states) - 1
    for transaction, state in reversed(list(zip(done, states, strict=False))):
        rollback(place, transaction.id)
        assert everything(place.root) == state
    # and the undoing of all that is undone again
    for transaction, state in reversed(
        list(zip(transactions(place)[len(done) :], states[::-1], strict=False))
    ):
        rollback(place, transaction.id)
        assert everything(place.root) == state
    assert not (place.root / ".ggen" / "transaction" / "journal.json").exists()


@SHORT
@given(TREES, PLANS, PLANS)
def test_what_is_rolled_back_is_as_it_was_byte_mode_and_name(
    tmp_path: Path, tree: Tree, first: Sequence[Write], then: Sequence[Write]
) -> None:
    undone_is_as_before(tmp_path / str(next(FOLDERS)), tree, first, then)


@pytest.mark.soak
@LONG
@given(TREES, PLANS, PLANS)
def test_what_is_rolled_back_is_as_it_was_for_thousands_of_plans(
    tmp_path: Path, tree: Tree, first: Sequence[Write], then: Sequence[Write]
) -> None:
    undone_is_as_before(tmp_path / str(next(FOLDERS)), tree, first, then)


# Two at once


@contextmanager
def writers() -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes that wait for plans."""
    command = [sys.executable, random_plans.__file__]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        yield running
    finally:
        for process in running:
            process.communicate()
            assert process.returncode == 0


def one_came_first(
    processes: Sequence[subprocess.Popen[str]],
    folder: Path,
    tree: Tree,
    plans: tuple[Sequence[Write], Sequence[Write]],
) -> None:
    home = folder / "home"
    root = tree.lay_out(folder / "both")
    for process, plan in zip(processes, plans, strict=True):
        assert process.stdin is not None
        process.stdin.write(to_line(root, home, plan))
        process.stdin.flush()
    said = []
    for process in processes:
        assert process.stdout is not None
        said.append(process.stdout.readline().strip())
    orders = []
    for name, order in (("forth", (0, 1)), ("back", (1, 0))):
        alone = tree.lay_out(folder / name)
        told = {number: carry_out(alone, home, plans[number]) for number in order}
        orders.append(([told[0], told[1]], everything_but_root(alone)))
    assert (said, everything_but_root(root)) in orders
    place = place_at(root, home)
    numbers = [one.number for one in transactions(place)]
    assert numbers == list(range(1, len(numbers) + 1))


def everything_but_root(root: Path) -> dict[str, tuple[object, ...]]:
    """What is in a tree, its links as if the tree were elsewhere."""
    return {
        path: (kind, *(str(one).replace(str(root), "") for one in rest))
        if kind == "link"
        else (kind, *rest)
        for path, (kind, *rest) in everything(root).items()
    }


@settings(SHORT, max_examples=8)
@given(TREES, PLANS, PLANS)
def test_two_at_once_end_as_one_after_the_other(
    tmp_path: Path,
    two: list[subprocess.Popen[str]],
    tree: Tree,
    one: Sequence[Write],
    other: Sequence[Write],
) -> None:
    one_came_first(two, tmp_path / str(next(FOLDERS)), tree, (one, other))


@pytest.mark.soak
@settings(SHORT, max_examples=200)
@given(TREES, PLANS, PLANS)
def test_two_at_once_end_as_one_after_the_other_whenever_they_try(
    tmp_path: Path,
    two: list[subprocess.Popen[str]],
    tree: Tree,
    one: Sequence[Write],
    other: Sequence[Write],
) -> None:
    one_came_first(two, tmp_path / str(next(FOLDERS)), tree, (one, other))


@pytest.fixture(scope="module")
def two() -> Iterator[list[subprocess.Popen[str]]]:
    with writers() as running:
        yield running
