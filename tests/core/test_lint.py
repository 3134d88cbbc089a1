"""The rules of lint are those that the reference describes."""

from __future__ import annotations

import re
from pathlib import Path

from ggen_graph.core.lint import RULES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "lint.md"


def test_the_reference_says_of_each_rule_what_the_code_does() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (\w+) \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == [(name, rule.severity, rule.finds) for name, rule in RULES.items()]
