"""Generation: all that is rendered is written or nothing is, and what a person wrote is never lost."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from ggen_graph import api
from ggen_graph.core.diagnostics import (
    ChecksumMismatch,
    FileExists,
    LockOutdated,
    PathRefused,
    QueryInvalid,
    RdfInvalid,
    TemplateFailed,
    VariableInvalid,
)
from ggen_graph.workflows.generate import prepare
from ggen_graph.workflows.places import ANYHOW, hold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Snapshot = Callable[[Path], dict[str, Any]]
    Write = Callable[..., Path]

MADE_BY_BASE = [
    "README.md",
    "fixed.txt",
    "kept.txt",
    "notes/Book.md",
    "notes/Reader.md",
    "old.txt",
    "run.sh",
    "settings.ini",
]


def text(path: Path) -> str:
    return path.read_text("utf-8")


def contents(taken: dict[str, Any]) -> dict[str, bytes]:
    """What a snapshot has, without times."""
    return {path: one[0] for path, one in taken.items()}


def lock_of(root: Path) -> dict[str, Any]:
    return tomli.loads(text(root / "ggen.lock"))


def test_with_nothing_to_do_nothing_changes(work: Work, snapshot: Snapshot) -> None:
    root = work.new("library", "base@1.0.0")
    before = snapshot(root)
    outcome = work.generate(root)
    assert list(outcome.unchanged) == MADE_BY_BASE
    assert outcome.created == outcome.replaced == outcome.edited == outcome.orphaned == ()
    assert snapshot(root) == before


def test_generating_again_publishes_no_new_graph(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    work.generate(root)
    project = api.read_project(root)
    before = project.graph.current()
    work.generate(root)
    assert project.graph.current() == before


def test_what_was_made_is_as_the_templates_say(work: Work) -> None:
    root = work.new("library", "base@1.0.0", title="Books", languages="en,fr")
    assert text(root / "README.md") == "# Books\n\nIn en, fr.\n"
    assert text(root / "fixed.txt") == "Copied as it is: {{ title }}.\n"
    assert text(root / "kept.txt") == "For library, by base 1.0.0.\n"
    assert text(root / "notes" / "Book.md") == "# Book\n\nhttp://example.org/library#Book\n"
    assert (root / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (root / "README.md").stat().st_mode & 0o777 == 0o644


def test_lock_graph_and_baselines_say_which_template_made_what(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    files = {file["path"]: file for file in lock_of(root)["generated"]["files"]}
    assert sorted(files) == MADE_BY_BASE
    note = files["notes/Book.md"]
    assert note["template"] == "templates/notes.md.tera"
    assert note["row"] == "http://example.org/library#Book"
    for path in MADE_BY_BASE:
        assert (root / ".ggen" / "baseline" / path).read_bytes() == (root / path).read_bytes()
    found = work.rows(
        root,
        "SELECT ?path ?version { ?f a ggen:GeneratedFile ; ggen:path ?path ;"
        " prov:wasDerivedFrom ?r . ?r a ggen:Release ; dcat:version ?version } ORDER BY ?path",
    )
    assert found == [(path, "1.0.0") for path in MADE_BY_BASE]


# What a person changed


def test_an_edited_file_stays_as_it_was_edited(work: Work, snapshot: Snapshot) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "README.md").write_text("# Mine\n", "utf-8")
    before = snapshot(root)
    outcome = work.generate(root)
    assert outcome.edited == ("README.md",)
    assert outcome.beside == ()
    assert snapshot(root) == before


def test_a_new_rendering_is_put_beside_an_edited_file(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "README.md").write_text("# Mine\n", "utf-8")
    outcome = work.generate(root, title="Books")
    assert outcome.edited == ("README.md",)
    assert outcome.beside == ("README.md.ggen-new",)
    assert text(root / "README.md") == "# Mine\n"
    assert text(root / "README.md.ggen-new") == "# Books\n\nIn en.\n"
    # It was offered: from now on it is what the edit is measured by.
    assert text(root / ".ggen" / "baseline" / "README.md") == "# Books\n\nIn en.\n"


def test_a_version_that_was_offered_is_named_until_it_is_gone(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "README.md").write_text("# Mine\n", "utf-8")
    work.generate(root, title="Books")
    assert work.generate(root).beside == ("README.md.ggen-new",)
    (root / "README.md").write_text("# Books\n\nIn en, and mine.\n", "utf-8")
    (root / "README.md.ggen-new").unlink()
    outcome = work.generate(root)
    assert (outcome.edited, outcome.beside) == (("README.md",), ())
    assert not (root / "README.md.ggen-new").exists()


def test_an_edit_that_is_what_the_pack_makes_now_is_no_edit_any_more(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "README.md").write_text("# Books\n\nIn en.\n", "utf-8")
    outcome = work.generate(root, title="Books")
    assert outcome.edited == outcome.beside == ()
    assert "README.md" in outcome.unchanged
    (root / "ggen.toml").write_text(text(root / "ggen.toml").replace('"Books"', '"Again"'), "utf-8")
    assert work.generate(root).replaced == ("README.md",)


def test_a_file_that_a_person_deleted_is_made_again(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "README.md").unlink()
    assert work.generate(root).created == ("README.md",)


def test_a_file_of_someone_else_is_never_written_over(work: Work, snapshot: Snapshot) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "app.txt").write_text("mine\n", "utf-8")
    (root / "notes" / "Shelf.md").write_text("mine too\n", "utf-8")
    model = root / "model" / "library.ttl"
    model.write_text(text(model) + ':Shelf a rdfs:Class ; rdfs:label "Shelf" .\n', "utf-8")
    before = snapshot(root)
    with pytest.raises(FileExists) as caught:
        work.generate(root)
    assert caught.value.details["paths"] == ["notes/Shelf.md"]
    assert snapshot(root) == before
    with pytest.raises(FileExists) as caught:
        work.generate(root, "app")
    assert caught.value.details["paths"] == ["app.txt"]
    assert contents(snapshot(root)) == contents(before)


def test_a_file_written_once_is_the_persons_from_then_on(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "kept.txt").write_text("mine\n", "utf-8")
    outcome = work.generate(root)
    assert "kept.txt" in outcome.unchanged
    assert text(root / "kept.txt") == "mine\n"
    (root / "kept.txt").unlink()
    assert work.generate(root).created == ("kept.txt",)


def test_a_file_that_may_be_overwritten_is_kept_beside(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "notes.txt").write_text("mine\n", "utf-8")
    outcome = work.generate(root, "overwrites")
    assert outcome.replaced == ("notes.txt",)
    assert text(root / "notes.txt") == "What the pack notes.\n"
    assert text(root / "notes.txt.ggen-old") == "mine\n"


def test_a_file_kept_beside_is_not_lost_to_a_second_one(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "notes.txt").write_text("mine\n", "utf-8")
    (root / "notes.txt.ggen-old").write_text("older\n", "utf-8")
    work.generate(root, "overwrites")
    kept = {text(path) for path in root.glob("notes.txt.ggen-old*")}
    assert kept == {"mine\n", "older\n"}


def test_a_mode_that_was_changed_by_hand_stays(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "run.sh").chmod(0o600)
    outcome = work.generate(root)
    assert (outcome.edited, outcome.replaced, len(outcome.unchanged)) == (("run.sh",), (), 7)
    assert (root / "run.sh").stat().st_mode & 0o777 == 0o600


def test_a_mode_that_a_pack_changed_is_a_replacement(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    lock = root / "ggen.lock"  # as if it had been generated with another
    lock.write_text(text(lock).replace("755", "644"), "utf-8")
    (root / "run.sh").chmod(0o644)
    outcome = work.generate(root)
    assert (outcome.edited, outcome.replaced, len(outcome.unchanged)) == ((), ("run.sh",), 7)
    assert (root / "run.sh").stat().st_mode & 0o777 == 0o755


def test_a_link_to_the_same_bytes_is_an_edit_and_what_it_leads_to_is_let_be(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "run.sh").rename(root / "mine.sh")
    (root / "mine.sh").chmod(0o600)
    (root / "run.sh").symlink_to("mine.sh")
    outcome = work.generate(root)
    assert (outcome.edited, outcome.beside) == (("run.sh",), ())
    assert (root / "run.sh").is_symlink()
    assert (root / "mine.sh").stat().st_mode & 0o777 == 0o600


# What changes when something else does


def test_an_edit_of_the_model_changes_only_what_depends_on_it(
    work: Work, snapshot: Snapshot
) -> None:
    root = work.new("library", "base@1.0.0")
    model = root / "model" / "library.ttl"
    model.write_text(text(model) + ':Shelf a rdfs:Class ; rdfs:label "Shelf" .\n', "utf-8")
    before = snapshot(root)
    outcome = work.generate(root)
    assert outcome.created == ("notes/Shelf.md",)
    assert outcome.replaced == ()
    after = snapshot(root)
    changed = {path for path in after if before.get(path) != after[path]}
    assert {path for path in changed if not path.startswith(".ggen/")} == {
        "notes/Shelf.md",
        "ggen.lock",
    }


def test_a_file_that_nothing_makes_any_more_is_named_and_left(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    model = root / "model" / "library.ttl"
    kept = [line for line in text(model).splitlines() if "Reader" not in line]
    model.write_text("\n".join(kept), "utf-8")
    outcome = work.generate(root)
    assert outcome.orphaned == ("notes/Reader.md",)
    assert (root / "notes" / "Reader.md").exists()
    assert work.generate(root).orphaned == ("notes/Reader.md",)


def test_an_orphan_that_a_person_deleted_is_forgotten(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    model = root / "model" / "library.ttl"
    kept = [line for line in text(model).splitlines() if "Reader" not in line]
    model.write_text("\n".join(kept), "utf-8")
    work.generate(root)
    (root / "notes" / "Reader.md").unlink()
    assert work.generate(root).orphaned == ()
    assert "notes/Reader.md" not in {f["path"] for f in lock_of(root)["generated"]["files"]}


def test_another_version_is_generated_once_the_manifest_asks_for_it(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "settings.ini").write_text("mine\n", "utf-8")
    manifest = root / "ggen.toml"
    manifest.write_text(text(manifest).replace('base = "1.0.0"', 'base = "^1.1"'), "utf-8")
    outcome = work.generate(root)
    assert outcome.replaced == ("README.md",)
    assert outcome.edited == ("settings.ini",)
    assert outcome.orphaned == ("old.txt",)
    assert text(root / "README.md") == "# Base\n\nWritten in en.\n"
    assert lock_of(root)["release"][0]["version"] == "1.1.0"


def test_a_model_that_does_not_parse_stops_generation(work: Work, snapshot: Snapshot) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "model" / "broken.ttl").write_text("@prefix : <http://example.org/>\n:a :b\n", "utf-8")
    before = snapshot(root)
    with pytest.raises(RdfInvalid, match=r"broken\.ttl"):
        work.generate(root)
    assert snapshot(root) == before


def test_a_release_of_which_another_tree_is_installed_stops_generation(
    work: Work, ggen_home: Path
) -> None:
    root = work.new("library", "base@1.0.0")
    receipt = ggen_home / "packages" / "base" / ".1.0.0.json"
    document = json.loads(text(receipt)) | {"checksum": f"sha256:{'0' * 64}"}
    receipt.write_text(json.dumps(document), "utf-8")
    project = api.read_project(root)
    with (
        hold(project, ANYHOW),
        pytest.raises(ChecksumMismatch, match=r"base 1\.0\.0 that is installed"),
    ):
        prepare(project, api.home(), work.values("library", {}), command="x")


def test_without_a_lock_what_the_manifest_asks_for_is_locked_first(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    (root / "ggen.lock").unlink()
    shutil.rmtree(root / ".ggen" / "baseline")  # as in a project that generated nothing yet
    work.generate(root)
    assert [release["name"] for release in lock_of(root)["release"]] == ["base"]
    (root / "ggen.lock").unlink()
    project = api.read_project(root)
    with hold(project, ANYHOW), pytest.raises(LockOutdated):
        prepare(project, api.home(), work.values("library", {}), command="x")


# Variables


def test_a_value_is_kept_and_used_again(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    assert work.generate(root, port="9001").replaced == ("run.sh", "settings.ini")
    assert tomli.loads(text(root / "ggen.toml"))["variables"] == {"port": 9001}
    assert work.generate(root).replaced == ()


def test_a_value_takes_the_place_of_one_for_a_single_pack(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    manifest = root / "ggen.toml"
    manifest.write_text(text(manifest) + "\n[variables.pack.base]\nport = 9000\n", "utf-8")
    work.generate(root)
    assert "port = 9000" in text(root / "settings.ini")
    work.generate(root, port="9001")
    assert "port = 9001" in text(root / "settings.ini")
    assert work.generate(root).replaced == ()
    assert "port = 9001" in text(root / "settings.ini")


def test_a_value_that_is_wrong_changes_nothing(work: Work, snapshot: Snapshot) -> None:
    root = work.new("library", "base@1.0.0")
    before = snapshot(root)
    with pytest.raises(VariableInvalid):
        work.generate(root, port="0")
    with pytest.raises(VariableInvalid):
        work.generate(root, prot="1")
    assert snapshot(root) == before


def test_a_default_of_the_home_is_used_where_a_person_gives_nothing(
    work: Work, ggen_home: Path
) -> None:
    (ggen_home / "config.toml").write_text('[defaults]\ntitle = "From home"\n', "utf-8")
    root = work.new("library", "base@1.0.0")
    assert text(root / "README.md").startswith("# From home\n")
    assert tomli.loads(text(root / "ggen.toml"))["variables"] == {}


# Several packs


def test_what_a_pack_says_reaches_the_packs_it_depends_on(work: Work) -> None:
    root = work.new("library", "app", "base@1.0.0")
    assert "port = 9000" in text(root / "settings.ini")
    used = {(v["pack"], v["name"]): v["source"] for v in lock_of(root)["variables"]["used"]}
    assert used["base", "port"] == "pack"
    assert used["app", "port"] == "default"
    work.generate(root, port="9001")
    assert "port = 9001" in text(root / "settings.ini")


def test_the_file_of_a_dependent_stands_over_that_of_its_dependency(work: Work) -> None:
    root = work.new("library", "app")
    assert text(root / "README.md") == "# App, by app\n"
    owner = {f["path"]: f["pack"] for f in lock_of(root)["generated"]["files"]}
    assert owner["README.md"] == "app"
    for pack in (None, "app", "base"):
        outcome = work.generate(root, pack)
        assert outcome.replaced == outcome.created == outcome.orphaned == (), pack
    assert text(root / "README.md") == "# App, by app\n"


def test_two_packs_that_do_not_know_each_other_may_not_make_the_same_file(
    work: Work, snapshot: Snapshot
) -> None:
    with pytest.raises(TemplateFailed, match=r"README\.md would be written twice"):
        work.new("library", "base", "rival")
    assert list(work.folder.iterdir()) == []
    root = work.new("library", "base")
    before = snapshot(root)
    with pytest.raises(TemplateFailed, match=r"README\.md would be written twice") as caught:
        work.generate(root, "rival")
    assert caught.value.details == {"path": "README.md", "packs": ["base", "rival"]}
    assert contents(snapshot(root)) == contents(before)


def test_a_pack_can_be_added_to_a_project(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    outcome = work.generate(root, "typed", owner="ann")
    assert outcome.created == ("values.txt",)
    assert tomli.loads(text(root / "ggen.toml"))["packs"] == {"base": "1.0.0", "typed": "^1.0.0"}
    assert {f["pack"] for f in lock_of(root)["generated"]["files"]} == {"base", "typed"}
    assert len(work.generate(root).unchanged) == len(MADE_BY_BASE) + 1


def test_a_pack_is_added_with_what_it_depends_on(work: Work) -> None:
    root = work.new("library", "typed", owner="ann")
    outcome = work.generate(root, "app")
    assert "app.txt" in outcome.created
    assert "settings.ini" in outcome.created
    assert work.generate(root).created == ()


def test_one_pack_is_generated_alone(work: Work) -> None:
    root = work.new("library", "base@1.0.0", "typed", owner="ann")
    (root / "values.txt").unlink()
    (root / "README.md").unlink()
    outcome = work.generate(root, "typed")
    assert outcome.created == ("values.txt",)
    assert outcome.orphaned == ()
    assert not (root / "README.md").exists()
    assert {f["pack"] for f in lock_of(root)["generated"]["files"]} == {"base", "typed"}


def test_a_pack_that_others_require_is_not_made_one_that_was_asked_for(work: Work) -> None:
    root = work.new("library", "app")
    (root / "settings.ini").unlink()
    assert work.generate(root, "base").created == ("settings.ini",)
    assert tomli.loads(text(root / "ggen.toml"))["packs"] == {"app": "^1.0.0"}


def test_a_pack_can_be_generated_in_another_range(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    assert work.generate(root, "base@1.0.0").replaced == ()
    outcome = work.generate(root, "base@^1.1")
    assert outcome.replaced == ("README.md",)
    assert tomli.loads(text(root / "ggen.toml"))["packs"] == {"base": "^1.1"}


def test_faults_of_several_packs_are_told_together(work: Work) -> None:
    with pytest.raises(VariableInvalid) as caught:
        work.new("library", "base", "typed", port="0", count="10")
    faults = {fault["variable"] for fault in caught.value.details["faults"]}
    assert faults == {"port", "owner", "count"}


def test_a_pack_whose_templates_fail_is_not_added(work: Work, snapshot: Snapshot) -> None:
    root = work.new("library", "base@1.0.0")
    before = snapshot(root)
    with pytest.raises(TemplateFailed):
        work.generate(root, "twelve")
    assert contents(snapshot(root)) == contents(before)
    with pytest.raises(VariableInvalid):
        work.generate(root, "typed")
    assert contents(snapshot(root)) == contents(before)
    assert work.generate(root).created == ()


# Records


def test_a_run_that_wrote_is_recorded_and_one_that_did_not_is_not(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    records = root / ".ggen" / "records"
    runs = [json.loads(text(path)) for path in records.glob("run-*.json")]
    assert [sorted(run["files"]) for run in runs] == [MADE_BY_BASE]
    assert runs[0]["command"] == "new"
    work.generate(root)
    assert len(list(records.glob("run-*.json"))) == 1
    (root / "README.md").unlink()
    outcome = work.generate(root)
    run = json.loads(text(records / f"run-{outcome.run}.json"))
    assert run["files"] == ["README.md"]


# Packs that are wrong in ways that only show when they are used


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (b"---\nto: ../out.txt\n---\nx", "out.txt"),
        (b"---\nto: /etc/out.txt\n---\nx", "out.txt"),
        (b"---\nto: ggen.toml\n---\nx", "not a template's to write"),
        (b"---\nto: .ggen/records/x.json\n---\nx", "not a template's to write"),
        (b"---\nto: .git/hooks/pre-commit\n---\nx", "not a template's to write"),
        (b"---\nto: a\\b.txt\n---\nx", "b.txt"),
    ],
)
def test_a_template_writes_only_where_templates_may(
    work: Work, own_registry: Write, template: bytes, said: str
) -> None:
    registry = own_registry("wrong", {"templates/a.txt.tera": template})
    with pytest.raises(PathRefused, match=said) as caught:
        type(work)(work.folder, registry).new("x", "wrong")
    assert caught.value.where
    assert caught.value.where.file == "templates/a.txt.tera"
    assert not (work.folder / "x").exists()


CLASSES = "sparql: SELECT ?c { ?c a <http://www.w3.org/2000/01/rdf-schema#Class> }"


@pytest.mark.parametrize(
    ("template", "error", "said"),
    [
        (b"{{ 1 +", TemplateFailed, ""),
        (b"{{ missing }}", TemplateFailed, "missing"),
        (b"{% for x in 'abc' %}{{ x", TemplateFailed, ""),
        (b"---\nsparql: SELECT WHERE {\n---\nx", QueryInvalid, "parse"),
        (b"---\nsparql:\n  project: ASK {}\n---\nx", TemplateFailed, "name of a variable"),
        (b"---\nsparql: DESCRIBE ?s { ?s ?p ?o }\n---\nx", QueryInvalid, "DESCRIBE"),
        (b"---\nto: '{{ missing }}.txt'\n---\nx", TemplateFailed, "missing"),
        (b"---\nwhen: missing >\n---\nx", TemplateFailed, ""),
        (b"---\nsparql:\n  any: ASK {}\nfor_each: any\n---\nx", TemplateFailed, "any"),
        (b"{% include 'nowhere.tera' %}", TemplateFailed, "nowhere.tera"),
    ],
)
@pytest.mark.usefixtures("results_dropped")
def test_a_template_that_can_not_be_used_fails_with_its_place(
    work: Work, own_registry: Write, template: bytes, error: type[Exception], said: str
) -> None:
    registry = own_registry("wrong", {"templates/a.txt.tera": template})
    with pytest.raises(error) as caught:
        type(work)(work.folder, registry).new("x", "wrong")
    assert isinstance(caught.value, api.GgenError)
    assert said in f"{caught.value.message} {caught.value.help}"
    assert caught.value.where is not None
    assert "a.txt.tera" in caught.value.where.file
    assert not (work.folder / "x").exists()


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (b"caf\xe9 {{ project.name }}", "UTF-8"),
        (b"---\nsparql: no_such_query\n---\nx", "no_such_query"),
        (f"---\n{CLASSES}\nfor_each: others\n---\nx".encode(), "others"),
        (b"---\nto: [\n---\nx", "YAML"),
        (b"---\ntoo: x\n---\nx", 'did you mean "to"?'),
    ],
)
def test_a_pack_with_a_template_that_says_nothing_sensible_is_left_out_of_its_registry(
    work: Work, own_registry: Write, template: bytes, said: str
) -> None:
    own_registry("fine", {})
    registry = own_registry("wrong", {"templates/a.txt.tera": template})
    opened = api.use_catalog([registry])
    note = next(note for note in opened.notes if "wrong" in note)
    assert "templates/a.txt.tera" in note
    assert said in note
    names = {pack.name for pack in api.browse(opened.catalog)}
    assert "fine" in names
    assert "wrong" not in names


def test_a_partial_that_is_no_text_is_named(work: Work, own_registry: Write) -> None:
    registry = own_registry(
        "wrong",
        {"templates/a.txt.tera": "{% include '_part.tera' %}", "templates/_part.tera": b"\xff"},
    )
    with pytest.raises(TemplateFailed, match=r"templates/_part\.tera:1:1: this is not UTF-8"):
        type(work)(work.folder, registry).new("x", "wrong")


def test_two_rows_of_one_name_are_refused(work: Work, own_registry: Write) -> None:
    body = (
        "---\nto: 'out/{{ row.p }}.txt'\nsparql: SELECT ?p { ?s ?p ?o } ORDER BY ?p\n"
        "for_each: rows\n---\nx"
    )
    registry = own_registry("wrong", {"templates/a.txt.tera": body})
    model = work.folder / "m.ttl"
    model.write_text("<urn:a> <urn:p> 1 . <urn:b> <urn:p> 2 .", "utf-8")
    with pytest.raises(TemplateFailed, match='two rows of "rows" are named urn:p'):
        type(work)(work.folder, registry).new("x", "wrong", model=api.ModelInput((model,)))


def test_two_templates_of_a_pack_may_not_make_the_same_file(
    work: Work, own_registry: Write
) -> None:
    registry = own_registry(
        "wrong", {f"templates/{n}.tera": "---\nto: same.txt\n---\nx" for n in "ab"}
    )
    with pytest.raises(TemplateFailed, match=r"same\.txt would be written twice"):
        type(work)(work.folder, registry).new("x", "wrong")


def test_a_file_may_not_stand_where_another_needs_a_folder(work: Work, own_registry: Write) -> None:
    registry = own_registry(
        "wrong",
        {
            "templates/a.tera": "---\nto: same\n---\nx",
            "templates/b.tera": "---\nto: same/b\n---\nx",
        },
    )
    with pytest.raises(api.GgenError) as caught:
        type(work)(work.folder, registry).new("x", "wrong")
    assert "same" in caught.value.message
    assert not (work.folder / "x").exists()


def test_a_template_goes_by_when_and_by_its_rows(work: Work, own_registry: Write) -> None:
    registry = own_registry(
        "fine",
        {
            "templates/yes.txt.tera": "---\nwhen: wanted\n---\nyes {{ classes | length }}\n",
            "templates/no.txt.tera": "---\nwhen: not wanted\n---\nno\n",
            "templates/asked.txt.tera": "---\nsparql:\n  any: ASK { ?s ?p ?o }\n---\n{{ any }}\n",
            "templates/jinja.txt.j2": "{{ project.name | upper }}\n",
            "templates/_part.tera": "part",
            "templates/whole.txt.tera": "{% include '_part.tera' %}\n",
        },
        '[[variable]]\nname = "wanted"\ntype = "boolean"\ndefault = true\n',
    )
    front = "---\nwhen: wanted\nsparql:\n  classes: SELECT ?c { ?c a ?d }\n---\n"
    (registry / "fine" / "templates" / "yes.txt.tera").write_text(
        front + "yes {{ classes | length }}\n", "utf-8"
    )
    root = type(work)(work.folder, registry).new("x", "fine")
    assert text(root / "yes.txt") == "yes 0\n"
    assert not (root / "no.txt").exists()
    assert text(root / "asked.txt") == "false\n"
    assert text(root / "jinja.txt") == "X\n"
    assert text(root / "whole.txt") == "part\n"
    assert not (root / "_part").exists()
