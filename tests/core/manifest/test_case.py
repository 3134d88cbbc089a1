"""What a `case.toml` says, and what the reference says of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.manifest.case import Case, keys, parse_case

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "pack-tests.md").read_text("utf-8")


def test_an_empty_case_has_a_default_for_everything() -> None:
    assert parse_case("", "case.toml") == Case()


def test_the_example_of_the_reference_has_every_key_and_is_right() -> None:
    match = re.search(r"```toml case\n(.*?)```", PAGE, re.DOTALL)
    assert match
    case = parse_case(match[1], "case.toml")
    assert (case.project, case.complete, case.model) == ("zoo", True, ("model.ttl",))
    assert case.variables == {"heading": "The class"}
    for key in keys():
        assert re.search(rf"^(\[{key}\]|{key} = )", match[1], re.MULTILINE), key


def test_the_reference_describes_every_key_and_no_other() -> None:
    table = PAGE.partition("## `case.toml`")[2].partition("## `expected/`")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(keys())


@pytest.mark.parametrize(
    ("text", "line", "message", "advice"),
    [
        ('projct = "zoo"', 1, "not a known", 'did you mean "project"?'),
        ('project = "../zoo"', 1, "must be a project's name", ""),
        ('\nmodel = ["../../../x.ttl"]', 2, "must be a glob", ""),
        ('now = "2026-01-02"', 1, "must be a time in UTC", "as in 2026"),
        ("complete = 1", 1, "must be true or false", ""),
        ("[variables]\na = {}", 2, "must be a string, number", ""),
        ("a = ", 1, "not TOML", ""),
    ],
)
def test_a_fault_has_its_line_and_what_to_write(
    text: str, line: int, message: str, advice: str
) -> None:
    with pytest.raises(ManifestInvalid, match=message) as caught:
        parse_case(text, "tests/zoo/case.toml")
    assert caught.value.where
    assert caught.value.where[:2] == ("tests/zoo/case.toml", line)
    assert advice in caught.value.help
