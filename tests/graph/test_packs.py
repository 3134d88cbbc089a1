from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from ggen_graph.core.release import ReleaseId
from ggen_graph.graph.iris import GGEN
from ggen_graph.graph.packs import (
    PackSummary,
    explain_health,
    list_packs,
    list_versions,
    locate,
    measure,
    search_words,
    show_pack,
)
from tests.graph.catalogs import make_catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.workflows.catalog import Catalog

    Make = Callable[..., Catalog]

ROOT = Path(__file__).parents[2]
LIFTED = ROOT / "tests" / "data" / "lifted"
STARTER = ROOT / "packs" / "web-api-starter"

INDEX: list[dict[str, Any]] = [
    {"name": "y", "version": "1.0.0", "dependencies": {"x": ">=1"}, "packages": {"z": "^2"}},
    {"name": "x", "version": "1.9.0", "description": "Old", "category": "web"},
    {"name": "x", "version": "1.10.0", "description": "New", "tags": ["b", "a"], "license": "MIT"},
    {"name": "x", "version": "2.0.0", "yanked": True, "archive": "x.tgz", "size": 4096},
    {"name": "x", "version": "3.0.0-rc.1"},
    {"name": "gone", "version": "1.0.0", "yanked": True},
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog of the pack that says everything, and of an index."""
    return make_catalog(tmp_path_factory.mktemp("packs"), lifted=LIFTED, index=INDEX)


def test_packs_are_listed_with_their_newest_release(made: Catalog) -> None:
    with made.graph.read() as generation:
        found = list_packs(generation.store)
    assert (found[0].name, found[0].health) == ("full", 65)
    assert found[1:] == [
        PackSummary("x", "1.10.0", None, None, "New", "index"),
        PackSummary("y", "1.0.0", None, None, "", "index"),
    ]


def test_a_pack_has_the_words_it_can_be_found_by(made: Catalog) -> None:
    with made.graph.read() as generation:
        words = search_words(generation.store)
    assert words == {
        "full": [
            ("description", "Says everything that a manifest can say"),
            ("keyword", "rest"),
            ("tag", "asgi"),
            ("tag", "http"),
            ("title", "Everything"),
        ],
        "x": [("description", "New"), ("tag", "a"), ("tag", "b")],
    }


def test_a_pack_is_shown_with_all_that_is_known_of_it(made: Catalog) -> None:
    with made.graph.read() as generation:
        found = show_pack(generation.store, "full")
    assert found is not None
    variables = found.pop("variables")
    parts = found.pop("health_parts")
    assert found.pop("checksum").startswith("sha256:")
    assert [one["name"] for one in variables] == sorted(one["name"] for one in variables)
    assert {"name": "debug", "type": "boolean", "default": False, "required": False} in variables
    assert sum(part["points"] for part in parts) == found.pop("health") == 65
    assert found == {
        "name": "full",
        "version": "1.2.3-beta.11",
        "registry": "lifted",
        "title": "Everything",
        "description": "Says everything that a manifest can say",
        "license": "Apache-2.0",
        "repository": "https://example.org/full",
        "readme": "README.md",
        "category": "web",
        "authors": ["Ann <ann@example.org>", "Bo"],
        "tags": ["asgi", "http"],
        "keywords": ["rest"],
        "dependencies": [
            {"name": "greeting", "range": ">=1.2.0 <2.0.0"},
            {"name": "icons", "range": ">=2.0.0 <3.0.0"},
        ],
        "optional_dependencies": [{"name": "robots", "range": "*"}],
        "templates": [
            {
                "path": "templates/README.md.tera",
                "description": "The front matter describes it",
            },
            {"path": "templates/page.html.tera", "description": "A page for each class"},
            {"path": "templates/parts/logo.svg", "description": ""},
            {"path": "templates/parts/main.py.j2", "description": ""},
        ],
        "queries": [
            {"name": "about", "path": "queries/about.rq"},
            {"name": "any", "path": "queries/any.rq"},
            {"name": "classes", "path": "queries/classes.rq"},
            {"name": "copy", "path": "queries/copy.rq"},
            {"name": "count", "path": "queries/count.rq"},
        ],
        "hooks": [{"event": "post_generate", "command": "echo done"}],
        "versions": [{"version": "1.2.3-beta.11", "yanked": False}],
    }


def test_a_pack_of_an_index_is_shown_with_what_its_line_says(made: Catalog) -> None:
    with made.graph.read() as generation:
        found = show_pack(generation.store, "x")
        asked = show_pack(generation.store, "y")
    assert found is not None
    assert (found["version"], found["license"], found["tags"]) == ("1.10.0", "MIT", ["a", "b"])
    assert (found["health"], found["health_parts"], found["category"]) == (None, [], None)
    assert asked is not None
    assert asked["dependencies"] == [
        {"name": "x", "range": ">=1.0.0"},
        {"name": "z", "range": ">=2.0.0 <3.0.0"},
    ]


@pytest.mark.parametrize("name", ["z", "nobody", 'x" } UNION { ?s ?p ?o', "", "gone"])
def test_a_pack_that_is_not_there_is_not_shown(made: Catalog, name: str) -> None:
    with made.graph.read() as generation:
        assert show_pack(generation.store, name) is None


def test_versions_are_listed_newest_first(made: Catalog) -> None:
    with made.graph.read() as generation:
        assert list_versions(generation.store, "x") == [
            {"version": "3.0.0-rc.1", "yanked": False},
            {"version": "2.0.0", "yanked": True},
            {"version": "1.10.0", "yanked": False},
            {"version": "1.9.0", "yanked": False},
        ]
        assert list_versions(generation.store, "gone") == [{"version": "1.0.0", "yanked": True}]
        assert list_versions(generation.store, "z") == []


def test_chosen_releases_are_located(made: Catalog) -> None:
    with made.graph.read() as generation:
        found = locate(generation.store, [("y", "1.0.0"), ("x", "2.0.0"), ("gone", "9.9.9")])
    x, y = ReleaseId("x", "2.0.0"), ReleaseId("y", "1.0.0")
    assert set(found) == {x, y}
    assert found[y].iri == "urn:ggen:registry:index/pack/y/1.0.0"
    assert found[y].location == "index.jsonl:1"
    assert found[x].archive == "x.tgz"
    assert found[x].registry == "urn:ggen:registry:index/"


def test_nothing_chosen_is_nowhere(made: Catalog) -> None:
    with made.graph.read() as generation:
        assert locate(generation.store, []) == {}


def test_a_release_is_as_large_as_its_files_or_as_its_archive_is_said_to_be(made: Catalog) -> None:
    tree, archive, line = (
        "urn:ggen:registry:lifted/pack/full/1.2.3-beta.11",
        "urn:ggen:registry:index/pack/x/2.0.0",
        "urn:ggen:registry:index/pack/x/1.9.0",
    )
    with made.graph.read() as generation:
        found = measure(generation.store, [tree, archive, line, "urn:x:nothing"])
        assert measure(generation.store, []) == {}
    files = [path for path in (LIFTED / "full").rglob("*") if path.is_file()]
    assert found == {tree: sum(path.stat().st_size for path in files), archive: 4096}


def test_a_sum_beyond_all_numbers_is_no_size() -> None:
    store = Store()
    store.load(
        f"""
        PREFIX ggen: <{GGEN}>
        <urn:x:g> {{ <urn:x:r> ggen:hasFile <urn:x:a> , <urn:x:b> .
          <urn:x:a> ggen:size {2**63 - 1} . <urn:x:b> ggen:size 1 }}
        """,
        format=RdfFormat.TRIG,
    )
    assert measure(store, ["urn:x:r"]) == {}


# -- health


def test_a_pack_s_health_falls_when_its_tests_go_and_the_graph_says_why(
    catalog: Make, tmp_path: Path
) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(STARTER, packs / "web-api-starter")
    tests = packs / "web-api-starter" / "tests"
    tests.mkdir(exist_ok=True)
    (tests / "test_it.py").touch()
    before = health(catalog(packs=packs))
    shutil.rmtree(tests)
    after = health(catalog(packs=packs))
    assert before["score"] - after["score"] == 20
    assert before["tests"] == (20, 20, "brings tests of its own")
    assert after["tests"] == (0, 20, "brings no tests: add some under tests/")
    others = set(before) - {"score", "tests"}
    assert {part: before[part] for part in others} == {part: after[part] for part in others}


def test_every_part_of_a_score_has_a_reason_and_they_add_up(catalog: Make) -> None:
    made = catalog(lifted=LIFTED, packs=ROOT / "packs")
    with made.graph.read() as generation:
        packs = list_packs(generation.store)
        assert len(packs) > 2
        for pack in packs:
            shown = show_pack(generation.store, pack.name)
            assert shown is not None
            parts = shown["health_parts"]
            assert sum(part["points"] for part in parts) == pack.health == shown["health"]
            assert sum(part["maximum"] for part in parts) == 100
            assert len({part["part"] for part in parts}) == len(parts) == 11
            assert all(part["reason"] for part in parts)
            assert all(part["points"] in {0, part["maximum"]} for part in parts)


def health(made: Catalog) -> dict[str, Any]:
    """Score and parts of the one pack."""
    with made.graph.read() as generation:
        [pack] = list_packs(generation.store)
        [quad] = generation.store.quads_for_pattern(
            None, NamedNode(GGEN + "healthScore"), None, None
        )
        parts = explain_health(generation.store, str(quad.subject).strip("<>"))
    return {
        "score": pack.health,
        **{one["part"]: (one["points"], one["maximum"], one["reason"]) for one in parts},
    }
