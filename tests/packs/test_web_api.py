"""The service that is generated: its own tests pass, its code is clean, whatever the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from tests.packs.conftest import HOSTILE, PACKS, model, run, run_python, tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HARD_NAMES = api.ModelInput((PACKS / "web-api-starter/tests/hard-names/model.ttl",))
NOTES = api.ModelInput((PACKS / "web-api-starter/tests/notes/model.ttl",))
ZOO = api.ModelInput((PACKS / "web-api-starter/examples/zoo.ttl",))
MODELS = {
    "shop": None,
    "notes": NOTES,
    "names": HARD_NAMES,
    "zoo": ZOO,
    "foaf": model("foaf.ttl"),
    "hostile": HOSTILE,
}
CLASSES = {  # of a large model, the classes with the most fields, and with the worst names
    "names": ("class_",),
    "foaf": ("agent", "document", "person"),
    "hostile": ("list", "sqlite_sequence"),
}
OTHERS = {
    "prov": (model("prov-o.ttl", base="http://www.w3.org/ns/prov-o"), 50),
    "dcat": (model("dcat3.ttl"), 9),
    "skos": (model("skos.rdf"), 4),
}


def lint(project: Path) -> None:
    run(project, *tool("ruff"), "check", "--no-cache")
    run(project, *tool("ruff"), "format", "--check", "--no-cache")


@pytest.mark.parametrize("name", MODELS)
def test_the_generated_service_passes_its_own_tests_and_rules(
    name: str, made: Callable[..., Path]
) -> None:
    project = made(name, "web-api-starter", model=MODELS[name])
    # Of a large model: the server's test, which asks for a page of every class, and some classes in full.
    paths = [f"tests/resources/test_{module}.py" for module in CLASSES.get(name, ())]
    shared = ["tests/test_server.py"] if paths else []
    said = run_python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *shared, *paths)
    assert "passed" in said
    assert "skipped" not in said
    lint(project)


def test_records_come_oldest_first_whatever_a_field_is_called(made: Callable[..., Path]) -> None:
    project = made("notes", "web-api-starter", model=NOTES)
    script = (
        "import sqlite3; from notes.table import Table; db = sqlite3.connect(':memory:'); "
        "db.row_factory = sqlite3.Row; table = Table('note', {'rowid': 'INTEGER', 'oid': 'INTEGER'}); "
        "table.prepare(db); [table.insert(db, {'rowid': n, 'oid': n}) for n in (2, 3, 1)]; "
        "print([record['rowid'] for record in table.page(db, 9, 0)[0]])"
    )
    assert run_python(project, "-c", script) == "[2, 3, 1]\n"


@pytest.mark.parametrize("name", ["notes", "names"])
def test_one_value_where_nothing_is_said_and_a_newer_python_change_no_rule(
    name: str, new: Callable[..., Path]
) -> None:
    variables = {"unbounded": "one", "python_version": "3.14"}
    lint(new(name, "web-api-starter", model=MODELS[name], variables=variables))


@pytest.fixture(scope="session")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of the packages that every service imports."""
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize("name", ["notes", "names", "hostile"])
def test_the_generated_code_has_the_types_that_it_claims(
    name: str, made: Callable[..., Path], mypy_cache: Path
) -> None:
    project = made(name, "web-api-starter", model=MODELS[name])
    run(project, *tool("mypy"), "--cache-dir", str(mypy_cache))


@pytest.mark.parametrize("name", OTHERS)
def test_a_service_for_a_real_vocabulary_starts(name: str, new: Callable[..., Path]) -> None:
    given, classes = OTHERS[name]
    project = new(name, "web-api-starter", model=given)
    script = f"from {name}.main import create_app; print(len(create_app().openapi()['paths']))"
    assert int(run_python(project, "-c", script)) == 2 * classes + 1  # two for each, and /health


@pytest.mark.soak
def test_a_service_for_all_of_schema_org_starts(new: Callable[..., Path]) -> None:
    project = new("schema", "web-api-starter", model=model("schemaorg.ttl"))
    run_python(project, "-m", "compileall", "-q", "schema", "tests")
    script = "from schema.routers import ROUTERS; print(len(ROUTERS))"
    assert int(run_python(project, "-c", script)) == 996  # 1,014 classes without the datatypes


def test_a_pattern_without_an_example_skips_the_tests_that_need_a_value(
    new: Callable[..., Path], tmp_path: Path
) -> None:
    path = tmp_path / "model.ttl"
    path.write_text(
        """
        @prefix : <http://example.org/> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        :Book a rdfs:Class , sh:NodeShape ;
            sh:property [ sh:path :isbn ; sh:minCount 1 ; sh:pattern "^[0-9]{13}$" ] .
        """,
        "utf-8",
    )
    project = new("books", "web-api-starter", model=api.ModelInput((path,)))
    said = run_python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/resources")
    assert "the model gives no skos:example for isbn" in said
    assert "passed" not in said


def test_a_model_without_classes_gives_a_service_without_resources(
    new: Callable[..., Path], tmp_path: Path
) -> None:
    path = tmp_path / "model.ttl"
    path.write_text("<http://example.org/> <http://example.org/p> 1 .", "utf-8")
    project = new("empty", "web-api-starter", model=api.ModelInput((path,)))
    run_python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_the_service_has_the_port_and_the_titles_that_were_asked_for(
    new: Callable[..., Path],
) -> None:
    variables = {"port": 9321, "title": 'Notes, "mine"', "description": "A\\B", "prefix": "/v2"}
    project = new("notes", "web-api-starter", model=NOTES, variables=variables)
    script = (
        "from notes.main import create_app; from notes.settings import Settings; "
        "app = create_app(); print(app.title, app.description, Settings().port, *app.openapi()['paths'])"
    )
    said = run_python(project, "-c", script)
    assert said.startswith("Notes, 'mine' A/B 9321 /v2/notes ")


def test_a_project_that_gives_no_name_for_a_package_says_how_to_give_one(
    new: Callable[..., Path],
) -> None:
    with pytest.raises(api.GgenError, match="--var package=NAME"):
        new("3d", "python-base")
    assert (new("4d", "python-base", variables={"package": "four"}) / "four/__init__.py").is_file()
