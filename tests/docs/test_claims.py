"""What pages claim of the checkout: the tests they name are there, the demo says what the README says."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_failure_modes_name_is_there() -> None:
    text = (ROOT / "docs" / "explanation" / "failure-modes.md").read_text("utf-8")
    named = re.findall(r"`(tests/[^`:]+)(?:::(\w+))?`", text)
    assert named
    missing = [
        (path, test)
        for path, test in named
        if not (ROOT / path).is_file()
        or (test and f"def {test}(" not in (ROOT / path).read_text("utf-8"))
    ]
    assert not missing


def test_the_readme_goes_on_as_the_demo_does() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    section = readme.partition("## What to try next")[2].partition("\nThen:")[0]
    demo = (ROOT / "scripts" / "demo.sh").read_text("utf-8").partition("To try next:")[2]
    shown = [line.removeprefix("$ ") for line in section.splitlines() if line.startswith("$ ")]
    printed = [line.strip() for line in demo.splitlines() if line.startswith("  ")]
    assert shown[2:] == printed[2:]  # the first two name the checkout, each in its way
    assert [line.split()[0] for line in shown[:2]] == [line.split()[0] for line in printed[:2]]
