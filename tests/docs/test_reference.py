"""The reference says what the code does: pages that come from it are what it would write now."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_pages_made_from_the_code_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/write_reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_environment_variables_are_those_that_the_code_reads() -> None:
    page = (ROOT / "docs" / "reference" / "environment.md").read_text("utf-8")
    told = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    read = {
        variable
        for path in (ROOT / "ggen_graph").rglob("*.py")
        for variable in re.findall(r'environ\.get\(\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert sorted(told) == sorted(read)


@pytest.mark.parametrize("page", ["explanation/failure-modes.md", "reference/reliability.md"])
def test_a_test_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    for path, _, test in re.findall(r"`(tests/[\w/.-]+)(::(\w+))?`", text):
        assert (ROOT / path).exists(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), f"{path}::{test}"


def test_every_failure_mode_says_which_test_shows_it_or_that_none_does() -> None:
    page = (ROOT / "docs" / "explanation" / "failure-modes.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if re.match(r"\| \d", line)
    ]
    assert len(rows) >= 20
    for number, _, severity, occurrence, detection, rpn, _, shown in rows:
        assert int(severity) * int(occurrence) * int(detection) == int(rpn), number
        assert "`tests/" in shown or "not yet" in shown.lower(), number
    risks = [int(row[5]) for row in rows]
    assert risks == sorted(risks, reverse=True)
