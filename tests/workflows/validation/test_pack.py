"""Validation: every fault of a pack at once, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import PackNotFound
from ggen_graph.workflows.validation.pack import pack_folders

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Write = Callable[..., Path]

COMPLETE = (
    'description = "Fine."\ncategory = "docs"\nlicense = "MIT"\nauthors = ["Ann"]\n'
    'readme = "README.md"\n'
)


def no_catalog() -> api.Catalog:
    raise AssertionError("no policy is on, so nothing is asked of a registry")


def faults(folder: Path) -> list[tuple[str, str, int, str]]:
    return [(one.severity, one.file, one.line, one.message) for one in api.validate_pack(folder)]


def test_a_pack_that_is_complete_has_no_fault(own_registry: Write) -> None:
    registry = own_registry(
        "fine", {"README.md": "# Fine\n", "templates/a.txt.tera": "a\n"}, COMPLETE
    )
    assert [one for one in faults(registry / "fine") if one[0] != "info"] == []


def test_the_starter_packs_have_no_violation() -> None:
    registries = api.registries_in_use(api.home())
    folders = pack_folders(registries, None)
    assert len(folders) >= 3
    for folder in folders:
        found = [one for one in api.validate_pack(folder) if one.severity == "violation"]
        assert found == [], folder


def test_what_the_shapes_ask_for_has_its_place_in_the_manifest(own_registry: Write) -> None:
    registry = own_registry("bare", {})
    found = faults(registry / "bare")
    assert {severity for severity, _, _, _ in found} <= {"warning", "info", "violation"}
    assert any("licen" in message for _, _, _, message in found)
    for _, file, line, _ in found:
        assert file == "gpack.toml"
        assert line == 1


def test_a_fault_of_a_variable_has_its_line(own_registry: Write) -> None:
    variables = '[[variable]]\nname = "a"\ntype = "string"\ndescription = "A."\n' * 2
    registry = own_registry(
        "vague",
        {"README.md": ""},
        COMPLETE
        + variables.replace('"a"', '"b"', 1)
        + '[[variable]]\nname = "c"\ntype = "string"\n',
    )
    lines = (registry / "vague" / "gpack.toml").read_text("utf-8").splitlines()
    found = [one for one in faults(registry / "vague") if "c" in one[3] and one[2] > 1]
    start = lines.index('name = "c"')
    assert any(start <= line <= start + 2 for _, _, line, _ in found), faults(registry / "vague")


def test_all_templates_and_queries_are_looked_at(own_registry: Write) -> None:
    registry = own_registry(
        "wrong",
        {
            "README.md": "",
            "templates/a.txt.tera": "line\n{{ 1 + }}\n",
            "templates/b.txt.j2": "{% if %}\n",
            "templates/c.txt.tera": "---\nsparql: SELECT WHERE {\n---\n",
            "queries/d.rq": "SELECT ?x { ?x ?y }\n",
            "queries/e.rq": "DELETE WHERE { ?s ?p ?o }\n",
        },
        COMPLETE,
    )
    found = {
        file: line for severity, file, line, _ in faults(registry / "wrong")
        if severity == "violation"
    }  # fmt: skip
    assert set(found) >= {
        "templates/a.txt.tera",
        "templates/b.txt.j2",
        "templates/c.txt.tera",
        "queries/d.rq",
    }
    assert found["templates/a.txt.tera"] == 2
    assert any(file == "queries/e.rq" for file in found)


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("templates/_part.tera", b"caf\xe9", "UTF-8"),
        ("templates/_part.tera", b"---\nunknown: x\n---\n", "unknown"),
        ("templates/a.tera", b"caf\xe9", "UTF-8"),
        ("queries/a.rq", b"caf\xe9", "UTF-8"),
        ("gpack.toml", b'[pack]\nname = "wrong"\nversion = "1"\n', "1"),
        ("gpack.toml", b"[pack\n", "]"),
        ("gpack.toml", b'[pack]\nname = "\xe9"\n', "UTF-8"),
        ("templates/a.tera", b"{% include '_nowhere.tera' %}", "_nowhere.tera"),
    ],
)
def test_a_file_that_can_not_be_read_is_a_finding(
    own_registry: Write, path: str, content: bytes, said: str
) -> None:
    registry = own_registry("wrong", {path: content}, COMPLETE)
    found = [one for one in faults(registry / "wrong") if one[0] == "violation"]
    assert any(path in f"{file} {message}" and said in message for _, file, _, message in found)


def test_a_template_may_lie_elsewhere(own_registry: Write) -> None:
    registry = own_registry(
        "wrong",
        {"README.md": "", "bodies/a.txt": "{{ 1 + }}\n", "bodies/b.tera": "{{ 1 + }}\n"},
        COMPLETE + '[templates]\nglobs = ["bodies/*.tera"]\n'
        '[[template]]\nname = "a"\npath = "bodies/a.txt"\nto = "a.txt"\nengine = "tera"\n',
    )
    found = {file for severity, file, _, _ in faults(registry / "wrong") if severity == "violation"}
    assert found == {"bodies/a.txt", "bodies/b.tera"}


def test_a_folder_that_is_no_pack_is_a_finding(tmp_path: Path) -> None:
    found = faults(tmp_path)
    assert [severity for severity, _, _, _ in found] == ["violation"]
    assert "gpack.toml" in found[0][3]


def test_a_pack_is_found_by_name_in_a_folder_registry(work: Work) -> None:
    registries = work.catalog().registries
    assert [folder.name for folder in pack_folders(registries, "typed")] == ["typed"]
    assert len(pack_folders(registries, "base")) == 2
    with pytest.raises(PackNotFound):
        pack_folders(registries, "nothing")


def test_a_projects_manifest_is_checked(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    assert [one for one in api.validate_project(api.read_project(root), no_catalog) if one.severity == "violation"] == []  # fmt: skip
    manifest = root / "ggen.toml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace('base = "1.0.0"', 'base = "*"'), "utf-8")
    found = api.validate_project(api.read_project(root), no_catalog)
    line = text.splitlines().index('base = "1.0.0"') + 1
    assert [(one.file, one.line) for one in found] == [("ggen.toml", line)]
