"""`packs diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen

BEFORE = """\
[pack]
name = "site"
version = "1.2.0"
license = "MIT"

[dependencies]
base = "^1"

[[variable]]
name = "title"
default = ""

[[variable]]
name = "port"
type = "integer"
min = 1
max = 65535
"""

AFTER = """\
[pack]
name = "site"
version = "2.0.0"
license = "Apache-2.0"

[dependencies]
base = "^1.1"

[[variable]]
name = "title"
default = "Home"

[[variable]]
name = "port"
type = "integer"
min = 1024
max = 65535
"""


def publish(folder: Path) -> Path:
    """A registry with two releases of a pack."""
    for version, manifest in (("1.2.0", BEFORE), ("2.0.0", AFTER)):
        tree = folder / "own" / "site" / version
        (tree / "templates").mkdir(parents=True)
        (tree / "gpack.toml").write_text(manifest, "utf-8")
    (folder / "own/site/1.2.0/templates/old.md.tera").touch()
    (folder / "own/site/2.0.0/templates/new.md.tera").touch()
    return folder / "own"


def test_what_changed_is_told_with_what_may_break_first(ggen: Ggen) -> None:
    told = ggen("packs", "diff", "site", "1.2.0", "2.0.0", "--registry", publish(ggen.folder))
    assert told.code == 0, told.err
    assert told.out == """\
site 1.2.0 → 2.0.0: 7 changes, 3 of them breaking

breaking
  version                         changed from 1.2.0 to 2.0.0: a new major version: ^1.2.0 does not admit 2.0.0
  variable port                   range narrowed from 1..65535 to 1024..65535: a value that it took is refused now
  template templates/old.md.tera  removed: old.md is not generated any more

other
  requirement base                narrowed from >=1.0.0 <2.0.0 to >=1.1.0 <2.0.0
  variable title                  default changed from "" to Home
  template templates/new.md.tera  added new.md
  licence                         changed from MIT to Apache-2.0
"""


def test_a_program_gets_each_change(ggen: Ggen) -> None:
    document = ggen(
        "packs", "diff", "site", "^1", "--registry", publish(ggen.folder), "--json"
    ).json
    changes = document.pop("changes")
    del document["notes"]
    assert document == {
        "schema_version": 1,
        "pack": "site",
        "before": "1.2.0",
        "after": "2.0.0",
        "breaking": 3,
        "not_compared": [],
    }
    assert changes[2] == {
        "part": "variable",
        "name": "port",
        "kind": "narrowed",
        "aspect": "range",
        "before": "1..65535",
        "after": "1024..65535",
        "breaking": True,
        "why": "a value that it took is refused now",
    }


def test_a_check_fails_where_something_may_break(ggen: Ggen, workshop: Path) -> None:
    own = publish(ggen.folder)
    told = ggen("packs", "diff", "site", "1.2.0", "--check", "--registry", own)
    assert told.code == 1
    assert "3 of 7 changes from site 1.2.0 to 2.0.0 may break who used it" in told.err
    assert ggen("packs", "diff", "site", "2.0.0", "--check", "--registry", own).code == 0
    assert ggen("packs", "diff", "base", "1.1.0", "1", "--check", "--registry", workshop).code == 0


def test_where_nothing_changed_that_is_said(ggen: Ggen, workshop: Path) -> None:
    told = ggen("packs", "diff", "base", "1.1.0", "1.1.0", "--registry", workshop)
    assert told.out == "base 1.1.0 → 1.1.0: nothing changed\n"


def test_what_an_index_does_not_tell_is_said(ggen: Ggen) -> None:
    index = ggen.folder / "index.jsonl"
    index.write_text(
        '{"name": "a", "version": "1.0.0", "dependencies": {"b": "^1"}}\n'
        '{"name": "a", "version": "1.1.0", "dependencies": {}}\n'
        '{"name": "b", "version": "1.0.0", "dependencies": {}}\n'
    )
    told = ggen("packs", "diff", "a", "1.0.0", "--registry", index)
    assert "requirement b  removed (it was >=1.0.0 <2.0.0): what it brought along" in told.out
    assert "of a 1.1.0 only a line of an index is known" in told.err
    document = ggen("packs", "diff", "a", "1.0.0", "--registry", index, "--json").json
    assert document["not_compared"] == ["1.0.0", "1.1.0"]


def test_what_is_not_there_is_an_error_that_says_what_is(ggen: Ggen, workshop: Path) -> None:
    at = ("--registry", workshop, "--json")
    error = ggen("packs", "diff", "base", "^7", *at).error
    assert (error["name"], error["help"]) == ("release-not-found", "it has 1.1.0, 1.0.0")
    assert ggen("packs", "diff", "bass", "1.0.0", *at).error["name"] == "pack-not-found"
    assert ggen("packs", "diff", "base", "1.0.0", ">>", *at).error["name"] == "range-invalid"
    assert ggen("packs", "diff", "base", *at).error["name"] == "usage"
