from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.release_diff import ReleaseContents, compare_releases
from ggen_graph.graph import queries
from ggen_graph.graph.release_contents import release_contents
from tests.graph.catalogs import make_catalog

if TYPE_CHECKING:
    from ggen_graph.workflows.catalog import Catalog

ROOT = Path(__file__).parents[2]
LIFTED = ROOT / "tests" / "data" / "lifted"
WORKSHOP = ROOT / "tests" / "workflows" / "registry"

INDEX: list[dict[str, Any]] = [
    {
        "name": "x",
        "version": "1.0.0",
        "license": "MIT",
        "dependencies": {"y": "^1", "z": {"version": "*", "optional": True}},
        "packages": {"icons": "2.x"},
    },
    *({"name": "y", "version": f"1.{minor}.0"} for minor in range(20)),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog of the pack that says everything, of packs in two releases, and of an index."""
    folder = tmp_path_factory.mktemp("contents")
    return make_catalog(folder, lifted=LIFTED, workshop=WORKSHOP, index=INDEX)


def load(made: Catalog, *wanted: tuple[str, str]) -> dict[tuple[str, str], ReleaseContents]:
    """What `release_contents` finds."""
    with made.graph.read() as generation:
        return release_contents(generation.store, wanted)


def test_a_release_has_what_its_manifest_and_tree_say(made: Catalog) -> None:
    [full] = load(made, ("full", "1.2.3-beta.11")).values()
    assert (full.name, full.version, full.license) == ("full", "1.2.3-beta.11", "Apache-2.0")
    assert full.requires == (("greeting", ">=1.2.0 <2.0.0"), ("icons", ">=2.0.0 <3.0.0"))
    assert full.may_require == (("robots", "*"),)
    assert full.tree is not None
    assert full.tree.ggen_compat == ">=0.1"
    assert {variable.name for variable in full.tree.variables} >= {"port", "host", "badge"}
    assert {path: to for path, (to, _) in full.tree.templates.items()} == {
        "templates/README.md.tera": "docs/README.md",
        "templates/page.html.tera": "pages/{{ row.name }}.html",
        "templates/parts/logo.svg": "parts/logo.svg",
        "templates/parts/main.py.j2": "parts/main.py",
    }
    assert set(full.tree.queries) == {"about", "any", "classes", "copy", "count"}
    assert all(checksum.startswith("sha256:") for checksum in full.tree.queries.values())


def test_of_a_line_of_an_index_there_is_no_tree(made: Catalog) -> None:
    assert load(made, ("x", "1.0.0")) == {
        ("x", "1.0.0"): ReleaseContents(
            "x",
            "1.0.0",
            "MIT",
            (("icons", ">=2.0.0 <3.0.0"), ("y", ">=1.0.0 <2.0.0")),
            (("z", "*"),),
        )
    }


def test_a_pack_with_nothing_to_compare_has_a_tree_all_the_same(made: Catalog) -> None:
    [app] = load(made, ("app", "1.0.0")).values()
    assert app.tree is not None
    assert app.tree.queries == {}


def test_what_is_not_there_is_left_out(made: Catalog) -> None:
    assert load(made, ("x", "9.9.9"), ("nobody", "1.0.0"), ('x" } #', "1.0.0")) == {}
    assert load(made) == {}


def test_two_releases_of_a_tree_are_compared(made: Catalog) -> None:
    before, after = load(made, ("base", "1.0.0"), ("base", "1.1.0")).values()
    assert [(one.name, one.kind) for one in compare_releases(before, after)] == [
        ("templates/README.md.tera", "changed"),
        ("templates/old.txt.tera", "removed"),
    ]


def test_however_many_releases_are_wanted_each_query_is_asked_once(
    made: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = queries.rows

    def count(store: Any, name: str, /, **values: Any) -> Any:
        asked.append(name)
        return ask(store, name, **values)

    monkeypatch.setattr(queries, "rows", count)
    many = [("y", f"1.{minor}.0") for minor in range(20)]
    found = load(made, *many, ("base", "1.0.0"), ("base", "1.1.0"), ("full", "1.2.3-beta.11"))
    assert len(found) == 23
    assert len(asked) == len(set(asked)) == 6
