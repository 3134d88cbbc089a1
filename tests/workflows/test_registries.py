"""Which registries are in use: one for each place, and no two that could be taken for each other."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import RegistryUnavailable, UsageError
from ggen_graph.core.names import PackSpec

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.conftest import Work


def copied(work: Work, to: Path, declaration: str = "") -> Path:
    shutil.copytree(work.registry, to)
    if declaration:
        (to / "registry.toml").write_text(declaration, "utf-8")
    return to


def configure(home: Path, text: str) -> None:
    (home / "config.toml").write_text(f"[registries]\n{text}\n", "utf-8")


def names(*paths: Path) -> list[str]:
    return [one.name for one in api.use_catalog(paths).catalog.registries]


def test_two_registries_of_one_name_are_refused_though_their_bases_differ(
    work: Work, ggen_home: Path
) -> None:
    one = copied(work, work.folder / "one", 'name = "shop"\nbase = "https://one.example.org/"\n')
    two = copied(work, work.folder / "two", 'base = "https://two.example.org/"\n')
    configure(ggen_home, f'shop = "{two}"')
    with pytest.raises(UsageError, match='two registries are named "shop"') as raised:
        api.use_catalog([one])
    assert f"{one} is named by --registry {one}; to do without it: leave" in raised.value.help
    assert f"{two} is named by shop under [registries] in {ggen_home / 'config.toml'}:2" in (
        raised.value.help
    )
    assert [found["path"] for found in raised.value.details["registries"]] == [str(one), str(two)]


def test_two_registries_of_one_base_are_refused_though_their_names_differ(
    work: Work, ggen_home: Path
) -> None:
    base = 'base = "https://one.example.org/"\n'
    one, two = copied(work, work.folder / "one", base), copied(work, work.folder / "two", base)
    with pytest.raises(
        UsageError, match=r"two registries have the base https://one\.example\.org/"
    ):
        api.use_catalog([one, two])


def test_a_registry_is_one_by_whatever_links_it_is_named(work: Work, ggen_home: Path) -> None:
    shop = copied(work, work.folder / "shop")
    (work.folder / "link").symlink_to(shop)
    configure(ggen_home, f'mine = "{work.folder / "link"}"')
    assert names(shop) == ["mine", "starter"]
    assert names(work.folder / "link", shop) == ["mine", "starter"]
    configure(ggen_home, "")
    assert names(shop, work.folder / "link") == ["workshop", "starter"]


def test_an_index_and_the_folder_around_it_are_one_registry(work: Work) -> None:
    folder = work.folder / "listed"
    folder.mkdir()
    index = folder / "index.jsonl"
    index.write_text('{"name": "a", "version": "1.0.0", "dependencies": {}}\n', "utf-8")
    assert names(folder, index) == ["listed", "starter"]


def test_a_registry_that_is_configured_is_not_said_to_be_trusted_for_the_flag(
    work: Work, ggen_home: Path
) -> None:
    configure(ggen_home, f'shop = "{work.registry}"')
    assert api.use_catalog([work.registry]).notes == ()


def test_a_project_below_a_link_names_its_registry_from_where_it_really_is(work: Work) -> None:
    (work.folder / "deep" / "down").mkdir(parents=True)
    (work.folder / "ln").symlink_to(work.folder / "deep" / "down")
    root = work.new("ln/shop", "base@1.0.0")
    (entry,) = api.read_project(root).manifest.registries
    assert entry.path is not None
    assert (root.resolve() / entry.path).resolve() == work.registry.resolve()
    work.install(root, "app")


def test_a_registry_that_is_gone_is_told_with_who_named_it(work: Work, ggen_home: Path) -> None:
    root = work.new("library", "base@1.0.0")
    manifest = root / "ggen.toml"
    text = manifest.read_text("utf-8")
    line = next(n for n, one in enumerate(text.splitlines(), 1) if one.startswith("workshop ="))
    manifest.write_text(text.replace("workshop = ", 'workshop = "nowhere" #'), "utf-8")
    with pytest.raises(RegistryUnavailable, match="nowhere does not exist") as raised:
        work.catalog(root)
    assert f"workshop under [registries] in {manifest}:{line}" in raised.value.help
    configure(ggen_home, 'gone = "/no/such/place"')
    with pytest.raises(RegistryUnavailable, match="/no/such/place") as raised:
        api.use_catalog()
    assert "`ggen config unset registries.gone`" in raised.value.help


def test_a_wrong_line_of_an_index_leaves_out_one_release_and_is_told_in_one_line(
    work: Work, monkeypatch: pytest.MonkeyPatch, ggen_home: Path
) -> None:
    index = work.folder / "shop.jsonl"
    lines = ['{"name": "a", "version": "1.0.0", "dependencies": {}}', "oops", '{"name": 1}']
    index.write_text("\n".join(lines) + "\n", "utf-8")
    configure(ggen_home, f'shop = "{index}"')
    for _ in range(2):  # once lifted, once unchanged
        opened = api.use_catalog()
        (note,) = opened.notes
        assert note.startswith(f"registry shop: left out: {index}:2:1: this is not JSON")
        assert note.endswith("(and 1 more: `ggen doctor` names each)")
        assert api.plan(opened.catalog, [PackSpec("a", "*")]).version("a") == "1.0.0"
    monkeypatch.chdir(work.folder)
    check = next(check for check in api.examine() if check.what == "catalog")
    assert not check.ok
    assert f"{index}:2:1: " in check.detail
    assert f"{index}:3:1: " in check.detail


def test_a_registry_that_is_kept_in_use_is_seen_as_it_is_at_each_sync(work: Work) -> None:
    shop = copied(work, work.folder / "shop")
    catalog = api.use_catalog([shop]).catalog
    manifest = shop / "app" / "gpack.toml"
    manifest.write_text(manifest.read_text("utf-8").replace("1.0.0", "1.9.0", 1), "utf-8")
    api.sync_catalog(catalog)
    assert api.details(catalog, "app")["version"] == "1.9.0"
