"""Input that nobody means well with, or that only real life brings: an error, never a bug, never harm."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ggen, Ran

    Snapshot = Callable[[Path], dict[str, Any]]

SPECS = [
    "../base",
    "base/../../etc",
    "/etc/passwd",
    "base@",
    "@1",
    "base@^^1",
    "base@" + "1." * 2000,
    "base@" + "9" * 5000,
    "Base",
    "bäse",
    "base@latest@1",
    "-base",
    "base\n",
    "base@>=1 <0",
    "a" * 101,
    "base@file:../x",
    "base; rm -rf /",
]


def refused(ran: Ran) -> None:
    assert 0 < ran.code < 70, ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err) < 4_000


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: repr(spec)[:30])
def test_a_pack_that_can_not_be_is_refused(ggen: Ggen, workshop: Path, spec: str) -> None:
    before = sorted(ggen.folder.iterdir())
    refused(ggen("packs", "plan", "--registry", workshop, "--", spec))
    refused(ggen("new", "--pack=" + spec, "--registry", workshop, "x"))
    assert sorted(ggen.folder.iterdir()) == before


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"\x00",
        b"\xff\xfe[\x00p\x00",
        b"[project]\n" * 2,
        b'[project]\nid = "x"\nname = "x"\n',
        b"a = " + b"[" * 20_000,
        b"a = " + b"9" * 20_000,
        b'[project]\nid = "8d5e7e0c-6a53-4bb8-a3b0-3b3f4f3b1c11"\nname = "x"\n[graph]\nfiles = ["a\\u0000b"]\n',
        b'[project]\nid = "8d5e7e0c-6a53-4bb8-a3b0-3b3f4f3b1c11"\nname = "x"\n[graph]\nfiles = ["../../**"]\n',
        b'[project]\nid = "8d5e7e0c-6a53-4bb8-a3b0-3b3f4f3b1c11"\nname = "x"\n[registries]\na = "a\\u0000b"\n',
        b'[project]\nid = "8d5e7e0c-6a53-4bb8-a3b0-3b3f4f3b1c11"\nname = "x"\n[graph]\nbase = "no iri"\n',
        b'[project]\nid = "8d5e7e0c-6a53-4bb8-a3b0-3b3f4f3b1c11"\nname = "../x"\n',
    ],
    ids=lambda text: repr(text[:20]),
)
def test_a_project_manifest_that_can_not_be_is_refused(ggen: Ggen, manifest: bytes) -> None:
    (ggen.folder / "ggen.toml").write_bytes(manifest)
    for command in (
        ["packs", "generate"],
        ["packs", "list"],
        ["graph", "sync"],
        ["packs", "validate"],
    ):
        refused(ggen(*command))
    assert (ggen.folder / "ggen.toml").read_bytes() == manifest


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02",
        b"<urn:a> <urn:b> " + b"[ <urn:c> " * 3_000,
        b'<urn:a> <urn:b> "\xff" .',
        b"@base <http://example.org/> . <a> <b> <c> . garbage",
        b"@import <http://127.0.0.1:9/> .",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_a_model_that_can_not_be_stops_generation_and_nothing_else(
    project: Ggen, content: bytes
) -> None:
    (project.folder / "model" / "evil.ttl").write_bytes(content)
    told = project("packs", "generate")
    refused(told)
    assert "model/evil.ttl" in told.err
    assert project("packs", "sparql", "--query", "ASK { ?f a ggen:GeneratedFile }").code == 0
    assert project("packs", "list").code == 0


def test_a_model_file_that_is_none_stops_generation_or_is_passed_over(project: Ggen) -> None:
    os.mkfifo(project.folder / "model" / "pipe.ttl")
    told = project("packs", "generate")
    assert told.code < 70, told.err
    (project.folder / "model" / "pipe.ttl").unlink()
    (project.folder / "model" / "folder.ttl").mkdir()
    assert project("packs", "generate").code == 0
    (project.folder / "model" / "loop").symlink_to(project.folder / "model")
    told = project("packs", "generate")
    assert told.code < 70, told.err


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {" * 5_000,
        "((((" * 5_000,
        "SELECT ?x { ?x ?y 'unclosed }",
        "\x00",
        "SELECT ('\\uD800' AS ?x) {}",
        "SELECT (" + "1+" * 5_000 + "1 AS ?x) {}",
        "ASK { ?s <not an iri> ?o }",
        "BASE <" + "a" * 100_000 + "> ASK {}",
        "DROP ALL; ASK {}",
        "#\nINSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT (SHA512('" + "x" * 100_000 + "') AS ?x) {}",
    ],
    ids=lambda query: repr(query[:20]),
)
def test_a_query_that_can_not_be_is_refused_or_answered(ggen: Ggen, query: str) -> None:
    # In a process of its own: what overflows a stack there harms nobody here.
    told = ggen.process(
        "packs", "sparql", "--query-file", "-", stdin=query.encode("utf-8", "surrogatepass")
    )
    assert 0 <= told.code < 70, (told.code, told.err[-500:])
    assert "Traceback" not in told.err


def test_paths_with_spaces_and_letters_of_any_kind(
    ggen: Ggen, workshop: Path, tmp_path: Path
) -> None:
    folder = tmp_path / 'Größe & Co. 大\'s "x"'
    folder.mkdir()
    registry = folder / "my packs"
    registry.symlink_to(workshop)
    run = ggen.at(folder).having(GGEN_HOME=folder / "home of mine")
    made = run("new", "library", "--pack", "base", "--registry", "my packs")
    assert made.code == 0, made.err
    inside = run.at(folder / "library")
    assert inside("packs", "generate").code == 0
    assert "Reader" in inside("packs", "sparql", "base", "classes").out
    assert inside("graph", "status").code == 0


def test_a_file_name_that_is_not_text_is_passed_over_or_named(project: Ggen) -> None:
    name = os.fsencode(project.folder / "model") + b"/caf\xe9.ttl"
    try:
        Path(os.fsdecode(name)).write_bytes(b"<urn:a> <urn:b> <urn:c> .")
    except OSError:
        pytest.skip("this disk has no such names")
    told = project("packs", "generate")
    assert told.code < 70, told.err
    assert "Traceback" not in told.err


def test_a_folder_that_was_deleted_under_us(ggen: Ggen, workshop: Path) -> None:
    gone = ggen.folder / "gone"
    gone.mkdir()
    words = " ".join(f"'{word}'" for word in ggen.command("packs", "list"))
    done = subprocess.run(
        ["sh", "-c", f"cd gone && rmdir ../gone && exec {words}"],
        cwd=ggen.folder,
        env=ggen.process_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode < 70, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="no place that even root can't write to")
def test_a_project_can_not_be_made_where_one_may_not_write(ggen: Ggen, workshop: Path) -> None:
    error = ggen("new", "/sys/library", "--pack", "base", "--registry", workshop, "--json").error
    assert (error["name"], error["exit_code"]) == ("not-permitted", 10)


def test_a_home_that_is_a_file_is_an_error(first_time: Ggen, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", "utf-8")
    refused(first_time.having(GGEN_HOME=tmp_path / "home")("packs", "list"))
    refused(first_time.having(GGEN_HOME=tmp_path / "home")("config", "set", "defaults.a", "b"))


def test_two_at_once_both_succeed(project: Ggen) -> None:
    def run(number: int) -> Ran:
        return project.process("packs", "generate", "--var", f"title=T{number}", "--json")

    with ThreadPoolExecutor() as pool:
        ran = list(pool.map(run, range(4)))
    assert [one.code for one in ran] == [0, 0, 0, 0], [one.err for one in ran]
    title = (project.folder / "README.md").read_text("utf-8").splitlines()[0]
    assert title in {f"# T{number}" for number in range(4)}
    assert f'title = "{title.removeprefix("# ")}"' in (project.folder / "ggen.toml").read_text(
        "utf-8"
    )
    assert project("packs", "generate").out == "0 created, 0 replaced, 8 unchanged\n"


def test_two_that_want_the_same_name_give_one_project(ggen: Ggen, workshop: Path) -> None:
    def run(_: int) -> Ran:
        return ggen.process(
            "new", "library", "--pack", "base@1.0.0", "--registry", workshop, "--json"
        )

    with ThreadPoolExecutor() as pool:
        ran = list(pool.map(run, range(3)))
    assert sorted(one.code for one in ran) == [0, 1, 1]
    assert all("file-exists" in one.err for one in ran if one.code)
    assert [path.name for path in ggen.folder.iterdir()] == ["library"]
