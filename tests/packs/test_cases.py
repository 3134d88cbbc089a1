"""Each pack's own cases: a model and variables go in, these files come out, byte for byte."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import pytest
import tomli
import yaml

from ggen_graph import api
from tests.packs.conftest import PACKS, Case, cases, generated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CASES = list(cases())
PARSERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "py": ast.parse,
    "toml": tomli.loads,
    "yaml": yaml.safe_load,
    "yml": yaml.safe_load,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.pack}-{case.folder.name}")
def test_a_case_gives_the_files_that_it_expects_and_all_are_clean_text(
    case: Case, new: Callable[..., Path]
) -> None:
    project = new(
        case.project, case.pack, model=api.ModelInput(case.model), variables=case.variables
    )
    files = generated(project)
    expected = case.expected()
    assert {path: files.get(path) for path in expected} == expected
    for path, text in files.items():
        assert not text or text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert all(line == line.rstrip() for line in text.split("\n")), path
        assert "\t" not in text, path
        if parse := PARSERS.get(path.rpartition(".")[2]):
            parse(text)


@pytest.mark.parametrize("pack", sorted({case.pack for case in CASES}))
def test_the_same_model_gives_the_same_bytes(
    pack: str, new: Callable[..., Path], tmp_path: Path
) -> None:
    once = new("same", pack, folder=tmp_path / "once")
    again = new("same", pack, folder=tmp_path / "again")
    assert generated(once) == generated(again)


def test_every_pack_brings_cases() -> None:
    packs = {path.parent.name for path in PACKS.glob("*/gpack.toml")}
    assert {case.pack for case in CASES} == packs
    assert all(case.expected() for case in CASES)
