"""A new project: whole or not at all, with the model it was given, and the same bytes each time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import tomli

from ggen_graph import api
from ggen_graph.core.diagnostics import (
    FileExists,
    RdfInvalid,
    TemplateFailed,
    UsageError,
    VariableInvalid,
    VersionConflict,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Write = Callable[..., Path]

CLASS = "<http://www.w3.org/2000/01/rdf-schema#Class>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"


def manifest_of(root: Path) -> dict[str, object]:
    return tomli.loads((root / "ggen.toml").read_text("utf-8"))


def home_without_graphs(home: Path) -> dict[str, bytes]:
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and "graph" not in path.relative_to(home).parts[0]
    }


def test_a_template_that_fails_leaves_nothing_behind(work: Work, ggen_home: Path) -> None:
    before = home_without_graphs(ggen_home)
    with pytest.raises(TemplateFailed, match="nothing_of_the_kind"):
        work.new("library", "twelve")
    assert list(work.folder.iterdir()) == []
    assert home_without_graphs(ggen_home) == before


def test_a_value_that_is_wrong_leaves_nothing_behind(work: Work) -> None:
    with pytest.raises(VariableInvalid):
        work.new("library", "base", port="99999")
    assert list(work.folder.iterdir()) == []


def test_folders_above_are_made_and_taken_back(work: Work) -> None:
    with pytest.raises(TemplateFailed):
        work.new("deep/down/library", "twelve")
    assert list(work.folder.iterdir()) == []
    root = work.new("deep/down/library", "base@1.0.0")
    assert (root / "README.md").is_file()


def test_the_manifest_says_what_was_asked_for(work: Work) -> None:
    root = work.new("library", "base", "typed@1.0.0", owner="ann", count="7")
    manifest = manifest_of(root)
    assert manifest["packs"] == {"base": "^1.1.0", "typed": "1.0.0"}
    assert manifest["variables"] == {"owner": "ann", "count": 7}
    assert manifest["graph"] == {
        "files": ["model/**/*.ttl"],
        "base": "http://example.org/library",
    }
    assert manifest["project"]["name"] == "library"  # type: ignore[index]


def test_a_registry_is_kept_as_a_path_from_the_project(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    kept = manifest_of(root)["registries"]
    assert kept == {"workshop": os.path.relpath(work.registry, root)}
    assert [one.name for one in work.catalog(root).registries] == ["workshop", "starter"]


@pytest.mark.parametrize("there", ["file", "folder", "link", "pipe"])
def test_what_is_there_already_stays(work: Work, there: str) -> None:
    taken = work.folder / "library"
    if there == "file":
        taken.write_text("mine", "utf-8")
    elif there == "folder":
        taken.mkdir()
        (taken / "mine").write_text("", "utf-8")
    elif there == "link":
        taken.symlink_to("nowhere")
    else:
        os.mkfifo(taken)
    with pytest.raises(FileExists, match="library is there already"):
        work.new("library", "base@1.0.0")
    assert os.path.lexists(taken)
    assert len(list(work.folder.iterdir())) == 1


def test_an_empty_folder_becomes_the_project(work: Work) -> None:
    (work.folder / "library").mkdir()
    assert (work.new("library", "base@1.0.0") / "README.md").is_file()


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "a b/..",
        "-rf",
        ".hidden",
        "a\nb",
        "x" * 200,
        "con\x00",
        "~",
        "a:b",
        "ünïcode",
    ],
)
def test_a_name_is_one_that_a_project_can_have(work: Work, name: str) -> None:
    with pytest.raises(api.GgenError) as caught:
        work.new(name, "base@1.0.0")
    assert caught.value.exit_code in {2, 10}
    assert list(work.folder.iterdir()) == []


def test_the_folder_one_is_in_is_not_replaced(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work.folder)
    for name in ("", "."):
        with pytest.raises(UsageError, match="the folder you are in"):
            work.new(name, "base@1.0.0")
    assert list(work.folder.iterdir()) == []


def test_a_path_may_have_spaces_and_letters_of_any_kind(work: Work) -> None:
    root = work.new("Größe 大 ö/library", "base@1.0.0")
    assert work.generate(root).replaced == ()


def test_a_project_needs_a_pack(work: Work) -> None:
    with pytest.raises(UsageError, match="needs a pack"):
        work.new("library")


# The model


def test_without_a_model_a_project_starts_with_what_its_packs_bring(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    assert [path.name for path in (root / "model").iterdir()] == ["library.ttl"]


def test_models_are_copied_and_are_what_is_generated_from(work: Work) -> None:
    first, second = work.folder / "first.ttl", work.folder / "second.nt"
    first.write_text(f'<#Shelf> a {CLASS} ; {LABEL} "Shelf" .\n', "utf-8")
    second.write_text(f'<urn:x> <{"http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}> {CLASS} .\n'
                      f'<urn:x> {LABEL} "Box" .\n', "utf-8")  # fmt: skip
    model = api.ModelInput((first, second), "http://example.org/given")
    root = work.new("library", "base@1.0.0", model=model)
    assert sorted(path.name for path in (root / "notes").iterdir()) == ["Box.md", "Shelf.md"]
    assert "http://example.org/given#Shelf" in (root / "notes" / "Shelf.md").read_text("utf-8")
    graph = manifest_of(root)["graph"]
    assert graph == {
        "files": ["model/**/*.nt", "model/**/*.ttl"],
        "base": "http://example.org/given",
    }
    assert (root / "model" / "first.ttl").read_bytes() == first.read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.ttl", b"<urn:a> <urn:b>"),
        ("latin.ttl", b'<urn:a> <urn:b> "\xe9" .'),
        ("noprefix.ttl", b"x:a x:b x:c ."),
        ("page.rdf", b"<html></html>"),
        ("null.ttl", b"\x00\x01"),
    ],
)
def test_a_model_that_does_not_parse_is_no_start(work: Work, name: str, content: bytes) -> None:
    (work.folder / name).write_bytes(content)
    with pytest.raises(RdfInvalid) as caught:
        work.new("library", "base@1.0.0", model=api.ModelInput((work.folder / name,)))
    assert caught.value.where
    assert name in caught.value.where.file
    assert not (work.folder / "library").exists()


def test_a_relative_iri_needs_a_base(work: Work) -> None:
    (work.folder / "m.ttl").write_text(f'<#Shelf> a {CLASS} ; {LABEL} "Shelf" .\n', "utf-8")
    model = api.ModelInput((work.folder / "m.ttl",))
    with pytest.raises(RdfInvalid) as caught:
        work.new("library", "typed", model=model, owner="ann")
    assert "base" in caught.value.help


def test_a_base_that_is_no_iri_is_refused(work: Work) -> None:
    (work.folder / "m.ttl").write_text("<#a> <#b> <#c> .", "utf-8")
    with pytest.raises(api.GgenError) as caught:
        work.new("x", "base", model=api.ModelInput((work.folder / "m.ttl",), "not an iri"))
    assert caught.value.exit_code in {1, 2}
    assert not (work.folder / "x").exists()


@pytest.mark.parametrize("name", ["missing.ttl", "model.txt", "folder.ttl"])
def test_a_model_that_can_not_be_read_is_a_usage_error(work: Work, name: str) -> None:
    (work.folder / "model.txt").write_text("", "utf-8")
    (work.folder / "folder.ttl").mkdir()
    with pytest.raises(UsageError, match=name.replace(".", r"\.")):
        work.new("library", "base@1.0.0", model=api.ModelInput((work.folder / name,)))
    assert not (work.folder / "library").exists()


def test_two_models_of_one_name_are_refused(work: Work) -> None:
    for folder in ("a", "b"):
        (work.folder / folder).mkdir()
        (work.folder / folder / "m.ttl").write_text("", "utf-8")
    model = api.ModelInput((work.folder / "a" / "m.ttl", work.folder / "b" / "m.ttl"))
    with pytest.raises(UsageError, match=r"two model files are named m\.ttl"):
        work.new("library", "base@1.0.0", model=model)


def test_two_packs_may_bring_models_of_one_name(work: Work, own_registry: Write) -> None:
    rdf = '[rdf]\nglobs = ["ontology/*.ttl"]\n'
    for pack in ("one", "two"):
        registry = own_registry(
            pack,
            {
                "ontology/start.ttl": f"<urn:{pack}> a {CLASS} .\n",
                f"templates/{pack}.txt.tera": (
                    "---\nsparql: SELECT ?c { ?c a ?k } ORDER BY ?c\n---\n"
                    "{% for row in rows %}{{ row.c }} {% endfor %}"
                ),
            },
            rdf,
        )
    root = type(work)(work.folder, registry).new("x", "one", "two")
    assert (root / "one.txt").read_text("utf-8") == "urn:one urn:two "


def test_the_base_of_a_model_is_the_one_that_a_pack_says(work: Work) -> None:
    root = work.new("library", "typed", "base@1.0.0", owner="ann")
    assert api.read_project(root).manifest.graph.base == "http://example.org/library"


def test_a_project_without_a_model_can_get_one_later(work: Work) -> None:
    root = work.new("library", "app")
    assert not (root / "model").exists()
    assert not (root / "notes").exists()
    (root / "model").mkdir()
    (root / "model" / "m.ttl").write_text(f'<urn:s> a {CLASS} ; {LABEL} "Shelf" .\n', "utf-8")
    assert work.generate(root).created == ("notes/Shelf.md",)


def test_a_pack_that_is_named_twice_must_meet_both_ranges(work: Work) -> None:
    root = work.new("one", "base@^1", "base@1.0.0")
    assert manifest_of(root)["packs"] == {"base": "1.0.0"}
    with pytest.raises(VersionConflict):
        work.new("two", "base@1.1.0", "base@1.0.0")


# The same bytes


def everything(root: Path) -> dict[str, bytes]:
    """What a project is, without what is named by chance: its id and its records."""
    identity = api.read_project(root).manifest.id.encode()
    return {
        path.relative_to(root).as_posix(): path.read_bytes().replace(identity, b"ID")
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {"graph", "records"} & set(path.relative_to(root).parts)
    }


def test_the_same_input_gives_the_same_bytes(work: Work) -> None:
    one = work.new("one/library", "app", "typed", owner="ann", title="Books", names="b,a")
    two = work.new("two/library", "app", "typed", owner="ann", title="Books", names="b,a")
    assert everything(one) == everything(two)


def test_the_lock_holds_no_path_of_this_machine(work: Work) -> None:
    root = work.new("library", "app")
    for name in ("ggen.lock", "ggen.toml"):
        assert str(work.folder) not in (root / name).read_text("utf-8")
    for record in (root / ".ggen" / "records").iterdir():
        assert str(work.folder) not in record.read_text("utf-8")
        assert str(work.registry) not in record.read_text("utf-8")
