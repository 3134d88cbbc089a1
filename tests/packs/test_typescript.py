"""The types that are generated: the compiler accepts them at its strictest, and the schemas do as they say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from tests.packs.conftest import HOSTILE, PACKS, model, run

if TYPE_CHECKING:
    from collections.abc import Callable

NODE_MODULES = Path(__file__).parent.parent / "node" / "node_modules"
MODELS = {
    "library": None,
    "circles": api.ModelInput((PACKS / "typescript-models/tests/circles/model.ttl",)),
    "names": api.ModelInput((PACKS / "typescript-models/tests/hard-names/model.ttl",)),
    "hostile": HOSTILE,
    "vocabularies": model("foaf.ttl", "skos.rdf", "dcat3.ttl"),
    "prov": model("prov-o.ttl", base="http://www.w3.org/ns/prov-o"),
}


def compile_models(folder: Path, *projects: Path) -> None:
    """Compile the models of projects in one run, by their own settings; what their tests need beside is left out.

    The sources of a project `P` go to `folder/P/src`, what becomes of them to `folder/dist/P/src`.
    """
    if not (NODE_MODULES / "typescript").is_dir() or shutil.which("node") is None:
        pytest.skip("there is no TypeScript here: `make test` brings it")
    (settings,) = {(project / "tsconfig.json").read_text("utf-8") for project in projects}
    (package,) = {
        json.loads((project / "package.json").read_text())["type"] for project in projects
    }
    (folder / "tsconfig.json").write_text(settings, "utf-8")
    (folder / "package.json").write_text(json.dumps({"type": package}), "utf-8")
    (folder / "node_modules").symlink_to(NODE_MODULES)
    for project in projects:
        shutil.copytree(project / "src", folder / project.name / "src")
    options = {"types": [], "sourceMap": False, "declaration": False}
    what = {
        "extends": "./tsconfig.json",
        "compilerOptions": options,
        "include": [f"{project.name}/src" for project in projects],
    }
    (folder / "tsconfig.src.json").write_text(json.dumps(what), "utf-8")
    run(folder, "node", str(NODE_MODULES / "typescript/bin/tsc"), "-p", "tsconfig.src.json")


@pytest.fixture(scope="session")
def compiled(made: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models of all projects, compiled."""
    projects = [made(name, "typescript-models", model=given) for name, given in MODELS.items()]
    one = {"unbounded": "one"}
    projects.append(made("one", "typescript-models", model=MODELS["circles"], variables=one))
    folder = tmp_path_factory.mktemp("compiled")
    compile_models(folder, *projects)
    return folder


def evaluate(folder: Path, name: str, expression: str) -> object:
    """What an expression over the exports of the project `name`, `m`, is as JSON."""
    script = (
        f'import * as m from "./dist/{name}/src/index.js";'
        f"console.log(JSON.stringify({expression}) ?? null);"
    )
    return json.loads(run(folder, "node", "--input-type=module", "--eval", script))


def check_schemas(folder: Path, name: str, classes: int) -> None:
    """Each class has a module; its schema can be made, whatever it refers to, and refuses what is no JSON."""
    modules = list((folder / name / "src" / "models").glob("*.ts"))
    assert len({path.name.casefold() for path in modules}) == classes
    accepted = "[...m.schemas.values()].filter((s) => s.safeParse(undefined).success).length"
    assert evaluate(folder, name, f"[m.schemas.size, {accepted}]") == [classes, 0]


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("circles", 10),
        ("names", 23),
        ("hostile", 132),
        ("prov", 50),
        ("vocabularies", 27),
    ],
)
def test_the_strict_compiler_accepts_the_models(name: str, classes: int, compiled: Path) -> None:
    check_schemas(compiled, name, classes)


def test_the_strict_compiler_accepts_all_of_schema_org(
    new: Callable[..., Path], tmp_path: Path
) -> None:
    folder = tmp_path / "compiled"
    folder.mkdir()
    compile_models(folder, new("schema", "typescript-models", model=model("schemaorg.ttl")))
    check_schemas(folder, "schema", 1014)


def test_one_value_may_be_what_is_meant_where_nothing_is_said(compiled: Path) -> None:
    text = (compiled / "one/src/models/ring.ts").read_text("utf-8")
    assert "radius?: number | undefined;" in text


def test_a_schema_checks_what_the_shapes_say(compiled: Path) -> None:
    book = {"title": "Emma", "author": ["http://example.org/jane", {"name": "Jane"}], "pages": 474}
    cases = [
        ("bookSchema", book, True),
        ("bookSchema", {**book, "title": ""}, False),
        ("bookSchema", {**book, "pages": 0}, False),
        ("bookSchema", {**book, "pages": 1.5}, False),
        ("bookSchema", {**book, "author": [{"nobody": 1}]}, False),
        ("bookSchema", {"pages": 3}, False),
        ("borrowerSchema", {"name": "Bo", "card": "12345678"}, True),
        ("borrowerSchema", {"name": "Bo", "card": "123"}, False),
        ("loanSchema", {"lent": book, "dueOn": "2026-01-31"}, True),
        ("loanSchema", {"lent": book, "dueOn": "tomorrow"}, False),
        ("recordingSchema", {"title": "Emma", "medium": "cassette"}, True),
        ("audiobookSchema", {"title": "Emma", "medium": "cassette"}, False),
        ("audiobookSchema", {"title": "Emma", "medium": "disc", "isbn": "1"}, True),
    ]
    checks = ",".join(
        f"m.{schema}.safeParse({json.dumps(value)}).success" for schema, value, _ in cases
    )
    assert evaluate(compiled, "library", f"[{checks}]") == [valid for _, _, valid in cases]


def test_what_an_object_has_beyond_its_class_is_kept(compiled: Path) -> None:
    data = {"@id": "urn:x", "@type": "Author", "name": "Jane", "born": 1775}
    assert evaluate(compiled, "library", f"m.authorSchema.parse({json.dumps(data)})") == data


def test_a_property_may_be_called_what_every_object_has(compiled: Path) -> None:
    least = {"field": 3, "literal": "None"}
    cases = [
        (least, True),
        ({**least, "constructor": "a", "toString": "b", "default": "c"}, True),
        ({**least, "constructor": 1}, False),
        ({**least, "toString": 1}, False),
    ]
    checks = ",".join(f"m.listSchema.safeParse({json.dumps(case)}).success" for case, _ in cases)
    assert evaluate(compiled, "hostile", f"[{checks}]") == [valid for _, valid in cases]
