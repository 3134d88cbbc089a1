"""`packs create`: with options, by questions on a terminal, and refused."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import tomli

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def manifest(folder: Path) -> dict[str, object]:
    pack: dict[str, object] = tomli.loads((folder / "gpack.toml").read_text("utf-8"))["pack"]
    return pack


def started(ggen: Ggen, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    """A command on a terminal, and our end of it."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        ggen.command(*arguments),
        cwd=ggen.folder,
        env=ggen.process_environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        # Whoever starts the tests in the background of a shell has them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    os.close(theirs)
    return running, ours


def until(ours: int, words: bytes) -> bytes:
    """What is said until these words are; they must come."""
    seen = b""
    while words not in seen:
        seen += os.read(ours, 4096)
    return seen


def test_a_pack_is_made_from_options_without_a_question(ggen: Ggen) -> None:
    told = ggen(
        "packs", "create", "zoo", "--author", "Ann <a@b.org>", "--license", "0BSD", "--category",
        "data", "--description", "Animals.", "--output", "here/zoo-pack",
    )  # fmt: skip
    assert told.code == 0, told.err
    assert "cd here/zoo-pack" in told.out
    assert manifest(ggen.folder / "here" / "zoo-pack") == {
        "name": "zoo",
        "version": "0.1.0",
        "description": "Animals.",
        "category": "data",
        "authors": ["Ann <a@b.org>"],
        "license": "0BSD",
        "readme": "README.md",
    }


def test_the_author_is_whom_the_home_or_git_names(ggen: Ggen) -> None:
    assert ggen("config", "set", "defaults.author", "Home <h@b.org>").code == 0
    assert ggen("packs", "create", "zoo").code == 0
    assert manifest(ggen.folder / "zoo")["authors"] == ["Home <h@b.org>"]
    assert ggen("config", "unset", "defaults.author").code == 0
    subprocess.run(["git", "init", "-q"], cwd=ggen.folder, check=True)
    for key, value in (("user.name", "Git"), ("user.email", "g@b.org")):
        subprocess.run(["git", "config", key, value], cwd=ggen.folder, check=True)
    assert ggen("packs", "create", "zoo-2").code == 0
    assert manifest(ggen.folder / "zoo-2")["authors"] == ["Git <g@b.org>"]


def test_on_a_terminal_it_asks_for_the_rest_and_again_after_a_wrong_answer(ggen: Ggen) -> None:
    running, ours = started(ggen, "packs", "create", "--license", "MIT", "--author", "Ann")
    until(ours, b"name of the pack")
    os.write(ours, b"My Pack\n")
    assert b"must be a pack's name" in until(ours, b"name of the pack: ")
    os.write(ours, b"zoo\n")
    until(ours, b"in one sentence")
    os.write(ours, b"\n")
    until(ours, b"category")
    os.write(ours, b"data\n")
    until(ours, b"ggen packs test")
    assert running.wait() == 0
    os.close(ours)
    made = manifest(ggen.folder / "zoo")
    assert (made["name"], made["category"], made["license"]) == ("zoo", "data", "MIT")


def test_breaking_off_at_a_question_leaves_nothing(ggen: Ggen) -> None:
    running, ours = started(ggen, "packs", "create", "zoo")
    until(ours, b"in one sentence")
    for _ in range(100):  # one that comes just before the terminal is read is not seen until then
        running.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            running.wait(0.5)
            break
    assert running.returncode == 130
    os.close(ours)
    assert list(ggen.folder.iterdir()) == []


def test_killed_at_any_instant_the_pack_is_whole_or_not_there(ggen: Ggen) -> None:
    for step in range(8):
        running = subprocess.Popen(
            ggen.command("packs", "create", f"zoo-{step}"),
            cwd=ggen.folder,
            env=ggen.process_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            running.wait(timeout=0.15 * (step + 1))
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        made = ggen.folder / f"zoo-{step}"
        if made.exists():
            assert sum(path.is_file() for path in made.rglob("*")) == 15
    assert ggen("packs", "create", "last").code == 0
    left = {path.name for path in ggen.folder.iterdir() if path.name.startswith(".")}
    assert left == set()


def test_a_dry_run_shows_the_files_and_makes_none(ggen: Ggen) -> None:
    told = ggen("packs", "create", "zoo", "--dry-run")
    assert told.code == 0
    assert "create   templates/page.md.tera" in told.out
    assert list(ggen.folder.iterdir()) == []


def test_a_name_that_a_registry_has_already_is_said(ggen: Ggen) -> None:
    told = ggen("packs", "create", "python-base")
    assert told.code == 0
    assert "note: the registry starter has a pack python-base, too" in told.err
    assert ggen("packs", "create", "nothing-like-it").err == ""


def test_what_cannot_be_made_is_refused_with_what_to_do(ggen: Ggen) -> None:
    assert ggen("packs", "create", "--json").error["help"] == "ggen packs create NAME"
    wrong = ggen("packs", "create", "My Pack", "--json").error
    assert (wrong["name"], wrong["exit_code"]) == ("usage", 2)
    license_ = ggen("packs", "create", "zoo", "--license", "mine?", "--json").error
    assert "license" in license_["message"]
    assert ggen("packs", "create", "zoo").code == 0
    assert ggen("packs", "create", "zoo", "--json").error["name"] == "file-exists"
