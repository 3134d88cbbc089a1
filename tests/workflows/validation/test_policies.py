"""Policies of `ggen.toml`: each holds, or is a finding at the place that breaks it."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import RegistryUnavailable
from ggen_graph.core.policy import POLICIES

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.core.findings import Finding
    from tests.workflows.conftest import Work

ID = "0f9cb8a4-6a2e-4c1f-9d6b-3b1e5f7a2c10"
DAY = 86_400


def broken(root: Path, policy: str) -> list[tuple[str, str, str, int]]:
    """(severity, policy, file, line) of what a policy finds in a project."""
    manifest = root / "ggen.toml"
    text = manifest.read_text("utf-8").partition("\n[policy]")[0]
    manifest.write_text(f"{text}\n[policy]\n{policy}\n", "utf-8")
    return [
        (one.severity, one.rule.rpartition("/")[2].partition("#")[0], one.file, one.line)
        for one in found(root)
        if "/policy/" in one.rule
    ]


def found(root: Path) -> list[Finding]:
    project = api.read_project(root)
    within = (root, project.manifest)
    return api.validate_project(project, lambda: api.use_catalog((), within).catalog)


def line_of(root: Path, file: str, text: str) -> int:
    lines = (root / file).read_text("utf-8").splitlines()
    return next(place for place, line in enumerate(lines, 1) if text in line)


@pytest.fixture
def library(work: Work) -> Path:
    """A project with base 1.0.0, which is under Apache-2.0."""
    return work.new("library", "base@1.0.0")


@pytest.fixture
def listed(ggen_home: Path, tmp_path: Path) -> Path:
    """A project locked from an index, in `index.jsonl` beside it: web 1.0.0, and with it log 1 and 2."""
    write(tmp_path)
    root = tmp_path / "shop"
    root.mkdir()
    (root / "ggen.toml").write_text(
        f'[project]\nid = "{ID}"\nname = "shop"\n[packs]\nweb = "1.0.0"\nlog = "^2"\n'
        '[resolution]\nstrategy = "merge"\n[registries]\nacme = "../index.jsonl"\n',
        "utf-8",
    )
    project = api.read_project(root)
    catalog = api.use_catalog((), (root, project.manifest)).catalog
    api.lock_project(project, catalog)
    return root


def write(folder: Path, **more: object) -> None:
    """The index; `more` is said of web 1.0.0."""
    releases: list[dict[str, object]] = [
        {"name": "web", "version": "1.0.0", "dependencies": {"log": "^1"}, "license": "MIT", "published": "2026-01-01", **more},
        {"name": "web", "version": "1.1.0", "dependencies": {}, "published": "2026-04-11T12:00:00Z"},
        {"name": "log", "version": "1.0.0", "dependencies": {}, "license": "MIT", "published": "2026-01-01"},
        {"name": "log", "version": "2.0.0", "dependencies": {}, "license": "MIT OR (GPL-3.0-only AND Zlib)", "published": "2026-01-11"},
    ]  # fmt: skip
    lines = "".join(
        json.dumps({"checksum": f"sha256:{at:064x}", "archive": f"{at}.tar.gz", **one}) + "\n"
        for at, one in enumerate(releases)
    )
    (folder / "index.jsonl").write_text(lines, "utf-8")


def test_without_a_policy_nothing_is_asked_of_a_registry(library: Path) -> None:
    def fail() -> api.Catalog:
        raise AssertionError

    assert api.validate_project(api.read_project(library), fail) == []


def test_only_some_licences(listed: Path) -> None:
    assert broken(listed, 'licenses = ["MIT"]') == []
    wrong = broken(listed, 'licenses = ["Zlib", "GPL-3.0-only"]')
    assert {one[:3] for one in wrong} == {("violation", "licenses", "ggen.lock")}
    # One of the choices of log 2.0.0 is allowed as a whole; web and log 1.0.0 are not.
    lines = (listed / "ggen.lock").read_text("utf-8").splitlines()
    assert [lines[line - 1 : line + 1] for *_, line in wrong] == [
        ['name = "log"', 'version = "1.0.0"'],
        ['name = "web"', 'version = "1.0.0"'],
    ]


def test_a_release_without_a_licence_is_none_that_is_allowed(listed: Path) -> None:
    write(listed.parent, license=None)
    assert [one[:3] for one in broken(listed, 'licenses = ["MIT"]')] == [
        ("violation", "licenses", "ggen.lock")
    ]


def test_the_licence_of_what_no_registry_has_any_more_is_that_of_what_is_installed(
    library: Path,
) -> None:
    manifest = library / "ggen.toml"
    lines = [line for line in manifest.read_text("utf-8").splitlines() if "workshop" not in line]
    manifest.write_text("\n".join(lines) + "\n", "utf-8")
    assert broken(library, 'licenses = ["Apache-2.0"]') == []
    assert [one[0] for one in broken(library, 'licenses = ["MIT"]')] == ["violation"]
    assert [one[0] for one in broken(library, "no_yanked = true")] == ["warning"]


def test_no_release_that_was_yanked(listed: Path) -> None:
    assert broken(listed, "no_yanked = true") == []
    write(listed.parent, yanked=True)
    [one] = broken(listed, "no_yanked = true")
    assert one[:3] == ("violation", "no-yanked", "ggen.lock")
    assert line_of(listed, "ggen.lock", 'name = "web"') >= 1
    lines = (listed / "ggen.lock").read_text("utf-8").splitlines()
    assert lines[one[3] - 1] == 'name = "web"'


def test_no_release_much_older_than_the_newest(listed: Path) -> None:
    assert broken(listed, "max_days_behind = 100") == []
    assert len(broken(listed, "max_days_behind = 99")) == 1  # web, published 100.5 days before
    assert len(broken(listed, "max_days_behind = 9")) == 2  # log 1.0.0, too
    write(listed.parent, published=None)
    assert [one[0] for one in broken(listed, "max_days_behind = 100")] == ["info"]


def test_one_major_of_each_pack(listed: Path) -> None:
    places = broken(listed, "one_major = true")
    assert [one[:3] for one in places] == [("violation", "one-major", "ggen.lock")] * 2
    lines = (listed / "ggen.lock").read_text("utf-8").splitlines()
    assert [lines[line - 1] for *_, line in places] == ['name = "log"'] * 2
    assert len({line for *_, line in places}) == 2


def test_no_edit_of_a_protected_file(library: Path) -> None:
    assert broken(library, 'protected = ["**"]') == []
    (library / "README.md").write_text("# Mine\n", "utf-8")
    (library / "run.sh").chmod(0o644)
    assert broken(library, 'protected = ["notes/**"]') == []
    assert broken(library, 'protected = ["*.md", "run.sh"]') == [
        ("violation", "protected", "README.md", 1),
        ("violation", "protected", "run.sh", 1),
    ]


def test_every_file_that_the_lock_names_is_there(library: Path) -> None:
    assert broken(library, "files_present = true") == []
    (library / "old.txt").unlink()
    line = line_of(library, "ggen.lock", '"old.txt"')
    assert broken(library, "files_present = true") == [
        ("violation", "files-present", "ggen.lock", line)
    ]


def test_no_registry_whose_listing_is_old(listed: Path) -> None:
    assert broken(listed, "max_registry_days = 7") == []
    then = time.time() - 8.5 * DAY
    os.utime(listed.parent / "index.jsonl", (then, then))
    line = line_of(listed, "ggen.toml", "acme =")
    assert broken(listed, "max_registry_days = 7") == [
        ("violation", "max-registry-days", "ggen.toml", line)
    ]
    assert broken(listed, "max_registry_days = 8") == []


def test_the_registry_that_ggen_brings_is_as_old_as_ggen(ggen_home: Path, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    text = f'[project]\nid = "{ID}"\nname = "shop"\n[packs]\npython-base = "^1"\n'
    (root / "ggen.toml").write_text(text, "utf-8")
    api.lock_project(api.read_project(root), api.use_catalog().catalog)
    assert broken(root, "max_registry_days = 0") == []


def test_a_project_without_a_lock_breaks_no_policy(ggen_home: Path, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "ggen.toml").write_text(f'[project]\nid = "{ID}"\nname = "shop"\n', "utf-8")
    everything = (
        'licenses = ["MIT"]\nno_yanked = true\nprotected = ["**"]\nmax_days_behind = 1\n'
        "one_major = true\nfiles_present = true\nmax_registry_days = 1"
    )
    assert broken(root, everything) == []
    assert set(api.read_project(root).manifest.policy.on()) == set(POLICIES)


def test_a_lost_lock_is_a_finding(library: Path) -> None:
    (library / "ggen.lock").unlink()
    assert broken(library, "files_present = true") == []
    assert "lock-missing" in {one.rule for one in found(library)}


def test_a_policy_whose_registry_can_t_be_read_does_not_pass(listed: Path) -> None:
    (listed.parent / "index.jsonl").unlink()
    with pytest.raises(RegistryUnavailable):
        broken(listed, "no_yanked = true")
    assert broken(listed, "files_present = true") == []


def test_every_policy_has_its_shape() -> None:
    from ggen_graph import resources

    shapes = {path.stem for path in resources.path("shapes", "policy").glob("*.ttl")}
    assert shapes == {name.replace("_", "-") for name in POLICIES}


def test_policies_are_facts_of_the_project(library: Path, work: Work) -> None:
    broken(library, 'licenses = ["MIT", "Zlib"]\nmax_days_behind = 9')
    rows = work.rows(
        library,
        "SELECT ?name ?value { ?project ggen:hasPolicy ?policy . ?policy ggen:name ?name ;"
        " ggen:allowsLicence|ggen:limitInDays ?value } ORDER BY ?name ?value",
    )
    assert rows == [("licenses", "MIT"), ("licenses", "Zlib"), ("max_days_behind", "9")]
