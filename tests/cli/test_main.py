"""How failures reach people and programs: exit code, stable name, and what to do next."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ggen_graph import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ggen

INVALID_PACK = '[pack]\nname = "wrong"\nversion = "1.0.0"\nlicence = "MIT"\n'


def pack(registry: Path, name: str, files: dict[str, str | bytes], manifest: str = "") -> Path:
    """A registry with one pack."""
    folder = registry / name
    files = {"gpack.toml": f'[pack]\nname = "{name}"\nversion = "1.0.0"\n{manifest}', **files}
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return registry


def test_it_says_its_version(ggen: Ggen) -> None:
    assert ggen("--version").out == f"ggen {__version__}\n"


def test_without_a_command_it_shows_what_there_is(ggen: Ggen) -> None:
    shown = ggen()
    assert shown.code == 2
    assert "packs" in shown.out + shown.err


# Exit code 1: not found, malformed, refused


def test_an_unknown_pack_is_1_and_the_nearest_is_named(ggen: Ggen) -> None:
    for command in (["packs", "show"], ["packs", "info"], ["packs", "plan"], ["packs", "install"]):
        error = ggen(*command, "web-api-startr", "--json").error
        assert (error["name"], error["exit_code"]) == ("pack-not-found", 1)
        assert error["help"] == 'did you mean "web-api-starter"?'
        assert error["details"] == {"pack": "web-api-startr"}


def test_a_pack_of_which_all_was_yanked_is_1(ggen: Ggen, knots: Path) -> None:
    error = ggen("packs", "plan", "withdrawn", "--registry", knots, "--json").error
    assert (error["name"], error["exit_code"]) == ("release-not-found", 1)


def test_a_project_manifest_that_is_wrong_is_1_with_its_place(ggen: Ggen) -> None:
    (ggen.folder / "ggen.toml").write_text(
        '[project]\nid = "8d5e7e0c-6a53-4bb8-a3b0-3b3f4f3b1c11"\nname = "x"\n[pakcs]\n', "utf-8"
    )
    error = ggen("packs", "generate", "--json").error
    assert (error["name"], error["exit_code"]) == ("manifest-invalid", 1)
    assert error["where"] == {"file": "ggen.toml", "line": 4, "column": 1}
    assert "packs" in error["help"]
    told = ggen("packs", "generate")
    assert told.out == ""
    assert "--> ggen.toml:4:1" in told.err


def test_a_pack_manifest_that_is_wrong_is_named_and_the_rest_goes_on(
    ggen: Ggen, tmp_path: Path
) -> None:
    registry = pack(tmp_path / "registry", "fine", {})
    pack(registry, "wrong", {"gpack.toml": INVALID_PACK})
    listed = ggen("packs", "list", "--registry", registry)
    assert listed.code == 0
    assert "fine" in listed.out
    assert "wrong/gpack.toml:4:1" in listed.err
    assert 'did you mean "license"?' in listed.err


def test_a_query_that_does_not_parse_is_1_with_its_place(ggen: Ggen) -> None:
    error = ggen("packs", "sparql", "--query", "SELECT ?x {\n ?x ?y }", "--json").error
    assert (error["name"], error["exit_code"]) == ("query-invalid", 1)
    assert error["where"] == {"file": "query", "line": 2, "column": 9}


@pytest.mark.parametrize(
    "query",
    [
        "DELETE WHERE { ?s ?p ?o }",
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "LOAD <http://127.0.0.1:9/>",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "CLEAR ALL",
    ],
)
def test_a_query_that_does_more_than_read_is_1(ggen: Ggen, query: str) -> None:
    error = ggen("packs", "sparql", "--query", query, "--json").error
    assert (error["name"], error["exit_code"]) == ("query-refused", 1)


def test_outside_of_a_project_what_needs_one_is_1(ggen: Ggen) -> None:
    for command in (
        ["packs", "sparql", "--scope", "project", "--query", "ASK {}"],
        ["graph", "sync", "--scope", "project"],
        ["doctor", "--restore-lock"],
    ):
        error = ggen(*command, "--json").error
        assert (error["name"], error["exit_code"]) == ("project-not-found", 1)
        assert error["help"]


# Exit code 2: usage and installation


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pakcs"], 'did you mean "packs"?'),
        (["packs", "lisst"], 'did you mean "list"?'),
        (["frobnicate"], "`ggen --help` lists them"),
        (["packs", "list", "--regsitry", "x"], "--registry"),
        (["packs", "list", "--sort", "size"], "'name', 'health', 'category'"),
        (["packs", "search"], "`ggen packs search --help`"),
        (["packs", "search", "x", "--limit", "0"], "x>=1"),
        (["new", "shop"], "'--pack'"),
        (["new", "shop", "--pack", "UPPER"], "UPPER"),
        (["new", "shop", "--pack", "base@"], "base@"),
        (["new", "shop", "--pack", ""], "pack"),
        (["new", "shop", "--pack", "web-api-starter", "--var", "port"], "NAME=VALUE"),
        (["new", "shop", "--pack", "web-api-starter", "--var", "=1"], "NAME=VALUE"),
        (["packs", "generate"], "PACK and NAME"),
        (["packs", "install"], "packs install PACK"),
        (["packs", "validate"], "--all"),
        (["packs", "sparql"], "--query-file"),
        (["config", "get", "colour"], "registries.NAME"),
        (["completion", "tcsh"], "'bash', 'zsh', 'fish'"),
        (["-C", "no-such-folder", "packs", "list"], "no-such-folder"),
        (["--no-such-option"], "--no-such-option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_line_that_is_wrong_is_2_and_says_what_would_be_right(
    ggen: Ggen, arguments: list[str], said: str
) -> None:
    told = ggen(*arguments)
    assert told.code == 2
    assert told.out == ""
    assert "error[usage]: " in told.err
    assert said in told.err
    for with_json in (["--json", *arguments], [*arguments, "--json"]):
        error = ggen(*with_json).error
        assert error["name"] == "usage"
        assert said in error["message"] + error.get("help", "")


def test_a_release_without_an_archive_is_2(ggen: Ggen, ggen_home: Path, knots: Path) -> None:
    error = ggen("packs", "install", "d", "--registry", knots, "--json").error
    assert (error["name"], error["exit_code"]) == ("archive-missing", 2)
    assert not (ggen_home / "packages" / "d" / "2.0.0").exists()


# Exit code 3: a template


def test_a_template_that_fails_is_3_with_its_line_and_nothing_is_written(
    ggen: Ggen, workshop: Path
) -> None:
    error = ggen("new", "x", "--pack", "twelve", "--registry", workshop, "--json").error
    assert (error["name"], error["exit_code"]) == ("template-failed", 3)
    assert error["where"]["file"] == "templates/07.txt.tera"
    assert error["where"]["line"] == 2
    assert "nothing_of_the_kind" in error["message"]
    assert list(ggen.folder.iterdir()) == []


# Exit codes 4 and 5, from the resolution


def test_a_circle_is_4_with_its_whole_path(ggen: Ggen, knots: Path) -> None:
    error = ggen("packs", "plan", "egg", "--registry", knots, "--json").error
    assert (error["name"], error["exit_code"]) == ("dependency-cycle", 4)
    ring = error["details"]["cycle"]
    assert ring[0] == ring[-1]
    assert set(ring) == {"egg@1.0.0", "hen@1.0.0", "farm@1.0.0"}
    for name in ("egg 1.0.0", "hen 1.0.0", "farm 1.0.0"):
        assert name in error["message"]


def test_a_conflict_is_5_and_says_why_step_by_step(ggen: Ggen, knots: Path) -> None:
    error = ggen("packs", "plan", "a", "--registry", knots, "--json").error
    assert (error["name"], error["exit_code"]) == ("version-conflict", 5)
    assert error["details"]["derivation"]
    for word in ("b", "c", "d", "^1", "^2"):
        assert word in error["help"].replace(">=1.0.0 <2.0.0", "^1").replace(">=2.0.0 <3.0.0", "^2")


def test_a_requirement_on_a_pack_that_nobody_has_is_5(ggen: Ggen, knots: Path) -> None:
    error = ggen("packs", "plan", "unfounded", "--registry", knots, "--json").error
    assert error["exit_code"] == 5
    assert "nowhere" in error["help"]


def test_a_range_that_no_release_meets_is_5(ggen: Ggen, knots: Path) -> None:
    error = ggen("packs", "plan", "d@^7", "--registry", knots, "--json").error
    assert error["exit_code"] == 5
    assert "d" in error["help"]


# Exit code 7, from the variables


def test_a_value_out_of_range_is_7_with_range_and_example_and_nothing_is_written(
    ggen: Ggen, workshop: Path
) -> None:
    error = ggen(
        "new", "x", "--pack", "base", "--registry", workshop, "--var", "port=99999", "--json"
    ).error
    assert (error["name"], error["exit_code"]) == ("variable-invalid", 7)
    assert "port=99999" in error["message"]
    assert "from 1 to 65535" in error["message"]
    assert "--var port=8080" in error["help"]
    assert list(ggen.folder.iterdir()) == []


def test_every_variable_that_is_wrong_is_named_at_once(ggen: Ggen, workshop: Path) -> None:
    error = ggen(
        *("new", "x", "--pack", "typed", "--registry", workshop, "--json"),
        *("--var", "count=many", "--var", "colour=blue", "--var", "rato=1"),
    ).error
    assert error["exit_code"] == 7
    faults = {fault["variable"] for fault in error["details"]["faults"]}
    assert faults == {"owner", "count", "colour", "rato"}
    assert 'did you mean "ratio"?' in error["message"]


# Exit codes 8 to 10: registries, checksums, permission


def test_a_registry_that_is_not_there_is_8(ggen: Ggen) -> None:
    error = ggen("packs", "list", "--registry", "nowhere", "--json").error
    assert (error["name"], error["exit_code"]) == ("registry-unavailable", 8)
    assert "nowhere" in error["message"]


def test_a_pack_that_is_given_as_a_registry_is_8_and_says_what_to_name(
    ggen: Ggen, workshop: Path
) -> None:
    error = ggen("packs", "list", "--registry", workshop / "app", "--json").error
    assert error["exit_code"] == 8
    assert str(workshop) in error["help"]


def test_an_installed_pack_that_was_changed_is_9(project: Ggen, ggen_home: Path) -> None:
    template = ggen_home / "packages" / "base" / "1.0.0" / "templates" / "README.md.tera"
    template.chmod(0o644)
    template.write_text("# Changed\n", "utf-8")
    error = project("packs", "generate", "--json").error
    assert (error["name"], error["exit_code"]) == ("checksum-mismatch", 9)
    assert error["details"]["changed"] == ["templates/README.md.tera"]
    assert "--force" in error["help"]


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="no place that even root can't write to")
def test_a_home_that_can_not_be_written_to_is_10(first_time: Ggen) -> None:
    run = first_time.having(GGEN_HOME="/sys/ggen-home")
    error = run("packs", "list", "--json").error
    assert (error["name"], error["exit_code"]) == ("not-permitted", 10)
    assert "/sys/ggen-home" in error["message"]


def test_a_template_that_leaves_the_project_is_10(ggen: Ggen, tmp_path: Path) -> None:
    registry = pack(
        tmp_path / "registry", "out", {"templates/a.txt.tera": "---\nto: ../a.txt\n---\nx\n"}
    )
    error = ggen("new", "x", "--pack", "out", "--registry", registry, "--json").error
    assert (error["name"], error["exit_code"]) == ("path-refused", 10)
    assert list(ggen.folder.iterdir()) == []


# A bug, an interruption


def test_a_bug_is_70_and_its_traceback_is_for_those_who_ask(
    ggen: Ggen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("something unforeseen")

    monkeypatch.setattr("ggen_graph.cli.packs.list.browse", fails)
    told = ggen("packs", "list")
    assert told.code == 70
    assert "error[internal-error]: this is a bug in ggen: RuntimeError: something unforeseen\n" in (
        told.err
    )
    assert "Traceback" not in told.err
    assert "--debug" in told.err
    assert "in fails" in ggen("packs", "list", "--debug").err
    error = ggen("packs", "list", "--json").error
    assert (error["name"], error["exit_code"]) == ("internal-error", 70)
    traced = ggen("packs", "list", "--json", "--debug").error
    assert "in fails" in traced["traceback"]


def test_an_error_of_a_person_shows_where_it_arose_only_with_debug(ggen: Ggen) -> None:
    assert "Traceback" not in ggen("packs", "show", "nothing").err
    assert "Traceback" in ggen("packs", "show", "nothing", "--debug").err


def test_an_interrupt_is_130(ggen: Ggen, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ggen_graph.cli.packs.list.browse", interrupted)
    told = ggen("packs", "list")
    assert (told.code, told.out, told.err.splitlines()[-1]) == (130, "", "interrupted")
    error = ggen("packs", "list", "--json").error
    assert (error["name"], error["exit_code"]) == ("interrupted", 130)


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux says in /proc what a process waits for"
)
def test_an_interrupted_process_ends_with_130(ggen: Ggen) -> None:
    waiting = subprocess.Popen(
        ggen.command("packs", "sparql", "--query-file", "-"),
        cwd=ggen.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ggen.process_environment(),
        # What a shell starts in the background ignores it, and passes that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    wait_until_it_reads(waiting)
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate()
    assert (waiting.returncode, out, err.splitlines()[-1]) == (130, b"", b"interrupted")


def wait_until_it_reads(process: subprocess.Popen[bytes]) -> None:
    """Until a process waits for its stdin, as the kernel says.

    Raises:
        AssertionError: it ended, or did not come to that within a minute.
    """
    end = time.monotonic() + 60
    while "pipe" not in Path(f"/proc/{process.pid}/wchan").read_text("utf-8"):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it does not read its stdin"
        os.sched_yield()


# JSON


def test_json_has_a_schema_version_and_what_was_noted(ggen: Ggen, workshop: Path) -> None:
    listed = ggen("packs", "list", "--registry", workshop, "--json")
    assert listed.err == ""
    assert listed.json["schema_version"] == 1
    assert "registry workshop is trusted because you named its path" in listed.json["notes"]


def test_an_error_for_programs_has_the_notes_as_well(ggen: Ggen, tmp_path: Path) -> None:
    registry = pack(tmp_path / "registry", "wrong", {"gpack.toml": INVALID_PACK})
    told = ggen("packs", "show", "wrong", "--registry", registry, "--json")
    assert told.error["name"] == "pack-not-found"
    notes = json.loads(told.err)["notes"]
    assert any("wrong/gpack.toml:4:1" in note for note in notes)


def test_what_json_shows_is_not_escaped(ggen: Ggen) -> None:
    told = ggen("packs", "show", "größe", "--json")
    assert "größe" in told.err
    json.loads(told.err)


def test_options_stand_before_or_after_the_command(
    ggen: Ggen, snapshot: Callable[[Path], object]
) -> None:
    after = ggen("packs", "list", "--json").out
    assert ggen("--json", "packs", "list").out == after
    assert ggen("packs", "--json", "list").out == after
