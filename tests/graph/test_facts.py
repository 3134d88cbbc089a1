from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.diagnostics import RangeInvalid
from ggen_graph.core.names import PackSpec
from ggen_graph.core.solver import Facts, Solution, solve
from ggen_graph.graph.facts import solver_facts
from tests.graph.catalogs import make_catalog

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ggen_graph.workflows.catalog import Catalog


def pack(name: str, version: str, needs: dict[str, Any] | None = None, **more: Any) -> Any:
    return {"name": name, "version": version, "dependencies": needs or {}} | more


PACKS = [
    pack("web", "1.0.0", {"base": "^1", "log": "*"}),
    pack("web", "1.1.0", {"base": "^2", "log": "*"}),
    pack("web", "2.0.0-rc.1", {"base": ">=2.0.0-0"}),
    pack("base", "1.0.0"),
    pack("base", "1.9.0", yanked=True),
    pack("base", "1.10.0"),
    pack("base", "2.0.0-beta"),
    pack("base", "2.0.0"),
    pack("log", "0.1.0", {"nowhere": "^1", "extra": {"version": "*", "optional": True}}),
    pack("extra", "1.0.0", {"deep": "*"}),
    pack("deep", "1.0.0"),
    pack("apart", "1.0.0", {"web": "*"}),
]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return make_catalog(tmp_path_factory.mktemp("facts"), one=PACKS)


def facts(
    packs: Catalog, roots: list[tuple[str, str]], locked: Collection[tuple[str, str]] = ()
) -> Facts:
    with packs.graph.read() as generation:
        return solver_facts(generation.store, [PackSpec(*root) for root in roots], locked).facts


def versions(found: Facts) -> dict[str, list[str]]:
    return {name: [one.version for one in candidates] for name, candidates in found.packs.items()}


def test_candidates_stand_best_first_and_without_what_was_yanked(packs: Catalog) -> None:
    found = versions(facts(packs, [("web", "*")]))
    assert found["web"] == ["1.1.0", "1.0.0", "2.0.0-rc.1"]
    assert found["base"] == ["2.0.0", "1.10.0", "1.0.0", "2.0.0-beta"]


def test_nothing_that_is_out_of_reach_is_fetched(packs: Catalog) -> None:
    found = facts(packs, [("web", "*")])
    assert "apart" not in found.packs
    assert set(versions(facts(packs, [("deep", "*")]))) == {"deep"}


def test_a_candidate_says_by_index_what_it_requires(packs: Catalog) -> None:
    found = facts(packs, [("web", "^1")])
    newest = found.packs["web"][0]
    wanted = [found.requirements[index] for index in newest.requires]
    assert [(one.pack, one.range, one.admits) for one in wanted] == [
        ("base", ">=2.0.0 <3.0.0", frozenset({"2.0.0"})),
        ("log", "*", frozenset({"0.1.0"})),
    ]
    pre = found.packs["web"][2]
    [index] = pre.requires
    assert found.requirements[index].admits == {"2.0.0-beta", "2.0.0"}


def test_what_is_optional_is_not_required(packs: Catalog) -> None:
    found = facts(packs, [("log", "*")])
    [candidate] = found.packs["log"]
    assert [found.requirements[index].pack for index in candidate.requires] == ["nowhere"]


def test_a_pack_that_nobody_has_is_unknown(packs: Catalog) -> None:
    assert facts(packs, [("web", "*")]).unknown == {"nowhere"}
    assert facts(packs, [("missing", "*"), ("deep", "*")]).unknown == {"missing"}


def test_roots_stand_in_the_order_in_which_they_were_asked(packs: Catalog) -> None:
    found = facts(packs, [("web", "1.x"), ("base", ">=1.5 || 1.0.0"), ("web", "latest")])
    roots = [found.requirements[index] for index in found.roots]
    assert [(one.pack, one.range) for one in roots] == [
        ("web", ">=1.0.0 <2.0.0"),
        ("base", "1.0.0 || >=1.5.0"),
        ("web", "*"),
    ]
    assert [one.admits for one in roots] == [
        {"1.0.0", "1.1.0"},
        {"1.0.0", "1.9.0", "1.10.0", "2.0.0"},
        {"1.0.0", "1.1.0"},
    ]


def test_a_range_that_can_t_be_read_is_refused(packs: Catalog) -> None:
    with pytest.raises(RangeInvalid):
        facts(packs, [("web", "one")])


def test_a_locked_release_is_preferred(packs: Catalog) -> None:
    found = facts(packs, [("web", "*")], [("web", "1.0.0"), ("base", "1.0.0"), ("gone", "1.0.0")])
    assert versions(found)["web"] == ["1.0.0", "1.1.0", "2.0.0-rc.1"]
    solution = solve(facts(packs, [("web", "*"), ("base", "*")], [("web", "1.0.0")]))
    assert not isinstance(solution, Solution)  # log requires what nobody has


def test_a_locked_release_stays_though_it_was_yanked(packs: Catalog) -> None:
    found = facts(packs, [("base", "^1")], [("base", "1.9.0")])
    assert versions(found)["base"] == ["1.9.0", "2.0.0", "1.10.0", "1.0.0", "2.0.0-beta"]
    solution = solve(found)
    assert isinstance(solution, Solution)
    assert solution.releases == {"base": "1.9.0"}


def test_a_locked_release_stays_though_all_of_its_pack_were_yanked(tmp_path: Path) -> None:
    gone = [pack("gone", "1.0.0", yanked=True), pack("asker", "1.0.0", {"gone": "^1"})]
    with make_catalog(tmp_path, one=gone).graph.read() as generation:
        kept = solver_facts(generation.store, [PackSpec("asker", "*")], [("gone", "1.0.0")]).facts
        anew = solver_facts(generation.store, [PackSpec("asker", "*")]).facts
    solution = solve(kept)
    assert isinstance(solution, Solution)
    assert solution.releases == {"asker": "1.0.0", "gone": "1.0.0"}
    assert not isinstance(solve(anew), Solution)


def test_the_same_catalog_gives_the_same_facts(packs: Catalog) -> None:
    first = facts(packs, [("web", "*"), ("apart", "*")])
    assert facts(packs, [("web", "*"), ("apart", "*")]) == first


def test_requirements_have_a_fixed_order(packs: Catalog) -> None:
    found = facts(packs, [("web", "*")])
    own = [(one.pack, one.range) for one in found.requirements[: found.roots[0]]]
    assert own == sorted(own)
    for candidates in found.packs.values():
        for candidate in candidates:
            assert list(candidate.requires) == sorted(candidate.requires)
