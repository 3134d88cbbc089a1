"""`packs verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


@pytest.fixture
def damaged(ggen_home: Path) -> Path:
    """A file of an installed tree that someone has changed."""
    file = ggen_home / "packages" / "base" / "1.0.0" / "templates" / "README.md.tera"
    file.chmod(0o644)
    file.write_text("oops\n", "utf-8")
    return file


def test_what_is_as_it_was_is_ok(ggen: Ggen, project: Ggen) -> None:
    everything = ggen("packs", "verify")
    assert everything.code == 0
    assert everything.out.splitlines()[0] == "ok        app 1.0.0"
    assert project("packs", "verify").out == "ok        base 1.0.0\n"


def test_what_is_not_is_named_with_the_way_back(project: Ggen, damaged: Path) -> None:
    found = project("packs", "verify")
    assert found.code == 9
    assert "!!        base 1.0.0: base 1.0.0 is not as it was installed" in found.out
    assert "templates/README.md.tera changed" in found.out
    assert "1 of 1 release not as installed" in found.err
    assert "ggen packs verify --repair" in found.err
    document = project("packs", "verify", "--json").json
    assert [one["ok"] for one in document["releases"]] == [False]
    assert document["repaired"] == []


def test_repaired_it_is_as_it_was(project: Ggen, damaged: Path) -> None:
    repaired = project("packs", "verify", "--repair")
    assert repaired.code == 0, repaired.err
    assert repaired.out.startswith("repaired  base 1.0.0: ")
    assert damaged.read_text("utf-8") != "oops\n"
    document = project("packs", "verify", "--repair", "--json").json
    assert ([one["ok"] for one in document["releases"]], document["repaired"]) == ([True], [])


def test_outside_of_a_project_the_registry_is_named(
    ggen: Ggen, damaged: Path, workshop: Path
) -> None:
    lost = ggen("packs", "verify", "base", "--repair", "--json").error
    assert lost["name"] == "pack-not-found"
    found = ggen("packs", "verify", "base", "--repair", "--registry", workshop)
    assert found.code == 0, found.err
    assert found.out.splitlines()[1] == "ok        base 1.1.0"


def test_what_is_only_not_there_is_no_mismatch(project: Ggen, ggen: Ggen) -> None:
    assert ggen("packs", "uninstall", "base@1.0.0").code == 0
    found = project("packs", "verify")
    assert found.code == 1
    assert "!!        base 1.0.0: base 1.0.0 is not installed" in found.out
    assert "1 of 1 release not installed" in found.err
    (release,) = project("packs", "verify", "--json").json["releases"]
    assert (release["ok"], release["state"]) == (False, "not installed")


def test_a_receipt_that_is_damaged_is_named_and_repaired(
    ggen: Ggen, ggen_home: Path, workshop: Path
) -> None:
    (ggen_home / "packages" / "typed" / ".1.0.0.json").write_text("{", "utf-8")
    found = ggen("packs", "verify")
    assert found.code == 9
    assert "!!        typed 1.0.0: typed 1.0.0 is damaged: its receipt" in found.out
    repair = ("packs", "verify", "--repair", "--registry", str(workshop))
    shown = ggen(*repair, "--dry-run")
    assert shown.code == 0, shown.err
    assert "repair  typed 1.0.0" in shown.out
    assert ggen("packs", "verify").code == 9
    assert ggen(*repair, "--no-input").code == 0
    assert ggen("packs", "verify").code == 0
    assert ggen("packs", "history").out.splitlines()[0].split("  ")[2].startswith(
        "packs verify --repair by"
    )


def test_an_empty_home_has_nothing_to_verify(first_time: Ggen) -> None:
    assert first_time("packs", "verify").out == "nothing is installed\n"
    assert first_time("packs", "verify", "base", "--json").error["name"] == "pack-not-found"
