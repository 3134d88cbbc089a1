"""Which registries are in use, in which order, and that a change of one is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import RegistryUnavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.conftest import Work

    Write = Callable[..., Path]


def test_a_registry_that_is_named_is_asked_first_and_said_to_be_trusted(work: Work) -> None:
    opened = api.use_catalog([work.registry])
    assert [one.name for one in opened.catalog.registries] == ["workshop", "starter"]
    assert opened.notes[0] == "registry workshop is trusted because you named its path"
    assert opened.catalog.names == "workshop, starter"


def test_the_home_names_registries_for_good(work: Work, ggen_home: Path) -> None:
    (ggen_home / "config.toml").write_text(f'[registries]\nshop = "{work.registry}"\n', "utf-8")
    opened = api.use_catalog()
    assert [one.name for one in opened.catalog.registries] == ["shop", "starter"]
    assert opened.notes == ()


def test_a_pack_comes_from_the_first_registry_that_has_it(work: Work, own_registry: Write) -> None:
    registry = own_registry("web-api-starter", {}, 'description = "mine"\n')
    catalog = api.use_catalog([registry]).catalog
    assert api.details(catalog, "web-api-starter")["description"] == "mine"
    theirs = api.details(api.use_catalog().catalog, "web-api-starter")
    assert theirs["description"] != "mine"


def test_two_registries_of_one_name_are_refused(work: Work, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "registry.toml").write_text('name = "workshop"\n', "utf-8")
    with pytest.raises(UsageError, match='two registries are named "workshop"'):
        api.use_catalog([work.registry, other])


def test_the_same_registry_may_be_named_twice(work: Work) -> None:
    opened = api.use_catalog([work.registry, work.registry / ".." / "registry"])
    assert [one.name for one in opened.catalog.registries] == ["workshop", "starter"]


def test_a_registry_on_another_machine_is_not_read_yet(work: Work) -> None:
    root = work.new("library", "base@1.0.0")
    manifest = root / "ggen.toml"
    text = manifest.read_text("utf-8")
    start, end = text.index("workshop ="), text.index("\n", text.index("workshop ="))
    manifest.write_text(
        text[:start] + 'workshop = { url = "https://packs.example.org/" }' + text[end:], "utf-8"
    )
    with pytest.raises(UsageError, match=r"https://packs\.example\.org/"):
        work.catalog(root)


def test_a_change_of_a_registry_is_seen(work: Work, own_registry: Write) -> None:
    registry = own_registry("one", {}, 'description = "before"\n')
    catalog = api.use_catalog([registry]).catalog
    assert api.details(catalog, "one")["description"] == "before"
    number = catalog.graph.current()
    assert api.use_catalog([registry]).catalog.graph.current() == number
    own_registry("one", {}, 'description = "and after"\n')
    own_registry("two", {})
    changed = api.use_catalog([registry]).catalog
    assert api.details(changed, "one")["description"] == "and after"
    assert "two" in {pack.name for pack in api.browse(changed)}
    assert changed.graph.current() != number


def test_a_registry_that_is_not_there_is_named(work: Work) -> None:
    with pytest.raises(RegistryUnavailable, match="nowhere"):
        api.use_catalog([work.folder / "nowhere"])


def test_an_empty_folder_is_a_registry_without_packs(work: Work, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    opened = api.use_catalog([tmp_path / "empty"])
    assert {one.registry for one in api.browse(opened.catalog)} <= {"starter", None}
