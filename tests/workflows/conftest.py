"""What the tests of workflows work with: packs in `registry/`, and the library as another program uses it."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph import api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

REGISTRY = Path(__file__).with_name("registry")
NOW = "2026-01-02T03:04:05Z"


@dataclass(frozen=True, slots=True)
class Work:
    """A folder to work in, and the registry whose packs are used there."""

    folder: Path
    registry: Path = REGISTRY
    given: dict[str, str] = field(default_factory=dict)

    def catalog(self, root: Path | None = None) -> api.Catalog:
        """The catalog as a command would open it, of a project or of the registry alone."""
        if root is None:
            return api.use_catalog([self.registry]).catalog
        return api.use_catalog((), (root, api.read_project(root).manifest)).catalog

    def values(self, name: str, flags: Mapping[str, str]) -> api.Values:
        """Values as `--var` gives them."""
        return api.values_for(flags, {}, name, NOW)

    def new(
        self, name: str, *packs: str, model: api.ModelInput | None = None, **flags: str
    ) -> Path:
        """A new project with packs."""
        created = api.create_project(
            self.folder / name,
            [api.parse_pack_spec(pack) for pack in packs],
            self.catalog(),
            self.values(name, flags),
            model or api.ModelInput(),
            registries=[self.registry],
        )
        return created.root

    def generate(self, root: Path, pack: str | None = None, **flags: str) -> api.Outcome:
        """What `ggen packs generate [PACK]` does in a project."""
        return api.regenerate(
            api.read_project(root),
            self.catalog(root),
            self.values(root.name, flags),
            api.parse_pack_spec(pack) if pack else None,
        )

    def install(self, root: Path, *packs: str, force: bool = False) -> api.Adopted:
        """What `ggen packs install [PACK…]` does in a project."""
        specs = [api.parse_pack_spec(pack) for pack in packs]
        return api.adopt(api.read_project(root), self.catalog(root), specs, force=force)

    def rows(self, root: Path, query: str) -> list[tuple[str, ...]]:
        """What a query finds in a project's graph, as a table shows it."""
        answer = api.ask(api.Question(query), "table", api.read_project(root), None)
        return list(answer.rows)


@pytest.fixture
def work(ggen_home: Path, lived_in: Path, tmp_path: Path) -> Work:
    """An empty folder, and a home in which the registry's packs are installed."""
    shutil.copytree(lived_in, ggen_home, dirs_exist_ok=True)
    return Work(tmp_path)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that the others are copied from."""
    home = tmp_path_factory.mktemp("lived-in")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GGEN_HOME", str(home))
        catalog = api.use_catalog([REGISTRY]).catalog
        for pack in ("app", "base@1.0.0", "overwrites", "rival", "twelve", "typed"):
            api.install_only(catalog, [api.parse_pack_spec(pack)])
    return home


@pytest.fixture
def results_dropped() -> Iterator[None]:
    """Collect what a test left of answers: Oxigraph lets only the thread that asked drop one."""
    yield
    gc.collect()


@pytest.fixture
def own_registry(tmp_path: Path) -> Callable[..., Path]:
    """What writes packs into a registry of this test's own: their files by path, by pack."""

    def write(name: str, files: Mapping[str, str | bytes], manifest: str = "") -> Path:
        registry = tmp_path / "own"
        start = f'[pack]\nname = "{name}"\nversion = "1.0.0"\n'
        everything = {"gpack.toml": start + manifest, **files}
        for path, content in everything.items():
            target = registry / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return registry

    return write


@pytest.fixture
def as_anybody() -> Callable[..., str]:
    """What runs a program for which modes count, as they do not for root; what it printed."""
    words: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root without setpriv can't do without its rights")
        words = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"]

    def run(program: str, *arguments: str | Path) -> str:
        command = [*words, sys.executable, "-c", program, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def snapshot() -> Callable[[Path], dict[str, Any]]:
    """What takes every file below a folder: bytes, mode and time of change, by path.

    What a project keeps for itself and can make anew is left out.
    """
    private = (".ggen/graph/", ".ggen/transaction/", ".ggen/lock")

    def take(folder: Path) -> dict[str, Any]:
        return {
            name: (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
            if not (name := path.relative_to(folder).as_posix()).startswith(private)
        }

    return take
