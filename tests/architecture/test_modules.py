"""What someone who runs `ls` should meet: names that say something, modules that say what they are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ggen_graph"
MODULES = sorted(PACKAGE.rglob("*.py"))

SAY_NOTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "manager",
    "managers",
}


def test_no_module_or_folder_has_a_name_that_says_nothing() -> None:
    everything = [
        *PACKAGE.rglob("*"),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "benchmarks").rglob("*"),
    ]
    wrong = [
        str(path.relative_to(ROOT))
        for path in everything
        if "__pycache__" not in path.parts and SAY_NOTHING & set(path.stem.lower().split("_"))
    ]
    assert not wrong


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_opens_with_what_it_does(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text("utf-8"))), f"{module} has no docstring"


def test_modules_are_one_idea_each_mostly_under_300_lines() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in MODULES
    }
    long = {module: count for module, count in lines.items() if count > 300}
    assert len(long) <= len(lines) / 10, long
    assert not {module: count for module, count in long.items() if count > 600}
