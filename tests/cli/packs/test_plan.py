"""`packs plan`, whose output scripts rely on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Ggen

PURESCRIPT = Path(__file__).parents[2] / "data" / "purescript-registry.jsonl"


def graph_files(home: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(home).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted((home / "graph").rglob("*"))
    }


def test_from_nothing_a_real_registry_is_planned_the_same_twice(
    first_time: Ggen, ggen_home: Path
) -> None:
    command: list[str | Path] = ["packs", "plan", "halogen@>=5", "--registry", PURESCRIPT, "--json"]
    first = first_time.process(*command)
    assert first.code == 0, first.err
    assert first.err == ""
    document = json.loads(first.out)
    assert document["schema_version"] == 1
    for release in document["releases"]:
        assert {"name", "version", "requires"} <= set(release)
    assert "halogen" in {release["name"] for release in document["releases"]}
    before = graph_files(ggen_home)
    second = first_time.process(*command)
    assert second.out == first.out
    assert graph_files(ggen_home) == before
    assert list(first_time.folder.iterdir()) == []
    assert not (ggen_home / "packages").exists()


def test_a_plan_says_what_requires_what(ggen: Ggen, workshop: Path) -> None:
    document = ggen("packs", "plan", "app", "--registry", workshop, "--json").json
    assert [(one["name"], one["version"]) for one in document["releases"]] == [
        ("base", "1.1.0"),
        ("app", "1.0.0"),
    ]
    assert document["releases"][1]["requires"] == [
        {"name": "base", "range": ">=1.0.0 <2.0.0", "version": "1.1.0"}
    ]
    assert document["roots"] == [{"name": "app", "range": "*", "version": "1.0.0"}]
    assert document["levels"] == [["base@1.1.0"], ["app@1.0.0"]]
    table = ggen("packs", "plan", "app", "--registry", workshop).out.splitlines()
    assert [line.split()[0] for line in table] == ["PACK", "base", "app"]


def test_several_packs_are_planned_together(ggen: Ggen, workshop: Path) -> None:
    document = ggen("packs", "plan", "app", "base@1.0.0", "--registry", workshop, "--json").json
    assert {one["name"]: one["version"] for one in document["releases"]} == {
        "app": "1.0.0",
        "base": "1.0.0",
    }


def test_a_plan_needs_no_archive_and_installs_nothing(
    ggen: Ggen, knots: Path, ggen_home: Path
) -> None:
    shutil.rmtree(ggen_home / "packages")
    assert ggen("packs", "plan", "d", "--registry", knots).code == 0
    assert not (ggen_home / "packages").exists()
    assert list(ggen.folder.iterdir()) == []


def test_a_plan_in_a_project_knows_its_registries(project: Ggen) -> None:
    assert project("packs", "plan", "app").code == 0
