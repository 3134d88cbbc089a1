"""`--var`, `--vars` and the time that templates see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import tomli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ggen

IN_EVERY_FORMAT = {
    "values.toml": 'owner = "ann"\ncount = 7\nratio = 1.5\nstrict = true\nnames = ["a", "b"]\n',
    "values.json": json.dumps(
        {"owner": "ann", "count": 7, "ratio": 1.5, "strict": True, "names": ["a", "b"]}
    ),
    "values.yaml": "owner: ann\ncount: 7\nratio: 1.5\nstrict: true\nnames: [a, b]\n",
    "VALUES.YML": "owner: ann\ncount: 7\nratio: 1.5\nstrict: true\nnames: [a, b]\n",
}


@pytest.mark.parametrize("name", IN_EVERY_FORMAT)
def test_values_from_a_file_have_its_types(ggen: Ggen, workshop: Path, name: str) -> None:
    (ggen.folder / name).write_text(IN_EVERY_FORMAT[name], "utf-8")
    made = ggen("new", "x", "--pack", "typed", "--registry", workshop, "--vars", name)
    assert made.code == 0, made.err
    assert (ggen.folder / "x" / "values.txt").read_text("utf-8").splitlines() == [
        "owner = ann",
        "count = 8",
        "ratio = 1.5",
        "strict = true",
        "colour = red",
        "folder = out",
        "names = [a][b]",
    ]
    kept = tomli.loads((ggen.folder / "x" / "ggen.toml").read_text("utf-8"))["variables"]
    assert kept == {"owner": "ann", "count": 7, "ratio": 1.5, "strict": True, "names": ["a", "b"]}


def test_text_is_read_by_the_type_of_its_variable_and_kept_so(ggen: Ggen, workshop: Path) -> None:
    given = ["owner=ann", "count=7", "ratio=2", "strict=yes", "names=a,b", "folder=a/b"]
    flags = [word for one in given for word in ("--var", one)]
    made = ggen("new", "x", "--pack", "typed", "--registry", workshop, *flags)
    assert made.code == 0, made.err
    kept = tomli.loads((ggen.folder / "x" / "ggen.toml").read_text("utf-8"))["variables"]
    assert kept == {
        "owner": "ann",
        "count": 7,
        "ratio": 2,
        "strict": True,
        "names": ["a", "b"],
        "folder": "a/b",
    }
    assert isinstance(kept["count"], int)
    again = ggen.at(ggen.folder / "x")("packs", "generate", "--json").json
    assert again["unchanged"] == ["values.txt"]


def test_a_flag_wins_over_a_file(ggen: Ggen, workshop: Path) -> None:
    (ggen.folder / "values.toml").write_text('owner = "ann"\ncount = 2\n', "utf-8")
    made = ggen(
        *("new", "x", "--pack", "typed", "--registry", workshop),
        *("--vars", "values.toml", "--var", "count=5", "--var", "count=6"),
    )
    assert made.code == 0, made.err
    assert "count = 7" in (ggen.folder / "x" / "values.txt").read_text("utf-8")


def test_a_value_may_hold_whatever_text_does(ggen: Ggen, workshop: Path) -> None:
    title = 'a = b, "c" \\ {{ d }} ${e} größe 🎈\ttab'
    made = ggen(
        "new", "x", "--pack", "base", "--registry", workshop, "--var", f"title={title}", "--json"
    )
    assert made.code == 0, made.err
    assert f"# {title}\n" in (ggen.folder / "x" / "README.md").read_text("utf-8")
    kept = tomli.loads((ggen.folder / "x" / "ggen.toml").read_text("utf-8"))["variables"]
    assert kept == {"title": title}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.toml", None, "there is no such file"),
        ("bad.toml", b"a = \n", "line 1"),
        ("bad.json", b"{", "line 1"),
        ("bad.yaml", b"a: [\n", "line"),
        ("list.json", b"[1]", "a table of names and values"),
        ("numbers.yaml", b"1: 2\n", "a table of names and values"),
        ("empty.yaml", b"", "a table of names and values"),
        ("latin.toml", b'a = "\xe9"\n', "UTF-8"),
        ("values.ini", b"a = 1\n", ".toml, .yaml, .yml or .json"),
        ("deep.json", b"[" * 100_000, "deep.json"),
        ("object.yaml", b"!!python/object/apply:os.getcwd []\n", "object.yaml"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[1:] else "",
)
def test_a_file_of_values_that_is_wrong_is_a_usage_error(
    ggen: Ggen, workshop: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (ggen.folder / name).write_bytes(content)
    error = ggen(
        "new", "x", "--pack", "base", "--registry", workshop, "--vars", name, "--json"
    ).error
    assert error["name"] == "usage"
    assert name in error["message"]
    assert said in error["message"]
    assert not (ggen.folder / "x").exists()


def test_a_folder_of_values_is_refused(ggen: Ggen, workshop: Path) -> None:
    told = ggen("new", "x", "--pack", "base", "--registry", workshop, "--vars", ".")
    assert told.code in {2, 10}
    assert "Traceback" not in told.err
    assert "bug" not in told.err


def test_a_value_of_a_kind_that_no_variable_has_is_7(ggen: Ggen, workshop: Path) -> None:
    (ggen.folder / "values.json").write_text('{"title": {"a": null}}', "utf-8")
    error = ggen(
        "new", "x", "--pack", "base", "--registry", workshop, "--vars", "values.json", "--json"
    ).error
    assert error["exit_code"] == 7


def test_a_long_value_is_a_value(ggen: Ggen, workshop: Path) -> None:
    (ggen.folder / "values.json").write_text(json.dumps({"title": "x" * 300_000}), "utf-8")
    made = ggen("new", "x", "--pack", "base", "--registry", workshop, "--vars", "values.json")
    assert made.code == 0, made.err
    assert (ggen.folder / "x" / "README.md").stat().st_size > 300_000


def test_a_value_too_long_for_a_manifest_leaves_the_project_as_it_was(
    project: Ggen, snapshot: Callable[[Path], object]
) -> None:
    (project.folder / "values.json").write_text(json.dumps({"title": "x" * 3_000_000}), "utf-8")
    before = snapshot(project.folder)
    told = project("packs", "generate", "--vars", "values.json")
    assert told.code == 1
    assert "too long" in told.err or "longer than" in told.err
    assert snapshot(project.folder) == before
    assert project("packs", "generate").code == 0


def test_a_huge_value_that_is_wrong_is_shown_short(ggen: Ggen, workshop: Path) -> None:
    told = ggen(
        "new", "x", "--pack", "base", "--registry", workshop, "--var", "port=" + "9" * 5_000
    )
    assert told.code == 7
    assert len(told.err) < 1_000


def test_source_date_epoch_is_the_time_that_templates_see(ggen: Ggen, workshop: Path) -> None:
    run = ggen.having(SOURCE_DATE_EPOCH="1000000000")
    assert run("new", "x", "--pack", "base", "--registry", workshop).code == 0
    text = (ggen.folder / "x" / "settings.ini").read_text("utf-8")
    assert "made = 2001-09-09T01:46:40" in text


@pytest.mark.parametrize("epoch", ["tomorrow", "-1", "²", "1e9", "9" * 30, " 5"])
def test_a_source_date_epoch_that_is_no_time_is_a_usage_error(
    ggen: Ggen, workshop: Path, epoch: str
) -> None:
    run = ggen.having(SOURCE_DATE_EPOCH=epoch)
    error = run("new", "x", "--pack", "base", "--registry", workshop, "--json").error
    assert error["name"] == "usage"
    assert "SOURCE_DATE_EPOCH" in error["message"]


def test_an_empty_source_date_epoch_is_none(ggen: Ggen, workshop: Path) -> None:
    run = ggen.having(SOURCE_DATE_EPOCH="")
    assert run("new", "x", "--pack", "base", "--registry", workshop).code == 0


def test_the_time_is_frozen_in_a_project(project: Ggen) -> None:
    before = (project.folder / "settings.ini").read_bytes()
    run = project.having(SOURCE_DATE_EPOCH="1000000000")
    assert run("packs", "generate").code == 0
    assert (project.folder / "settings.ini").read_bytes() == before
