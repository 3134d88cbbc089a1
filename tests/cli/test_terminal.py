"""Where the output goes: terminals, pipes, full disks; colours only where a person sees them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ggen_graph.cli.reporters.text import fields, table

if TYPE_CHECKING:
    from tests.cli.conftest import Ggen

ESCAPE = "\x1b["
LONG = "SELECT ?s ?p ?o { ?s ?p ?o }"


def on_a_terminal(ggen: Ggen, *arguments: str, **environment: str) -> str:
    """What a command shows on a terminal of 40 columns."""
    ours, theirs = pty.openpty()
    command = ["sh", "-c", 'stty cols 40; exec "$@"', "sh", *ggen.command(*arguments)]
    known = {
        name: value
        for name, value in ggen.process_environment().items()
        if name not in {"NO_COLOR", "COLUMNS", "LINES"}
    }
    running = subprocess.Popen(
        command,
        cwd=ggen.folder,
        env={**known, "TERM": "xterm", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end was closed
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    running.wait()
    return seen.decode()


def test_a_terminal_gets_colours_unless_someone_says_no(ggen: Ggen) -> None:
    assert ESCAPE in on_a_terminal(ggen, "packs", "list")
    assert ESCAPE not in on_a_terminal(ggen, "packs", "list", NO_COLOR="1")
    assert ESCAPE not in on_a_terminal(ggen, "packs", "list", "--no-color")
    assert ESCAPE in on_a_terminal(ggen, "packs", "list", NO_COLOR="")


def test_errors_follow_the_same_rule(ggen: Ggen) -> None:
    assert ESCAPE in on_a_terminal(ggen, "packs", "show", "nothing")
    assert ESCAPE not in on_a_terminal(ggen, "--no-color", "packs", "show", "nothing")
    assert ESCAPE not in on_a_terminal(ggen, "doctor", "--no-color")


def test_a_table_is_cut_to_the_terminal(ggen: Ggen) -> None:
    shown = on_a_terminal(ggen, "packs", "list", "--no-color")
    lines = [line for line in shown.splitlines() if line.startswith(("NAME", "web-api"))]
    assert max(map(len, lines)) <= 40
    assert any(line.endswith("…") for line in lines)


def test_a_pipe_gets_no_colours_and_whole_lines(ggen: Ggen) -> None:
    environment = {
        name: value for name, value in ggen.process_environment().items() if name != "NO_COLOR"
    }
    done = subprocess.run(
        ggen.command("packs", "list"),
        cwd=ggen.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ESCAPE not in done.stdout + done.stderr
    assert "…" not in done.stdout


def test_a_reader_that_has_seen_enough_is_no_error(ggen: Ggen) -> None:
    for command in (
        ["packs", "sparql", "--query", LONG],
        ["packs", "sparql", "--query", LONG, "--format", "csv"],
        ["graph", "export"],
        ["packs", "list"],
        ["--help"],
    ):
        running = subprocess.Popen(
            ggen.command(*command),
            cwd=ggen.folder,
            env=ggen.process_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read().decode()
        running.stderr.close()
        assert running.wait() == 0, (command, said)
        assert "Traceback" not in said
        assert "BrokenPipe" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_and_not_called_a_bug(ggen: Ggen) -> None:
    for command in (["packs", "list"], ["packs", "sparql", "--query", LONG, "--format", "csv"]):
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            done = subprocess.run(
                ggen.command(*command),
                cwd=ggen.folder,
                env=ggen.process_environment(),
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert done.returncode == 2, done.stderr
        assert "bug" not in done.stderr
        assert "Traceback" not in done.stderr
        assert "disk is full" in done.stderr


def test_streams_that_were_closed_are_no_bug(ggen: Ggen) -> None:
    words = " ".join(ggen.command("packs", "list"))
    for closed, code in ((">&-", 0), ("2>&-", 0), (">&- 2>&- <&-", 0)):
        done = subprocess.run(
            ["sh", "-c", f"exec {words} {closed}"],
            cwd=ggen.folder,
            env=ggen.process_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr


def test_a_terminal_that_knows_only_ascii_is_no_bug(ggen: Ggen) -> None:
    run = ggen.having(PYTHONUTF8="0", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii")
    for command in (
        ["packs", "sparql", "--query", 'SELECT ("größe" AS ?x) {}'],
        ["packs", "show", "größe"],
        ["packs", "show", "größe", "--json"],
    ):
        told = run.process(*command)
        assert told.code in {0, 1, 2}, told.err
        assert "Traceback" not in told.err
        assert "bug" not in told.err


# The reporter itself


def test_a_table_of_nothing_is_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    table(("A", "BB"), [])
    assert capsys.readouterr().out == "A  BB\n"


def test_cells_are_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    table(("A", "B"), [("two\nlines", None), (True, ["x", False])])
    assert capsys.readouterr().out == "A          B\ntwo lines\nyes        x, no\n"


def test_fields_without_a_value_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    fields([("name", "x"), ("none", None), ("empty", []), ("zero", 0), ("no", False)])
    assert capsys.readouterr().out == "name  x\nzero  0\nno    no\n"
    fields([])
    assert capsys.readouterr().out == ""


def test_a_narrow_terminal_shows_what_it_can(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "6")
    table(("NAME", "ABOUT"), [("abc", "defghij")], color=False)
    assert [len(line) <= 6 for line in capsys.readouterr().out.splitlines()] == [True, True]
