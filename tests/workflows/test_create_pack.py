"""A new pack: right as it stands, whole or not there, and never in the way of anything."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import FileExists, PlanShownError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANN = api.NewPack("class-pages", author="Ann Example <ann@example.org>")


def test_a_new_pack_has_no_fault_and_passes_its_tests(ggen_home: Path, tmp_path: Path) -> None:
    created = api.create_pack(tmp_path / "deep" / "down", ANN)
    assert {"gpack.toml", "README.md", "CHANGELOG.md", "LICENSE"} <= set(created.files)
    assert api.validate_pack(created.root) == []
    results = list(api.pack_tests(created.root))
    assert len(results) == 2
    assert all(one.passed for one in results)
    assert all(one.compared == 2 for one in results)


def test_what_the_author_says_is_in_its_texts(tmp_path: Path) -> None:
    pack = api.NewPack("zoo", "All of {{ it }}.", license="BSD-3-Clause")
    root = api.create_pack(tmp_path / "zoo", pack).root
    assert (root / "README.md").read_text("utf-8").startswith("# zoo\n\nAll of {{ it }}.\n")
    assert "BSD-3-Clause" in (root / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_is_there_stays_as_it_is(
    tmp_path: Path, kind: str, snapshot: Callable[[Path], object]
) -> None:
    there = tmp_path / "there"
    if kind == "file":
        there.write_text("mine", "utf-8")
    elif kind == "link":
        there.symlink_to(tmp_path / "nowhere")
    else:
        there.mkdir()
        (there / "mine.txt").write_text("mine", "utf-8")
    before = snapshot(tmp_path)
    with pytest.raises(FileExists):
        api.create_pack(there, ANN)
    assert snapshot(tmp_path) == before


def test_an_empty_folder_is_filled_but_not_the_one_we_are_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    assert (api.create_pack(tmp_path / "empty", ANN).root / "gpack.toml").is_file()
    shutil.rmtree(tmp_path / "empty")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(UsageError, match="the folder you are in"):
        api.create_pack(tmp_path / "here", ANN)


def test_a_plan_that_is_only_shown_or_broken_off_leaves_nothing(tmp_path: Path) -> None:
    seen: list[str] = []

    def look(plan: api.ChangePlan, contents: api.Contents) -> None:
        seen.extend(contents)
        raise PlanShownError

    with pytest.raises(PlanShownError):
        api.create_pack(tmp_path / "deep" / "pack", ANN, api.Terms(look))
    assert "templates/page.md.tera" in seen

    def interrupt(plan: api.ChangePlan, contents: api.Contents) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.create_pack(tmp_path / "deep" / "pack", ANN, api.Terms(interrupt))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_write_protected_is_said(
    tmp_path: Path, as_anybody: Callable[..., str]
) -> None:
    tmp_path.chmod(0o555)
    program = """if True:
        import sys
        from pathlib import Path
        from ggen_graph import api
        try:
            api.create_pack(Path(sys.argv[1]) / "pack", api.NewPack("pack"))
        except api.GgenError as error:
            print(error.name)
    """
    try:
        assert as_anybody(program, tmp_path).strip() == "not-permitted"
    finally:
        tmp_path.chmod(0o755)
