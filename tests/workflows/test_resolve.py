"""Resolution against a real registry: what is chosen, twice the same, with nothing written when nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import DependencyCycle, PackNotFound, VersionConflict
from ggen_graph.core.ranges import parse_range

if TYPE_CHECKING:
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
    first = api.plan(api.use_catalog([PURESCRIPT]).catalog, [("halogen", "*")])
    before = files(purescript)
    second = api.plan(api.use_catalog([PURESCRIPT]).catalog, [("halogen", "*")])
    assert second == first
    assert files(purescript) == before
    assert first.version("halogen") == "7.0.0"


def test_a_plan_meets_every_requirement_and_installs_nothing_before_what_it_needs(
    purescript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEN_HOME", str(purescript))
    chosen = api.plan(api.use_catalog([PURESCRIPT]).catalog, [("halogen", ">=5 <7"), ("aff", "*")])
    placed: dict[str, str] = {}
    for release in chosen.releases:
        for name, text in release.requires:
            assert parse_range(text).admits(placed[name]), (release.name, name)
        assert release.name not in placed
        placed[release.name] = release.version
    assert [name for level in chosen.levels for name in level] == list(placed)
    assert parse_range(">=5 <7").admits(placed["halogen"])


def test_what_is_locked_is_kept_if_it_can_be(
    purescript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEN_HOME", str(purescript))
    catalog = api.use_catalog([PURESCRIPT]).catalog
    assert api.plan(catalog, [("prelude", "*")], {"prelude": "5.0.0"}).version("prelude") == "5.0.0"
    newest = api.plan(catalog, [("prelude", ">=6")], {"prelude": "5.0.0"})
    assert newest.version("prelude") == "6.0.2"


def test_why_nothing_will_do_is_told(work: Work) -> None:
    catalog = api.use_catalog([KNOTS]).catalog
    with pytest.raises(VersionConflict) as conflict:
        api.plan(catalog, [("a", "*")])
    assert "d" in conflict.value.help
    with pytest.raises(DependencyCycle, match=r"egg 1\.0\.0 → "):
        api.plan(catalog, [("egg", "*")])
    with pytest.raises(PackNotFound) as unknown:
        api.plan(catalog, [("eg", "*")])
    assert unknown.value.help == 'did you mean "egg"?'
    assert api.plan(catalog, []).releases == ()
