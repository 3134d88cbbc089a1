"""Looking through a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import PackNotFound

if TYPE_CHECKING:
    from tests.workflows.conftest import Work


def names(found: list[api.PackSummary]) -> list[str]:
    return [pack.name for pack in found]


def test_packs_are_listed_by_name_health_or_category(work: Work) -> None:
    catalog = work.catalog()
    listed = api.browse(catalog)
    assert names(listed) == sorted(names(listed))
    assert {"base", "web-api-starter"} <= set(names(listed))
    by_health = [pack.health or 0 for pack in api.browse(catalog, sort="health")]
    assert by_health == sorted(by_health, reverse=True)
    by_category = [pack.category or "" for pack in api.browse(catalog, sort="category")]
    assert by_category == sorted(by_category)


def test_a_list_can_be_narrowed(work: Work) -> None:
    catalog = work.catalog()
    assert names(api.browse(catalog, category="docs")) == [
        "app",
        "base",
        "docs-site",
        "rival",
    ]
    assert names(api.browse(catalog, tag="notes")) == ["base"]
    assert api.browse(catalog, category="nothing") == []
    installed = names(api.browse(catalog, installed=True))
    assert "base" in installed
    assert "web-api-starter" not in installed
    assert names(api.browse(catalog, category="docs", installed=True, tag="notes")) == ["base"]


def test_words_find_packs_the_best_first(work: Work) -> None:
    catalog = work.catalog()
    assert names(api.search(catalog, "base"))[0] == "base"
    assert names(api.search(catalog, "NOTES"))[0] == "base"
    assert names(api.search(catalog, "readme heading")) == ["app"]
    assert "typed" in names(api.search(catalog, "typd"))
    assert api.search(catalog, "") == []
    assert api.search(catalog, "nothing-of-the-kind") == []


def test_a_pack_shows_all_that_is_known_of_it(work: Work) -> None:
    found = api.details(work.catalog(), "base")
    assert found["version"] == "1.1.0"
    assert [one["version"] for one in found["versions"]] == ["1.1.0", "1.0.0"]
    assert [one["name"] for one in found["variables"]] == ["languages", "port", "title"]
    assert {one["name"] for one in found["queries"]} == {"classes"}
    assert sum(part["points"] for part in found["health_parts"]) == found["health"]
    assert api.details(work.catalog(), "app")["dependencies"] == [
        {"name": "base", "range": ">=1.0.0 <2.0.0"}
    ]
    with pytest.raises(PackNotFound):
        api.details(work.catalog(), "nothing")
