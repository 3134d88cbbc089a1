"""Real processes change a store while others read it: no error, and nobody sees half a generation."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ggen_graph.graph.dump import dump
from ggen_graph.graph.store import GraphStore
from tests.graph import generations_in_use
from tests.graph.generations_in_use import NAMES, bring_up_to_date, look, set_number

PROGRAM = Path(generations_in_use.__file__)
READERS = 8


@pytest.mark.parametrize("seconds", [3, pytest.param(30, marks=pytest.mark.soak)])
def test_two_processes_sync_while_eight_read(tmp_path: Path, seconds: int) -> None:
    for name in NAMES:
        set_number(tmp_path, name, 0)
    bring_up_to_date(tmp_path)
    with ExitStack() as running:

        def start(*arguments: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, PROGRAM, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            running.enter_context(process)
            running.callback(process.kill)
            return process

        readers = [start("read", str(tmp_path)) for _ in range(READERS)]
        assert [started(reader) for reader in readers] == ["ready\n"] * READERS
        writers = [start("write", str(tmp_path), name, str(seconds)) for name in NAMES]
        written = [ended(writer) for writer in writers]
        reading = [ended(reader) for reader in readers]
    # One may find every time that the other has synced its change along with its own.
    assert sum(each["published"] for each in written) > 0
    assert min(each["generations"] for each in reading) > 1  # the first, the last, some between
    assert look(tmp_path)[0] == 1 + sum(each["published"] for each in written)
    bring_up_to_date(tmp_path)  # what the other writer changed last may have been left to us
    assert look(tmp_path)[1] == " ".join(str(each["last"]) for each in written)
    assert not [path.name for path in (tmp_path / "graph").glob("t*")]
    before = everything(tmp_path)
    bring_up_to_date(tmp_path, rebuild=True)
    assert everything(tmp_path) == before


def started(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a process did; a reader is told to end by the end of its stdin."""
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    did: dict[str, Any] = json.loads(out.splitlines()[-1])
    return did


def everything(folder: Path) -> bytes:
    with GraphStore(folder / "graph").read() as generation:
        return dump(generation.store, "nquads")
