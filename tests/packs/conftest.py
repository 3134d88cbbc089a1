"""What the tests of the starter packs work with: the packs, their cases, and projects made from them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from ggen_graph import api, resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PACKS = resources.path("packs")
ONTOLOGIES = Path(__file__).parent.parent / "data" / "ontologies"
NOW = "2026-01-02T03:04:05Z"
SECONDS = 600  # after which a program that a test starts is given up


@dataclass(frozen=True, slots=True)
class Case:
    """A case that a pack brings: what to make, and which files must come out."""

    folder: Path
    project: str
    model: tuple[Path, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pack(self) -> str:
        """The pack whose case it is."""
        return self.folder.parent.parent.name

    def expected(self) -> dict[str, str]:
        """The files that must come out, by path."""
        return texts(self.folder / "expected")


def cases() -> Iterator[Case]:
    """All cases of all packs."""
    for path in sorted(PACKS.glob("*/tests/*/case.toml")):
        said = tomli.loads(path.read_text("utf-8"))
        yield Case(
            path.parent,
            said["project"],
            tuple(path.parent / name for name in said.get("model", ())),
            said.get("variables", {}),
        )


def texts(folder: Path) -> dict[str, str]:
    """The text of every file in a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def generated(project: Path) -> dict[str, str]:
    """The text of every file that ggen generated in a project, by path."""
    lock = api.read_project(project).lock
    assert lock is not None
    return {file.path: (project / file.path).read_text("utf-8") for file in lock.files}


HOSTILE = api.ModelInput((ONTOLOGIES.parent / "models" / "hostile-names.ttl",))
"""Classes and properties named as what the generated programs are made of."""


def model(*names: str, base: str | None = None) -> api.ModelInput:
    """Some of the real ontologies as a project's model."""
    return api.ModelInput(tuple(ONTOLOGIES / name for name in names), base)


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the catalog is built and the packs are installed once for all tests of packs."""
    return tmp_path_factory.mktemp("packs-home")


@pytest.fixture(autouse=True)
def ggen_home(shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands for the home of each test: the packs don't change while they are tested."""
    monkeypatch.setenv("GGEN_HOME", str(shared_home))
    monkeypatch.setenv("NO_COLOR", "1")
    return shared_home


def create(
    folder: Path,
    name: str,
    *packs: str,
    model: api.ModelInput | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Path:
    """Make the project `name` in `folder` from packs."""
    created = api.create_project(
        folder / name,
        [api.parse_pack_spec(pack) for pack in packs],
        api.use_catalog().catalog,
        api.values_for({}, variables or {}, name, NOW),
        model or api.ModelInput(),
    )
    return created.root


@pytest.fixture
def new(tmp_path: Path) -> Callable[..., Path]:
    """Make a project from packs: `new("shop", "web-api-starter", model=…, variables={…})`."""

    def create_here(name: str, *packs: str, folder: Path | None = None, **given: Any) -> Path:
        return create(folder or tmp_path, name, *packs, **given)

    return create_here


@pytest.fixture(scope="session")
def made(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """As `new`, but what has been made once is given again: for tests that change nothing in it."""
    done: dict[str, Path] = {}

    def once(name: str, *packs: str, **given: Any) -> Path:
        asked = repr((name, packs, sorted(given.items())))
        if asked not in done:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("GGEN_HOME", str(shared_home))
                done[asked] = create(tmp_path_factory.mktemp("made"), name, *packs, **given)
        return done[asked]

    return once


def run(project: Path, *command: str, **environment: str) -> str:
    """What a program says that is run in a project; it must end well.

    The project's own code is found there, and everything else in the environment of the tests.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        command,
        cwd=project,
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, (
        f"{' '.join(command)}\n{done.stdout[-8000:]}\n{done.stderr[-4000:]}"
    )
    return done.stdout


def run_python(project: Path, *arguments: str) -> str:
    """What Python says; warnings are errors."""
    return run(project, sys.executable, "-W", "error", *arguments)


def tool(name: str) -> Sequence[str]:
    """The command of a tool for developers; without it the test is skipped."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        pytest.skip(f"{name} is not installed: `make lint` brings it")
    return (str(path),)
