"""`packs validate`: findings with their places, and the exit code that CI goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    folder = tmp_path / "registry" / "wrong"
    (folder / "templates").mkdir(parents=True)
    (folder / "gpack.toml").write_text('[pack]\nname = "wrong"\nversion = "1.0.0"\n', "utf-8")
    (folder / "templates" / "a.txt.tera").write_text("fine\n{{ 1 + }}\n", "utf-8")
    return folder


def test_a_fault_is_1_with_its_place(ggen: Ggen, wrong: Path) -> None:
    told = ggen("packs", "validate", wrong)
    assert told.code == 1
    assert "wrong: templates/a.txt.tera:2" in told.out
    assert "violation:" in told.out
    assert "error[check-failed]" in told.err
    document = ggen("packs", "validate", wrong, "--json").json
    assert document["counts"]["violation"] >= 1
    assert document["findings"][-1]["file"] == "templates/a.txt.tera"


def test_a_pack_is_validated_by_its_name(ggen: Ggen, wrong: Path) -> None:
    told = ggen("packs", "validate", "wrong", "--registry", wrong.parent)
    assert "templates/a.txt.tera:2" in told.out
    error = ggen("packs", "validate", "wrnog", "--registry", wrong.parent, "--json").error
    assert error["name"] == "pack-not-found"


def test_what_severity_fails_is_a_persons_choice(ggen: Ggen, workshop: Path) -> None:
    folder = workshop / "rival"
    counts = ggen("packs", "validate", folder, "--json").json["counts"]
    assert counts["violation"] == 0
    assert ggen("packs", "validate", folder).code == 0
    for severity in ("warning", "info"):
        ranks = {"warning": ["warning"], "info": ["warning", "info"]}[severity]
        expected = 1 if any(counts[rank] for rank in ranks) else 0
        assert ggen("packs", "validate", folder, "--fail-on", severity).code == expected


def test_all_packs_of_the_registries_are_validated(ggen: Ggen, wrong: Path) -> None:
    document = ggen("packs", "validate", "--all", "--registry", wrong.parent, "--json").json
    assert "wrong" in {one["pack"] for one in document["findings"]}


def test_a_project_is_validated_from_inside(project: Ggen) -> None:
    told = project("packs", "validate")
    assert told.code == 0, told.out
    assert told.out.splitlines()[-1] == "0 violation, 0 warning, 0 info"
