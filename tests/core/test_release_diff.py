from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.manifest import Variable
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release_change import ReleaseChange
from ggen_graph.core.release_diff import (
    ReleaseContents,
    ReleaseTree,
    breaking_changes,
    compare_releases,
)

ONE = ReleaseContents("x", "1.0.0", "MIT", (("base", ">=1.0.0 <2.0.0"),), (("extra", "*"),))
TREE = ReleaseTree(
    ">=0.1.0",
    (Variable("port", "integer", default=80),),
    {"templates/a.tera": ("a", "sha256:01"), "templates/b.tera": ("b", "sha256:02")},
    {"classes": "sha256:03"},
)


def told(before: ReleaseContents, after: ReleaseContents) -> list[tuple[str, str, str, bool]]:
    """Part, name, what became of it, and whether that is breaking."""
    return [
        (change.part, change.name, f"{change.aspect} {change.kind}".strip(), bool(change.breaking))
        for change in compare_releases(before, after)
    ]


def trees(after: ReleaseTree) -> list[tuple[str, str, str, bool]]:
    """The same of two releases that differ in their trees."""
    return told(replace(ONE, tree=TREE), replace(ONE, tree=after))


def test_a_release_does_not_differ_from_itself() -> None:
    assert compare_releases(replace(ONE, tree=TREE), replace(ONE, tree=TREE)) == ()


# -- versions


@pytest.mark.parametrize(
    ("before", "after", "breaks"),
    [
        ("1.0.0", "1.9.0", False),
        ("1.0.0", "2.0.0", True),
        ("2.0.0", "1.0.0", True),
        ("1.9.0", "1.0.0", False),
        ("0.1.0", "0.1.9", False),
        ("0.1.0", "0.2.0", True),
        ("0.0.1", "0.0.2", True),
        ("0.9.0", "1.0.0", True),
        ("1.0.0-rc.1", "1.0.0", False),
        ("1.0.0", "1.1.0-rc.1", False),
        ("1.9.0", "2.0.0-rc.1", True),
        ("1.0.0+a", "1.0.0+b", False),
    ],
)
def test_a_version_breaks_where_semver_says_so(before: str, after: str, breaks: bool) -> None:
    found = compare_releases(ReleaseContents("x", before), ReleaseContents("x", after))
    assert [change.part for change in found] == ["version"] * breaks
    assert all(change.breaking for change in found)


def test_a_new_major_version_is_told_with_the_range_that_it_leaves() -> None:
    [change] = breaking_changes(ReleaseContents("x", "1.2.0"), ReleaseContents("x", "2.0.0"))
    assert change.breaking == "a new major version: ^1.2.0 does not admit 2.0.0"


# -- requirements


@pytest.mark.parametrize(
    ("before", "after", "kind", "breaks"),
    [
        (">=1.0.0 <2.0.0", "^1", None, False),
        ("^1", ">=1", "widened", False),
        ("^1", "^1.2", "narrowed", False),
        ("^1", ">=1.5 <3", "moved", False),
        ("^1", "^2", "moved", True),
        ("^1 || ^3", "^3", "narrowed", False),
        ("^1.1", ">=1.0.0-beta.1 <2", "widened", False),
        ("^1", ">=1.2.0-beta.1 <2", "narrowed", False),
        ("1.0.0", "1.0.0-rc.1", "moved", True),
    ],
)
def test_a_requirement_is_compared_by_what_its_range_admits(
    before: str, after: str, kind: str | None, breaks: bool
) -> None:
    one = ReleaseContents("x", "1.0.0", requires=(("base", before),))
    other = ReleaseContents("x", "1.0.0", requires=(("base", after),))
    assert told(one, other) == ([("requirement", "base", kind, breaks)] if kind else [])


def test_a_requirement_that_was_dropped_breaks_and_one_that_was_added_does_not() -> None:
    other = replace(ONE, requires=(("new", "^1"),))
    assert told(ONE, other) == [
        ("requirement", "base", "removed", True),
        ("requirement", "new", "added", False),
    ]


def test_what_became_optional_is_not_brought_along_any_more() -> None:
    other = replace(ONE, requires=(), may_require=(*ONE.requires, *ONE.may_require))
    assert told(ONE, other) == [
        ("requirement", "base", "removed", True),
        ("optional requirement", "base", "added", False),
    ]


def test_an_optional_requirement_never_breaks() -> None:
    moved = replace(ONE, may_require=(("extra", "^2"),))
    assert told(ONE, moved) == [("optional requirement", "extra", "narrowed", False)]
    assert not breaking_changes(moved, replace(ONE, may_require=(("extra", "^3"),)))
    assert not breaking_changes(ONE, replace(ONE, may_require=()))


def test_a_pack_that_is_asked_for_twice_must_be_in_both_ranges() -> None:
    twice = replace(ONE, requires=(("base", "^1"), ("base", ">=1.5")))
    once = replace(ONE, requires=(("base", ">=1.5 <2"),))
    assert told(twice, once) == []
    [change] = compare_releases(ONE, twice)
    assert (change.kind, change.after) == ("narrowed", "^1 and >=1.5")


RANGES = st.sampled_from(
    ["*", "^1", "^1.2", "1.x || 3.x", "<2", ">=1.5 <3", "1.2.3", "<0.0.0", "^2", ">=2.0.0-rc.1", "~1.2"]
)  # fmt: skip
VERSIONS = ("0.9.0", "1.0.0", "1.2.3", "1.2.9", "1.7.0", "2.0.0-rc.2", "2.0.0", "2.5.0", "3.0.0")


@given(RANGES, RANGES)
def test_a_wider_range_admits_what_the_narrower_does(before: str, after: str) -> None:
    one = ReleaseContents("x", "1.0.0", requires=(("base", before),))
    found = told(one, replace(one, requires=(("base", after),)))
    was, now = (
        {
            version
            for version in VERSIONS
            if "-" not in version and parse_range(text).admits(version)
        }
        for text in (before, after)
    )
    if not found:
        assert was == now
    elif found[0][2] == "widened":
        assert was <= now
    elif found[0][2] == "narrowed":
        assert was >= now
    if found and found[0][3]:
        assert not was & now


# -- what trees tell


def test_templates_are_compared_by_their_paths_and_checksums() -> None:
    after = {"templates/a.tera": ("a", "sha256:99"), "templates/c.tera": ("c", "sha256:04")}
    assert trees(replace(TREE, templates=after)) == [
        ("template", "templates/a.tera", "content changed", False),
        ("template", "templates/b.tera", "removed", True),
        ("template", "templates/c.tera", "added", False),
    ]


def test_a_template_that_writes_elsewhere_breaks() -> None:
    after = {**TREE.templates, "templates/b.tera": ("docs/b", "sha256:02")}
    [change] = breaking_changes(
        replace(ONE, tree=TREE), replace(ONE, tree=replace(TREE, templates=after))
    )
    assert change == ReleaseChange(
        "template",
        "templates/b.tera",
        "changed",
        "to",
        "b",
        "docs/b",
        "what was b is written elsewhere",
    )


def test_a_template_that_another_one_stands_in_for_is_no_loss() -> None:
    after = {"templates/a.tera": ("a", "sha256:01"), "templates/new/b.j2": ("b", "sha256:09")}
    assert trees(replace(TREE, templates=after)) == [
        ("template", "templates/b.tera", "moved", False),
        ("template", "templates/b.tera", "content changed", False),
    ]


def test_queries_are_compared_by_their_names_and_checksums() -> None:
    assert trees(replace(TREE, queries={"classes": "sha256:99", "all": "sha256:04"})) == [
        ("query", "all", "added", False),
        ("query", "classes", "content changed", False),
    ]
    assert trees(replace(TREE, queries={})) == [("query", "classes", "removed", True)]


def test_a_release_for_fewer_versions_of_ggen_breaks() -> None:
    assert trees(replace(TREE, ggen_compat=">=0.2.0")) == [("ggen_compat", "", "narrowed", True)]
    assert trees(replace(TREE, ggen_compat=None)) == [("ggen_compat", "", "widened", False)]


def test_variables_are_compared_too() -> None:
    assert trees(replace(TREE, variables=())) == [("variable", "port", "removed", True)]


def test_of_a_line_of_an_index_only_what_it_says_is_compared() -> None:
    assert told(ONE, replace(ONE, tree=TREE)) == []
    other = replace(ONE, license="Apache-2.0", tree=TREE)
    assert told(ONE, other) == [("licence", "", "changed", False)]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [("MIT", None, "removed"), (None, "MIT", "added"), ("MIT", "0BSD", "changed")],
)
def test_a_licence_is_told(before: str | None, after: str | None, kind: str) -> None:
    found = told(replace(ONE, license=before), replace(ONE, license=after))
    assert found == [("licence", "", kind, False)]


def test_what_breaks_is_all_of_what_differs_that_has_a_reason() -> None:
    other = ReleaseContents("x", "2.0.0", None, (("base", "^3"),))
    everything = compare_releases(ONE, other)
    assert breaking_changes(ONE, other) == everything[:2]
    assert [change.part for change in everything] == [
        "version", "requirement", "optional requirement", "licence"
    ]  # fmt: skip
