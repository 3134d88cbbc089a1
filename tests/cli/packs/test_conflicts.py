"""Where requirements conflict: what is chosen by strategy, what is told, and what stays in a project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_changes import Terminal

if TYPE_CHECKING:
    from tests.cli.conftest import Ggen

PACKS: dict[str, str] = {
    "shop/1.0.0": '[dependencies]\napi = "*"\nviews = "*"\n',
    "api/1.0.0": '[dependencies]\nbase = "^2"\n',
    "views/1.0.0": '[dependencies]\nbase = "^1"\n',
    "base/1.4.0": '[[variable]]\nname = "tone"\ndefault = "old"\n',
    "base/2.0.0": '[[variable]]\nname = "tone"\ndefault = "new"\n',
}
TEMPLATES = {
    "base/1.4.0": {"base.txt": "{{ pack.version }} {{ tone }}\n", "one.txt": "{{ tone }}\n"},
    "base/2.0.0": {"base.txt": "{{ pack.version }} {{ tone }}\n"},
}


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A registry in which `shop` needs two majors of `base`."""
    root = tmp_path / "registry"
    for place, more in PACKS.items():
        name, version = place.split("/")
        (root / place / "templates").mkdir(parents=True)
        (root / place / "gpack.toml").write_text(
            f'[pack]\nname = "{name}"\nversion = "{version}"\n{more}'
        )
        for path, text in TEMPLATES.get(place, {}).items():
            (root / place / "templates" / f"{path}.tera").write_text(text)
    return root


def plan(ggen: Ggen, registry: Path, *more: str) -> Any:
    ran = ggen("packs", "plan", "shop", *more, "--registry", registry, "--json")
    assert ran.code == 0, ran.err
    return ran.json


def releases(document: Any) -> list[str]:
    return sorted(f"{one['name']}@{one['version']}" for one in document["releases"])


def test_by_default_the_proof_is_told_with_the_override_that_would_help(
    ggen: Ggen, registry: Path
) -> None:
    error = ggen("packs", "plan", "shop", "--registry", registry, "--json").error
    assert (error["name"], error["exit_code"]) == ("version-conflict", 5)
    assert "the requirements of the project cannot all be met" in error["help"]
    assert "--override base@^2.0.0" in error["help"]
    assert error["details"]["override"] == {"name": "base", "version": "2.0.0"}


def test_majors_stand_side_by_side_in_a_plan(ggen: Ggen, registry: Path) -> None:
    document = plan(ggen, registry, "--strategy", "merge")
    assert releases(document) == [
        "api@1.0.0", "base@1.4.0", "base@2.0.0", "shop@1.0.0", "views@1.0.0"
    ]  # fmt: skip
    got = {one["name"]: one["requires"] for one in document["releases"]}
    assert [one["version"] for one in got["api"]] == ["2.0.0"]
    assert [one["version"] for one in got["views"]] == ["1.4.0"]
    [choice] = document["choices"]
    assert (choice["kind"], choice["pack"]) == ("side-by-side", "base")
    assert any("side-by-side: " in note for note in document["notes"])


def test_an_override_counts_for_all(ggen: Ggen, registry: Path) -> None:
    document = plan(ggen, registry, "--override", "base@^2")
    assert releases(document) == ["api@1.0.0", "base@2.0.0", "shop@1.0.0", "views@1.0.0"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--override", "base"), "does not say which range counts"),
        (("--override", "base[x]@1"), "does not say which range counts"),
        (("--override", "base@one"), "one"),
        (("--override", "bases@1"), 'did you mean "base"'),
        (("--strategy", "custom"), "a project's own rules, and there are none"),
        (("--exclude-newer", "soon"), "is not a date"),
        (("--exclude-newer", "2026-02-30"), "is not a date"),
        (("--strategy", "hope"), "hope"),
        (("--resolution", "middle"), "middle"),
    ],
)
def test_a_wish_that_is_none_is_refused(
    ggen: Ggen, registry: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = ggen("packs", "plan", "shop", *arguments, "--registry", registry)
    assert ran.code == (1 if "bases@1" in arguments else 2)
    assert said in ran.err


def test_a_project_keeps_its_majors_side_by_side(ggen: Ggen, registry: Path) -> None:
    ran = ggen("new", "site", "--pack", "shop", "--strategy", "merge", "--registry", registry)
    assert ran.code == 0, ran.err
    site = ggen.at(ggen.folder / "site")
    assert 'strategy = "merge"' in (site.folder / "ggen.toml").read_text()
    # Both are rendered; of one path, the later major's.
    assert (site.folder / "base.txt").read_text() == "2.0.0 new\n"
    assert (site.folder / "one.txt").read_text() == "old\n"
    assert site("check").code == 0
    assert site("packs", "verify").code == 0
    assert site("lock", "--frozen").code == 0
    assert site("packs", "generate").out.startswith("0 created, 0 replaced")
    before = (site.folder / "ggen.lock").read_text()
    assert site("packs", "install").code == 0
    assert (site.folder / "ggen.lock").read_text() == before
    for tree in (site("packs", "dependencies", "shop").out, site("packs", "dependencies").out):
        assert "base 1.4.0 (>=1.0.0 <2.0.0)" in tree
        assert "base 2.0.0 (>=2.0.0 <3.0.0)" in tree
    asked = "SELECT ?by { ?s a ggen:Settlement ; ggen:settledBy ?by }"
    assert "side-by-side" in site("packs", "sparql", "--query", asked).out
    gone = site("packs", "uninstall", "shop", "--yes")
    assert gone.code == 0, gone.err
    assert not (site.folder / "one.txt").exists()


def test_a_lock_that_the_project_does_not_allow_is_a_finding(ggen: Ggen, registry: Path) -> None:
    assert (
        ggen("new", "site", "--pack", "shop", "--strategy", "merge", "--registry", registry).code == 0
    )
    site = ggen.at(ggen.folder / "site")
    assert site("packs", "validate").code == 0
    manifest = site.folder / "ggen.toml"
    manifest.write_text(manifest.read_text().replace('"merge"', '"fail"'))
    ran = site("packs", "validate")
    assert ran.code == 1
    assert "Two majors of a pack are locked" in ran.out
    assert "ggen.lock:" in ran.out


def test_rules_of_a_project_say_what_counts(ggen: Ggen, registry: Path) -> None:
    assert ggen("new", "site", "--pack", "views", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    (site.folder / "rules").mkdir()
    (site.folder / "rules" / "one-base.rq").write_text(
        "PREFIX ggen: <http://ggen.io/ontology#>\n"
        'CONSTRUCT { ?r ggen:override "^2" }\n'
        'WHERE { ?r a ggen:Requirement ; ggen:onPack ?p . ?p ggen:name "base" }\n'
    )
    ran = site("packs", "install", "api", "--strategy", "custom")
    assert ran.code == 0, ran.err
    assert 'strategy = "custom"' in (site.folder / "ggen.toml").read_text()
    locked = (site.folder / "ggen.lock").read_text()
    assert "base@2.0.0" in locked
    assert "base@1.4.0" not in locked
    # What moved may break, and that is told.
    assert "base 1.4.0 → 2.0.0 may break: version: a new major version" in ran.err
    assert site("lock", "--frozen").code == 0
    (site.folder / "rules" / "wrong.rq").write_text("SELECT * { ?s ?p ?o }")
    refused = site("packs", "install", "--json").error
    assert (refused["name"], refused["where"]["file"]) == ("query-invalid", "rules/wrong.rq")
    (site.folder / "rules" / "wrong.rq").unlink()
    os.mkfifo(site.folder / "rules" / "pipe.rq")
    refused = site("packs", "install", "--json").error
    assert (refused["name"], refused["where"]["file"]) == ("query-invalid", "rules/pipe.rq")


def test_what_is_waived_is_locked_and_stays_so(ggen: Ggen, registry: Path) -> None:
    assert ggen("new", "site", "--pack", "base@^1", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    ran = site("packs", "install", "api", "--strategy", "layer")
    assert ran.code == 0, ran.err
    assert "layer: " in ran.err
    assert "waived = true" in (site.folder / "ggen.lock").read_text()
    assert site("lock", "--frozen").code == 0
    assert site("lock", "--check").code == 0
    assert site("packs", "generate").code == 0


def test_on_a_terminal_the_override_that_helps_is_offered(ggen: Ggen, registry: Path) -> None:
    assert ggen("new", "site", "--pack", "views", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    terminal = Terminal(site, "packs", "install", "api")
    asked = terminal.read_until("[y/N]")
    assert "cannot all be met" in asked
    assert "let all have base 1.4.0, whatever they require" in asked
    terminal.type("y")
    code, shown = terminal.end()
    assert code == 0, shown
    manifest = (site.folder / "ggen.toml").read_text()
    assert 'base = "^1.4.0"' in manifest  # what is locked is kept where it can be
    terminal = Terminal(site, "packs", "install", "shop")
    assert terminal.end()[0] == 0  # it is kept


def test_who_says_no_to_the_override_has_changed_nothing(ggen: Ggen, registry: Path) -> None:
    assert ggen("new", "site", "--pack", "views", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    before = (site.folder / "ggen.toml").read_text(), (site.folder / "ggen.lock").read_text()
    terminal = Terminal(site, "packs", "install", "api")
    terminal.read_until("[y/N]")
    terminal.type("n")
    code, _ = terminal.end()
    assert code == 5
    now = (site.folder / "ggen.toml").read_text(), (site.folder / "ggen.lock").read_text()
    assert now == before
    assert site("packs", "install", "api", "--yes").code == 5  # who agrees to all is not asked this


# -- explain and why-not


def test_the_last_failure_is_explained_from_the_graph(ggen: Ggen, registry: Path) -> None:
    assert ggen("new", "site", "--pack", "views", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    nothing = site("packs", "explain", "--json").error
    assert nothing["name"] == "nothing-to-explain"
    failed = site("packs", "install", "api")
    assert failed.code == 5
    text = site("packs", "explain")
    assert text.code == 0
    assert "cannot all be met" in text.out
    tree = site("packs", "explain", "--format", "tree").out
    assert tree.splitlines()[0] == "the requirements of the project cannot all be met"
    assert "every release of api requires base >=2.0.0 <3.0.0" in tree
    assert site("packs", "explain", "--format", "dot").out.startswith("digraph proof {")
    document = site("packs", "explain", "--format", "json").json
    assert document["derivation"]["incompatibilities"]
    query = (Path(__file__).parents[3] / "queries" / "resolution" / "explain.rq").read_text()
    asked = site("packs", "sparql", "--query", query, "--format", "json")
    rows = json.loads(asked.out)["results"]["bindings"]
    assert rows[-1]["therefore"]["value"] == "the requirements of the project cannot all be met"


def test_of_two_failures_in_one_second_the_last_is_explained(ggen: Ggen, registry: Path) -> None:
    """Whatever a build says that the time is."""
    made = ggen("new", "site", "--pack", "views", "--registry", registry)
    assert made.code == 0
    site = ggen.at(ggen.folder / "site").having(SOURCE_DATE_EPOCH="1")
    for range_text in ("^7", "^8", "^9", "^10", "^11"):
        assert site("packs", "install", f"base@{range_text}").code == 5
        major = range_text.removeprefix("^")
        assert f"base >={major}.0.0" in site("packs", "explain").out


def test_a_proof_that_was_tampered_with_is_not_believed(ggen: Ggen, registry: Path) -> None:
    assert ggen("new", "site", "--pack", "views", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    assert site("packs", "install", "api").code == 5
    [path] = [
        path
        for path in (site.folder / ".ggen" / "records").glob("resolution-*.json")
        if "derivation" in path.read_text()
    ]
    record = json.loads(path.read_text())
    premise = next(
        one for one in record["derivation"]["incompatibilities"] if one["cause"].get("of") == "api"
    )
    premise["terms"] = premise["terms"][:1]  # nobody says any more what api requires
    path.write_text(json.dumps(record))
    error = site("packs", "explain", "--json").error
    assert error["name"] == "record-invalid"
    assert "does not hold" in error["message"]


def test_packs_can_be_explained_without_a_project(ggen: Ggen, registry: Path) -> None:
    ran = ggen("packs", "explain", "shop", "--registry", registry)
    assert ran.code == 0
    assert "cannot all be met" in ran.out
    fine = ggen("packs", "explain", "views", "--registry", registry, "--json").error
    assert fine["name"] == "nothing-to-explain"
    assert ggen("packs", "explain").code == 1


def test_what_holds_a_release_back_is_proven(ggen: Ggen, registry: Path) -> None:
    assert ggen("new", "site", "--pack", "views", "--pack", "base@^1", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    document = site("packs", "why-not", "base@2.0.0", "--json").json
    assert (document["possible"], document["own_range"]) == (False, "^1")
    assert document["derivation"]
    told = site("packs", "why-not", "base@2.0.0").out
    assert told.startswith("ggen.toml asks for base ^1, and 2.0.0 is not that.\nEven if it asked")
    assert "every release of views requires base >=1.0.0 <2.0.0" in told


def test_what_nothing_holds_back_is_told_with_what_would_change(
    ggen: Ggen, registry: Path
) -> None:
    assert ggen("new", "site", "--pack", "base@1.4.0", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    told = site("packs", "why-not", "base@2.0.0").out
    assert told.splitlines() == [
        "ggen.toml asks for base 1.4.0, and 2.0.0 is not that.",
        "Nothing else holds it back.",
        "  base 1.4.0 would become 2.0.0",
        "`ggen packs install base@2.0.0` does it",
    ]
    alone = ggen("packs", "why-not", "api@1.0.0", "--registry", registry, "--json").json
    assert alone["possible"]
    assert {one["name"] for one in alone["changes"]} == {"api", "base"}


def test_an_override_of_the_project_s_holds_a_release_back(ggen: Ggen, registry: Path) -> None:
    assert ggen("new", "site", "--pack", "base@^1", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    assert site("packs", "install", "base", "--override", "base@1.4.0").code == 0
    told = site("packs", "why-not", "base@2.0.0").out
    assert told.splitlines() == [
        "ggen.toml asks for base 1.4.0, and 2.0.0 is not that.",
        "Nothing else holds it back.",
        "  base 1.4.0 would become 2.0.0",
        "`ggen packs install base@2.0.0 --override base@2.0.0` does it",
    ]
    assert site("packs", "install", "base@2.0.0", "--override", "base@2.0.0").code == 0
    assert 'version = "2.0.0"' in (site.folder / "ggen.lock").read_text()


def test_what_the_strategy_would_overrule_is_held_back(ggen: Ggen, registry: Path) -> None:
    assert ggen("new", "site", "--pack", "base", "--pack", "api", "--registry", registry).code == 0
    site = ggen.at(ggen.folder / "site")
    assert site("packs", "install", "base", "--strategy", "layer").code == 0
    document = site("packs", "why-not", "base@1.4.0", "--json").json
    assert not document["possible"]
    assert document["derivation"]


def test_what_stands_side_by_side_changes_by_majors(ggen: Ggen, registry: Path) -> None:
    made = ggen(
        *("new", "site", "--pack", "api", "--strategy", "merge", "--registry", registry)
    )
    assert made.code == 0
    for version, change in (("1.4.0", ["  base 2.0.0 would become 1.4.0, 2.0.0"]), ("2.0.0", [])):
        told = ggen.at(ggen.folder / "site")("packs", "why-not", f"base@{version}").out
        assert told.splitlines() == [
            f"Nothing holds base {version} back.",
            *change,
            f"`ggen packs install base@{version}` does it",
        ]


@pytest.mark.parametrize(
    ("release", "code", "name"),
    [
        ("base", 2, "usage"),
        ("base@^1", 2, "usage"),
        ("base@", 2, "usage"),
        ("base[x]@1.4.0", 2, "usage"),
        ("Base@1.0.0", 2, "usage"),
        ("base@9.9.9", 1, "release-not-found"),
        ("nobody@1.0.0", 1, "pack-not-found"),
    ],
)
def test_a_release_that_is_none_is_refused(
    ggen: Ggen, registry: Path, release: str, code: int, name: str
) -> None:
    ran = ggen("packs", "why-not", release, "--registry", registry, "--json")
    assert (ran.code, ran.error["name"]) == (code, name)
