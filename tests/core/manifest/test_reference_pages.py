"""The reference pages and the schemas say the same: every key is described, every example is right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tomli

from ggen_graph.core.lock.lockfile import parse_lock
from ggen_graph.core.manifest import parse_pack, parse_project
from ggen_graph.core.manifest.lock_schema import LOCK_TABLES
from ggen_graph.core.manifest.schema import PACK_TABLES, PROJECT_TABLES
from ggen_graph.core.manifest.toml_text import MAX_CHARACTERS, MAX_DEPTH, value_text
from ggen_graph.core.manifest.variable import TYPES
from ggen_graph.core.policy import POLICIES

if TYPE_CHECKING:
    from ggen_graph.core.manifest.checks import Table

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


def sections(text: str) -> dict[str, str]:
    """The body below each `## heading`, by each table that the heading names."""
    found = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        found.update(dict.fromkeys(re.findall(r"`([^`]+)`", heading), body))
    return found


def described(body: str) -> set[str]:
    """The names in the first column of a section's tables."""
    rows = re.findall(r"^\| (`[^|]*`) \|", body, flags=re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def example(text: str, kind: str) -> str:
    (found,) = re.findall(rf"^```toml {kind}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.mark.parametrize(
    ("file", "tables"),
    [("gpack-toml.md", PACK_TABLES), ("ggen-toml.md", PROJECT_TABLES)],
    ids=["pack", "project"],
)
def test_every_key_is_described_and_no_other(file: str, tables: dict[str, Table]) -> None:
    found = sections(page(file))
    assert set(found) >= set(tables)
    for name, keys in tables.items():
        extra = set(TYPES) if name == "[[variable]]" else set()
        assert described(found[name]) - extra == set(keys), name


def test_every_key_of_a_lock_is_described_and_no_other() -> None:
    keys = {key for table in LOCK_TABLES.values() for key in table}
    nested = {"base", "range", "features", "waived", "used", "files"}
    assert described(page("ggen-lock.md")) == keys - nested
    assert all(f"`{key}`" in page("ggen-lock.md") for key in nested)


def test_the_examples_are_right() -> None:
    assert (
        parse_pack(example(page("gpack-toml.md"), "pack"), "gpack.toml").name == "web-api-starter"
    )
    assert parse_project(example(page("ggen-toml.md"), "project"), "ggen.toml").name == "shop"
    assert (
        parse_lock(example(page("ggen-lock.md"), "lock"), "ggen.lock").releases[0].version
        == "1.4.0"
    )


def test_the_example_of_a_project_shows_every_key() -> None:
    data = tomli.loads(example(page("ggen-toml.md"), "project"))
    assert set(data) == {
        "project", "packs", "resolution", "variables", "registries", "graph", "policy"
    }  # fmt: skip
    assert set(data["packs"]["ci-github-actions"]) == set(PROJECT_TABLES["[packs]"])
    assert set(data["resolution"]) == set(PROJECT_TABLES["[resolution]"])
    assert set(data["graph"]) == set(PROJECT_TABLES["[graph]"])
    assert set(data["policy"]) == set(PROJECT_TABLES["[policy]"]) == set(POLICIES)


def test_the_example_of_a_pack_shows_every_key() -> None:
    data = tomli.loads(example(page("gpack-toml.md"), "pack"))
    for name, keys in PACK_TABLES.items():
        value = data[name.strip("[]")]
        if name in {"[dependencies]", "[packages]"}:
            continue
        shown = {key for entry in value for key in entry} if isinstance(value, list) else set(value)
        assert name in {"[features]", "[hooks]", "[metadata]"} or shown == set(keys), name
    assert set(data["dependencies"]["ci-github-actions"]) == set(PACK_TABLES["[dependencies]"])


def test_defaults_on_the_page_are_those_of_the_value() -> None:
    bare = parse_pack('[pack]\nname = "a"\nversion = "1.0.0"\n', "gpack.toml")
    text = page("gpack-toml.md")
    for globs in (bare.template_globs, bare.query_globs, bare.shape_globs, bare.rdf.globs):
        assert f"`{value_text(globs)}`" in text


def test_limits_on_the_page_are_those_of_the_parser() -> None:
    text = page("gpack-toml.md")
    assert f"{MAX_CHARACTERS:,} characters" in text
    assert f"at most {MAX_DEPTH} deep" in text
