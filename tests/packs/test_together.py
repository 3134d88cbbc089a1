"""Starter packs in one project: any two of them live together, however they got there."""

from __future__ import annotations

import json
import shutil
import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph import api
from tests.packs.conftest import NOW, generated, run, run_python, tool
from tests.packs.test_packs import NAMES
from tests.packs.test_typescript import check_schemas, compile_models
from tests.packs.test_web_api import NOTES

if TYPE_CHECKING:
    from collections.abc import Callable


def add(project: Path, pack: str) -> None:
    """`ggen packs install PACK`, then `ggen packs generate`."""
    catalog = api.use_catalog().catalog
    api.adopt(api.read_project(project), catalog, [api.parse_pack_spec(pack)])
    values = api.values_for({}, {}, project.name, NOW)
    outcome = api.regenerate(api.read_project(project), catalog, values)
    assert not outcome.beside


PAIRS = list(combinations(NAMES, 2))
# Every pair in one order each time, and in the other order in `make soak`.
ONE_ORDER = [pair if number % 2 else pair[::-1] for number, pair in enumerate(PAIRS)]
ORDERS = [
    *ONE_ORDER,
    *(pytest.param(other, one, marks=pytest.mark.soak) for one, other in ONE_ORDER),
]


@pytest.mark.parametrize(("one", "other"), ORDERS)
def test_a_pack_can_be_added_to_a_project_of_another(
    one: str, other: str, new: Callable[..., Path], made: Callable[..., Path]
) -> None:
    project = new("both", one, model=NOTES)
    add(project, other)
    expected = generated(made("both", *sorted((one, other)), model=NOTES))
    assert generated(project) == expected


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_packs_make_one_project_that_git_and_people_find_their_way_in(
    one: str, other: str, made: Callable[..., Path]
) -> None:
    files = generated(made("both", one, other, model=NOTES))
    if "typescript-models" in (one, other):
        assert "node_modules/" in files[".gitignore"].splitlines()
        assert any("npm test" in text for path, text in files.items() if path.endswith("README.md"))
    if "pyproject.toml" in files:
        assert "pip install" in files["README.md"]
        assert "*.py[cod]" in files[".gitignore"].splitlines()


def test_a_service_and_its_models_in_typescript_share_a_project(
    made: Callable[..., Path], tmp_path: Path
) -> None:
    project = made("both", "typescript-models", "web-api-starter", model=NOTES)
    said = run_python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "passed" in said
    assert "skipped" not in said
    run(project, *tool("ruff"), "check", "--no-cache")
    compile_models(tmp_path, project)
    check_schemas(tmp_path, "both", len(list((project / "src/models").iterdir())))


@pytest.mark.parametrize(
    "command", [["install", "web-api-starter"], ["generate", "typescript-models"]]
)
def test_a_project_without_a_model_is_told_where_to_write_one(
    command: list[str], new: Callable[..., Path], ggen_home: Path
) -> None:
    def ggen(*arguments: str) -> dict[str, Any]:
        said = run(project, sys.executable, "-m", "ggen_graph", *arguments, "--json", **home)
        document: dict[str, Any] = json.loads(said)
        return document

    home = {"GGEN_HOME": str(ggen_home)}
    project = new("older", "python-base")
    (note,) = ggen("packs", *command)["notes"]
    assert "this project has none: write one to model/**/*.ttl, then `ggen packs generate`" in note
    example = Path(note.rpartition(" ")[2])
    (project / "model").mkdir()
    shutil.copy(example, project / "model")
    assert "notes" not in ggen("packs", "generate")
    assert any("product" in path or "book" in path for path in generated(project))


def test_the_base_of_a_pack_is_for_its_own_example(new: Callable[..., Path]) -> None:
    own = new("own", "web-api-starter", model=NOTES)
    assert api.read_project(own).manifest.graph.base is None
    example = new("example", "web-api-starter")
    assert api.read_project(example).manifest.graph.base == "http://example.org/shop"
