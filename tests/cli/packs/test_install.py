"""`packs install`, inside and outside of a project."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import tomli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ggen

    Snapshot = Callable[[Path], dict[str, Any]]


def test_outside_of_a_project_the_home_gets_it(
    first_time: Ggen, workshop: Path, ggen_home: Path
) -> None:
    installed = first_time("packs", "install", "app", "--registry", workshop)
    assert installed.code == 0, installed.err
    assert installed.out == "base 1.1.0  installed\napp 1.0.0  installed\n"
    assert (ggen_home / "packages" / "app" / "1.0.0" / "gpack.toml").is_file()
    again = first_time("packs", "install", "app", "--registry", workshop)
    assert again.out == "base 1.1.0  already there\napp 1.0.0  already there\n"
    forced = first_time("packs", "install", "app", "--force", "--registry", workshop, "--json").json
    assert [one["name"] for one in forced["installed"]] == ["base", "app"]
    assert list(first_time.folder.iterdir()) == []


def test_many_who_install_the_same_at_once_get_one_tree(
    ggen: Ggen, workshop: Path, ggen_home: Path
) -> None:
    assert ggen("packs", "uninstall", "typed", "--purge", "--yes").code == 0
    running = [
        subprocess.Popen(
            ggen.command("packs", "install", "typed", "--registry", workshop),
            cwd=ggen.folder,
            env=ggen.process_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]
    said = [one.communicate()[0] for one in running]
    assert [one.returncode for one in running] == [0, 0, 0], said
    assert ggen("packs", "verify", "typed").code == 0
    assert sorted(one.name for one in (ggen_home / "packages" / "typed").iterdir()) == [
        ".1.0.0.json",
        "1.0.0",
    ]
    done = [one["command"] for one in ggen("packs", "history", "--json").json["transactions"]]
    assert done[:2] == ["packs install", "packs uninstall"]


def test_in_a_project_it_is_locked(project: Ggen) -> None:
    installed = project("packs", "install", "typed")
    assert installed.code == 0, installed.err
    assert installed.out.splitlines()[-1] == "next: ggen packs generate"
    manifest = tomli.loads((project.folder / "ggen.toml").read_text("utf-8"))
    assert manifest["packs"] == {"base": "1.0.0", "typed": "^1.0.0"}
    backup = project.folder / ".ggen" / "backup" / "ggen.lock"
    assert backup.read_bytes() == (project.folder / "ggen.lock").read_bytes()


def test_a_corrupt_lock_is_reported_and_comes_back(project: Ggen) -> None:
    lock = project.folder / "ggen.lock"
    good = lock.read_bytes()
    lock.write_text("schema = \n", "utf-8")
    for command in (["packs", "generate"], ["packs", "install"], ["graph", "sync"]):
        error = project(*command, "--json").error
        assert (error["name"], error["exit_code"]) == ("lock-corrupt", 1)
        assert error["where"]["file"] == "ggen.lock"
        assert "ggen doctor --restore-lock" in error["help"]
    assert project("doctor").code == 1
    restored = project("doctor", "--restore-lock")
    assert (restored.code, restored.out) == (0, "restored ggen.lock\n")
    assert lock.read_bytes() == good
    assert project("packs", "generate").out == "0 created, 0 replaced, 8 unchanged\n"


def test_a_clone_works_in_an_empty_home(project: Ggen, ggen_home: Path, snapshot: Snapshot) -> None:
    for path in sorted(project.folder.rglob("*")):
        if path.name in {"graph", "transaction"} and path.parent.name == ".ggen":
            shutil.rmtree(path)
    (project.folder / ".ggen" / "lock").unlink(missing_ok=True)
    before = snapshot(project.folder)
    shutil.rmtree(ggen_home)
    asked = project(
        "packs", "sparql", "--query", "SELECT ?p { ?f a ggen:GeneratedFile ; ggen:path ?p }"
    )
    assert "notes/Book.md" in asked.out
    assert project("packs", "generate").out == "0 created, 0 replaced, 8 unchanged\n"
    assert snapshot(project.folder) == before
    assert "Reader" in project("packs", "sparql", "base", "classes").out


def test_a_pack_that_is_in_no_registry_is_named(project: Ggen, snapshot: Snapshot) -> None:
    before = snapshot(project.folder)
    error = project("packs", "install", "typd", "--json").error
    assert error["help"] == 'did you mean "typed"?'
    assert snapshot(project.folder) == before
