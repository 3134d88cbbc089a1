"""`packs lint`: its findings, their formats and the exit code that CI goes by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    """A pack with a name that nothing gives, and without tests."""
    folder = tmp_path / "registry" / "loose"
    (folder / "templates").mkdir(parents=True)
    manifest = '[pack]\nname = "loose"\nversion = "1.0.0"\ndescription = "Loose ends."\n'
    (folder / "gpack.toml").write_text(manifest, "utf-8")
    text = "---\ndescription: A file.\n---\nfine\n{{ nobody }}\n"
    (folder / "templates" / "a.txt.tera").write_text(text, "utf-8")
    return folder


def test_findings_have_their_place_and_what_to_write(ggen: Ggen, loose: Path) -> None:
    for told in (
        ggen("packs", "lint", loose),
        ggen.at(loose)("packs", "lint"),
        ggen("packs", "lint", "loose", "--registry", loose.parent),
    ):
        assert told.code == 1
        assert "loose: templates/a.txt.tera:5:4: violation: " in told.out
        assert '[[variable]] name = "nobody"' in told.out
        assert "1 violation, 0 warning, 1 info" in told.out
        assert "error[check-failed]" in told.err


def test_formats_and_what_fails_are_a_persons_choice(ggen: Ggen, loose: Path) -> None:
    document = ggen("packs", "lint", loose, "--format", "json").json
    assert {one["rule"] for one in document["findings"]} == {
        "lint/undeclared-variable",
        "lint/no-tests",
    }
    sarif = json.loads(ggen("packs", "lint", loose, "--format", "sarif").out)
    assert len(sarif["runs"][0]["results"]) == 2
    (loose / "templates" / "a.txt.tera").write_text("---\ndescription: x\n---\n", "utf-8")
    assert ggen("packs", "lint", loose).code == 0
    assert ggen("packs", "lint", loose, "--fail-on", "info").code == 1


def test_what_is_no_pack_is_said(ggen: Ggen, loose: Path) -> None:
    assert ggen("packs", "lint", "--json").error["name"] == "usage"
    assert ggen("packs", "lint", "x", "--all", "--json").error["name"] == "usage"
    told = ggen("packs", "lint", "./nowhere")
    assert told.code == 1
    assert "there is no gpack.toml" in told.out
