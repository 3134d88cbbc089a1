"""What a command would change, as a value: what kind of change, what risk, how it is told."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ggen_graph.core.plan import Change, ChangePlan, FileState, Risk, counted, unified_diff

if TYPE_CHECKING:
    from pathlib import Path

OLD = FileState("sha256:" + "a" * 64, 10, 0o644)
NEW = FileState("sha256:" + "b" * 64, 1234, 0o644)
RUN = FileState("sha256:" + "a" * 64, 10, 0o755)

CREATE = Change("new.txt", None, NEW, "base 1.0.0")
REPLACE = Change("old.txt", OLD, NEW, edited=True)
DELETE = Change("gone.txt", OLD, None)
MODE = Change("run.sh", OLD, RUN, "base 1.0.0", edited=True)


def test_one_is_not_many() -> None:
    assert [counted(count, "file") for count in (0, 1, 2)] == ["0 files", "1 file", "2 files"]


def test_what_is_before_and_after_says_what_kind_of_change_it_is() -> None:
    kinds = [change.kind for change in (CREATE, REPLACE, DELETE, MODE)]
    assert kinds == ["create", "replace", "delete", "mode"]
    plan = ChangePlan("x", (CREATE, REPLACE, DELETE, MODE))
    assert plan.of_kind("delete") == (DELETE,)


@pytest.mark.parametrize(
    ("plan", "risk"),
    [
        (ChangePlan("x", ()), Risk.NONE),
        (ChangePlan("x", (CREATE, DELETE)), Risk.NONE),
        (ChangePlan("x", (CREATE, REPLACE)), Risk.EDITS),
        (ChangePlan("x", (CREATE,), irreversible="base"), Risk.IRREVERSIBLE),
        (ChangePlan("x", (REPLACE,), irreversible="base"), Risk.IRREVERSIBLE),
    ],
)
def test_the_risk_is_the_greatest_of_any_change(plan: ChangePlan, risk: Risk) -> None:
    assert plan.risk is risk


def test_a_person_reads_a_line_for_each_file_and_one_for_all_of_ggens_own() -> None:
    own = Change(".ggen/baseline/new.txt", None, NEW)
    plan = ChangePlan("x", (CREATE, REPLACE, DELETE, MODE, own), ("install  base 1.0.0",))
    assert plan.lines() == [
        "  create   new.txt  1,234 bytes  (base 1.0.0)",
        "  replace  old.txt  1,234 bytes  (edited by hand)",
        "  delete   gone.txt  10 bytes",
        "  mode     run.sh  644 → 755  (base 1.0.0; edited by hand)",
        "  and 1 file of ggen's own under .ggen/",
        "  install  base 1.0.0",
        "2 to create, 1 to replace, 1 to change the mode of, 1 to delete",
    ]
    assert ChangePlan("x", (own, own)).lines()[0] == "  and 2 files of ggen's own under .ggen/"
    assert ChangePlan("x", ()).lines() == ["nothing to do"]


def test_a_program_gets_the_same_as_json() -> None:
    plan = ChangePlan("packs generate", (CREATE, REPLACE), ("a remark",))
    record = json.loads(json.dumps(plan.to_record()))
    assert (record["command"], record["risk"], record["remarks"]) == (
        "packs generate",
        "edits",
        ["a remark"],
    )
    created, replaced = record["changes"]
    assert (created["kind"], created["before"], created["why"]) == ("create", None, "base 1.0.0")
    assert created["after"] == {"checksum": NEW.checksum, "size": 1234, "mode": "644"}
    assert (replaced["path"], replaced["edited"]) == ("old.txt", True)


# The diff


def test_a_file_that_is_created_or_deleted_has_no_other_side() -> None:
    assert list(unified_diff("a", None, b"one\ntwo\n")) == [
        "--- /dev/null",
        "+++ b/a",
        "@@ -0,0 +1,2 @@",
        "+one",
        "+two",
    ]
    assert list(unified_diff("a", b"one\n", None))[:2] == ["--- a/a", "+++ /dev/null"]


def test_a_missing_line_end_is_said_as_diff_says_it() -> None:
    assert list(unified_diff("a", b"one", b"one\n"))[3:] == [
        "-one",
        "\\ No newline at end of file",
        "+one",
    ]


@pytest.mark.parametrize("data", [b"a\0b", b"\xff\xfe", b"long\n" * 50_000])
def test_what_is_not_text_or_too_long_is_one_line(data: bytes) -> None:
    assert list(unified_diff("a", b"text\n", data)) == ["Files a/a and b/a differ"]
    assert list(unified_diff("a", data, None)) == ["Files a/a and /dev/null differ"]


def test_without_a_change_there_is_no_diff() -> None:
    assert list(unified_diff("a", b"one\n", b"one\n")) == []


LINES = st.lists(st.sampled_from(["one", "two", "", "three\r", "\x0b", "é"]), max_size=8)


@pytest.mark.skipif(shutil.which("git") is None, reason="git applies the diffs")
@settings(max_examples=25)
@given(LINES, LINES, st.booleans(), st.booleans())
def test_git_makes_the_new_file_of_the_old_one_by_the_diff(
    tmp_path_factory: pytest.TempPathFactory,
    old: list[str],
    new: list[str],
    old_ends: bool,
    new_ends: bool,
) -> None:
    folder: Path = tmp_path_factory.mktemp("patched")
    before = ("\n".join(old) + ("\n" if old_ends else "")).encode()
    after = ("\n".join(new) + ("\n" if new_ends else "")).encode()
    (folder / "file").write_bytes(before)
    lines = [line + "\n" for line in unified_diff("file", before, after)]
    patched = subprocess.run(
        ["git", "apply", "--unidiff-zero", "--whitespace=nowarn", "--allow-empty", "-"],
        cwd=folder,
        input="".join(lines).encode(),
        capture_output=True,
        check=False,
    )
    assert patched.returncode == 0, patched.stderr.decode()
    assert (folder / "file").read_bytes() == after
