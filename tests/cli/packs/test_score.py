"""`packs score`: what a pack's health is, and what would raise it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    folder = tmp_path / "registry" / "bare"
    folder.mkdir(parents=True)
    (folder / "gpack.toml").write_text('[pack]\nname = "bare"\nversion = "1.0.0"\n', "utf-8")
    return folder


def test_each_part_is_shown_and_what_would_raise_it_most_is_first(ggen: Ggen) -> None:
    document = ggen("packs", "score", "python-base", "--json").json
    parts = document["parts"]
    assert document["score"] == sum(one["points"] for one in parts)
    assert sum(one["maximum"] for one in parts) == 100
    assert [one["gain"] for one in parts] == sorted((one["gain"] for one in parts), reverse=True)
    assert {one["part"] for one in parts} >= {"tests", "readme", "queries", "examples", "model", "freshness"}
    lines = ggen("packs", "score", "python-base").out.splitlines()
    assert lines[0] == f"python-base {document['version']}: {document['score']} of 100"
    assert len(lines) == len(parts) + 3


def test_it_is_the_score_that_lists_show(ggen: Ggen) -> None:
    packs = ggen("packs", "list", "--json").json["packs"]
    for pack in packs:
        assert ggen("packs", "score", pack["name"], "--json").json["score"] == pack["health"]


def test_the_score_of_a_folder_rises_as_it_says(ggen: Ggen, bare: Path) -> None:
    before = ggen("packs", "score", bare, "--json").json
    assert before["score"] == 0
    first = before["parts"][0]
    assert (first["part"], first["gain"]) == ("tests", 20)
    (bare / "tests").mkdir()
    (bare / "tests" / "a.txt").write_text("a", "utf-8")
    with (bare / "gpack.toml").open("a", encoding="utf-8") as manifest:
        manifest.write('published = "2026-01-31"\n')
    after = ggen("packs", "score", bare, "--json").json
    assert after["score"] == 25
    assert {one["part"] for one in after["parts"] if one["points"]} == {"tests", "freshness"}


def test_a_pack_that_is_old_beside_the_others_is_not_fresh(ggen: Ggen, bare: Path) -> None:
    with (bare / "gpack.toml").open("a", encoding="utf-8") as manifest:
        manifest.write('published = "2019-01-31"\n')
    # Alone it is as new as all that there is; the packs that ggen brings are newer.
    assert ggen("packs", "score", bare, "--json").json["score"] == 5
    beside = ggen("packs", "score", "bare", "--registry", bare.parent, "--json").json
    assert beside["score"] == 0


def test_where_no_files_are_known_there_is_no_score(ggen: Ggen, knots: Path) -> None:
    told = ggen("packs", "score", "d", "--registry", knots)
    assert (told.code, told.out) == (0, "d 2.0.0: not known, its registry lists no files\n")
    document = ggen("packs", "score", "d", "--registry", knots, "--json").json
    assert (document["score"], document["parts"]) == (None, [])


def test_a_pack_that_is_not_there_is_an_error(ggen: Ggen, bare: Path) -> None:
    assert ggen("packs", "score", "nowhere", "--json").error["name"] == "pack-not-found"
    (bare / "gpack.toml").write_text("nonsense", "utf-8")
    assert ggen("packs", "score", bare, "--json").error["name"] == "manifest-invalid"
