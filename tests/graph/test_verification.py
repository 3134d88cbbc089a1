"""A selection is checked by queries that know nothing of the solver."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.names import PackSpec
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.solver import Overridden, Resolved, Selection, levels, resolve
from ggen_graph.graph.facts import Overrides, solver_facts
from ggen_graph.graph.packs import locate
from ggen_graph.graph.verification import faults
from tests.graph.catalogs import make_catalog

if TYPE_CHECKING:
    from ggen_graph.workflows.catalog import Catalog


def pack(name: str, version: str, needs: dict[str, str] | None = None, **more: Any) -> Any:
    return {"name": name, "version": version, "dependencies": needs or {}} | more


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    lines = [
        pack("web", "1.0.0", {"base": "^1", "log": "*"}),
        pack("base", "1.0.0", {"log": "*"}),
        pack("base", "1.5.0", {"log": "*"}),
        pack("base", "2.0.0"),
        pack("log", "1.0.0"),
        pack("log", "0.9.0", yanked=True),
    ]
    return make_catalog(tmp_path_factory.mktemp("verified"), one=lines)


@pytest.fixture(scope="module")
def right(catalog: Catalog) -> Selection:
    with catalog.graph.read() as generation:
        answer = resolve(solver_facts(generation.store, [PackSpec("web", "*")]).facts)
    assert isinstance(answer, Resolved)
    return answer.selection


def found(catalog: Catalog, selection: Selection, **more: Any) -> list[str]:
    order = more.pop("order", None) or levels(selection.edges())
    with catalog.graph.read() as generation:
        located = locate(generation.store, selection.releases)
        return list(faults(generation.store, selection, located, order, **more))


def having(selection: Selection, *specs: str) -> Selection:
    """The selection with other releases."""
    releases = tuple(ReleaseId(*spec.split("@")) for spec in specs)
    links = {one: selection.links.get(one, ()) for one in releases}
    roots = tuple(one for one in selection.roots if ReleaseId(one[0], one[2]) in releases)
    return replace(selection, releases=releases, links=links, roots=roots)


def test_what_the_solver_chose_is_right(catalog: Catalog, right: Selection) -> None:
    assert found(catalog, right) == []


def test_a_requirement_that_is_not_met_is_found(catalog: Catalog, right: Selection) -> None:
    wrong = having(right, "web@1.0.0", "base@2.0.0", "log@1.0.0")
    told = "web 1.0.0 requires base >=1.0.0 <2.0.0, and nothing chosen is that"
    order = [wrong.releases]
    assert found(catalog, wrong, order=order, allow_cycles=True) == [told]
    for excuse in (
        {"overridden": [Overridden("web", "base", "^1")]},
        {"overrides": Overrides({"base": "^2"})},
        {
            "overrides": Overrides(
                {}, {"urn:ggen:registry:one/pack/base/range/%3E%3D1.0.0%20%3C2.0.0": "*"}
            )
        },
    ):
        assert found(catalog, wrong, order=order, allow_cycles=True, **excuse) == []


def test_what_the_project_requires_and_does_not_get_is_found(
    catalog: Catalog, right: Selection
) -> None:
    for range_text, version in (("^2", "1.0.0"), ("*", "7.0.0")):
        wrong = replace(right, roots=(("web", range_text, version),))
        told = f"the project requires web {range_text}, and would get {version}"
        assert found(catalog, wrong) == [told]
        assert found(catalog, wrong, overridden=[Overridden("", "web", range_text)]) == []


def test_two_releases_of_a_pack_are_found(catalog: Catalog, right: Selection) -> None:
    twice = having(right, "web@1.0.0", "base@1.0.0", "base@1.5.0", "log@1.0.0")
    apart = having(right, "web@1.0.0", "base@1.5.0", "base@2.0.0", "log@1.0.0")
    assert found(catalog, twice) == ["base 1.0.0 and 1.5.0 are both chosen"]
    assert found(catalog, twice, side_by_side=True) == ["base 1.0.0 and 1.5.0 are both chosen"]
    assert found(catalog, apart) == ["base 1.5.0 and 2.0.0 are both chosen"]
    assert found(catalog, apart, side_by_side=True) == []


def test_what_was_yanked_is_found_unless_it_was_locked(catalog: Catalog, right: Selection) -> None:
    yanked = having(right, "log@0.9.0")
    assert found(catalog, yanked) == ["log 0.9.0 was yanked"]
    assert found(catalog, yanked, locked=[("log", "0.9.0")]) == []


def test_what_is_not_there_is_found(catalog: Catalog, right: Selection) -> None:
    gone = having(right, "log@7.0.0", "nobody@1.0.0")
    assert found(catalog, gone) == [
        "log 7.0.0 is in no registry in use",
        "nobody 1.0.0 is in no registry in use",
    ]


def test_an_order_that_is_none_is_found(catalog: Catalog, right: Selection) -> None:
    turned = list(reversed(levels(right.edges())))
    wrong = found(catalog, right, order=turned)
    assert "web 1.0.0 would not be installed after base 1.5.0" in wrong
    assert len(wrong) == 3
    together = [[one for level in turned for one in level]]
    assert len(found(catalog, right, order=together)) == 3
    assert found(catalog, right, order=together, allow_cycles=True) == []
