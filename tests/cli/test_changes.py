"""What is shown before it is done, what is asked, and who waits for whom: the same for every command that writes."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Ggen

    Snapshot = Callable[[Path], dict[str, Any]]

HOLD = """
import sys
from pathlib import Path
from ggen_graph.edges.locks import exclusive
with exclusive(Path(sys.argv[1]), "it"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a lock until the block ends, or its input does."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


SECONDS = 60  # after which what is silent hangs


class Terminal:
    """A command on a terminal: what it asks is read, what a person types is written."""

    def __init__(self, ggen: Ggen, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            ggen.command(*arguments),
            cwd=ggen.folder,
            env={**ggen.process_environment(), "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            # What a shell starts in the background ignores it, and passes that on.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )
        os.close(theirs)
        self._seen = b""

    def read_until(self, text: str) -> str:
        """All that was shown until `text` was, or the end."""
        while text.encode() not in self._seen:
            if not select.select([self._ours], [], [], SECONDS)[0]:
                self._process.kill()
                raise TimeoutError(f"nothing more was shown, only: {self._seen!r}")
            try:
                piece = os.read(self._ours, 65536)
            except OSError:  # how Linux says that the other end was closed
                break
            if not piece:
                break
            self._seen += piece
        return self._seen.decode().replace("\r\n", "\n")

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._ours, text.encode() + b"\n")

    def interrupt(self) -> None:
        """Press Ctrl-C, again if it came just before the command began to read, and was not heard."""
        for _ in range(SECONDS):
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1)
                return
        self._process.kill()

    def end(self) -> tuple[int, str]:
        """The exit code, and all that was shown."""
        shown = self.read_until("\0 never")
        os.close(self._ours)
        return self._process.wait(), shown


def written(home: Path) -> dict[str, tuple[int, int]]:
    """What a dry run must leave alone in the home: by path, size and time of change."""
    return {
        path.relative_to(home).as_posix(): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for name in ("packages", "blobs", "backups", "records", "transaction")
        for path in sorted((home / name).rglob("*"))
        if path.is_file()
    }


def edited(project: Ggen) -> None:
    """A transaction, and a hand edit of a file that it made."""
    assert project("packs", "generate", "typed", "--var", "owner=ann").code == 0
    (project.folder / "values.txt").write_text("mine\n", "utf-8")


# A dry run

DRY: dict[str, tuple[str, ...]] = {
    "install": ("packs", "install", "typed"),
    "install by force": ("packs", "install", "typed", "--force"),
    "generate": ("packs", "generate", "--var", "title=Books"),
    "generate a new pack": ("packs", "generate", "typed", "--var", "owner=ann"),
    "uninstall": ("packs", "uninstall", "base"),
    "rollback": ("packs", "rollback", "latest"),
}


@pytest.mark.parametrize("name", DRY)
def test_a_dry_run_shows_the_plan_and_writes_nothing(
    project: Ggen, ggen_home: Path, snapshot: Snapshot, name: str
) -> None:
    assert project("packs", "generate", "--var", "port=8001").code == 0
    before, had = snapshot(project.folder), written(ggen_home)
    shown = project(*DRY[name], "--dry-run")
    assert shown.code == 0, shown.err
    assert shown.out.splitlines()[-1] == "nothing was done: this was a dry run"
    assert " to " in shown.out.splitlines()[-2]
    asked = project(*DRY[name], "--dry-run", "--json")
    assert asked.code == 0, asked.err
    document = asked.json
    assert document["dry_run"] is True
    assert document["plan"]["changes"]
    assert document["diff"] in shown.out
    assert snapshot(project.folder) == before
    assert written(ggen_home) == had
    done = project(*DRY[name], "--yes")  # and without it, it happens
    assert done.code == 0, done.err
    after = snapshot(project.folder)
    paths = {change["path"] for change in document["plan"]["changes"]}
    changed = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    runs = {path for path in paths | changed if path.startswith(".ggen/records/")}
    assert changed - runs == paths - runs


def test_a_dry_run_of_a_new_project_leaves_no_folder_and_installs_nothing(
    first_time: Ggen, workshop: Path, ggen_home: Path
) -> None:
    command = ("new", "deep/library", "--pack", "base@1.0.0", "--registry", workshop)
    shown = first_time(*command, "--dry-run")
    assert shown.code == 0, shown.err
    assert "+++ b/README.md" in shown.out
    assert "  create   README.md" in shown.out
    assert "install  base 1.0.0" in shown.out
    assert list(first_time.folder.iterdir()) == []
    assert written(ggen_home) == {}
    assert not list((ggen_home / "packages").iterdir())
    document = first_time(*command, "--dry-run", "--json").json
    assert "install  base 1.0.0" in document["plan"]["remarks"][0]
    assert document["plan"]["risk"] == "none"


def test_a_dry_run_outside_of_a_project_installs_and_uninstalls_nothing(
    ggen: Ggen, workshop: Path, ggen_home: Path
) -> None:
    had = written(ggen_home)
    for command in (
        ("packs", "install", "base@1.0.0", "--force", "--registry", workshop),
        ("packs", "uninstall", "typed"),
        ("packs", "uninstall", "typed", "--purge"),
        ("packs", "rollback", "1"),
    ):
        shown = ggen(*command, "--dry-run")
        assert shown.code == 0, shown.err
        assert "dry run" in shown.out
    assert written(ggen_home) == had


def test_a_dry_run_of_what_can_not_be_resolved_records_nothing(
    project: Ggen, snapshot: Snapshot
) -> None:
    before = snapshot(project.folder)
    for command in (("install", "base@^9"), ("generate", "base@^9")):
        assert project("packs", *command, "--dry-run").code == 5
    assert snapshot(project.folder) == before


def test_the_diff_is_one_that_can_be_read_and_is_coloured_on_a_terminal(project: Ggen) -> None:
    shown = project("packs", "generate", "--var", "title=Books", "--dry-run").out
    assert "--- a/README.md\n+++ b/README.md\n@@ -1,3 +1,3 @@\n-# Base\n+# Books\n" in shown
    assert "  and " in shown
    assert "/.ggen/" not in shown
    terminal = Terminal(
        project.having(NO_COLOR=""), "packs", "generate", "--var", "title=Books", "--dry-run"
    )
    code, coloured = terminal.end()
    assert code == 0
    assert "\x1b[32m+# Books" in coloured
    assert "\x1b[31m-# Base" in coloured


def test_a_dry_run_with_nothing_to_do_says_so(project: Ggen) -> None:
    shown = project("packs", "generate", "--dry-run")
    assert shown.out == "nothing to do\nnothing was done: this was a dry run\n"


# The question


def test_what_touches_nothing_of_a_persons_asks_nothing(project: Ggen) -> None:
    for command in (
        ("packs", "install", "typed"),
        ("packs", "generate", "--var", "owner=ann"),
        ("packs", "rollback", "latest"),
        ("packs", "uninstall", "typed"),
    ):
        done = project(*command, "--no-input")
        assert done.code == 0, done.err


@pytest.mark.parametrize("options", [(), ("--no-input",), ("--json",)])
def test_hand_edits_are_not_touched_without_a_yes(
    project: Ggen, snapshot: Snapshot, options: tuple[str, ...]
) -> None:
    edited(project)
    before = snapshot(project.folder)
    for command in (("rollback", "latest"), ("uninstall", "typed", "--purge")):
        refused = project("packs", *command, *options)
        assert refused.code == 2
        if options == ("--json",):
            assert refused.error["name"] == "usage"
            assert refused.error["details"]["plan"]["risk"] == "edits"
        else:
            assert f"ggen packs {command[0]} needs a yes: it would touch hand edits" in refused.err
            assert "--yes" in refused.err
    assert snapshot(project.folder) == before


def test_yes_agrees_and_the_edit_is_kept_beside(project: Ggen) -> None:
    edited(project)
    done = project("packs", "rollback", "latest", "--yes")
    assert done.code == 0, done.err
    assert not (project.folder / "values.txt").exists()
    assert (project.folder / "values.txt.ggen-newer").read_text("utf-8") == "mine\n"


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 1)])
def test_a_person_is_asked_once_and_shown_what_it_is_about(
    project: Ggen, snapshot: Snapshot, answer: str, code: int
) -> None:
    edited(project)
    before = snapshot(project.folder)
    terminal = Terminal(project, "packs", "rollback", "latest")
    asked = terminal.read_until("[y/N]")
    assert "delete   values.txt" in asked
    assert "edited by hand" in asked
    assert "values.txt was changed since; that is kept beside it" in asked
    assert "hand edits are touched (and kept); go on?" in asked
    terminal.type(answer)
    ended, shown = terminal.end()
    assert ended == code, shown
    if code:
        assert "nothing was changed" in shown
        assert snapshot(project.folder) == before
    else:
        assert not (project.folder / "values.txt").exists()


@pytest.mark.parametrize(("typed", "code"), [("typed", 0), ("y", 1)])
def test_what_can_not_be_undone_wants_its_name_typed(
    ggen: Ggen, ggen_home: Path, typed: str, code: int
) -> None:
    terminal = Terminal(ggen, "packs", "uninstall", "typed", "--purge")
    asked = terminal.read_until("go on:")
    assert "this can't be undone; type typed to go on" in asked
    terminal.type(typed)
    ended, shown = terminal.end()
    assert ended == code, shown
    assert (ggen_home / "packages" / "typed" / "1.0.0").exists() == bool(code)
    assert "undo:" not in shown


def test_while_a_question_about_the_home_stands_others_work_there(ggen: Ggen) -> None:
    terminal = Terminal(ggen, "packs", "uninstall", "typed", "--purge")
    terminal.read_until("go on:")
    done = ggen("packs", "uninstall", "app", "--no-wait")
    assert done.code == 0, done.err
    terminal.type("typed")
    ended, shown = terminal.end()
    assert ended == 0, shown
    assert shown.count("go on:") == 1


def test_who_agreed_to_something_else_is_asked_again(
    ggen: Ggen, ggen_home: Path, workshop: Path
) -> None:
    assert ggen("packs", "uninstall", "app", "base@1.1.0").code == 0
    terminal = Terminal(ggen, "packs", "uninstall", "base", "--purge")
    asked = terminal.read_until("go on:")
    assert "base 1.1.0" not in asked
    done = ggen("packs", "install", "base@1.1.0", "--registry", workshop, "--no-wait")
    assert done.code == 0, done.err
    terminal.type("base")
    again = terminal.read_until("uninstall  base 1.1.0")
    assert "what was agreed to was changed meanwhile by another command" in again
    terminal.type("no")
    ended, shown = terminal.end()
    assert ended == 1, shown
    assert (ggen_home / "packages" / "base" / "1.0.0").exists()


def test_what_can_not_be_undone_needs_a_yes_where_nobody_can_type(
    ggen: Ggen, ggen_home: Path
) -> None:
    refused = ggen("packs", "uninstall", "typed", "--purge")
    assert refused.code == 2
    assert "needs a yes: it can't be undone" in refused.err
    assert ggen("packs", "uninstall", "typed", "--purge", "-y").code == 0
    assert not (ggen_home / "packages" / "typed" / "1.0.0").exists()


def test_who_interrupts_the_question_has_changed_nothing(project: Ggen, snapshot: Snapshot) -> None:
    edited(project)
    before = snapshot(project.folder)
    terminal = Terminal(project, "packs", "rollback", "latest")
    terminal.read_until("[y/N]")
    terminal.interrupt()
    code, shown = terminal.end()
    assert code == 130, shown
    assert snapshot(project.folder) == before


# Two at once


@pytest.mark.parametrize(
    "command",
    [
        ("packs", "install", "typed"),
        ("packs", "generate"),
        ("packs", "uninstall", "base"),
        ("packs", "rollback", "latest"),
    ],
)
def test_who_may_not_wait_is_told_at_once_who_is_at_work_and_since_when(
    project: Ggen, snapshot: Snapshot, command: tuple[str, ...]
) -> None:
    before = snapshot(project.folder)
    with held(project.folder / ".ggen" / "lock") as other:
        error = project(*command, "--no-wait", "--json").error
    assert (error["name"], error["exit_code"]) == ("busy", 10)
    assert f"the project library is in use by process {other.pid} (`-c" in error["message"]
    assert ", since 20" in error["message"]
    assert error["details"]["pid"] == other.pid
    assert snapshot(project.folder) == before


@pytest.mark.parametrize(
    "command",
    [
        ("packs", "uninstall", "typed"),
        ("packs", "rollback", "1"),
        ("packs", "clean"),
        ("packs", "install", "typed", "--force"),
        ("packs", "verify", "typed", "--repair"),
    ],
)
def test_the_home_is_one_too(
    ggen: Ggen, ggen_home: Path, workshop: Path, command: tuple[str, ...]
) -> None:
    (ggen_home / "packages" / "typed" / "1.0.0" / "gpack.toml").unlink()
    had = written(ggen_home)
    with held(ggen_home / "lock") as other:
        options = ("--registry", str(workshop)) if {"install", "verify"} & {*command} else ()
        error = ggen(*command, *options, "--no-wait", "--json").error
    assert error["name"] == "busy"
    assert f"the home is in use by process {other.pid}" in error["message"]
    assert written(ggen_home) == had


def test_who_waits_is_told_for_whom_and_then_goes_on(project: Ggen) -> None:
    with held(project.folder / ".ggen" / "lock") as other:
        terminal = Terminal(project, "packs", "generate", "--var", "title=Books")
        told = terminal.read_until("is using")
        assert f"waiting for the project library, which process {other.pid} (`" in told
        assert other.stdin is not None
        other.stdin.close()
        code, shown = terminal.end()
    assert code == 0, shown
    assert "replaced: README.md" in shown


def test_an_edit_made_while_the_question_stands_is_kept(project: Ggen) -> None:
    edited(project)
    terminal = Terminal(project, "packs", "rollback", "latest")
    terminal.read_until("[y/N]")
    file = project.folder / "values.txt"
    file.unlink()
    file.write_text("mine, and newer\n", "utf-8")
    terminal.type("y")
    code, shown = terminal.end()
    assert code == 0, shown
    assert "edited meanwhile, kept: values.txt.ggen-kept" in shown
    assert (project.folder / "values.txt.ggen-kept").read_text("utf-8") == "mine, and newer\n"
    assert (project.folder / "values.txt.ggen-newer").read_text("utf-8") == "mine\n"


def test_a_plan_goes_to_stderr_so_that_stdout_is_the_result(project: Ggen) -> None:
    edited(project)
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        project.command("packs", "rollback", "latest", "--json"),
        cwd=project.folder,
        env=project.process_environment(),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    os.write(ours, b"y\n")
    out, err = running.communicate()
    os.close(ours)
    assert running.returncode == 0, err
    assert json.loads(out)["kept"] == []
    assert b"go on?" in err
