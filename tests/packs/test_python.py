"""The Python project that is generated: it works from the start, and has what its packs need."""

from __future__ import annotations

import keyword
import re
import sys
from typing import TYPE_CHECKING

import pytest
import tomli

from ggen_graph import api
from tests.packs.conftest import PACKS, run, run_python, tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def requirements(project: Path) -> tuple[list[str], list[str]]:
    """What the project needs, and what its developers need beside."""
    said = tomli.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    return said["dependencies"], said["optional-dependencies"]["dev"]


def test_a_new_project_passes_its_own_tests_and_rules(new: Callable[..., Path]) -> None:
    project = new("ledger", "python-base")
    assert "passed" in run_python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    run(project, *tool("ruff"), "check", "--no-cache")
    run(project, *tool("ruff"), "format", "--check", "--no-cache")


def test_a_project_needs_what_its_packs_and_its_person_say(new: Callable[..., Path]) -> None:
    alone, for_developers = requirements(new("alone", "python-base"))
    assert alone == []
    assert not any(name.startswith("httpx") for name in for_developers)
    variables = {"dependencies": ["attrs>=24.2"], "dev_dependencies": ["hypothesis>=6.120"]}
    needed, dev_needed = requirements(new("service", "web-api-starter", variables=variables))
    assert needed == ["attrs>=24.2", "fastapi>=0.121", "pydantic>=2.10", "uvicorn>=0.32"]
    assert "httpx>=0.27" in dev_needed
    assert "hypothesis>=6.120" in dev_needed


def test_a_readme_says_how_to_run_what_its_packs_make(made: Callable[..., Path]) -> None:
    service = (made("service", "web-api-starter") / "README.md").read_text("utf-8")
    assert "| run, with the API at `/docs` | `python -m service` |" in service
    assert "python -m service" not in (made("service", "python-base") / "README.md").read_text()


@pytest.mark.parametrize("name", ["calendar", "class", "json", "tests"])
def test_a_package_may_not_be_called_as_what_python_needs(
    name: str, new: Callable[..., Path]
) -> None:
    with pytest.raises(api.GgenError, match="can't be called"):
        new(name, "python-base")


def test_every_module_of_python_is_known_as_taken() -> None:
    text = (PACKS / "python-base/templates/package.py.tera").read_text("utf-8")
    known = set(text.partition('{% set taken = "')[2].partition('"')[0].split())
    modules = {name for name in sys.stdlib_module_names if re.fullmatch("[a-z][a-z0-9_]*", name)}
    assert modules | {word for word in keyword.kwlist if word.islower()} <= known


@pytest.mark.parametrize("license_", ["Apache-2.0", "BSD-3-Clause", "MIT"])
def test_the_licence_is_the_one_that_was_chosen(license_: str, new: Callable[..., Path]) -> None:
    variables = {"license": license_, "author": "Ann Example"}
    text = (new("ledger", "python-base", variables=variables) / "LICENSE").read_text("utf-8")
    assert license_.partition("-")[0] in text
    assert "2026" in text
    assert "Ann Example" in text


def test_a_project_that_keeps_all_rights_has_no_licence(new: Callable[..., Path]) -> None:
    project = new("ledger", "python-base", variables={"license": "none"})
    assert not (project / "LICENSE").exists()
    assert "license" not in tomli.loads((project / "pyproject.toml").read_text("utf-8"))["project"]


def test_a_licence_that_is_not_known_is_refused(new: Callable[..., Path]) -> None:
    with pytest.raises(api.GgenError, match="license"):
        new("ledger", "python-base", variables={"license": "WTFPL"})
