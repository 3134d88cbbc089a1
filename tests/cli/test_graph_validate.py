"""`graph validate`: what CI runs over a project's graph."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen

SHAPES = """\
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:s#C> a sh:NodeShape ; sh:targetClass rdfs:Class ; sh:property <urn:s#C-comment> .
<urn:s#C-comment> sh:path rdfs:comment ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "Say what it is." .
"""


def put(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def test_as_generated_a_project_passes(project: Ggen) -> None:
    told = project("graph", "validate")
    assert (told.code, told.out) == (0, "0 violation, 0 warning, 0 info\n")


def test_a_finding_has_the_place_in_the_model(project: Ggen) -> None:
    put(project.folder, "shapes/a.ttl", SHAPES)
    told = project("graph", "validate")
    assert told.code == 0
    assert told.out.splitlines()[0] == "library: model/library.ttl:4:1: warning: Say what it is."
    assert project("graph", "validate", "--fail-on", "warning").code == 1


def test_shapes_may_lie_anywhere(project: Ggen, tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/a.ttl", SHAPES)
    command = ("graph", "validate", "--shapes", tmp_path / "elsewhere", "--json")
    assert project(*command).json["counts"] == {"violation": 0, "warning": 2, "info": 0}
    assert project("graph", "validate", "--shapes", "nowhere", "--json").error["name"] == "usage"


def test_for_code_scanning_paths_are_those_of_the_repository(project: Ggen, ggen: Ggen) -> None:
    (ggen.folder / ".git").mkdir()
    put(project.folder, "shapes/a.ttl", SHAPES)
    told = project("graph", "validate", "--format", "sarif", "--fail-on", "warning")
    assert told.code == 1
    [run] = json.loads(told.out)["runs"]
    uris = {
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]
    }
    assert uris == {"library/model/library.ttl"}


def test_a_long_list_is_bounded_and_counted(project: Ggen) -> None:
    put(project.folder, "shapes/a.ttl", SHAPES)
    classes = "".join(
        f"<urn:many:{at}> a <http://www.w3.org/2000/01/rdf-schema#Class> .\n" for at in range(1_500)
    )
    put(project.folder, "model/many.ttl", classes)
    lines = project("graph", "validate").out.splitlines()
    assert len(lines) == 1_002
    assert lines[-2:] == [
        "… and 502 more; --limit 0 shows all",
        "0 violation, 1502 warning, 0 info",
    ]
    assert len(project("graph", "validate", "--limit", "0").out.splitlines()) == 1_503
    document = project("graph", "validate", "--limit", "5", "--json").json
    assert (len(document["findings"]), document["left_out"]) == (5, 1_497)


def test_the_catalog_is_checked_where_there_is_no_project(ggen: Ggen, workshop: Path) -> None:
    command = ("graph", "validate", "--registry", workshop, "--json")
    packs = {one["pack"] for one in ggen(*command).json["findings"]}
    assert "base" in packs
    assert "python-base" not in packs  # which ggen brings, and which is complete


def test_a_project_without_a_lock_is_checked_too(ggen: Ggen) -> None:
    root = ggen.folder / "bare"
    put(
        root, "ggen.toml", '[project]\nid = "0f9cb8a4-6a2e-4c1f-9d6b-3b1e5f7a2c10"\nname = "bare"\n'
    )
    told = ggen.at(root)("graph", "validate", "--json")
    assert told.code == 0
    assert [one["rule_id"] for one in told.json["findings"]] == ["project/Project-hasRequirement"]


def test_a_registry_that_can_t_be_read_matters_only_to_a_policy_that_needs_it(
    project: Ggen,
) -> None:
    manifest = project.folder / "ggen.toml"
    text = manifest.read_text("utf-8")
    text = "\n".join(
        'gone = "../nowhere"' if line.startswith("workshop") else line for line in text.splitlines()
    )
    manifest.write_text(text + "\n", "utf-8")
    assert project("graph", "validate").code == 0
    manifest.write_text(text + "\n[policy]\nno_yanked = true\n", "utf-8")
    error = project("graph", "validate", "--json").error
    assert (error["name"], error["exit_code"]) == ("registry-unavailable", 8)
