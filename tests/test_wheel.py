"""What a wheel holds: installed into an empty environment, away from the checkout, ggen works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WHEELS = ROOT / ".venv" / "wheels"
SHIPPED = ("ontology", "shapes", "queries", "packs", "skeletons")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's wheel, built from the checkout with the installed hatchling."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True, text=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `ggen` of an environment that holds the wheel and what it depends on, and nothing else."""
    assert WHEELS.is_dir(), "`make test` downloads the wheels of what the package depends on"
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(folder)]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-index", "--find-links", str(WHEELS), str(wheel)],
        check=True,
        capture_output=True,
        text=True,
    )
    return folder / "bin" / "ggen"


def test_a_wheel_holds_every_file_that_ships(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", *SHIPPED], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert tracked
    assert {f"ggen_graph/_shipped/{path}" for path in tracked} <= held


def test_an_installed_wheel_makes_a_project(installed: Path, tmp_path: Path) -> None:
    def ggen(*arguments: str, cwd: Path = tmp_path) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "GGEN_HOME": str(tmp_path / "home"),
        }
        done = subprocess.run(
            [str(installed), *arguments],
            check=False,
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    made = json.loads(
        ggen("new", "shop", "--pack", "web-api-starter", "--var", "author=A", "--json")
    )
    assert "pyproject.toml" in made["files"]
    assert (tmp_path / "shop" / "pyproject.toml").is_file()
    query = "SELECT (COUNT(?f) AS ?n) { ?f a ggen:GeneratedFile }"
    answer = json.loads(
        ggen("packs", "sparql", "--query", query, "--format", "json", cwd=tmp_path / "shop")
    )
    assert answer["results"]["bindings"][0]["n"]["value"] == str(len(made["files"]))
