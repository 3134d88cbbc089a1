"""`ggen lock diff`: files, and revisions of git."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.lock.conftest import Repository


def test_a_file_is_compared_with_the_lock_that_is_here(repository: Repository) -> None:
    shutil.copy(repository.folder / "ggen.lock", repository.folder / "old.lock")
    assert repository.run("lock", "diff", "old.lock").out == "no difference\n"
    repository.run("packs", "install", "app")
    told = repository.run("lock", "diff", "old.lock").out.splitlines()
    assert told == [
        "ggen.toml app  not asked for → ^1.0.0",
        "added     app  1.0.0  (ggen.toml asks for ^1.0.0)",
    ]
    back = repository.run("lock", "diff", "ggen.lock", "old.lock").out.splitlines()
    assert back[1] == "removed   app  1.0.0  (ggen.toml asks for it no more)"


def test_the_lock_of_a_revision_is_compared_with_the_one_here(repository: Repository) -> None:
    repository.run("lock", "--update")
    done = repository.run("lock", "diff", "--from", "HEAD", "--json")
    (change,) = done.json["releases"]
    assert change == {
        "name": "base",
        "kind": "up",
        "before": "1.0.0",
        "after": "1.1.0",
        "because": ["allowed by ^1 of ggen.toml"],
    }
    assert done.json["files"] == {"added": 0, "removed": 0, "changed": 0}
    below = repository.ggen.at(repository.folder / "notes")
    assert below("lock", "diff", "--from", "main").out.startswith("up        base")


def test_what_is_not_there_is_named(repository: Repository) -> None:
    def told(*arguments: str) -> str:
        done = repository.ggen("lock", "diff", *arguments, "--json")
        assert done.error["name"] == "usage"
        return str(done.error["message"])

    assert told() == "nothing is named to compare the lock with"
    assert told("none.lock") == "there is no file none.lock"
    assert told("--from", "nowhere") == "git has no ggen.lock at nowhere"
    assert told("--from", "--help") == "git has no ggen.lock at --help"
    assert told("--from", "HEAD", "a", "b") == "--from takes the place of the first file"


def test_a_file_that_is_no_lock_is_named(repository: Repository) -> None:
    done = repository.ggen("lock", "diff", "README.md", "--json")
    assert done.error["name"] == "lock-corrupt"
    assert done.error["where"]["file"] == "README.md"
    assert "help" not in done.error
