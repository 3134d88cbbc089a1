"""`packs list`, `search`, `show` and `info`: what a person and a program see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_packs_are_listed_in_a_table(ggen: Ggen, workshop: Path) -> None:
    listed = ggen("packs", "list", "--registry", workshop)
    assert listed.code == 0
    lines = listed.out.splitlines()
    assert lines[0].split() == ["NAME", "VERSION", "CATEGORY", "HEALTH", "DESCRIPTION"]
    assert lines[1].split()[:3] == ["app", "1.0.0", "docs"]
    assert not any(line.endswith(" ") for line in lines)


def test_a_list_for_programs_has_the_same_packs(ggen: Ggen, workshop: Path) -> None:
    document = ggen("packs", "list", "--registry", workshop, "--json").json
    pack = next(one for one in document["packs"] if one["name"] == "base")
    assert pack["version"] == "1.1.0"
    assert pack["category"] == "docs"
    assert isinstance(pack["health"], int)


def test_a_list_is_narrowed_and_sorted(ggen: Ggen, workshop: Path) -> None:
    def names(*options: str) -> list[str]:
        found = ggen("packs", "list", "--registry", workshop, "--json", *options).json
        return [pack["name"] for pack in found["packs"]]

    assert names("--category", "docs") == ["app", "base", "docs-site", "rival"]
    assert names("--tag", "notes") == ["base"]
    assert names("--installed", "--category", "testing") == ["overwrites", "twelve", "typed"]
    assert names("--sort", "category", "--installed")[:3] == ["app", "base", "rival"]
    health = ggen("packs", "list", "--registry", workshop, "--json", "--sort", "health").json
    scores = [pack["health"] for pack in health["packs"]]
    assert scores == sorted(scores, reverse=True)


def test_a_list_without_packs_is_a_heading_alone(ggen: Ggen) -> None:
    listed = ggen("packs", "list", "--category", "nothing")
    assert (listed.code, len(listed.out.splitlines())) == (0, 1)
    assert ggen("packs", "list", "--category", "nothing", "--json").json["packs"] == []


def test_words_find_packs(ggen: Ggen, workshop: Path) -> None:
    found = ggen("packs", "search", "readme", "--registry", workshop, "--json").json
    assert {"app", "base", "rival"} <= {pack["name"] for pack in found["packs"]}
    few = ggen("packs", "search", "readme", "--limit", "1", "--registry", workshop, "--json").json
    assert few["packs"] == found["packs"][:1]
    assert "typed" in ggen("packs", "search", "typd", "--registry", workshop).out


def test_a_pack_is_shown_with_what_it_holds(ggen: Ggen, workshop: Path) -> None:
    shown = ggen("packs", "show", "base", "--registry", workshop)
    for text in (
        "description  A readme, settings",
        "licence      Apache-2.0",
        "versions     1.1.0, 1.0.0",
        "port       integer  8000     1..65535",
        "templates/notes.md.tera",
        "classes  queries/classes.rq",
    ):
        assert text in shown.out
    assert "EVENT" not in shown.out


@pytest.mark.parametrize(
    ("section", "first"),
    [
        ("--variables", "NAME"),
        ("--templates", "TEMPLATE"),
        ("--queries", "QUERY"),
    ],
)
def test_one_section_of_a_pack_is_shown_alone(
    ggen: Ggen, workshop: Path, section: str, first: str
) -> None:
    shown = ggen("packs", "show", "base", section, "--registry", workshop)
    assert shown.out.startswith(first)
    document = ggen("packs", "show", "base", section, "--registry", workshop, "--json").json
    assert set(document) - {"schema_version", "notes"} == {"name", "version", section[2:]}


def test_what_a_pack_does_not_have_is_said(ggen: Ggen, workshop: Path) -> None:
    shown = ggen("packs", "show", "rival", "--dependencies", "--queries", "--registry", workshop)
    assert shown.out == "rival has no queries\nrival has no dependencies\n"


def test_variables_say_what_they_take(ggen: Ggen, workshop: Path) -> None:
    shown = ggen("packs", "show", "typed", "--variables", "--registry", workshop).out
    assert "(required)" in shown
    assert "^[a-z]+$" in shown
    assert "red | green" in shown
    assert " false " in shown
    assert "1..9" in shown
    variables = ggen("packs", "show", "typed", "--registry", workshop, "--json").json["variables"]
    owner = next(one for one in variables if one["name"] == "owner")
    assert owner["required"] is True
    assert owner["example"] == "ann"


def test_a_pack_with_hooks_and_dependencies_shows_them(ggen: Ggen, tmp_path: Path) -> None:
    folder = tmp_path / "registry" / "hooked"
    folder.mkdir(parents=True)
    (folder / "gpack.toml").write_text(
        '[pack]\nname = "hooked"\nversion = "1.0.0-beta.1"\n[dependencies]\nbase = "^1"\n'
        '[hooks]\npost_generate = "make"\n',
        "utf-8",
    )
    shown = ggen("packs", "show", "hooked", "--registry", folder.parent).out
    assert "post_generate  make" in shown
    assert "base  >=1.0.0 <2.0.0" in shown
    assert "1.0.0-beta.1" in shown


def test_a_packs_health_is_explained(ggen: Ggen, workshop: Path) -> None:
    shown = ggen("packs", "info", "web-api-starter")
    document = ggen("packs", "info", "web-api-starter", "--json").json
    assert ["total", str(document["health"]), "100"] in [
        line.split() for line in shown.out.splitlines()
    ]
    assert sum(part["points"] for part in document["health_parts"]) == document["health"]
    assert [one["version"] for one in document["versions"]] == ["1.1.0"]


def test_a_pack_without_a_tree_has_no_score_and_says_what_was_yanked(
    ggen: Ggen, knots: Path
) -> None:
    error = ggen("packs", "info", "withdrawn", "--registry", knots, "--json").error
    assert error["name"] == "release-not-found"
    assert error["message"] == "no release of withdrawn can be chosen"
    assert error["help"] == "every release of withdrawn was yanked"
    shown = ggen("packs", "info", "d", "--registry", knots).out
    assert "HEALTH" not in shown
    assert shown.splitlines()[-2:] == ["2.0.0", "1.0.0"]
    assert ggen("packs", "info", "d", "--registry", knots, "--json").json["health"] is None
