"""What holds for every starter pack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import tomli

from ggen_graph import api
from ggen_graph.core.manifest import PackManifest, parse_pack
from ggen_graph.core.sparql import has_order_by, refuse_writing
from ggen_graph.core.template.frontmatter import split
from tests.packs.conftest import PACKS

if TYPE_CHECKING:
    from pathlib import Path

NAMES = sorted(path.parent.name for path in PACKS.glob("*/gpack.toml"))
QUERIES = sorted(PACKS.glob("*/queries/*.rq"))
TEMPLATES = [path for path in sorted(PACKS.glob("*/templates/**/*.tera")) if path.name[0] != "_"]


def manifest(pack: str) -> PackManifest:
    return parse_pack((PACKS / pack / "gpack.toml").read_text("utf-8"), "gpack.toml")


def name_of(path: Path) -> str:
    return path.relative_to(PACKS).as_posix()


def test_the_packs_are_the_registry_named_starter() -> None:
    assert tomli.loads((PACKS / "registry.toml").read_text("utf-8"))["name"] == "starter"
    assert NAMES == [
        "ci-github-actions",
        "devops-basics",
        "docs-site",
        "enterprise-stack",
        "ml-data-science",
        "production-deployment",
        "python-base",
        "sql-schema",
        "typescript-models",
        "web-api-starter",
    ]


@pytest.mark.parametrize("pack", NAMES)
def test_a_pack_says_what_people_look_for(pack: str) -> None:
    said = manifest(pack)
    assert said.name == pack
    for value in (said.title, said.description, said.category, said.license, said.repository):
        assert value
    for values in (said.authors, said.tags, said.keywords):
        assert values
    for part in ("README.md", "CHANGELOG.md", "examples/README.md"):
        assert (PACKS / pack / part).is_file()
    log = (PACKS / pack / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## (.+)$", log, re.MULTILINE)[0] == said.version


@pytest.mark.parametrize("pack", NAMES)
def test_a_variable_says_what_it_is_for_and_fits_its_own_rules(pack: str) -> None:
    for variable in manifest(pack).variables:
        assert variable.description.endswith("."), variable.name
        assert variable.group, variable.name
        assert variable.default is not None or variable.example is not None, variable.name


def test_a_variable_that_several_packs_share_is_the_same_in_each() -> None:
    seen: dict[str, tuple[object, ...]] = {}
    together = [
        variable
        for pack in NAMES
        if pack != "typescript-models"
        for variable in manifest(pack).variables
    ]
    for variable in together:
        rules = (variable.type, variable.pattern, variable.choices, variable.min, variable.max)
        assert seen.setdefault(variable.name, rules) == rules, variable.name


@pytest.mark.parametrize("path", QUERIES, ids=name_of)
def test_a_query_stands_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    refuse_writing(text)
    assert has_order_by(text)
    assert text.startswith(("# ", "#+ summary: "))
    declared = set(re.findall(r"^PREFIX (\w+): <", text, re.MULTILINE))
    body = re.sub(r'^(#|PREFIX).*$|"[^"\n]*"', "", text, flags=re.MULTILINE)
    assert set(re.findall(r"(?<![\w<:?])([a-z]+):(?!/)", body)) == declared


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_says_what_it_makes(path: Path) -> None:
    front, _, _ = split(path.read_text("utf-8"), path.name)
    assert front.to
    assert front.description.endswith(".")


@pytest.mark.parametrize("pack", NAMES)
def test_a_pack_is_found_valid(pack: str) -> None:
    assert list(api.validate_pack(PACKS / pack)) == []


@pytest.mark.parametrize("pack", NAMES)
def test_a_pack_is_as_healthy_as_others_are_asked_to_be(pack: str) -> None:
    assert api.details(api.use_catalog().catalog, pack)["health"] >= 90
