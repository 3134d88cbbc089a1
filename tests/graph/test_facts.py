from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.diagnostics import RangeInvalid
from ggen_graph.core.names import PackSpec, parse_pack_spec
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.resolution import Preferences
from ggen_graph.core.solver import Facts, Failure, Resolved, Solution, explain, resolve, solve
from ggen_graph.graph.facts import Overrides, Problem, solver_facts
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


# -- features, dates, orders, overrides

FEATURES = [
    pack(
        "web",
        "1.0.0",
        {
            "db": {"version": "^1", "optional": True, "features": ["pool"]},
            "log": {"version": "*", "optional": True},
            "base": {"version": "*", "features": ["fast"]},
        },
        features={"all": ["more", "db"], "more": ["log", "all"]},
        published="2026-01-10",
    ),
    pack("web", "2.0.0", published="2026-03-01T08:00:00Z"),
    pack("db", "1.0.0", {"pool": {"version": "*", "optional": True}}, published="2026-01-31"),
    pack("pool", "1.0.0", published="2026-01-01"),
    pack("log", "1.0.0"),
    pack(
        "base", "1.0.0", {"quick": {"version": "*", "optional": True}}, features={"fast": ["quick"]}
    ),
    pack("base", "2.0.0", ggen_compat=">=99"),
    pack("quick", "1.0.0"),
]


@pytest.fixture(scope="module")
def featured(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return make_catalog(tmp_path_factory.mktemp("features"), one=FEATURES)


def problem(catalog: Catalog, root: str, *more: Any) -> Problem:
    with catalog.graph.read() as generation:
        return solver_facts(generation.store, [parse_pack_spec(root)], (), *more)


def chosen(catalog: Catalog, root: str, *more: Any) -> set[str]:
    answer = resolve(problem(catalog, root, *more).facts)
    assert isinstance(answer, Resolved), explain(answer)
    return {one.spec for one in answer.selection.releases}


def test_a_feature_brings_what_it_turns_on(featured: Catalog) -> None:
    assert chosen(featured, "db") == {"db@1.0.0"}
    assert chosen(featured, "db[pool]") == {"db@1.0.0", "pool@1.0.0"}


def test_features_turn_on_each_other_and_those_of_other_packs(featured: Catalog) -> None:
    always = {"web@1.0.0", "base@1.0.0", "quick@1.0.0"}
    assert chosen(featured, "web@1") == always
    assert chosen(featured, "web[log]@1") == always | {"log@1.0.0"}
    for feature in ("all", "more"):
        assert chosen(featured, f"web[{feature}]") == always | {
            "log@1.0.0", "db@1.0.0", "pool@1.0.0"
        }  # fmt: skip


def test_a_feature_needs_a_release_that_has_it(featured: Catalog) -> None:
    """web 2.0.0 is newer, but has no features."""
    assert "web@1.0.0" in chosen(featured, "web[db]")
    found = problem(featured, "web[db]@2")
    assert isinstance(resolve(found.facts), Failure)
    assert found.features("web") == ["all", "db", "log", "more"]
    assert found.offers("db", "pool")
    assert not found.offers("web", "pool")


def test_features_go_with_majors_side_by_side(featured: Catalog) -> None:
    answer = resolve(problem(featured, "web[all]").facts, "merge")
    assert isinstance(answer, Resolved)
    assert dict(answer.selection.features)[ReleaseId("web", "1.0.0")] == ("all",)
    assert ReleaseId("pool", "1.0.0") in answer.selection.releases


def test_a_release_for_another_ggen_is_passed_over(featured: Catalog) -> None:
    found = problem(featured, "base")
    assert versions(found.facts)["base"] == ["1.0.0"]
    assert found.passed_over["base"]["2.0.0"].startswith("is made for ggen >=99, and this is ")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("2026-01-09", []),
        ("2026-01-10", ["1.0.0"]),
        ("2026-03-01", ["2.0.0", "1.0.0"]),
        ("2026-03-01T08:00:00Z", ["2.0.0", "1.0.0"]),
        ("2026-03-01T07:59:59Z", ["1.0.0"]),
    ],
)
def test_nothing_newer_than_a_date_is_a_candidate(
    featured: Catalog, limit: str, expected: list[str]
) -> None:
    found = problem(featured, "web", Preferences(exclude_newer=limit))
    assert versions(found.facts)["web"] == expected
    assert versions(found.facts)["log"] == []
    assert found.passed_over["log"]["1.0.0"].startswith("has no date")


def test_the_lowest_may_come_first(packs: Catalog) -> None:
    lowest = problem(packs, "web", Preferences(order="lowest")).facts
    assert versions(lowest)["web"] == ["1.0.0", "1.1.0", "2.0.0-rc.1"]
    assert versions(lowest)["base"] == ["1.0.0", "1.10.0", "2.0.0", "2.0.0-beta"]
    direct = problem(packs, "web", Preferences(order="lowest-direct")).facts
    assert versions(direct)["web"] == ["1.0.0", "1.1.0", "2.0.0-rc.1"]
    assert versions(direct)["base"] == ["2.0.0", "1.10.0", "1.0.0", "2.0.0-beta"]


def test_an_override_counts_whatever_is_required(packs: Catalog) -> None:
    found = problem(packs, "web", Preferences(), Overrides({"base": "1.x"}))
    ranges = {one.range for one in found.facts.requirements if one.pack == "base"}
    assert ranges == {"1.x"}
    own = problem(packs, "base@^2", Preferences(), Overrides({"base": "1.0.0"})).facts
    [root] = [own.requirements[number] for number in own.roots]
    assert (root.range, root.admits) == ("1.0.0", {"1.0.0"})


def test_a_requirement_or_a_release_may_be_overridden_alone(packs: Catalog) -> None:
    iri = "urn:ggen:registry:one/pack/base/range/%3E%3D2.0.0%20%3C3.0.0"
    found = problem(packs, "web", Preferences(), Overrides({}, {iri: "1.0.0"})).facts
    newest = [found.requirements[number].range for number in found.packs["web"][0].requires]
    assert newest == ["1.0.0", "*"]
    release = "urn:ggen:registry:one/pack/web/1.1.0"
    without = problem(packs, "web", Preferences(), Overrides({}, {}, {release: "has a hole"}))
    assert versions(without.facts)["web"] == ["1.0.0", "2.0.0-rc.1"]
    assert without.passed_over["web"] == {"1.1.0": "has a hole"}


def test_what_is_passed_over_stands_newest_first(tmp_path: Path) -> None:
    lines = [pack("web", f"1.{minor}.0", yanked=True) for minor in (2, 10, 0, 9, 1)]
    found = problem(make_catalog(tmp_path, one=lines), "web")
    assert list(found.passed_over["web"]) == ["1.10.0", "1.9.0", "1.2.0", "1.1.0", "1.0.0"]
