"""`ggen lock`: what is written, what is held against what, and what CI is told."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from tests.cli.conftest import Ggen
    from tests.cli.lock.conftest import Repository

    Snapshot = Callable[[Path], dict[str, Any]]


def test_what_is_locked_stays_until_it_is_to_be_updated(repository: Repository) -> None:
    done = repository.run("lock")
    assert done.out == "ggen.lock stays as it is\n"
    assert repository.versions() == ["base@1.0.0"]
    done = repository.run("lock", "--update", "base")
    assert done.out == "up        base  1.0.0 → 1.1.0  (allowed by ^1 of ggen.toml)\n"
    assert repository.versions() == ["base@1.1.0"]


def test_to_update_without_a_name_is_to_update_all(repository: Repository) -> None:
    repository.run("lock", "--update", "--json")
    assert repository.versions() == ["base@1.1.0"]


def test_a_pack_that_is_not_there_can_not_be_updated(repository: Repository) -> None:
    done = repository.ggen("lock", "--update", "bass", "--json")
    assert done.error["name"] == "pack-not-found"
    assert done.error["help"] == 'did you mean "base"?'


def test_the_lock_is_what_an_install_would_have_written(
    repository: Repository, ggen_home: Path
) -> None:
    repository.edit("ggen.toml", 'base = "^1"', 'base = "^1"\napp = "^1"\ntyped = "*"')
    done = repository.run("lock", "--json")
    assert done.json["changed"] is True
    assert [one["name"] for one in done.json["diff"]["releases"]] == ["app", "typed"]
    written = (repository.folder / "ggen.lock").read_bytes()
    repository.run("packs", "install")
    assert (repository.folder / "ggen.lock").read_bytes() == written
    assert (repository.folder / ".ggen" / "backup" / "ggen.lock").read_bytes() == written


def test_nothing_is_installed_and_generating_installs_what_is_locked(
    repository: Repository, ggen_home: Path
) -> None:
    for packages in (ggen_home / "packages").iterdir():
        for folder in [packages, *packages.rglob("*")]:
            if folder.is_dir():
                folder.chmod(0o755)
        shutil.rmtree(packages)
    repository.run("lock", "--update")
    assert not list((ggen_home / "packages").iterdir())
    repository.run("packs", "generate")
    assert (ggen_home / "packages" / "base" / "1.1.0" / "gpack.toml").is_file()


def test_a_dry_run_shows_the_plan_and_writes_nothing(
    repository: Repository, snapshot: Snapshot
) -> None:
    before = snapshot(repository.folder)
    done = repository.run("lock", "--update", "--dry-run")
    assert '-version = "1.0.0"\n+version = "1.1.0"' in done.out
    assert "up        base  1.0.0 → 1.1.0" in done.out
    assert snapshot(repository.folder) == before


def test_it_is_one_transaction_which_can_be_undone(repository: Repository) -> None:
    before = (repository.folder / "ggen.lock").read_bytes()
    done = repository.run("lock", "--update", "--json")
    assert done.json["transaction"]
    history = repository.run("packs", "history").out
    assert "lock" in history.splitlines()[1].split()
    repository.run("packs", "rollback", "latest")
    assert (repository.folder / "ggen.lock").read_bytes() == before


MANNERS = pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("lock", "--locked"), "lock-outdated"),
        (("lock", "--check"), "check-failed"),
        (("lock", "--frozen"), "lock-outdated"),
        (("packs", "install", "--locked"), "lock-outdated"),
        (("packs", "install", "--frozen"), "lock-outdated"),
    ],
    ids=" ".join,
)


@MANNERS
def test_a_lock_that_is_for_what_is_asked_passes(
    repository: Repository, snapshot: Snapshot, arguments: tuple[str, ...], name: str
) -> None:
    before = snapshot(repository.folder)
    repository.run(*arguments)
    assert snapshot(repository.folder) == before


@MANNERS
def test_one_that_is_not_is_refused_with_what_is_different_and_nothing_is_written(
    repository: Repository, snapshot: Snapshot, arguments: tuple[str, ...], name: str
) -> None:
    repository.edit("ggen.toml", 'base = "^1"', 'base = "^1.1"')
    before = snapshot(repository.folder)
    done = repository.ggen(*arguments)
    assert done.code == 1
    assert f"error[{name}]" in done.err
    assert "^1.1" in done.err + done.out
    assert snapshot(repository.folder) == before


@MANNERS
def test_a_range_that_was_changed_and_still_fits_is_a_difference(
    repository: Repository, arguments: tuple[str, ...], name: str
) -> None:
    repository.edit("ggen.toml", 'base = "^1"', 'base = "^1.0"')
    assert repository.ggen(*arguments).code == 1


@MANNERS
def test_without_a_lock_nothing_passes(
    repository: Repository, snapshot: Snapshot, arguments: tuple[str, ...], name: str
) -> None:
    (repository.folder / "ggen.lock").unlink()
    shutil.rmtree(repository.folder / ".ggen" / "baseline")
    before = snapshot(repository.folder)
    done = repository.ggen(*arguments)
    assert done.code == 1
    assert "ggen.lock" in done.err
    assert snapshot(repository.folder) == before


@MANNERS
def test_a_lock_that_can_not_be_resolved_any_more_is_no_reason_to_write_a_record(
    repository: Repository, snapshot: Snapshot, arguments: tuple[str, ...], name: str
) -> None:
    repository.edit("ggen.toml", 'base = "^1"', 'base = "^9"')
    before = snapshot(repository.folder)
    assert repository.ggen(*arguments).code in {1, 5}
    assert snapshot(repository.folder) == before


@pytest.mark.parametrize("arguments", [("lock", "--frozen"), ("packs", "install", "--frozen")])
def test_frozen_asks_no_registry_for_what_it_needs_not(
    repository: Repository, workshop: Path, arguments: tuple[str, ...]
) -> None:
    text = (repository.folder / "ggen.toml").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("workshop = "))
    (repository.folder / "elsewhere").mkdir()
    repository.edit("ggen.toml", line, 'workshop = "elsewhere"')
    (repository.folder / "elsewhere" / "registry.toml").write_text('name = "workshop"\n', "utf-8")
    repository.run(*arguments)
    assert repository.ggen("lock").code == 1


def test_frozen_finds_a_lock_that_does_not_hold_together(repository: Repository) -> None:
    repository.run("packs", "install", "app")
    repository.edit(
        "ggen.lock",
        '{ name = "base", range = ">=1.0.0 <2.0.0" }',
        '{ name = "base", range = "^2" }',
    )
    for arguments in (("lock", "--frozen"), ("packs", "install", "--frozen")):
        done = repository.ggen(*arguments)
        assert done.code == 1
        assert "app@1.0.0 requires base ^2, and no release of it is locked for that" in done.err
    repository.run("packs", "generate")  # resolves it anew
    repository.run("lock", "--frozen")


def test_what_a_release_gets_is_a_difference_too(repository: Repository) -> None:
    repository.run("packs", "install", "app")
    lock = (repository.folder / "ggen.lock").read_bytes()
    repository.edit("ggen.lock", '"base@', '"bass@')
    for arguments, name in (
        (("lock", "--check"), "check-failed"),
        (("lock", "--locked"), "lock-outdated"),
        (("packs", "install", "--locked"), "lock-outdated"),
    ):
        done = repository.ggen(*arguments)
        assert (done.code, name in done.err) == (1, True)
    assert "the same releases" in repository.run("lock").out
    assert (repository.folder / "ggen.lock").read_bytes() == lock
    repository.run("lock", "--check")


def test_frozen_installs_what_is_locked_and_not_what_is_newest(
    repository: Repository, ggen_home: Path
) -> None:
    repository.ggen("packs", "uninstall", "base@1.0.0")
    done = repository.run("packs", "install", "--frozen", "--json")
    assert [one["version"] for one in done.json["releases"]] == ["1.0.0"]
    assert (ggen_home / "packages" / "base" / "1.0.0").is_dir()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("lock", "--locked", "--frozen"), "--locked and --frozen do not go together"),
        (("lock", "--check", "--update"), "--check and --update do not go together"),
        (("lock", "--locked", "diff"), "--locked is not for ggen lock diff"),
        (("lock", "--dry-run", "install-driver"), "--dry-run is not for ggen lock install-driver"),
        (("packs", "install", "--locked", "--frozen"), "--locked and --frozen do not go together"),
        (("packs", "install", "--frozen", "app"), "--frozen installs what ggen.lock has, and takes no PACK, nor how to choose"),
        (("lock", "dif"), 'there is no command "dif"'),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(
    repository: Repository, arguments: tuple[str, ...], told: str
) -> None:
    done = repository.ggen(*arguments)
    assert done.code == 2
    assert told in done.err


def test_outside_of_a_project_there_is_nothing_to_lock(ggen: Ggen) -> None:
    assert ggen("lock", "--json").error["name"] == "project-not-found"
    assert ggen("packs", "install", "--frozen", "--json").error["name"] == "usage"


def test_two_at_once_wait_for_each_other_and_neither_is_lost(repository: Repository) -> None:
    commands = [("packs", "install", "typed"), ("lock", "--update"), ("packs", "install", "app")]
    started = [
        subprocess.Popen(
            repository.ggen.command(*command),
            cwd=repository.folder,
            env=repository.ggen.process_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for command in commands
    ]
    said = [one.communicate()[1].decode() for one in started]
    assert [one.returncode for one in started] == [0, 0, 0], said
    assert repository.versions() == ["app@1.0.0", "base@1.1.0", "typed@1.0.0"]
    repository.run("lock", "--frozen")
