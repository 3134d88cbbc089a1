"""How the tests of the command line run it: in this process where that shows the same, else as one of its own.

Every test has a home of its own. It starts as a copy of one that has the catalogs of the starter packs
and of `tests/workflows/registry`, and that registry's packs installed: what a person has after a day.
"""

from __future__ import annotations

import gc
import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

WORKSHOP = Path(__file__).parents[1] / "workflows" / "registry"
KNOTS = Path(__file__).with_name("registries") / "knots.jsonl"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it said on stdout, as the one JSON document that it is."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error that it gave for programs: one JSON object on stderr, and nothing on stdout."""
        assert self.out == ""
        document = json.loads(self.err)
        assert set(document) - {"notes"} == {"schema_version", "error"}
        assert document["schema_version"] == 1
        assert document["error"]["exit_code"] == self.code
        error: dict[str, Any] = document["error"]
        return error


@dataclass(frozen=True, slots=True)
class Ggen:
    """Runs `ggen` in a folder, the test's own unless another is named."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def at(self, folder: Path) -> Ggen:
        """The same, in another folder."""
        return Ggen(folder, self.environment)

    def having(self, **environment: str | Path) -> Ggen:
        """The same, with variables of the environment."""
        more = {name: str(value) for name, value in environment.items()}
        return Ggen(self.folder, {**self.environment, **more})

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Ran:
        """Run it in this process, through the one door that a process of its own uses."""
        out, err = _Stream(), _Stream()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["ggen", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            patch.chdir(self.folder)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        code = ended.value.code
        assert isinstance(code, int)
        return Ran(code, out.said(), err.said())

    def process(self, *arguments: str | Path, stdin: bytes = b"") -> Ran:
        """Run it as a process of its own."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.process_environment(),
            input=stdin,
            capture_output=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def command(self, *arguments: str | Path) -> list[str]:
        """The words that start it."""
        return [sys.executable, "-m", "ggen_graph", *map(str, arguments)]

    def process_environment(self) -> Mapping[str, str]:
        """What a process of its own sees."""
        return {**os.environ, **self.environment}


class _Stream(io.TextIOWrapper):
    """A stream that keeps what it was told, as text and as bytes alike."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", write_through=True)

    def said(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


@pytest.fixture
def ggen(ggen_home: Path, lived_in: Path, tmp_path: Path) -> Ggen:
    """`ggen` in an empty folder, with a home that has catalogs and packs already."""
    shutil.copytree(lived_in, ggen_home, dirs_exist_ok=True)
    folder = tmp_path / "work"
    folder.mkdir()
    return Ggen(folder)


@pytest.fixture
def first_time(ggen_home: Path, tmp_path: Path) -> Ggen:
    """`ggen` in an empty folder, with an empty home."""
    folder = tmp_path / "work"
    folder.mkdir()
    return Ggen(folder)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that the others are copied from."""
    home = tmp_path_factory.mktemp("lived-in")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GGEN_HOME", str(home))
        run = Ggen(tmp_path_factory.mktemp("nowhere"))
        assert run("packs", "list").code == 0
        assert run("packs", "plan", "d", "--registry", KNOTS).code == 0
        wanted = ["app", "base@1.0.0", "overwrites", "rival", "twelve", "typed"]
        for pack in wanted:
            assert run("packs", "install", pack, "--registry", WORKSHOP).code == 0
    return home


@pytest.fixture
def results_dropped() -> Iterator[None]:
    """Collect what a test left of answers: Oxigraph lets only the thread that asked drop one."""
    yield
    gc.collect()


@pytest.fixture
def workshop() -> Path:
    """The registry of packs that were made for tests."""
    return WORKSHOP


@pytest.fixture
def knots() -> Path:
    """The index of packs whose requirements are the point."""
    return KNOTS


@pytest.fixture
def project(ggen: Ggen) -> Ggen:
    """`ggen` in a project with base 1.0.0."""
    made = ggen.at(ggen.folder)(
        "new", "library", "--pack", "base@1.0.0", "--registry", WORKSHOP, "--json"
    )
    assert made.code == 0, made.err
    return ggen.at(ggen.folder / "library")


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, tuple[bytes, int]]]:
    """What takes every file below a folder: bytes and time of change, by path.

    What a project keeps for itself and can make anew is left out.
    """
    private = (".ggen/graph/", ".ggen/transaction/", ".ggen/lock")

    def take(folder: Path) -> dict[str, tuple[bytes, int]]:
        return {
            name: (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
            if not (name := path.relative_to(folder).as_posix()).startswith(private)
        }

    return take
