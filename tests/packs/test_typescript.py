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
    "schema": model("schemaorg.ttl"),
}


@pytest.fixture
def compiled(new: Callable[..., Path]) -> Callable[..., Path]:
    """A project's models, compiled by their own settings; what its tests need beside is left out."""
    if not (NODE_MODULES / "typescript").is_dir() or shutil.which("node") is None:
        pytest.skip("there is no TypeScript here: `make test` brings it")

    def compile_(name: str, **variables: str) -> Path:
        project = new(name, "typescript-models", model=MODELS[name], variables=variables)
        (project / "node_modules").symlink_to(NODE_MODULES)
        settings = {
            "extends": "./tsconfig.json",
            "compilerOptions": {"types": [], "sourceMap": False, "declaration": False},
            "include": ["src"],
        }
        (project / "tsconfig.src.json").write_text(json.dumps(settings), "utf-8")
        tsc = NODE_MODULES / "typescript" / "bin" / "tsc"
        run(project, "node", str(tsc), "-p", "tsconfig.src.json")
        return project

    return compile_


def evaluate(project: Path, expression: str) -> object:
    """What an expression over the package's exports, `m`, is as JSON."""
    script = (
        'import * as m from "./dist/src/index.js";'
        f"console.log(JSON.stringify({expression}) ?? null);"
    )
    return json.loads(run(project, "node", "--input-type=module", "--eval", script))


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("circles", 10),
        ("names", 23),
        ("hostile", 132),
        ("prov", 50),
        ("vocabularies", 27),
        ("schema", 1014),
    ],
)
def test_the_strict_compiler_accepts_the_models(
    name: str, classes: int, compiled: Callable[..., Path]
) -> None:
    project = compiled(name)
    modules = list((project / "src" / "models").glob("*.ts"))
    assert len({path.name.casefold() for path in modules}) == classes
    # Every schema can be made, whatever it refers to, and refuses what is no JSON.
    accepted = "[...m.schemas.values()].filter((s) => s.safeParse(undefined).success).length"
    assert evaluate(project, f"[m.schemas.size, {accepted}]") == [classes, 0]


def test_one_value_may_be_what_is_meant_where_nothing_is_said(
    compiled: Callable[..., Path],
) -> None:
    project = compiled("circles", unbounded="one")
    assert "radius?: number | undefined;" in (project / "src/models/ring.ts").read_text("utf-8")


def test_a_schema_checks_what_the_shapes_say(compiled: Callable[..., Path]) -> None:
    project = compiled("library")
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
    assert evaluate(project, f"[{checks}]") == [valid for _, _, valid in cases]


def test_what_an_object_has_beyond_its_class_is_kept(compiled: Callable[..., Path]) -> None:
    project = compiled("library")
    data = {"@id": "urn:x", "@type": "Author", "name": "Jane", "born": 1775}
    assert evaluate(project, f"m.authorSchema.parse({json.dumps(data)})") == data


def test_a_property_may_be_called_what_every_object_has(compiled: Callable[..., Path]) -> None:
    project = compiled("hostile")
    least = {"field": 3, "literal": "None"}
    cases = [
        (least, True),
        ({**least, "constructor": "a", "toString": "b", "default": "c"}, True),
        ({**least, "constructor": 1}, False),
        ({**least, "toString": 1}, False),
    ]
    checks = ",".join(f"m.listSchema.safeParse({json.dumps(case)}).success" for case, _ in cases)
    assert evaluate(project, f"[{checks}]") == [valid for _, valid in cases]
