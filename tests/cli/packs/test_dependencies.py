"""`packs dependencies` and `packs why`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from ggen_graph.core.dependencies import size_text
from tests.cli.conftest import WORKSHOP

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def bytes_of(tree: Path) -> int:
    """How much the files of a pack hold."""
    return sum(path.stat().st_size for path in tree.rglob("*") if path.is_file())


def test_what_a_pack_would_bring_along_is_a_tree_with_sizes(ggen: Ggen, workshop: Path) -> None:
    told = ggen("packs", "dependencies", "app", "--registry", workshop)
    app, base = size_text(bytes_of(workshop / "app")), size_text(bytes_of(workshop / "base/1.1.0"))
    total = size_text(bytes_of(workshop / "app") + bytes_of(workshop / "base/1.1.0"))
    assert told.out.splitlines() == [
        f"app 1.0.0 (any version) [{app}]",
        f"└── base 1.1.0 (>=1.0.0 <2.0.0) [{base}]",
        f"2 packs in 2 levels, {total}",
    ]
    assert ggen("packs", "tree", "app", "--registry", workshop).out == told.out
    shallow = ggen("packs", "dependencies", "app", "--depth", "0", "--registry", workshop)
    assert shallow.out.splitlines() == [told.out.splitlines()[0], told.out.splitlines()[-1]]


def test_levels_are_a_table_in_the_order_of_installation(ggen: Ggen, workshop: Path) -> None:
    command = ("packs", "dependencies", "app", "--registry", workshop, "--format", "levels")
    told = ggen(*command)
    head, first, second, total = [line.split() for line in told.out.splitlines()]
    assert head == ["LEVEL", "PACK", "VERSION", "SIZE", "REQUIRES"]
    assert (first[:3], second[:3]) == (["1", "base", "1.1.0"], ["2", "app", "1.0.0"])
    assert second[-2:] == ["base", "1.1.0"]
    assert total[:5] == ["2", "packs", "in", "2", "levels,"]
    shallow = ggen(*command, "--depth", "0").out.splitlines()
    assert shallow[1].split()[:2] == ["2", "app"]


def test_a_size_is_what_the_registry_says_of_an_archive_and_else_not_known(ggen: Ggen) -> None:
    index = ggen.folder / "index.jsonl"
    index.write_text(
        '{"name": "a", "version": "1.0.0", "dependencies": {"b": "*"}, "size": 2048}\n'
        '{"name": "b", "version": "1.0.0", "dependencies": {}}\n'
    )
    command = ("packs", "dependencies", "a", "--registry", index)
    assert ggen(*command).out.splitlines() == [
        "a 1.0.0 (any version) [2.0 kB]",
        "└── b 1.0.0 (any version) [?]",
        "2 packs in 2 levels, 2.0 kB and 1 of unknown size",
    ]
    document = ggen(*command, "--json").json
    assert [one["size"] for one in document["releases"]] == [2048, None]
    assert document["total"] == {"releases": 2, "bytes": 2048, "of_unknown_size": 1}


def test_it_is_drawn_too(ggen: Ggen, workshop: Path) -> None:
    command: list[str | Path] = ["packs", "dependencies", "app", "--registry", workshop, "--format"]
    assert '"app@1.0.0" -> "base@1.1.0"' in ggen(*command, "dot").out
    assert "p0 -->" in ggen(*command, "mermaid").out
    drawn = ggen(*command, "svg").out
    assert ">base 1.1.0</text>" in drawn
    ET.fromstring(drawn)
    assert ">base 1.1.0</text>" not in ggen(*command, "svg", "--depth", "0").out


def test_a_program_gets_all_of_it(ggen: Ggen, workshop: Path) -> None:
    command = ("packs", "dependencies", "app", "--registry", workshop)
    told = ggen(*command, "--json")
    assert told.json["roots"] == [{"name": "app", "range": "*", "version": "1.0.0"}]
    assert told.json["releases"][0] == {
        "name": "app",
        "version": "1.0.0",
        "requires": [{"name": "base", "range": ">=1.0.0 <2.0.0", "version": "1.1.0"}],
        "level": 2,
        "size": bytes_of(workshop / "app"),
    }
    assert ggen(*command, "--format", "json").out == told.out
    assert len(ggen(*command, "--json", "--depth", "0").json["releases"]) == 1


def test_an_error_is_json_too_where_that_is_the_format(ggen: Ggen, workshop: Path) -> None:
    command = ("packs", "dependencies", "nobody", "--registry", workshop, "--format", "json")
    assert ggen(*command).error["name"] == "pack-not-found"


def test_in_a_project_it_is_what_is_locked(project: Ggen) -> None:
    assert project("packs", "install", "app").code == 0
    app, base = size_text(bytes_of(WORKSHOP / "app")), size_text(bytes_of(WORKSHOP / "base/1.0.0"))
    lines = project("packs", "dependencies").out.splitlines()
    assert lines[:-1] == [
        f"base 1.0.0 (1.0.0) [{base}]",
        f"app 1.0.0 (^1.0.0) [{app}]",
        "└── base 1.0.0 (>=1.0.0 <2.0.0)",
    ]
    assert "unknown" not in lines[-1]


def test_of_what_is_not_installed_no_size_is_known(project: Ggen) -> None:
    bare = project.having(GGEN_HOME=project.folder.parent / "bare")
    assert bare("packs", "dependencies").out.splitlines() == [
        "base 1.0.0 (1.0.0) [?]",
        "1 pack in 1 level, of unknown size",
    ]


def test_two_releases_of_a_pack_in_a_lock_are_told_apart(project: Ggen) -> None:
    assert project("packs", "install", "app").code == 0
    path = project.folder / "ggen.lock"
    text = path.read_text("utf-8")
    start = text.index('[[release]]\nname = "base"')
    block = text[start : text.index("\n[", start + 1)]
    other = block.replace('version = "1.0.0"', 'version = "2.0.0"')
    path.write_text(text.replace(block, f"{block}\n{other}"), "utf-8")
    document = project("packs", "dependencies", "--json").json
    assert [(one["name"], one["version"]) for one in document["releases"]] == [
        ("app", "1.0.0"),
        ("base", "1.0.0"),
        ("base", "2.0.0"),
    ]
    assert document["releases"][0]["requires"][0]["version"] == "1.0.0"
    assert project("packs", "why", "base").out.splitlines()[:3] == [
        "base 1.0.0",
        "└── app 1.0.0 (requires it as >=1.0.0 <2.0.0)",
        "base 2.0.0",
    ]


def test_outside_of_a_project_a_pack_must_be_named(ggen: Ggen) -> None:
    assert ggen("packs", "dependencies", "--json").error["name"] == "usage"
    assert ggen("packs", "why", "base", "--json").error["name"] == "project-not-found"


def test_why_a_pack_is_there_is_told_up_to_what_was_asked_for(project: Ggen) -> None:
    assert project("packs", "install", "app").code == 0
    assert project("packs", "why", "base").out.splitlines() == [
        "base 1.0.0",
        "└── app 1.0.0 (requires it as >=1.0.0 <2.0.0)",
        "ggen.toml asks for app ^1.0.0",
        "ggen.toml asks for base 1.0.0",
    ]
    document = project("packs", "why", "base", "--json").json
    assert document["pack"] == "base"
    assert [one["name"] for one in document["releases"][1]["required_by"]] == ["app"]


def test_a_pack_that_is_not_there_is_said_with_the_nearest(project: Ggen) -> None:
    error = project("packs", "why", "bass", "--json").error
    assert error["name"] == "pack-not-found"
    assert '"base"' in error["help"]


def test_without_a_lock_nothing_is_known(project: Ggen) -> None:
    (project.folder / "ggen.lock").unlink()
    assert project("packs", "why", "base", "--json").error["name"] == "lock-missing"
