"""Installing exactly what is locked."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import ChecksumMismatch, DependencyCycle, RegistryUnavailable
from ggen_graph.core.lock.lockfile import Lock
from ggen_graph.workflows.frozen import locked_plan
from tests.core.lock.locks import lock, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from tests.workflows.conftest import Work

    Snapshot = Callable[[Path], dict[str, Any]]


def registries(root: Path) -> api.Catalog:
    """The registries in use in a project; no catalog of them is made."""
    home = api.home()
    found = api.registries_in_use(home, (), (root, api.read_project(root).manifest))
    return api.open_catalog(home, found)


def test_an_empty_home_gets_what_is_locked_without_a_catalog(
    work: Work, ggen_home: Path, snapshot: Snapshot
) -> None:
    root = work.new("library", "app")
    shutil.rmtree(ggen_home)
    ggen_home.mkdir()
    before = snapshot(root)
    done = api.install_frozen(api.read_project(root), registries(root))
    assert [(one.release.spec, one.fresh) for one in done.installed] == [
        ("base@1.1.0", True),
        ("app@1.0.0", True),
    ]
    assert (ggen_home / "packages" / "app" / "1.0.0" / "gpack.toml").is_file()
    assert not (ggen_home / "graph").exists()
    assert snapshot(root) == before
    again = api.install_frozen(api.read_project(root), registries(root))
    assert not any(one.fresh for one in again.installed)


def test_another_release_under_the_locked_version_is_refused(
    work: Work, ggen_home: Path, tmp_path: Path
) -> None:
    registry = tmp_path / "registry"
    shutil.copytree(work.registry, registry)
    mine = type(work)(work.folder, registry)
    root = mine.new("library", "typed", owner="ann")
    (registry / "typed" / "templates" / "values.txt.tera").write_text("something else\n", "utf-8")
    shutil.rmtree(ggen_home)
    ggen_home.mkdir()
    with pytest.raises(ChecksumMismatch):
        api.install_frozen(api.read_project(root), registries(root))
    assert not (ggen_home / "packages" / "typed" / "1.0.0").exists()


def test_a_registry_that_is_not_in_use_is_named(work: Work, ggen_home: Path) -> None:
    root = work.new("library", "typed", owner="ann")
    path = root / "ggen.lock"
    text = path.read_text("utf-8")
    path.write_text(text.replace("urn:ggen:registry:workshop/", "urn:x:elsewhere/"), "utf-8")
    shutil.rmtree(ggen_home)
    ggen_home.mkdir()
    with pytest.raises(RegistryUnavailable, match="urn:x:elsewhere/"):
        api.install_frozen(api.read_project(root), registries(root))


@pytest.fixture
def majors(work: Work, tmp_path: Path) -> Work:
    """A registry in which `old` requires `lib` ^1 and `new` requires `lib` ^2."""
    registry = tmp_path / "majors"
    requires = {
        "old/1.0.0": 'lib = "^1"',
        "new/1.0.0": 'lib = "^2"',
        "lib/1.0.0": "",
        "lib/2.0.0": "",
    }
    for place, line in requires.items():
        name, _, version = place.partition("/")
        (registry / place).mkdir(parents=True)
        (registry / place / "gpack.toml").write_text(
            f'[pack]\nname = "{name}"\nversion = "{version}"\n[dependencies]\n{line}\n', "utf-8"
        )
    return type(work)(work.folder, registry)


@pytest.mark.parametrize(
    ("preferences", "versions"),
    [
        ({"strategy": "merge"}, ["lib@1.0.0", "lib@2.0.0", "new@1.0.0", "old@1.0.0"]),
        ({"overrides": (("lib", "2.0.0"),)}, ["lib@2.0.0", "new@1.0.0", "old@1.0.0"]),
    ],
)
def test_majors_side_by_side_and_overrides_are_frozen_as_they_are_locked(
    majors: Work, ggen_home: Path, preferences: dict[str, Any], versions: list[str]
) -> None:
    root = majors.new("library", "old")
    new = [api.parse_pack_spec("new")]
    api.adopt(api.read_project(root), majors.catalog(root), new, preferences=preferences)
    lock = api.frozen_lock(api.read_project(root))
    assert [one.spec for one in lock.releases] == versions
    assert not api.compare_with_lock(api.read_project(root), majors.catalog(root)).diff
    assert not api.lock_project(api.read_project(root), majors.catalog(root), update=["*"]).diff
    shutil.rmtree(ggen_home)
    ggen_home.mkdir()
    done = api.install_frozen(api.read_project(root), registries(root))
    assert sorted(one.release.spec for one in done.installed) == versions
    assert {one.release for one in done.installed} == set(lock.releases)


def test_a_locked_circle_is_no_plan() -> None:
    round_ = lock(release("a@1.0.0", "b@1.0.0", b="*"), release("b@1.0.0", "a@1.0.0", a="*"), a="*")
    with pytest.raises(DependencyCycle):
        locked_plan(round_)


def test_an_empty_lock_is_a_plan_of_nothing() -> None:
    assert locked_plan(Lock()).releases == ()
