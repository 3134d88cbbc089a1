"""`ggen check`: what CI runs."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from ggen_graph.cli.reporters.github import annotation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_as_generated_it_says_so_and_ends_with_0(project: Ggen) -> None:
    done = project("check")
    assert (done.code, done.out) == (0, "8 same\n")
    assert project("check", "--format", "github").out == ""
    everything = project("check", "--all").out.splitlines()
    assert everything[0] == "same          README.md  (base 1.0.0)"
    assert len(everything) == 9


def test_findings_are_listed_and_end_with_1(project: Ggen) -> None:
    (project.folder / "README.md").write_text("# Mine\n", "utf-8")
    (project.folder / "old.txt").unlink()
    (project.folder / "run.sh").chmod(0o644)
    done = project("check")
    assert done.code == 1
    assert done.out.splitlines() == [
        "edited        README.md  (base 1.0.0)",
        "missing       old.txt  (base 1.0.0)",
        "mode changed  run.sh  (base 1.0.0, 755 → 644)",
        "1 edited, 5 same, 1 missing, 1 mode changed",
    ]
    assert "3 generated file(s) are not as they were generated" in done.err


def test_as_json_all_files_are_there_and_the_error_is_beside(project: Ggen) -> None:
    (project.folder / "old.txt").unlink()
    done = project("check", "--json")
    assert done.code == 1
    assert done.json["counts"] == {"same": 7, "missing": 1}
    (missing,) = [one for one in done.json["files"] if one["status"] != "same"]
    assert missing == {
        "path": "old.txt",
        "status": "missing",
        "pack": "base",
        "version": "1.0.0",
        "detail": "",
    }
    assert '"check-failed"' in done.err


def test_files_of_a_persons_own_are_listed_on_request(project: Ggen) -> None:
    (project.folder / "mine.txt").write_text("", "utf-8")
    assert "mine.txt" not in project("check").out
    done = project("check", "--unmanaged")
    assert done.code == 0
    assert "unmanaged     mine.txt\n" in done.out
    assert (
        "::notice file=mine.txt::unmanaged\n"
        in project("check", "--unmanaged", "--format", "github").out
    )


def test_for_github_findings_are_annotations_of_the_files(project: Ggen) -> None:
    (project.folder / "old.txt").unlink()
    (project.folder / "run.sh").chmod(0o644)
    done = project("check", "--format", "github")
    assert done.code == 1
    assert done.out.splitlines() == [
        "::error file=old.txt::missing: base 1.0.0",
        "::error file=run.sh::mode changed (755 → 644): base 1.0.0",
    ]


def test_in_a_part_of_a_repository_annotations_name_files_from_its_top(
    project: Ggen, ggen: Ggen
) -> None:
    (ggen.folder / ".git").mkdir()
    (project.folder / "old.txt").unlink()
    done = project("check", "--format", "github")
    assert done.out == "::error file=library/old.txt::missing: base 1.0.0\n"
    assert project("check").out.startswith("missing       old.txt")


@pytest.mark.parametrize(
    ("path", "message", "line"),
    [
        ("a b.txt", "plain", "::error file=a b.txt::plain"),
        ("100%.txt", "100% wrong", "::error file=100%25.txt::100%25 wrong"),
        ("a:b,c.txt", "a: b, c", "::error file=a%3Ab%2Cc.txt::a: b, c"),
        ("a\nb.txt", "two\r\nlines", "::error file=a%0Ab.txt::two%0D%0Alines"),
        ("a.txt", "::set-output", "::error file=a.txt::::set-output"),
    ],
)
def test_what_would_break_an_annotation_is_encoded(path: str, message: str, line: str) -> None:
    assert annotation("error", path, message) == line
    assert "\n" not in annotation("warning", path, message)


def test_outside_of_a_project_there_is_nothing_to_check(ggen: Ggen) -> None:
    assert ggen("check", "--json").error["name"] == "project-not-found"


def test_without_a_lock_it_is_said(project: Ggen) -> None:
    (project.folder / "ggen.lock").unlink()
    assert project("check", "--json").error["name"] == "lock-missing"


def test_a_project_without_files_is_as_it_should_be(project: Ggen) -> None:
    assert project("packs", "uninstall", "base").code == 0
    done = project("check")
    assert (done.code, done.out) == (0, "no files\n")


def test_in_a_real_repository_a_committed_project_passes(
    project: Ggen, ggen: Ggen, tmp_path: Path
) -> None:
    """A clone has its baselines and its modes, whatever git does to line ends."""
    run = [
        "git",
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "-c",
        "core.autocrlf=false",
    ]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "all"]):
        subprocess.run([*run, *command], cwd=project.folder, check=True)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(project.folder), str(clone)], check=True)
    done = ggen.at(clone)("check")
    assert (done.code, done.out) == (0, "8 same\n")


def test_for_ci_edits_are_findings_with_the_paths_of_the_repository(
    project: Ggen, ggen: Ggen
) -> None:
    (ggen.folder / ".git").mkdir()
    (project.folder / "old.txt").unlink()
    (project.folder / "run.sh").chmod(0o644)
    told = project("check", "--format", "sarif")
    assert told.code == 1
    results = json.loads(told.out)["runs"][0]["results"]
    assert [(one["ruleId"], one["message"]["text"]) for one in results] == [
        ("check/missing", "missing: base 1.0.0"),
        ("check/mode-changed", "mode changed (755 → 644): base 1.0.0"),
    ]
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]
    assert places == ["library/old.txt", "library/run.sh"]
    report = project("check", "--format", "junit", "--output", "report.xml")
    assert (report.code, report.out) == (1, "")
    assert 'failures="2"' in (project.folder / "report.xml").read_text("utf-8")
    assert project("check", "--format", "json").json == project("check", "--json").json


def test_as_generated_every_format_says_so(project: Ggen) -> None:
    for form in ("text", "json", "sarif", "junit", "github"):
        assert project("check", "--format", form).code == 0
    assert project("check", "--format", "sarif", "--json").code == 2
