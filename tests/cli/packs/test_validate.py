"""`packs validate`: findings with their places, and the exit code that CI goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    folder = tmp_path / "registry" / "wrong"
    (folder / "templates").mkdir(parents=True)
    (folder / "gpack.toml").write_text('[pack]\nname = "wrong"\nversion = "1.0.0"\n', "utf-8")
    (folder / "templates" / "a.txt.tera").write_text("fine\n{{ 1 + }}\n", "utf-8")
    return folder


def test_a_fault_is_1_with_its_place(ggen: Ggen, wrong: Path) -> None:
    told = ggen("packs", "validate", wrong)
    assert told.code == 1
    assert "wrong: templates/a.txt.tera:2" in told.out
    assert "violation:" in told.out
    assert "error[check-failed]" in told.err
    document = ggen("packs", "validate", wrong, "--json").json
    assert document["counts"]["violation"] >= 1
    assert document["findings"][-1]["file"] == "templates/a.txt.tera"


def test_a_pack_is_validated_by_its_name(ggen: Ggen, wrong: Path) -> None:
    told = ggen("packs", "validate", "wrong", "--registry", wrong.parent)
    assert "templates/a.txt.tera:2" in told.out
    error = ggen("packs", "validate", "wrnog", "--registry", wrong.parent, "--json").error
    assert error["name"] == "pack-not-found"


def test_what_severity_fails_is_a_persons_choice(ggen: Ggen, workshop: Path) -> None:
    folder = workshop / "rival"
    counts = ggen("packs", "validate", folder, "--json").json["counts"]
    assert counts["violation"] == 0
    assert ggen("packs", "validate", folder).code == 0
    for severity in ("warning", "info"):
        ranks = {"warning": ["warning"], "info": ["warning", "info"]}[severity]
        expected = 1 if any(counts[rank] for rank in ranks) else 0
        assert ggen("packs", "validate", folder, "--fail-on", severity).code == expected


def test_all_packs_of_the_registries_are_validated(ggen: Ggen, wrong: Path) -> None:
    document = ggen("packs", "validate", "--all", "--registry", wrong.parent, "--json").json
    assert "wrong" in {one["pack"] for one in document["findings"]}


def test_a_project_is_validated_from_inside(project: Ggen) -> None:
    told = project("packs", "validate")
    assert told.code == 0, told.out
    assert told.out.splitlines()[-1] == "0 violation, 0 warning, 0 info"


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_every_format_ends_the_same_way_and_may_be_a_file(
    ggen: Ggen, wrong: Path, form: str
) -> None:
    told = ggen("packs", "validate", wrong, "--format", form)
    assert told.code == 1
    assert "templates/a.txt.tera" in told.out
    written = ggen("packs", "validate", wrong, "--format", form, "--output", "report")
    assert (written.code, written.out) == (1, "")
    assert (ggen.folder / "report").read_text("utf-8") == told.out
    assert "check-failed" in written.err


def test_a_report_that_can_t_be_written_is_an_error(ggen: Ggen, wrong: Path) -> None:
    told = ggen("packs", "validate", wrong, "--output", "no/where/report")
    assert told.code != 0
    assert "no/where/report" in told.err
    assert ggen("packs", "validate", wrong, "--json", "--format", "sarif").code == 2


def test_a_part_of_a_pack_is_checked_by_itself(ggen: Ggen, wrong: Path) -> None:
    (wrong / "queries").mkdir()
    (wrong / "queries" / "a.rq").write_text("SELECT {", "utf-8")

    def files(*checks: str) -> set[str]:
        options = [word for check in checks for word in ("--check", check)]
        found = ggen("packs", "validate", wrong, *options, "--json").json["findings"]
        return {one["file"] for one in found}

    assert files("manifest") == {"gpack.toml"}
    assert files("templates") == {"templates/a.txt.tera"}
    assert files("queries") == {"queries/a.rq"}
    assert files("queries", "templates") == {"queries/a.rq", "templates/a.txt.tera"}
    assert files("dependencies") == set()
    assert files() == {"gpack.toml", "queries/a.rq", "templates/a.txt.tera"}
    assert ggen("packs", "validate", wrong, "--check", "nothing").code == 2


def test_dependencies_are_looked_for_where_an_install_would(ggen: Ggen, wrong: Path) -> None:
    manifest = wrong / "gpack.toml"
    text = manifest.read_text("utf-8")
    manifest.write_text(
        f'{text}\n[dependencies]\nnowhere = "^1"\npython-base = "^99"\nci-github-actions = "^1"\n',
        "utf-8",
    )
    found = ggen("packs", "validate", wrong, "--check", "dependencies", "--json").json["findings"]
    assert [(one["line"], one["rule"]) for one in found] == [
        (6, "pack-not-found"),
        (7, "version-conflict"),
    ]
    deep = ggen("packs", "validate", wrong, "--deep", "--json").json["findings"]
    assert {(one["line"], one["rule"]) for one in found} <= {
        (one["line"], one["rule"]) for one in deep
    }
    shallow = ggen("packs", "validate", wrong, "--json").json["findings"]
    assert not {"pack-not-found", "version-conflict"} & {one["rule"] for one in shallow}


def test_dependencies_that_can_t_be_met_together_are_one_finding(
    ggen: Ggen, wrong: Path, knots: Path
) -> None:
    manifest = wrong / "gpack.toml"
    text = manifest.read_text("utf-8")
    manifest.write_text(f'{text}\n[dependencies]\nb = "^1"\nc = "^1"\n', "utf-8")
    command = ("packs", "validate", wrong, "--check", "dependencies", "--registry", knots)
    [one] = ggen(*command, "--json").json["findings"]
    assert (one["line"], one["rule"]) == (5, "version-conflict")


def test_what_costs_more_is_looked_at_on_request(ggen: Ggen, wrong: Path) -> None:
    for path in ("shapes/a.ttl", "ontology/a.ttl"):
        (wrong / path).parent.mkdir()
        (wrong / path).write_text("no Turtle", "utf-8")
    found = ggen("packs", "validate", wrong, "--deep", "--json").json["findings"]
    assert {one["file"] for one in found} >= {"shapes/a.ttl", "ontology/a.ttl"}
    found = ggen("packs", "validate", wrong, "--json").json["findings"]
    assert not {one["file"] for one in found} & {"shapes/a.ttl", "ontology/a.ttl"}


def test_an_installed_release_that_was_changed_is_found_by_a_deep_look(
    ggen: Ggen, workshop: Path, ggen_home: Path
) -> None:
    command = ("packs", "validate", workshop / "rival", "--deep", "--json")
    assert "checksum-mismatch" not in {one["rule"] for one in ggen(*command).json["findings"]}
    file = ggen_home / "packages" / "rival" / "1.0.0" / "gpack.toml"
    file.parent.chmod(0o755)
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(data + b"\n# changed\n")
    assert "checksum-mismatch" in {one["rule"] for one in ggen(*command).json["findings"]}


def test_a_gate_of_a_pack_is_parsed(ggen: Ggen, wrong: Path) -> None:
    (wrong / "gates").mkdir()
    (wrong / "gates" / "a.rq").write_text("#+ summary: x\nSELECT {", "utf-8")
    (wrong / "gates" / "b.rq").write_text("ASK { ?s ?p ?o }", "utf-8")
    found = ggen("packs", "validate", wrong, "--check", "queries", "--json").json["findings"]
    assert [one["file"] for one in found] == ["gates/a.rq", "gates/b.rq"]


def test_a_project_is_checked_as_a_whole(project: Ggen) -> None:
    assert project("packs", "validate", "--deep").code == 2
    assert project("packs", "validate", "--check", "queries").code == 2


def test_a_policy_fails_the_command_with_its_place(project: Ggen) -> None:
    manifest = project.folder / "ggen.toml"
    manifest.write_text(
        manifest.read_text("utf-8") + '\n[policy]\nprotected = ["*.md"]\n', "utf-8"
    )
    assert project("packs", "validate").code == 0
    (project.folder / "README.md").write_text("# Mine\n", "utf-8")
    for command in (("packs", "validate"), ("graph", "validate")):
        told = project(*command, "--format", "github")
        assert told.code == 1
        assert told.out.startswith("::error file=README.md,line=1,col=1,title=policy/protected/")


def test_a_misspelt_policy_names_the_nearest(project: Ggen) -> None:
    manifest = project.folder / "ggen.toml"
    manifest.write_text(manifest.read_text("utf-8") + "\n[policy]\nno_yank = true\n", "utf-8")
    error = project("packs", "validate", "--json").error
    assert error["name"] == "manifest-invalid"
    assert error["help"] == 'did you mean "no_yanked"?'
