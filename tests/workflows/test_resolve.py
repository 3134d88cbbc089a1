"""Resolution against a real registry: what is chosen, twice the same, with nothing written when nothing changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import DependencyCycle, PackNotFound, VersionConflict
from ggen_graph.core.names import PackSpec
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.resolution import Preferences
from ggen_graph.core.solver import Overridden
from ggen_graph.workflows.resolve import How

if TYPE_CHECKING:
    from ggen_graph.core.resolution import Strategy
    from tests.workflows.conftest import Work

PURESCRIPT = Path(__file__).parents[1] / "data" / "purescript-registry.jsonl"
KNOTS = Path(__file__).parents[1] / "cli" / "registries" / "knots.jsonl"


@pytest.fixture(scope="module")
def purescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the catalog of the PureScript registry was made from nothing."""
    home = tmp_path_factory.mktemp("purescript")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GGEN_HOME", str(home))
        api.use_catalog([PURESCRIPT])
    return home


def files(home: Path) -> dict[str, tuple[int, int]]:
    """Every file of a home by size and time; opening a store for writing alone would change some."""
    return {
        path.relative_to(home).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(home.rglob("*"))
    }


def test_a_plan_is_the_same_twice_and_the_second_writes_nothing(
    purescript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEN_HOME", str(purescript))
    first = api.plan(api.use_catalog([PURESCRIPT]).catalog, [PackSpec("halogen", "*")])
    before = files(purescript)
    second = api.plan(api.use_catalog([PURESCRIPT]).catalog, [PackSpec("halogen", "*")])
    assert second == first
    assert files(purescript) == before
    assert first.version("halogen") == "7.0.0"


def test_a_plan_meets_every_requirement_and_installs_nothing_before_what_it_needs(
    purescript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEN_HOME", str(purescript))
    chosen = api.plan(
        api.use_catalog([PURESCRIPT]).catalog, [PackSpec("halogen", ">=5 <7"), PackSpec("aff", "*")]
    )
    placed: dict[str, str] = {}
    for release in chosen.releases:
        for link in chosen.links[ReleaseId(release.name, release.version)]:
            assert placed[link.pack] == link.version
            assert parse_range(link.range).admits(link.version), (release.name, link)
        assert release.name not in placed
        placed[release.name] = release.version
    assert [one for level in chosen.levels for one in level] == list(placed.items())
    assert parse_range(">=5 <7").admits(placed["halogen"])


def test_what_is_locked_is_kept_if_it_can_be(
    purescript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEN_HOME", str(purescript))
    catalog = api.use_catalog([PURESCRIPT]).catalog
    assert (
        api.plan(catalog, [PackSpec("prelude", "*")], [("prelude", "5.0.0")]).version("prelude")
        == "5.0.0"
    )
    newest = api.plan(catalog, [PackSpec("prelude", ">=6")], [("prelude", "5.0.0")])
    assert newest.version("prelude") == "6.0.2"


def test_why_nothing_will_do_is_told(work: Work) -> None:
    catalog = api.use_catalog([KNOTS]).catalog
    with pytest.raises(VersionConflict) as conflict:
        api.plan(catalog, [PackSpec("a", "*")])
    assert "d" in conflict.value.help
    with pytest.raises(DependencyCycle, match=r"egg 1\.0\.0 → "):
        api.plan(catalog, [PackSpec("egg", "*")])
    with pytest.raises(PackNotFound) as unknown:
        api.plan(catalog, [PackSpec("eg", "*")])
    assert unknown.value.help == 'did you mean "egg"?'
    assert api.plan(catalog, []).releases == ()


def test_an_override_counts_for_what_features_require_too(work: Work) -> None:
    web = {"name": "web", "version": "1.0.0"}
    catalog = catalog_of(
        work.folder,
        web | {"dependencies": {"db": {"version": "^1", "optional": True}}},
        {"name": "db", "version": "1.0.0"},
        {"name": "db", "version": "2.0.0"},
    )
    how = api.How(Preferences(overrides=(("db", "^2"),)))
    chosen = api.plan(catalog, [PackSpec("web", "*", ("db",))], how=how)
    assert chosen.levels == ((ReleaseId("db", "2.0.0"),), (ReleaseId("web", "1.0.0"),))


def catalog_of(folder: Path, *lines: dict[str, Any]) -> api.Catalog:
    index = folder / "told.jsonl"
    index.write_text("\n".join(json.dumps({"dependencies": {}, **line}) for line in lines), "utf-8")
    return api.use_catalog([index]).catalog


def failed(catalog: api.Catalog, *wanted: tuple[str, str]) -> VersionConflict:
    with pytest.raises(VersionConflict) as conflict:
        api.plan(catalog, [PackSpec(*one) for one in wanted])
    return conflict.value


def test_a_failure_names_releases_that_were_passed_over_because_they_were_yanked(
    work: Work,
) -> None:
    catalog = catalog_of(
        work.folder,
        {"name": "a", "version": "1.0.0"},
        {"name": "a", "version": "1.5.0", "yanked": True},
        {"name": "a", "version": "2.0.0"},
        {"name": "b", "version": "1.0.0", "dependencies": {"a": ">=1.4 <3"}},
    )
    told = "a 1.5.0 was yanked, so it is not chosen anew"
    assert failed(catalog, ("a", "^1.2")).help.splitlines()[-1] == told
    # Each range has a release of its own, and only the yanked one is in both.
    conflict = failed(catalog, ("a", "^1"), ("b", "*"))
    assert conflict.help.splitlines()[-1] == told
    assert conflict.details["passed_over"] == [{"name": "a", "version": "1.5.0", "told": told}]
    assert "yanked" not in failed(catalog, ("a", "^3")).help


def test_a_failure_names_what_was_passed_over_of_a_pack_with_features(work: Work) -> None:
    optional = {"dependencies": {"db": {"version": "*", "optional": True}}}
    catalog = catalog_of(
        work.folder,
        {"name": "db", "version": "1.0.0"},
        {"name": "a", "version": "1.0.0", **optional},
        {"name": "a", "version": "1.5.0", "yanked": True, **optional},
        {"name": "a", "version": "2.0.0"},
        {"name": "b", "version": "1.0.0", "dependencies": {"a": ">=1.4 <3"}},
    )
    with pytest.raises(VersionConflict) as conflict:
        api.plan(catalog, [PackSpec("a", "^1", ("db",)), PackSpec("b", "*")])
    assert "a 1.5.0 was yanked, so it is not chosen anew" in conflict.value.help


def test_a_failure_names_pre_releases_that_no_range_asked_for(work: Work) -> None:
    catalog = catalog_of(
        work.folder,
        {"name": "a", "version": "1.0.0"},
        {"name": "a", "version": "2.0.0-beta.1"},
    )
    told = failed(catalog, ("a", ">=1.5")).help.splitlines()[-1]
    assert (
        told
        == 'a 2.0.0-beta.1 is a pre-release: it takes a range that names one, such as "2.0.0-beta.1"'
    )
    assert api.plan(catalog, [PackSpec("a", "2.0.0-beta.1")]).version("a") == "2.0.0-beta.1"
    assert "pre-release" not in failed(catalog, ("a", "^3")).help


def test_a_circle_is_told_with_the_way_into_it_from_what_was_asked_for(work: Work) -> None:
    catalog = catalog_of(
        work.folder,
        {"name": "a", "version": "1.0.0", "dependencies": {"b": "*"}},
        {"name": "b", "version": "1.0.0", "dependencies": {"c": "*"}},
        {"name": "c", "version": "2.0.0", "dependencies": {"b": "*"}},
    )
    with pytest.raises(DependencyCycle, match=r"a 1\.0\.0 → b 1\.0\.0 → c 2\.0\.0 → b 1") as circle:
        api.plan(catalog, [PackSpec("a", "*")])
    assert set(circle.value.details["cycle"]) == {"b@1.0.0", "c@2.0.0"}


def test_what_a_feature_requires_may_be_overridden(work: Work) -> None:
    catalog = catalog_of(
        work.folder,
        {
            "name": "web",
            "version": "1.0.0",
            "dependencies": {"pg": {"version": "^1", "optional": True}},
            "features": {"postgres": ["pg"]},
        },
        {"name": "pg", "version": "1.0.0"},
        {"name": "pg", "version": "2.0.0"},
    )
    how = How(Preferences(overrides=(("pg", "^2"),)))
    assert (
        api.plan(catalog, [PackSpec("web", "*", ("postgres",))], how=how).version("web") == "1.0.0"
    )


@pytest.mark.parametrize("strategy", ["merge", "layer"])
def test_a_pack_with_features_is_never_apart_from_itself(work: Work, strategy: Strategy) -> None:
    catalog = catalog_of(
        work.folder,
        {"name": "web", "version": "1.0.0", "features": {"fast": []}},
        {"name": "web", "version": "1.2.0", "features": {"fast": []}},
        {"name": "old", "version": "1.0.0", "dependencies": {"web": "~1.0"}},
        {
            "name": "new",
            "version": "1.0.0",
            "dependencies": {"web": {"version": "~1.2", "features": ["fast"]}},
        },
    )
    how = How(Preferences(strategy=strategy))
    chosen = api.plan(catalog, [PackSpec("old", "*"), PackSpec("new", "*")], how=how)
    assert [one.version for one in chosen.releases if one.name == "web"] == ["1.2.0"]
    assert chosen.overridden == (Overridden("old", "web", ">=1.0.0 <1.1.0"),)
    assert chosen.features[ReleaseId("web", "1.2.0")] == ("fast",)


def test_the_newest_that_is_given_to_all_has_the_features_that_are_wanted(work: Work) -> None:
    catalog = catalog_of(
        work.folder,
        {"name": "web", "version": "1.0.0", "features": {"fast": []}},
        {"name": "web", "version": "1.2.0"},
        {"name": "new", "version": "1.0.0", "dependencies": {"web": "~1.2"}},
    )
    how = How(Preferences(strategy="merge"))
    chosen = api.plan(catalog, [PackSpec("web", "^1", ("fast",)), PackSpec("new", "*")], how=how)
    assert chosen.version("web") == "1.0.0"
    assert chosen.overridden == (Overridden("new", "web", ">=1.2.0 <1.3.0"),)


def test_who_left_the_major_open_is_told_as_overridden(work: Work) -> None:
    catalog = catalog_of(
        work.folder,
        {"name": "web", "version": "1.0.0"},
        {"name": "web", "version": "1.2.0"},
        {"name": "web", "version": "2.0.0", "dependencies": {"nobody": "*"}},
        {"name": "old", "version": "1.0.0", "dependencies": {"web": "1.0.0 || ^2"}},
        {"name": "new", "version": "1.0.0", "dependencies": {"web": "~1.2"}},
    )
    how = How(Preferences(strategy="merge"))
    chosen = api.plan(catalog, [PackSpec("old", "*"), PackSpec("new", "*")], how=how)
    assert [(one.of, one.pack) for one in chosen.overridden] == [("old", "web")]
    assert "of old" in chosen.choices[0].reason


def test_a_release_of_a_day_may_be_of_its_last_hour(work: Work) -> None:
    catalog = catalog_of(
        work.folder,
        {"name": "a", "version": "1.0.0", "published": "2026-01-30"},
        {"name": "a", "version": "1.1.0", "published": "2026-01-31"},
    )
    for limit, version in (("2026-01-31T12:00:00Z", "1.0.0"), ("2026-01-31", "1.1.0")):
        how = How(Preferences(exclude_newer=limit))
        assert api.plan(catalog, [PackSpec("a", "*")], how=how).version("a") == version
