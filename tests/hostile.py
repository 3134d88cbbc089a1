"""The hostile and the harmless queries of `tests/data/sparql`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data" / "sparql"


def cases(name: str) -> list[Any]:
    """The cases of a file."""
    found = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return found


def text_of(case: Any) -> str:
    """The text of a case."""
    if isinstance(case, str):
        return case
    query: str = case["query"]
    piece, times = case.get("times", ("", 0))
    return query.replace("%s", piece * times) if times else query


def named(case: Any) -> str:
    """A case as the name of its test."""
    return repr(case if isinstance(case, str) else f"{case['query']}{case.get('times', '')}")[:100]
