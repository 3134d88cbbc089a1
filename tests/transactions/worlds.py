"""A small world in which commands are cut off: a home and a folder with a project, before and after.

A world is laid out at one path again and again, since graphs know where their files are. What is left
of a command that was cut off is judged by the commands that come after it, run in this process, and by
comparing every byte with the world as it was before and as it is when nothing happens.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ggen_graph.edges.staging import delete_tree
from ggen_graph.workflows.records import clock
from tests.cli.conftest import Ggen, Ran
from tests.transactions.still import REAL_TIME, numbered_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WORKSHOP = Path(__file__).parents[1] / "workflows" / "registry"
STILL = Path(__file__).with_name("still.py")
_REGISTRY = ("--registry", str(WORKSHOP))
_NEW = ("new", "library", "--pack", "base@1.0.0", *_REGISTRY)
_TWELVE = ("packs", "install", "twelve", *_REGISTRY)
_AWAY = ("packs", "uninstall", "twelve", "--yes")
# What random numbers make of the name of a transaction.
_TRANSACTION = re.compile(rb"\b([0-9]+)-[0-9a-f]{6}\b")
# What a project or home keeps for itself and can make anew.
_DERIVED = (".ggen/graph/", ".ggen/transaction/", ".ggen/lock")
_LEFT = re.compile(r"\.ggen-(build|trash)-|\.ggen-.*\.tmp$|\.ggen-kept|\.ggen-newer")

# In a command about the home: the id of the last transaction there, which is only known when it is made.
LAST = "the last transaction"

State = dict[str, tuple[bytes, int]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command, and the commands that make the world it runs in.

    All run in the project, but for `new`, which runs above it, and for commands about the home alone,
    which run where there is no project. `writing` is a command that writes, and finds nothing to do
    when the command has been carried out.
    """

    name: str
    before: tuple[tuple[str, ...], ...]
    command: tuple[str, ...]
    writing: tuple[str, ...] = ("packs", "install", *_REGISTRY)

    @property
    def at_home(self) -> bool:
        """Whether it is about the home alone."""
        return self.name.startswith("home ")


SCENARIOS = {
    one.name: one
    for one in (
        Scenario("new", (), ("new", "library", "--pack", "app", *_REGISTRY)),
        Scenario("install", (_NEW,), ("packs", "install", "twelve", *_REGISTRY)),
        Scenario("uninstall", (_NEW,), ("packs", "uninstall", "base", "--yes")),
        Scenario(
            "rollback",
            (_NEW, ("packs", "uninstall", "base", "--yes")),
            ("packs", "rollback", "latest", "--yes"),
        ),
        Scenario("home install", (), _TWELVE, writing=_TWELVE),
        Scenario("home uninstall", (_TWELVE,), (*_AWAY, "--purge"), writing=("packs", "clean")),
        Scenario(
            "home rollback",
            (_TWELVE, _AWAY),
            ("packs", "rollback", LAST, "--yes"),
            writing=_TWELVE,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a world holds: the project's files, the home's, and the project's graph after a rebuild."""

    project: State
    home: State
    graph: frozenset[bytes]
    history: int


@dataclass(slots=True)
class World:
    """A home and a folder to work in, under one folder.

    `saved` is where the world is kept as it was before the command.
    """

    folder: Path
    saved: Path
    scenario: Scenario
    old: Known = field(init=False)
    new: Known = field(init=False)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def project(self) -> Path:
        return self.work / "library"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "GGEN_HOME": str(self.home),
            "SOURCE_DATE_EPOCH": "1767225600",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }

    def process_environment(self) -> dict[str, str]:
        """What a process of its own sees: not coverage, which writes files as well."""
        clean = {
            name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")
        }
        return {**clean, **self.environment}

    def make(self) -> None:
        """Lay the world out for the first time, and learn what the command makes of it."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.work.mkdir(exist_ok=True)
        self._done("packs", "list", *_REGISTRY)
        for command in self.scenario.before:
            self._done(*command)
        command = tuple(self.last() if word == LAST else word for word in self.scenario.command)
        self.scenario = replace(self.scenario, command=command)
        shutil.copytree(self.folder, self.saved, symlinks=True)
        self.reset()
        self.old = self.known()
        self.reset()
        self._done(*self.scenario.command)
        self.new = self.known()
        assert (self.old.project, self.old.home) != (self.new.project, self.new.home)
        self.reset()

    def last(self) -> str:
        """The id of the last transaction of the home."""
        records = (self.home / "records").glob("transaction-*.json")
        found = [json.loads(path.read_text()) for path in records]
        last: str = max(found, key=lambda record: record["number"])["id"]
        return last

    def reset(self) -> None:
        """Make the world again what it was before the command; hard links and times are kept."""
        for entry in (*self.home.iterdir(), *self.work.iterdir()):
            if entry.is_dir():
                delete_tree(entry)
            else:
                entry.unlink()
        subprocess.run(["cp", "-a", *self.saved.iterdir(), self.folder], check=True)

    def command(self, mutant: str = "") -> list[str]:
        """The words that start the scenario's command as a process of its own."""
        chosen = ["--mutant", mutant] if mutant else []
        return [sys.executable, str(STILL), *chosen, *self.scenario.command]

    def place(self, command: Sequence[str]) -> Path:
        """Where a command runs."""
        return self.work if command[0] == "new" or self.scenario.at_home else self.project

    def run(self, *command: str, place: Path | None = None) -> Ran:
        """Run a command in this process."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(uuid, "uuid4", numbered_ids(command))
            patch.setattr(REAL_TIME, clock)
            ggen = Ggen(place or self.place(command), self.environment)
            return ggen(*command)

    def _done(self, *command: str) -> Ran:
        ran = self.run(*command, place=None if self.project.exists() else self.work)
        assert ran.code == 0, (command, ran.err)
        return ran

    def known(self) -> Known:
        """What it holds now; makes the graph anew."""
        graph: frozenset[bytes] = frozenset()
        if self.project.exists():
            self._done("graph", "rebuild")
            graph = self.graph()
        return Known(project_state(self.project), home_state(self.home), graph, self.history())

    def graph(self) -> frozenset[bytes]:
        """The statements of the project's graph."""
        text = self._done("graph", "export").out.encode()
        return frozenset(_TRANSACTION.sub(rb"\1-*", line) for line in text.splitlines())

    def history(self) -> int:
        """How many transactions the project remembers."""
        if not self.project.exists():
            return 0
        return len(self._done("packs", "history", "--json").json["transactions"])

    def judge(self) -> tuple[str, list[str]]:
        """What the next commands find: "old" or "new", and all that is wrong."""
        if not self.project.exists():
            return self._judge_without_project()
        checked = self.run("check", "--json")
        wrong = [] if checked.code == 0 else [f"ggen check: {checked.code} {checked.out[:300]}"]
        wrong += [f"{self._short(path)} is there" for path in self._journals() if path.is_file()]
        found = project_state(self.project)
        if found == self.old.project:
            state, known = "old", self.old
        elif found == self.new.project:
            state, known = "new", self.new
        else:
            return "between", [*wrong, f"half a state: {_difference(found, self.new.project)}"]
        wrong += self._judge_home(state)
        synced = self.run("graph", "sync")
        status = self.run("graph", "status")
        if synced.code or status.code:
            wrong.append(f"graph: {synced.err} {status.out}")
        elif self.graph() != known.graph:
            wrong.append("the graph is not what a rebuild makes")
        if self.history() != known.history:
            wrong.append(f"{self.history()} transactions, not {known.history}")
        verified = self.run("packs", "verify")
        if verified.code:
            wrong.append(f"packs verify: {verified.err}")
        return state, wrong + self._again(state)

    def _judge_without_project(self) -> tuple[str, list[str]]:
        runs = [self.run("packs", word, place=self.work) for word in ("history", "verify")]
        wrong = [ran.err for ran in runs if ran.code]
        state = "old"
        if self.scenario.at_home and home_state(self.home) != self.old.home:
            state = "new"
        return state, wrong + self._judge_home(state) + self._again(state)

    def _judge_home(self, state: str) -> list[str]:
        found = home_state(self.home)
        if found == self.new.home or (state == "old" and found == self.old.home):
            return []
        return [f"home, where the project is {state}: {_difference(found, self.new.home)}"]

    def _again(self, state: str) -> list[str]:
        """Write again: what was not done is done, what was done stays, and nothing is left over."""
        command = self.scenario.command if state == "old" else self.scenario.writing
        ran = self.run(*command)
        if ran.code:
            return [f"{' '.join(command)}: {ran.code} {ran.err}"]
        if project_state(self.project) != self.new.project:
            difference = _difference(project_state(self.project), self.new.project)
            return [f"after {' '.join(command[:2])}: {difference}"]
        if self.scenario.at_home and home_state(self.home) != self.new.home:
            difference = _difference(home_state(self.home), self.new.home)
            return [f"after {' '.join(command[:2])}: {difference}"]
        # A backup of what did not happen goes with `ggen packs clean`, like all that are old.
        backups = self.home / "backups"
        found = [path for path in sorted(self.folder.rglob("*")) if left(path)]
        found = [path for path in found if not path.is_relative_to(backups)]
        return [f"left: {self._short(path)}" for path in (*found, *self._journals())]

    def _journals(self) -> list[Path]:
        folders = (self.home / "transaction", self.project / ".ggen" / "transaction")
        return [path for folder in folders if folder.exists() for path in folder.iterdir()]

    def _short(self, path: Path) -> str:
        return str(path.relative_to(self.folder))


def left(path: Path) -> bool:
    """Whether it is something that is only there while ggen is at work."""
    return bool(_LEFT.search(path.name))


def project_state(project: Path) -> State:
    """Every file of a project, but what it can make anew: its bytes and mode, by path."""
    return {path: one for path, one in _files(project).items() if not path.startswith(_DERIVED)}


def home_state(home: Path) -> State:
    """What is installed in a home: records, receipts, and the trees that have one."""
    found = _files(home)
    receipts = {path for path in found if re.fullmatch(r"packages/[^/]+/\.[^/]+\.json", path)}
    trees = tuple(re.sub(r"/\.([^/]+)\.json$", r"/\1/", path) for path in receipts)
    return {
        path: one
        for path, one in found.items()
        if path in receipts or path.startswith((*trees, "records/"))
    }


def _files(folder: Path) -> State:
    return {
        _TRANSACTION.sub(rb"\1-*", path.relative_to(folder).as_posix().encode()).decode(): (
            _TRANSACTION.sub(rb"\1-*", path.read_bytes()),
            path.stat().st_mode & 0o7777,
        )
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def _difference(found: State, wanted: Mapping[str, tuple[bytes, int]]) -> str:
    parts = {
        "more": sorted(found.keys() - wanted.keys()),
        "missing": sorted(wanted.keys() - found.keys()),
        "other": sorted(
            path for path in found.keys() & wanted.keys() if found[path] != wanted[path]
        ),
    }
    return "; ".join(f"{word}: {', '.join(paths[:6])}" for word, paths in parts.items() if paths)
