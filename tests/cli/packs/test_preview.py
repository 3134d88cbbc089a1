"""`packs preview`: rows and files for people and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


@pytest.fixture
def pages(ggen: Ggen) -> Ggen:
    """`ggen` in the folder of a new pack."""
    assert ggen("packs", "create", "class-pages").code == 0
    return ggen.at(ggen.folder / "class-pages")


def test_rows_and_files_are_shown_up_to_a_limit(pages: Ggen) -> None:
    told = pages("packs", "preview", "page.md.tera", "--limit", "1", "--var", "heading=About")
    assert told.code == 0, told.err
    assert "classes: 2 rows from queries/classes.rq" in told.out
    assert '"http://example.org/library#Author"  "Who wrote a book."' in told.out
    assert "--- pages/author.md\n# About: Author\n" in told.out
    assert "book.md" not in told.out
    assert told.out.count("and 1 more: --limit 0 shows all") == 2
    assert "2 files from templates/page.md.tera; nothing was written" in told.out


def test_programs_get_all_of_it_typed(pages: Ggen, tmp_path: Path) -> None:
    values = tmp_path / "values.toml"
    values.write_text('heading = "From a file"\n', "utf-8")
    document = pages.at(tmp_path)(
        "packs", "preview", "page.md.tera", "--pack", pages.folder, "--case", "own-model",
        "--vars", values, "--json",
    ).json  # fmt: skip
    (query,) = document["queries"]
    assert query["rows"][1] == {"class": "http://example.org/zoo#SeaLion"}
    assert [file["path"] for file in document["files"]] == ["pages/animal.md", "pages/sea-lion.md"]
    assert document["files"][0]["text"].startswith("# From a file: Animal\n")


def test_what_is_not_there_is_an_error(pages: Ggen) -> None:
    error = pages("packs", "preview", "pag.md.tera", "--json").error
    assert (error["name"], error["exit_code"]) == ("template-not-found", 1)
    elsewhere = pages.at(pages.folder.parent)("packs", "preview", "page.md.tera", "--json").error
    assert elsewhere["name"] == "usage"
