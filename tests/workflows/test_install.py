"""Installing is all or nothing: in the home, and together with the project that it is for."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import ChecksumMismatch, InstallFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.workflows.conftest import Work

    Snapshot = Callable[[Path], dict[str, Any]]
    Write = Callable[..., Path]


@pytest.fixture
def chain(own_registry: Write) -> Path:
    """A registry with three packs, of which each needs the next."""
    own_registry("three", {"c.txt": "three\n"})
    own_registry("two", {"b.txt": "two\n"}, '[dependencies]\nthree = "*"\n')
    return own_registry("one", {"a.txt": "one\n"}, '[dependencies]\ntwo = "*"\n')


def kept(home: Path) -> dict[str, set[str]]:
    """The files of the home that installing adds to."""
    return {
        folder: {
            path.relative_to(home / folder).as_posix()
            for path in (home / folder).rglob("*")
            if path.is_file() and not path.name.endswith(".lock")
        }
        for folder in ("packages", "records", "backups")
    }


@contextmanager
def failing_at(name: str) -> Iterator[None]:
    """Let the disk be full when a file of that name is put into its place."""
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if Path(target).name == name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self), None, str(target))
        return replace(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", full)
        yield


def test_three_releases_are_one_transaction(work: Work, chain: Path) -> None:
    catalog = api.use_catalog([chain]).catalog
    told: list[str] = []
    before = len(api.history(None, api.home()))
    api.install_only(catalog, [api.parse_pack_spec("one")], terms=api.Terms(tell=told.append))
    done = api.history(None, api.home())[before:]
    assert [[change.path for change in one.changes] for one in done] == [
        ["packages/three/.1.0.0.json", "packages/two/.1.0.0.json", "packages/one/.1.0.0.json"]
    ]
    assert told == ["fetched three 1.0.0", "fetched two 1.0.0", "fetched one 1.0.0"]


@pytest.mark.parametrize("where", ["home", "project"])
def test_when_the_second_of_three_is_not_what_it_should_be_none_is_installed(
    work: Work, chain: Path, ggen_home: Path, snapshot: Snapshot, where: str
) -> None:
    root = work.new("library", "base@1.0.0")
    catalog = api.use_catalog([chain, work.registry]).catalog
    (chain / "two" / "b.txt").write_text("something else\n", "utf-8")
    before, had = snapshot(root), kept(ggen_home)
    wanted = [api.parse_pack_spec("one")]
    attempts = {
        "home": lambda: api.install_only(catalog, wanted),
        "project": lambda: api.adopt(api.read_project(root), catalog, wanted),
    }
    with pytest.raises(ChecksumMismatch, match=r"two 1\.0\.0"):
        attempts[where]()
    assert snapshot(root) == before
    assert kept(ggen_home) == had


@pytest.mark.parametrize("name", ["ggen.lock", "ggen.toml"])
def test_when_writing_the_project_fails_nothing_stays_installed(
    work: Work,
    chain: Path,
    ggen_home: Path,
    snapshot: Snapshot,
    name: str,
) -> None:
    root = work.new("library", "base@1.0.0")
    catalog = api.use_catalog([chain, work.registry]).catalog
    before, had = snapshot(root), kept(ggen_home)
    with failing_at(name), pytest.raises(InstallFailed, match="disk is full"):
        api.adopt(api.read_project(root), catalog, [api.parse_pack_spec("one")])
    assert snapshot(root) == before
    assert kept(ggen_home) == had
    api.adopt(api.read_project(root), catalog, [api.parse_pack_spec("one")])
    assert {"one", "two", "three"} <= {one.name for one in api.verify(api.home(), None)}


def test_when_a_new_project_fails_nothing_stays_installed(
    work: Work, chain: Path, ggen_home: Path
) -> None:
    had = kept(ggen_home)
    with failing_at("library"), pytest.raises(InstallFailed):
        type(work)(work.folder / "deep" / "er", chain).new("library", "one")
    assert kept(ggen_home) == had
    assert not (work.folder / "deep").exists()


def test_when_a_receipt_can_not_be_written_none_is(
    work: Work, chain: Path, ggen_home: Path
) -> None:
    catalog = api.use_catalog([chain]).catalog
    names = {one.name for one in api.verify(api.home(), None)}
    records = kept(ggen_home)["records"]
    with failing_at(".1.0.0.json"), pytest.raises(InstallFailed):
        api.install_only(catalog, [api.parse_pack_spec("one")])
    assert {one.name for one in api.verify(api.home(), None)} == names
    assert kept(ggen_home)["records"] == records
    api.install_only(catalog, [api.parse_pack_spec("one")])  # what was left of trees is no obstacle
    assert not [one for one in api.verify(api.home(), None) if one.fault]


def test_releases_of_two_registries_with_the_same_name_and_version_are_told_apart(
    work: Work, chain: Path, tmp_path: Path
) -> None:
    api.install_only(api.use_catalog([chain]).catalog, [api.parse_pack_spec("three")])
    other = tmp_path / "other" / "three"
    other.mkdir(parents=True)
    (other / "gpack.toml").write_text('[pack]\nname = "three"\nversion = "1.0.0"\n', "utf-8")
    theirs = api.use_catalog([other.parent]).catalog
    with pytest.raises(
        ChecksumMismatch, match=r"another three 1\.0\.0 is installed, from"
    ) as raised:
        api.install_only(theirs, [api.parse_pack_spec("three")])
    assert "packs install three@1.0.0 --force" in raised.value.help
    assert raised.value.details["expected"] != raised.value.details["found"]
    api.install_only(theirs, [api.parse_pack_spec("three")], force=True)
    assert not [one for one in api.verify(api.home(), None) if one.fault]


def test_a_forced_installation_that_is_taken_back_leaves_no_backup_without_a_record(
    work: Work, chain: Path, ggen_home: Path
) -> None:
    root = type(work)(work.folder, chain).new("library", "one")
    (chain / "three" / "c.txt").write_text("other bytes\n", "utf-8")
    (chain / "three" / "gpack.toml").write_text(
        '[pack]\nname = "three"\nversion = "1.0.0"\ntitle = "x"\n', "utf-8"
    )
    lock = root / "ggen.lock"
    lock.unlink()
    catalog = api.use_catalog((), (root, api.read_project(root).manifest)).catalog
    with failing_at("ggen.lock"), pytest.raises(InstallFailed):
        api.adopt(api.read_project(root), catalog, [], force=True)
    recorded = {one.id for one in api.history(None, api.home())}
    kept_for = {path.name for path in (ggen_home / "backups" / "home").glob("*")}
    assert kept_for <= recorded
    assert not [one for one in api.verify(api.home(), None) if one.fault]
