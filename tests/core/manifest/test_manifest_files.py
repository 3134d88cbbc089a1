"""Every file of tests/data/manifests: right ones and their values, wrong ones and their one error.

A wrong manifest stands beside a `.txt` with what a person sees: `line:column message`, then help.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import Location, ManifestInvalid
from ggen_graph.core.manifest import PackManifest, ProjectManifest, parse_pack, parse_project

DATA = Path(__file__).parents[2] / "data" / "manifests"
GOOD = sorted((DATA / "good").glob("*.toml"))
WRONG = sorted((DATA / "wrong").glob("*.toml"))


def parse(path: Path) -> PackManifest | ProjectManifest:
    text = path.read_bytes().decode("utf-8")
    if path.name.startswith("pack-"):
        return parse_pack(text, path.name)
    return parse_project(text, path.name)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_right_manifest_has_the_value_that_stands_beside_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(asdict(parse(path)))) == expected


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_lists_in_a_manifest_cannot_be_changed(path: Path) -> None:
    def lists(value: object) -> list[object]:
        if isinstance(value, dict):
            return [found for item in value.values() for found in lists(item)]
        if isinstance(value, tuple):
            return [found for item in value for found in lists(item)]
        return [value] if isinstance(value, list) else []

    assert lists(asdict(parse(path))) == []


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_wrong_manifest_has_the_one_error_that_stands_beside_it(path: Path) -> None:
    with pytest.raises(ManifestInvalid) as caught:
        parse(path)
    error = caught.value
    assert error.where is not None
    assert error.where.file == path.name
    shown = f"{error.where.line}:{error.where.column} {error.message}\n{error.help}".rstrip() + "\n"
    assert shown == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_expected_value_and_error_has_its_manifest() -> None:
    for folder, suffix in (("good", ".json"), ("wrong", ".txt")):
        manifests = {path.stem for path in (DATA / folder).glob("*.toml")}
        assert {path.stem for path in (DATA / folder).glob(f"*{suffix}")} == manifests


def test_every_kind_of_fault_is_among_the_wrong_manifests() -> None:
    kinds = {path.stem.split("-")[1] for path in WRONG}
    assert len(WRONG) >= 60
    assert kinds >= {
        "syntax",
        "unknown",
        "type",
        "name",
        "version",
        "dependency",
        "template",
        "variable",
        "rdf",
    }


def test_an_error_reads_as_file_line_column_message() -> None:
    with pytest.raises(ManifestInvalid) as caught:
        parse_pack('[pack]\nname = "a"\nversion = "1.0.0"\nlicense = 2\n', "packs/a/gpack.toml")
    assert str(caught.value) == (
        "packs/a/gpack.toml:4:1: `[pack] license` must be an SPDX licence expression "
        'such as "Apache-2.0"; got the integer 2'
    )
    assert caught.value.where == Location("packs/a/gpack.toml", 4, 1)
