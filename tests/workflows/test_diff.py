from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import PackNotFound, RangeInvalid, ReleaseNotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Indexed = Callable[..., api.Catalog]


@pytest.fixture
def indexed(ggen_home: Path, tmp_path: Path) -> Indexed:
    """What makes the catalog of an index with releases of a pack `p`, some of them yanked."""

    def make(*versions: str, yanked: tuple[str, ...] = (), **more: Any) -> api.Catalog:
        path = tmp_path / "index.jsonl"
        lines = (
            {
                "name": "p",
                "version": version,
                "dependencies": {},
                "yanked": version in yanked,
                **more.get(version, {}),
            }
            for version in versions
        )
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return api.use_catalog([path]).catalog

    return make


def compared(found: api.Diff) -> tuple[str, str]:
    """The two versions."""
    return found.before.version, found.after.version


def test_two_releases_are_compared_by_what_their_trees_hold(work: Work) -> None:
    found = api.diff(work.catalog(), "base", "1.0.0", "1.1.0")
    assert compared(found) == ("1.0.0", "1.1.0")
    assert [change.name for change in found.breaking] == ["templates/old.txt.tera"]
    assert len(found.changes) == 2
    assert found.unseen == ()


def test_a_range_means_the_newest_release_in_it(indexed: Indexed) -> None:
    catalog = indexed("1.0.0", "1.2.0", "1.3.0-rc.1", "2.0.0", "2.1.0", yanked=("2.1.0",))
    assert compared(api.diff(catalog, "p", "^1", "2")) == ("1.2.0", "2.0.0")
    assert compared(api.diff(catalog, "p", "1.0.0")) == ("1.0.0", "2.0.0")
    assert compared(api.diff(catalog, "p", "*", "1.x")) == ("2.0.0", "1.2.0")


def test_what_was_yanked_is_compared_where_it_is_named_or_nothing_else_is_in_range(
    indexed: Indexed,
) -> None:
    catalog = indexed("1.0.0", "2.0.0", "2.1.0", yanked=("2.0.0", "2.1.0"))
    assert compared(api.diff(catalog, "p", "2.0.0", "^2")) == ("2.0.0", "2.1.0")
    everything = indexed("1.0.0", "2.0.0", yanked=("1.0.0", "2.0.0"))
    assert compared(api.diff(everything, "p", "1.0.0")) == ("1.0.0", "2.0.0")


def test_of_pre_releases_alone_the_newest_is_compared(indexed: Indexed) -> None:
    catalog = indexed("1.0.0-a.1", "1.0.0-a.2+build")
    assert compared(api.diff(catalog, "p", "1.0.0-a.1")) == ("1.0.0-a.1", "1.0.0-a.2+build")


def test_what_only_an_index_knows_says_so(indexed: Indexed) -> None:
    found = api.diff(indexed("1.0.0", "1.1.0"), "p", "1.0.0")
    assert (found.changes, found.unseen) == ((), ("1.0.0", "1.1.0"))


def test_a_release_that_is_not_there_is_an_error_that_names_those_that_are(
    work: Work, indexed: Indexed
) -> None:
    with pytest.raises(ReleaseNotFound) as error:
        api.diff(work.catalog(), "base", "^7")
    assert error.value.help == "it has 1.1.0, 1.0.0"
    with pytest.raises(ReleaseNotFound) as error:
        api.diff(indexed(*(f"1.{minor}.0" for minor in range(12))), "p", "1.0.0", "^9")
    assert error.value.help.endswith("1.4.0 and 4 older")


def test_a_pack_that_is_not_there_and_a_text_that_is_no_range_are_errors(work: Work) -> None:
    with pytest.raises(PackNotFound, match="bass"):
        api.diff(work.catalog(), "bass", "1.0.0")
    with pytest.raises(RangeInvalid):
        api.diff(work.catalog(), "base", "1.0.0", "newest")


def test_what_breaks_is_what_a_move_of_the_lock_would_have_to_warn_of(work: Work) -> None:
    found = api.diff(work.catalog(), "base", "1.0.0", "1.1.0")
    assert api.breaking_changes(found.before, found.after) == found.breaking
