"""`packs outdated`."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


@pytest.fixture
def moving(ggen: Ggen, workshop: Path) -> tuple[Ggen, Path]:
    """A project of `base` 1.0, and the registry it came from, which may change."""
    registry = ggen.folder / "registry"
    shutil.copytree(workshop, registry)
    made = ggen("new", "shop", "--pack", "base@>=1.0.0 <1.1.0", "--registry", registry)
    assert made.code == 0, made.err
    return ggen.at(ggen.folder / "shop"), registry


def test_a_pack_is_told_with_what_is_allowed_and_what_there_is(moving: tuple[Ggen, Path]) -> None:
    project, _ = moving
    told = project("packs", "outdated")
    assert told.code == 0, told.err
    assert told.out.split() == "PACK LOCKED WANTED LATEST NOTE base 1.0.0 1.0.0 1.1.0".split()
    [pack] = project("packs", "outdated", "--json").json["packs"]
    assert pack == {
        "name": "base",
        "locked": "1.0.0",
        "wanted": "1.0.0",
        "latest": "1.1.0",
        "note": "",
        "outdated": True,
    }


def test_a_check_fails_where_something_is_newer(moving: tuple[Ggen, Path]) -> None:
    project, _ = moving
    assert project("packs", "outdated", "--check").code == 1


def test_where_all_is_up_to_date_that_is_said(ggen: Ggen, workshop: Path) -> None:
    assert ggen("new", "shop", "--pack", "app", "--registry", workshop).code == 0
    project = ggen.at(ggen.folder / "shop")
    told = project("packs", "outdated", "--check")
    assert (told.code, told.out) == (0, "2 packs, all up to date\n")
    assert "app" in project("packs", "outdated", "--all").out


def test_a_release_that_is_gone_is_said(moving: tuple[Ggen, Path]) -> None:
    project, registry = moving
    manifest = project.folder / "ggen.toml"
    manifest.write_text(manifest.read_text("utf-8").replace(">=1.0.0 <1.1.0", "^1"), "utf-8")
    shutil.rmtree(registry / "base" / "1.0.0")
    [pack] = project("packs", "outdated", "--json").json["packs"]
    assert (pack["wanted"], pack["note"]) == ("1.1.0", "its registry has this release no more")


def test_a_pack_that_is_not_wanted_or_not_known_any_more_is_said(
    moving: tuple[Ggen, Path],
) -> None:
    project, registry = moving
    assert project("packs", "install", "twelve").code == 0
    manifest = project.folder / "ggen.toml"
    lines = manifest.read_text("utf-8").splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if "twelve =" not in line), "utf-8")
    packs = {one["name"]: one for one in project("packs", "outdated", "--json").json["packs"]}
    assert (packs["twelve"]["wanted"], packs["twelve"]["note"]) == ("", "")
    assert packs["twelve"]["outdated"]
    shutil.rmtree(registry / "twelve")
    packs = {one["name"]: one for one in project("packs", "outdated", "--json").json["packs"]}
    assert packs["twelve"]["note"] == "no registry in use has this pack"


def test_outside_of_a_project_there_is_nothing_to_compare(ggen: Ggen) -> None:
    assert ggen("packs", "outdated", "--json").error["name"] == "project-not-found"
