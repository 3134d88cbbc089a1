"""Lint: each rule finds what it is for, at its place, and nothing in a pack that has none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.lint import RULES
from ggen_graph.core.manifest import parse_pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLASSES = "PREFIX owl: <http://www.w3.org/2002/07/owl#>\nSELECT ?class WHERE { ?class a owl:Class }"
MANIFEST = """
[[variable]]
name = "title"
description = "Stands at the top."
default = "Title"

[[variable]]
name = "idle"

[[template]]
name = "by the manifest"
path = "templates/entry.txt.tera"
to = "{{ directory }}/entry.txt"
optional_variables = { own = "x" }
"""
PAGE = """---
to: "{{ folder }}/{{ row.class | local }}.md"
sparql:
  classes: classes
  unread: SELECT * { ?s ?p ?o }
for_each: classes
when: row.class is defined and enabled
description: A page.
---
{{ titel }}
{% include "_part.txt.tera" %}
"""
FAULTY = {
    "queries/classes.rq": CLASSES,
    "queries/forgotten.rq": "SELECT * { ?s ?p ?o }",
    "queries/offered.rq": "#+ summary: Everything.\nSELECT * { ?s ?p ?o }",
    "templates/page.md.tera": PAGE,
    "templates/entry.txt.tera": "---\ndescription: x\n---\n{{ own }} {{ row.x }}",
    "templates/_part.txt.tera": "\n{{ unknown }}",
    "templates/_lost.txt.tera": "",
    "templates/plain.txt.j2": "{{ title }} {{ nobody }}",
}
FOUND = [
    ("missing-description", "gpack.toml", 2, 1),
    ("no-tests", "gpack.toml", 1, 1),
    ("missing-description", "gpack.toml", 11, 1),
    ("unused-variable", "gpack.toml", 11, 1),
    ("undeclared-variable", "gpack.toml", 16, 1),
    ("unordered-query", "queries/classes.rq", 2, 1),
    ("unused-query", "queries/forgotten.rq", 1, 1),
    ("unused-partial", "templates/_lost.txt.tera", 1, 1),
    ("undeclared-variable", "templates/_part.txt.tera", 2, 4),
    ("undeclared-variable", "templates/entry.txt.tera", 4, 14),
    ("undeclared-variable", "templates/page.md.tera", 2, 9),
    ("unused-query", "templates/page.md.tera", 5, 3),
    ("undeclared-variable", "templates/page.md.tera", 7, 32),
    ("undeclared-variable", "templates/page.md.tera", 10, 4),
    ("missing-description", "templates/plain.txt.j2", 1, 1),
    ("undeclared-variable", "templates/plain.txt.j2", 1, 16),
]


def places(found: list[api.Finding]) -> list[tuple[str, str, int, int]]:
    return [
        (one.rule.removeprefix("lint/"), one.file, one.line, one.column)
        for one in sorted(found, key=lambda one: (one.file, one.line, one.column, one.rule))
    ]


def rules(found: list[api.Finding]) -> set[str]:
    return {one.rule.removeprefix("lint/") for one in found}


def test_every_fault_is_found_at_its_place_with_what_to_write(
    ggen_home: Path, own_registry: Callable[..., Path]
) -> None:
    found = api.lint_pack(own_registry("faulty", FAULTY, MANIFEST) / "faulty")
    assert sorted(places(found)) == sorted(FOUND)
    assert all(one.help for one in found)
    assert rules(found) == RULES.keys() - {"template-never-matches"}
    for one in found:
        assert one.severity == RULES[one.rule.removeprefix("lint/")].severity
    by_place = {(one.file, one.line, one.rule): one for one in found}
    misspelt = by_place["templates/page.md.tera", 10, "lint/undeclared-variable"]
    assert misspelt.help == 'did you mean "title"?'
    row = by_place["templates/entry.txt.tera", 4, "lint/undeclared-variable"]
    assert "for_each" in row.help


def test_rules_are_switched_off_by_the_pack(own_registry: Callable[..., Path]) -> None:
    allowed = ", ".join(f'"{rule}"' for rule in RULES if rule != "unused-partial")
    manifest = f"{MANIFEST}\n[lint]\nallow = [{allowed}]\n"
    found = api.lint_pack(own_registry("faulty", FAULTY, manifest) / "faulty")
    assert rules(found) == {"unused-partial"}


def test_a_rule_that_does_not_exist_is_named_with_the_nearest() -> None:
    text = '[pack]\nname = "a"\nversion = "1.0.0"\n[lint]\nallow = ["unused-variabel"]\n'
    with pytest.raises(ManifestInvalid) as caught:
        parse_pack(text, "gpack.toml")
    assert caught.value.help == 'did you mean "unused-variable"?'


def test_a_new_pack_and_a_template_that_is_never_made(ggen_home: Path, tmp_path: Path) -> None:
    folder = api.create_pack(tmp_path / "new", api.NewPack("new")).root
    assert api.lint_pack(folder) == []
    page = folder / "templates" / "never.md.tera"
    page.write_text("---\nto: never.md\nwhen: 1 > 2\ndescription: x\n---\n{{ heading }}\n", "utf-8")
    assert places(api.lint_pack(folder)) == [
        ("template-never-matches", "templates/never.md.tera", 3, 1)
    ]


def test_a_variable_that_is_a_wish_to_a_pack_below_is_used(
    own_registry: Callable[..., Path],
) -> None:
    below = '[[variable]]\nname = "python_version"\n[[variable]]\nname = "other"\n'
    own_registry("below", {}, below)
    manifest = below + '[dependencies]\nbelow = "*"\n'
    folder = own_registry("above", {}, manifest) / "above"
    registry = api.open_registry(folder.parent)
    assert "unused-variable" not in rules(api.lint_pack(folder, [registry]))
    assert "unused-variable" in rules(api.lint_pack(folder))


def test_a_test_that_cannot_be_made_is_said_and_no_template_blamed(
    ggen_home: Path, own_registry: Callable[..., Path]
) -> None:
    files = {"templates/a.txt.tera": "a", "tests/one/case.toml": 'model = ["none.ttl"]'}
    found = api.lint_pack(own_registry("broken", files) / "broken")
    assert [one.severity for one in found if one.rule == "case-invalid"] == ["warning"]
    assert "template-never-matches" not in rules(found)


def test_a_misspelt_name_is_one_finding_and_not_three(ggen_home: Path, tmp_path: Path) -> None:
    folder = api.create_pack(tmp_path / "new", api.NewPack("new")).root
    page = folder / "templates" / "page.md.tera"
    page.write_text(page.read_text("utf-8").replace("{{ heading", "{{ headign"), "utf-8")
    (found,) = api.lint_pack(folder)
    assert (found.rule, found.help) == ("lint/undeclared-variable", 'did you mean "heading"?')


def test_what_cannot_be_read_is_a_finding_and_the_rest_is_looked_at(
    own_registry: Callable[..., Path], tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {
        "templates/bad.txt.tera": "---\ndescription: x\n---\n{{ 1 + }}",
        "templates/binary.txt.tera": b"\xff\xfe",
        "templates/front.txt.tera": "---\nto_: x\n---\n",
        "templates/good.txt.tera": "---\ndescription: x\n---\n{{ nobody }}",
    }
    found = api.lint_pack(own_registry("bad", files) / "bad")
    failed = {one.file: one.line for one in found if one.rule == "template-failed"}
    assert failed == {
        "templates/bad.txt.tera": 4,
        "templates/binary.txt.tera": 1,
        "templates/front.txt.tera": 2,
    }
    assert ("undeclared-variable", "templates/good.txt.tera", 4, 4) in places(found)
    assert [one.rule for one in api.lint_pack(tmp_path / "nowhere")] == ["manifest-missing"]


def test_what_a_front_matter_gives_and_reads_is_known(
    ggen_home: Path, own_registry: Callable[..., Path]
) -> None:
    lines = (
        "---\nto: a.txt\ninject: true\nafter: '{{ mark }}'\nskip_if: '{{ other }}'\nfrom: _body.tera\n"
        "vars: {who: me, mark: x}\ndescription: x\n---\n"
    )
    files = {
        "templates/lines.tera": lines,
        "templates/_body.tera": "{{ who }}\n{{ nobody }}",
        "tests/one/case.toml": "",
        "templates/a.txt.tera": "---\ndescription: x\n---\nx\n",
    }
    folder = own_registry("lines", files, 'description = "x"\n') / "lines"
    linted = [one for one in api.lint_pack(folder) if one.rule.startswith("lint/")]
    assert [(one.rule, one.file, one.line) for one in linted] == [
        ("lint/undeclared-variable", "templates/_body.tera", 2),
        ("lint/undeclared-variable", "templates/lines.tera", 5),
    ]


def test_a_template_that_puts_lines_into_files_need_not_make_one(
    ggen_home: Path, own_registry: Callable[..., Path]
) -> None:
    files = {
        "templates/a.txt.tera": "---\ndescription: x\n---\nx\n",
        "templates/lines.tera": "---\nto: a.txt\ninject: true\nappend: true\ndescription: x\n---\ny\n",
        "tests/one/case.toml": "",
        "tests/one/expected/a.txt": "x\ny\n",
    }
    folder = own_registry("lines", files, 'description = "x"\n') / "lines"
    assert [one.rule for one in api.lint_pack(folder) if one.rule.startswith("lint/")] == []
