"""Runs that alternate, and figures that say how far to trust them.

Each run is measured twice: by the clock on the wall, which is what a person waits, and by the
processor time of the process and its threads, which hardly depends on what else the machine does.
"""

from __future__ import annotations

import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


class Cost(NamedTuple):
    """What one run took, in seconds: on the wall, and of processors (user and system, all threads)."""

    wall: float
    processor: float


@dataclass(frozen=True, slots=True)
class Figure:
    """What several runs gave, in the order in which they ran."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        """The lowest."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The highest."""
        return max(self.values)

    def times(self, peer: Figure) -> Figure:
        """How many times the peer's figure this is, pair by pair."""
        return Figure(tuple(a / b for a, b in zip(self.values, peer.values, strict=True)))

    def rate(self, amount: float) -> Figure:
        """So much per second."""
        return Figure(tuple(amount / value for value in self.values))


class Measured(NamedTuple):
    """The costs of several runs of one thing."""

    wall: Figure
    processor: Figure

    @classmethod
    def of(cls, costs: Sequence[Cost]) -> Measured:
        """The figures of these costs."""
        return cls(
            Figure(tuple(cost.wall for cost in costs)),
            Figure(tuple(cost.processor for cost in costs)),
        )


def alternate(peers: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, Measured]:
    """Run all peers in turn, `rounds` times after one round that is not counted."""
    found: dict[str, list[Cost]] = {name: [] for name in peers}
    for count in range(rounds + 1):
        for name, run in peers.items():
            cost = run()
            if count:
                found[name].append(cost)
    return {name: Measured.of(costs) for name, costs in found.items()}


def cost_of(work: Callable[[], object]) -> Cost:
    """What it costs to do this here, in this process."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - processor)


def process(
    arguments: Sequence[str | Path], environment: Mapping[str, str], folder: Path
) -> Callable[[], Cost]:
    """What runs a whole process, from its start to its end.

    Raises:
        SystemExit: it failed; a benchmark of something that fails says nothing.
    """
    command = [str(argument) for argument in arguments]

    def run() -> Cost:
        with tempfile.TemporaryFile() as errors:
            start = time.perf_counter()
            child = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
            _, status, usage = os.wait4(child.pid, 0)
            elapsed = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode:
                errors.seek(0)
                said = errors.read().decode(errors="replace")
                sys.exit(f"exit code {child.returncode} of {shlex.join(command)}\n{said}")
        return Cost(elapsed, usage.ru_utime + usage.ru_stime)

    return run
