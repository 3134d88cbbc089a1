"""The pipeline that is generated: its own tests pass, its code is clean, and it learns from a table."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph import api
from tests.packs.conftest import run, run_python, tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS: dict[str, dict[str, Any]] = {
    "regression": {},
    "classification": {
        "task": "classification",
        "features": ["width", "height"],
        "target": "poisonous",
    },
    "many": {"features": [f"column_{number}" for number in range(12)]},
    "one": {"features": ["x"], "target": "y"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_generated_pipeline_passes_its_own_tests_and_rules(
    kind: str, made: Callable[..., Path]
) -> None:
    project = made("harvest", "ml-data-science", variables=KINDS[kind])
    run_python(project, "-m", "compileall", "-q", "harvest", "tests")
    said = run_python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "passed" in said
    assert "skipped" not in said
    run(project, *tool("ruff"), "check", "--no-cache")
    run(project, *tool("ruff"), "format", "--check", "--no-cache")


@pytest.mark.parametrize("kind", ["regression", "classification"])
def test_the_generated_code_has_the_types_that_it_claims(
    kind: str, made: Callable[..., Path], tmp_path: Path
) -> None:
    project = made("harvest", "ml-data-science", variables=KINDS[kind])
    run(project, *tool("mypy"), "--cache-dir", str(tmp_path))


@pytest.mark.parametrize("kind", ["regression", "classification"])
def test_the_commands_of_the_readme_make_a_model_and_predictions(
    kind: str, made: Callable[..., Path], tmp_path: Path
) -> None:
    project = made("harvest", "ml-data-science", variables=KINDS[kind])
    readme = (project / "README.md").read_text("utf-8")
    assert "| train | `python -m harvest.pipeline train data/sample.csv` |" in readme
    data = str(tmp_path / "sample.csv")
    pipeline = ("-m", "harvest.pipeline", "--artifacts", str(tmp_path / "artifacts"))
    run_python(project, *pipeline, "sample", data)
    scores = json.loads(run_python(project, *pipeline, "train", data))
    assert set(scores) == {"model", "always the mean"}
    rows = list(csv.DictReader(run_python(project, *pipeline, "predict", data).splitlines()))
    assert len(rows) == 400
    assert "| feature | weight" in (tmp_path / "artifacts/report.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"features": []}, "name at least one column"),
        ({"features": ["a", "a"]}, "features that differ"),
        ({"features": ["a", "b"], "target": "b"}, "features that differ"),
        ({"features": ["A b"]}, "features"),
        ({"task": "clustering"}, "task"),
    ],
)
def test_columns_that_make_no_model_are_refused(
    variables: dict[str, Any], reason: str, new: Callable[..., Path]
) -> None:
    with pytest.raises(api.GgenError, match=reason):
        new("harvest", "ml-data-science", variables=variables)


def test_a_service_and_a_pipeline_share_a_project(made: Callable[..., Path]) -> None:
    project = made("both", "ml-data-science", "web-api-starter")
    said = run_python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/pipeline")
    assert "passed" in said
    readme = (project / "README.md").read_text("utf-8")
    assert "`python -m both`" in readme
    assert "`python -m both.pipeline train data/sample.csv`" in readme
