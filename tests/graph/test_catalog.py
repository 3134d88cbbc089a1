from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import NamedNode

from ggen_graph.core.names import PackSpec
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.solver import Solution, solve
from ggen_graph.core.versions import parse_version
from ggen_graph.edges.config import Home
from ggen_graph.edges.registry import open_registry
from ggen_graph.graph.catalog import ontology_source
from ggen_graph.graph.dump import dump
from ggen_graph.graph.facts import solver_facts
from ggen_graph.graph.iris import GGEN
from ggen_graph.graph.packs import list_packs
from ggen_graph.graph.sync import SyncReport
from ggen_graph.workflows.catalog import Catalog, catalog_status, open_catalog, sync_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyoxigraph import Store

ROOT = Path(__file__).parents[2]
INDEX = ROOT / "tests" / "data" / "purescript-registry.jsonl"
ADMITS = NamedNode("urn:ggen:graph:admits")


def objects(store: Store, name: str, graph: NamedNode | None = None) -> Iterator[tuple[str, str]]:
    """Every (subject, object) of one of our properties, as texts."""
    for quad in store.quads_for_pattern(None, NamedNode(GGEN + name), None, graph):
        yield quad.subject.value, quad.object.value  # type: ignore[union-attr]


def everything(catalog: Catalog) -> bytes:
    with catalog.graph.read() as generation:
        return dump(generation.store, "nquads")


def snapshot(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in (folder, *folder.rglob("*"))}


# -- a real registry


@pytest.fixture(scope="module")
def purescript(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The catalog of a real registry: 5,494 releases of 1,158 packs."""
    home = Home(tmp_path_factory.mktemp("home"))
    catalog = open_catalog(home, (open_registry(INDEX),))
    report = sync_catalog(catalog)
    assert report.problems == ()
    assert report.published
    return catalog


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in INDEX.read_text("utf-8").splitlines()]


def test_a_real_registry_loads_whole(purescript: Catalog, lines: list[dict[str, Any]]) -> None:
    with purescript.graph.read() as generation:
        store = generation.store
        releases = {release for release, _ in objects(store, "releaseOf")}
        assert len(releases) == len(lines) == 5494
        assert [pack.name for pack in list_packs(store)] == sorted({one["name"] for one in lines})


def test_a_requirement_admits_exactly_what_its_range_does(purescript: Catalog) -> None:
    with purescript.graph.read() as generation:
        store = generation.store
        of_pack: dict[str, list[str]] = {}
        for release, pack in objects(store, "releaseOf"):
            of_pack.setdefault(pack, []).append(release)
        ranges = {
            requirement: parse_range(text)
            for requirement, text in objects(store, "range")
            if "/range/" in requirement
        }
        keys = dict(objects(store, "channelKey"))
        expected = {
            (requirement, release)
            for requirement, pack in objects(store, "onPack")
            for release in of_pack.get(pack, ())
            if ranges[requirement].admits(release.rpartition("/")[2].replace("%2B", "+"))
        }
        tried = sum(len(of_pack.get(pack, ())) for _, pack in objects(store, "onPack"))
        assert set(objects(store, "admits", ADMITS)) == expected
        assert tried > 10_000
        assert all(ranges[one].admits_key(keys[release]) for one, release in expected)


def test_loading_it_again_opens_nothing_for_writing(purescript: Catalog) -> None:
    before = snapshot(purescript.home.path)
    again = open_catalog(purescript.home, (open_registry(INDEX),))
    assert sync_catalog(again) == SyncReport()
    assert catalog_status(again) == ([], [])
    assert snapshot(purescript.home.path) == before


def test_a_catalog_has_no_blank_nodes(purescript: Catalog) -> None:
    with purescript.graph.read() as generation:
        assert len(generation.store) > 100_000
        asked = "ASK { GRAPH ?g { ?s ?p ?o } FILTER(isBlank(?s) || isBlank(?o) || isBlank(?g)) }"
        assert not generation.store.query(asked)


def test_the_facts_of_a_plan_are_what_its_lines_say(
    purescript: Catalog, lines: list[dict[str, Any]]
) -> None:
    releases: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        releases.setdefault(line["name"], []).append(line)
    reached, unseen = set(), ["halogen"]
    while unseen:
        name = unseen.pop()
        if name not in reached:
            reached.add(name)
            unseen += [one for line in releases.get(name, ()) for one in line["dependencies"]]
    with purescript.graph.read() as generation:
        facts = solver_facts(generation.store, [PackSpec("halogen", "*")]).facts
    assert set(facts.packs) == reached & set(releases)
    assert facts.unknown == reached - set(releases)
    for name, candidates in facts.packs.items():
        versions = [candidate.version for candidate in candidates]
        best_first = sorted(
            (parse_version(line["version"]) for line in releases[name]), reverse=True
        )
        best_first.sort(key=lambda version: bool(version.prerelease))
        assert versions == [str(version) for version in best_first]
        asked = {line["version"]: line["dependencies"] for line in releases[name]}
        for candidate in candidates:
            wanted = [facts.requirements[index] for index in candidate.requires]
            assert {(one.pack, one.range) for one in wanted} == {
                (pack, parse_range(text).canonical)
                for pack, text in asked[candidate.version].items()
            }
    for one in facts.requirements:
        parsed = parse_range(one.range)
        assert set(one.admits) == {
            line["version"] for line in releases.get(one.pack, ()) if parsed.admits(line["version"])
        }


def test_a_plan_comes_out_the_same_twice(purescript: Catalog) -> None:
    found = []
    for _ in range(2):
        with purescript.graph.read() as generation:
            facts = solver_facts(generation.store, [PackSpec("halogen", "*")]).facts
        solution = solve(facts)
        assert isinstance(solution, Solution)
        found.append(solution.releases)
    assert found[0] == found[1]
    assert found[0]["halogen"] == "7.0.0"
    assert len(found[0]) > 40


# -- several registries


def pack(name: str, version: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "version": version} | more


def test_a_name_comes_from_the_first_registry_that_has_it(catalog: Callable[..., Catalog]) -> None:
    made = catalog(
        first=[pack("x", "1.0.0")],
        second=[pack("x", "2.0.0"), pack("y", "1.0.0")],
    )
    with made.graph.read() as generation:
        found = {one.name: (one.version, one.registry) for one in list_packs(generation.store)}
        facts = solver_facts(generation.store, [PackSpec("x", "*"), PackSpec("y", "*")]).facts
    assert found == {"x": ("1.0.0", "first"), "y": ("1.0.0", "second")}
    assert [one.version for one in facts.packs["x"]] == ["1.0.0"]


def test_a_name_that_is_only_asked_for_does_not_shadow(catalog: Callable[..., Catalog]) -> None:
    made = catalog(
        first=[pack("asker", "1.0.0", dependencies={"x": "*"})],
        second=[pack("x", "2.0.0")],
    )
    with made.graph.read() as generation:
        found = {one.name: one.registry for one in list_packs(generation.store)}
        solution = solve(solver_facts(generation.store, [PackSpec("asker", "*")]).facts)
    assert found == {"asker": "first", "x": "second"}
    assert isinstance(solution, Solution)
    assert solution.releases == {"asker": "1.0.0", "x": "2.0.0"}


def test_a_requirement_of_one_registry_admits_releases_of_another(
    catalog: Callable[..., Catalog],
) -> None:
    made = catalog(
        first=[pack("x", "1.0.0"), pack("x", "1.5.0"), pack("x", "2.0.0")],
        second=[pack("asker", "1.0.0", dependencies={"x": "^1"})],
    )
    with made.graph.read() as generation:
        admitted = {release for _, release in objects(generation.store, "admits", ADMITS)}
        facts = solver_facts(generation.store, [PackSpec("asker", "*")]).facts
        solution = solve(facts)
    base = "urn:ggen:registry:first/pack/x"
    assert admitted == {f"{base}/1.0.0", f"{base}/1.5.0"}
    assert isinstance(solution, Solution)
    assert solution.releases == {"asker": "1.0.0", "x": "1.5.0"}


def test_a_release_that_is_shadowed_is_never_chosen(catalog: Callable[..., Catalog]) -> None:
    made = catalog(
        first=[pack("x", "1.0.0")],
        second=[pack("x", "2.0.0"), pack("asker", "1.0.0", dependencies={"x": "^2"})],
    )
    with made.graph.read() as generation:
        facts = solver_facts(generation.store, [PackSpec("asker", "*")]).facts
    [requirement] = [one for one in facts.requirements if one.pack == "x"]
    assert requirement.admits == frozenset()
    assert not isinstance(solve(facts), Solution)


def test_the_order_of_registries_is_part_of_what_is_lifted(catalog: Callable[..., Catalog]) -> None:
    lists = {"one": [pack("x", "1.0.0")], "two": [pack("x", "2.0.0")]}
    made = catalog(**lists)
    turned = Catalog(made.home, made.registries[::-1], made.graph)
    assert catalog_status(turned) == (["registry two", "registry one"], [])
    sync_catalog(turned)
    with made.graph.read() as generation:
        assert [one.version for one in list_packs(generation.store)] == ["2.0.0"]


def test_two_registries_of_one_name_are_two_if_they_declare_other_bases(tmp_path: Path) -> None:
    registries = []
    for name in ("one", "two"):
        folder = tmp_path / name / "acme"
        folder.mkdir(parents=True)
        (folder / "registry.toml").write_text(f'base = "http://example.org/{name}/"')
        (folder / "index.jsonl").write_text(json.dumps(pack(name, "1.0.0") | {"dependencies": {}}))
        registries.append(open_registry(folder))
    made = open_catalog(Home(tmp_path / "home"), tuple(registries))
    assert sync_catalog(made).changed == (
        "ontology",
        "registry acme <http://example.org/one/>",
        "registry acme <http://example.org/two/>",
    )
    assert sync_catalog(made) == SyncReport()


def test_a_registry_that_is_wrong_in_part_is_read_in_part(
    catalog: Callable[..., Catalog], tmp_path: Path
) -> None:
    packs = shutil.copytree(ROOT / "tests" / "data" / "lifted", tmp_path / "packs")
    shutil.copytree(packs / "full", packs / "other")
    manifest = (packs / "other" / "gpack.toml").read_text()
    (packs / "other" / "gpack.toml").write_text(manifest.replace('"full"', '"other"', 1))
    (packs / "other" / "templates" / "page.html.tera").write_text("---\nform: x\n---\n")
    (packs / "third").mkdir()
    made = catalog(packs=packs)
    with made.graph.read() as generation:
        assert [one.name for one in list_packs(generation.store)] == ["full"]
    problems = sync_catalog(made).problems
    assert [(one["source"], one["name"]) for one in problems] == [
        ("registry packs", "manifest-missing"),
        ("registry packs", "template-failed"),
    ]
    assert problems[1]["where"] == "other/templates/page.html.tera:2"


# -- changes


def releases(chance: random.Random) -> list[dict[str, Any]]:
    """Some releases of five packs that ask for each other."""
    names = ["a", "b", "c", "d", "e"]
    ranges = ["*", "^1", "~1.1", ">=2", "1.0.0 || 2.x", ">=1.0.0-0"]
    versions = ["1.0.0", "1.1.0", "1.1.1-rc.1", "2.0.0", "3.0.0-beta"]
    return [
        pack(
            name,
            version,
            dependencies={
                other: chance.choice(ranges) for other in chance.sample(names, 2) if other != name
            },
            yanked=chance.random() < 0.2,
        )
        for name in chance.sample(names, 3)
        for version in sorted(chance.sample(versions, 3))
    ]


@pytest.mark.parametrize("seed", range(2))
def test_changes_one_after_another_make_what_a_rebuild_makes(
    catalog: Callable[..., Catalog], tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    lists = {"one": releases(chance), "two": releases(chance), "three": releases(chance)}
    for _ in range(3):
        lists[chance.choice(["one", "two", "three"])] = releases(chance)
        step_by_step = catalog(**lists)
        elsewhere = open_catalog(Home(tmp_path / "elsewhere"), step_by_step.registries)
        sync_catalog(elsewhere, rebuild=True)
        assert everything(step_by_step) == everything(elsewhere)


def test_a_registry_that_is_not_in_use_any_more_leaves_nothing(
    catalog: Callable[..., Catalog],
) -> None:
    chance = random.Random(7)
    made = catalog(one=releases(chance), two=releases(chance))
    alone = Catalog(made.home, made.registries[:1], made.graph)
    report = sync_catalog(alone)
    assert (report.changed, report.removed) == ((), ("registry two",))
    assert b"registry:two" not in everything(alone)
    elsewhere = open_catalog(Home(made.home.path / "other"), alone.registries)
    sync_catalog(elsewhere)
    assert everything(alone) == everything(elsewhere)


def test_only_what_a_changed_registry_takes_part_in_is_admitted_anew(
    catalog: Callable[..., Catalog], monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = {
        "one": [pack("x", "1.0.0")],
        "two": [pack("y", "1.0.0", dependencies={"x": "*"})],
        "three": [pack("z", "1.0.0", dependencies={"x": "*"})],
    }
    catalog(**lists)
    bound: list[Any] = []
    from ggen_graph.graph import queries

    derive = queries.derive

    def noting(store: Store, name: str, /, **values: Any) -> None:
        bound.extend(values.get("asker_holder", ()))
        derive(store, name, **values)

    monkeypatch.setattr(queries, "derive", noting)
    catalog(**lists | {"two": [pack("y", "1.0.1", dependencies={"x": "*"})]})
    one, two, three = (f"urn:ggen:registry:{name}/graph/catalog" for name in lists)
    assert set(bound) == {(one, two), (two, one), (two, two), (two, three), (three, two)}


def test_ggen_s_own_vocabulary_is_in_its_own_graph(catalog: Callable[..., Catalog]) -> None:
    made = catalog(one=[])
    with made.graph.read() as generation:
        assert generation.store.contains_named_graph(NamedNode(ontology_source().graph))
        sources = json.loads(generation.state)["sources"]
    assert list(sources) == ["ontology", "registry one"]
