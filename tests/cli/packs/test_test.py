"""`packs test`: what it prints, its exit codes, and its JSON."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ggen_graph import resources

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ggen


@pytest.fixture
def actions(tmp_path: Path) -> Path:
    """A copy of a starter pack that depends on nothing."""
    return shutil.copytree(resources.path("packs", "ci-github-actions"), tmp_path / "ci")


def test_a_pack_of_a_registry_is_tested_by_its_name_with_what_it_depends_on(ggen: Ggen) -> None:
    told = ggen("packs", "test", "web-api-starter")
    assert told.code == 0, told.out + told.err
    assert "2 passed, 0 failed" in told.out


def test_a_difference_is_a_diff_and_exit_code_1(ggen: Ggen, actions: Path) -> None:
    ci = actions / "tests/plain/expected/.github/workflows/ci.yml"
    ci.write_text(ci.read_text("utf-8").replace("pytest", "unittest"), "utf-8")
    told = ggen.at(actions)("packs", "test")
    assert told.code == 1
    assert "FAILED  plain" in told.out
    assert "  made otherwise than expected: .github/workflows/ci.yml" in told.out
    assert "\n  --- a/.github/workflows/ci.yml\n" in told.out
    assert "1 passed, 1 failed" in told.out
    assert "error[check-failed]" in told.err
    assert "--update" in told.err
    assert ggen("packs", "test", actions, "--case", "two-systems").code == 0
    (case,) = ggen("packs", "test", actions, "--case", "plain", "--json").json["cases"]
    assert not case["passed"]
    (difference,) = case["differences"]
    assert (difference["path"], difference["kind"]) == (".github/workflows/ci.yml", "changed")
    assert "unittest" in difference["diff"]


def test_an_update_is_shown_then_made(
    ggen: Ggen, actions: Path, snapshot: Callable[[Path], object]
) -> None:
    ci = actions / "tests/plain/expected/.github/workflows/ci.yml"
    right = ci.read_bytes()
    ci.write_text("wrong\n", "utf-8")
    before = snapshot(actions)
    shown = ggen("packs", "test", actions, "--update", "--dry-run")
    assert (shown.code, snapshot(actions)) == (0, before)
    assert "-wrong" in shown.out
    assert "nothing was done" in shown.out
    done = ggen("packs", "test", actions, "--update")
    assert done.code == 0, done.err
    assert "updated: tests/plain/expected/.github/workflows/ci.yml" in done.out
    assert ci.read_bytes() == right


def test_a_case_with_an_error_shows_it_with_its_place(ggen: Ggen, actions: Path) -> None:
    (actions / "tests/plain/case.toml").write_text("[variables]\npython_version = 7\n", "utf-8")
    told = ggen("packs", "test", actions)
    assert told.code == 1
    assert "FAILED  plain" in told.out
    assert "python_version" in told.out
    assert ggen("packs", "test", actions, "--update").code == 1
    cases = ggen("packs", "test", actions, "--json").json["cases"]
    assert [case["error"] and case["error"]["name"] for case in cases] == ["variable-invalid", None]


def test_what_is_no_pack_is_said_with_what_to_do(ggen: Ggen, tmp_path: Path) -> None:
    assert ggen("packs", "test", "--json").error["name"] == "usage"
    assert ggen("packs", "test", "./nowhere", "--json").error["name"] == "manifest-missing"
    assert ggen("packs", "test", "nowhere", "--json").error["name"] == "pack-not-found"


def test_a_pack_without_tests_is_told_how_to_write_one(ggen: Ggen, workshop: Path) -> None:
    error = ggen("packs", "test", workshop / "rival", "--json").error
    assert error["name"] == "case-not-found"
    assert "tests/NAME" in error["help"]
