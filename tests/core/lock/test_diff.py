from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from ggen_graph.core.lock.diff import FileCounts, compare_locks
from ggen_graph.core.lock.lockfile import Lock, LockedFile, LockedRoot, LockedVariable
from tests.core.lock.locks import lock, release, three

OLD, NEW = release("base@1.0.0"), release("base@1.2.0")
APP = release("app@1.0.0", "base@1.0.0", base="^1")
APP2 = release("app@2.0.0", "base@1.2.0", base="^1.1")


def changes(before: Lock, after: Lock) -> list[tuple[str, str, str, str]]:
    """(name, kind, versions, why) of each release that is different."""
    return [
        (one.name, one.kind, f"{one.before}>{one.after}", "; ".join(one.because))
        for one in compare_locks(before, after).releases
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (lock(), lock(OLD, base="^1"), ("base", "added", ">1.0.0", "ggen.toml asks for ^1")),
        (lock(OLD, base="^1"), lock(), ("base", "removed", "1.0.0>", "ggen.toml asks for it no more")),
        (lock(OLD, base="^1"), lock(NEW, base="^1"), ("base", "up", "1.0.0>1.2.0", "allowed by ^1 of ggen.toml")),
        (lock(OLD, base="^1"), lock(NEW, base="^1.1"), ("base", "up", "1.0.0>1.2.0", "ggen.toml asks for ^1.1")),
        (lock(NEW, base="^1.1"), lock(OLD, base="*"), ("base", "down", "1.2.0>1.0.0", "ggen.toml asks for ^1.1 no more")),
        (lock(NEW, base="*"), lock(OLD, base="1.0.0"), ("base", "down", "1.2.0>1.0.0", "ggen.toml asks for 1.0.0")),
    ],
)  # fmt: skip
def test_a_release_that_came_went_or_moved_is_told_with_its_reason(
    before: Lock, after: Lock, told: tuple[str, str, str, str]
) -> None:
    assert changes(before, after) == [told]


def test_what_a_release_of_another_pack_asks_is_a_reason() -> None:
    before, after = lock(APP, OLD, app="*"), lock(APP2, NEW, app="*")
    assert changes(before, after) == [
        ("app", "up", "1.0.0>2.0.0", "allowed by * of ggen.toml"),
        ("base", "up", "1.0.0>1.2.0", "app 2.0.0 asks for ^1.1"),
    ]
    alone = lock(release("app@3.0.0"), app="*")
    assert changes(after, alone)[1] == (
        "base",
        "removed",
        "1.2.0>",
        "app 2.0.0 asks for it no more",
    )
    assert changes(alone, after)[1] == ("base", "added", ">1.2.0", "app 2.0.0 asks for ^1.1")


def test_a_release_that_is_another_under_the_same_version_is_told() -> None:
    other = replace(OLD, checksum=f"sha256:{'0' * 64}", source="elsewhere", requires=(("x", "*"),))
    assert changes(lock(OLD, base="^1"), lock(other, base="^1")) == [
        (
            "base",
            "changed",
            "1.0.0>1.0.0",
            "its content is another; from elsewhere instead of base; it requires something else",
        )
    ]
    moved = replace(OLD, registry="urn:x:other/")
    ((_, _, _, told),) = changes(lock(OLD, base="^1"), lock(moved, base="^1"))
    assert told == "from urn:x:other/ instead of urn:ggen:registry:ggen/"


def test_of_several_releases_each_is_compared_with_that_of_its_major_version() -> None:
    def having(*versions: str) -> Lock:
        return lock(*(release(f"lib@{version}") for version in versions), lib="*")

    def moves(before: Lock, after: Lock) -> list[str]:
        return [told[2] for told in changes(before, after)]

    assert moves(having("1.0.0", "2.0.0"), having("1.1.0", "2.0.0")) == ["1.0.0>1.1.0"]
    assert moves(having("1.0.0"), having("1.1.0", "2.0.0")) == ["1.0.0>1.1.0", ">2.0.0"]
    assert moves(having("1.0.0", "2.0.0"), having("3.0.0")) == ["2.0.0>3.0.0", "1.0.0>"]
    assert moves(having("1.0.0"), having("2.0.0")) == ["1.0.0>2.0.0"]


def test_all_else_is_told_too_and_files_are_counted() -> None:
    def file(path: str, version: str = "1.0.0") -> LockedFile:
        return LockedFile(path, "base", version, "t", "", f"sha256:{'0' * 64}")

    before = replace(
        lock(OLD, base="^1"),
        variables=(LockedVariable("base", "port", 1, "project"),),
        files=(file("a"), file("b"), file("c")),
    )
    after = replace(
        before,
        roots=(LockedRoot("base", "^1", ("x",)),),
        registries=(replace(before.registries[0], name="other"),),
        variables=(LockedVariable("base", "port", True, "project"),),
        files=(file("b", "1.1.0"), file("c"), file("d"), file("e")),
    )
    diff = compare_locks(before, after)
    assert diff.files == FileCounts(added=2, removed=1, changed=1)
    assert list(diff.lines()) == [
        "ggen.toml base  ^1 → ^1 with x",
        "registry  ggen  urn:ggen:registry:ggen/ → none",
        "registry  other  none → urn:ggen:registry:ggen/",
        "variable  base.port  1 (project) → true (project)",
        "files     2 added, 1 removed, 1 changed",
    ]


def test_a_release_is_told_in_one_line() -> None:
    diff = compare_locks(lock(APP, OLD, app="*"), lock(APP2, NEW, app="*"))
    assert list(diff.lines()) == [
        "up        app  1.0.0 → 2.0.0  (allowed by * of ggen.toml)",
        "up        base  1.0.0 → 1.2.0  (app 2.0.0 asks for ^1.1)",
    ]
    assert diff.to_record()["releases"][1] == {
        "name": "base",
        "kind": "up",
        "before": "1.0.0",
        "after": "1.2.0",
        "because": ("app 2.0.0 asks for ^1.1",),
    }


def test_a_lock_that_does_not_hold_together_is_compared_too() -> None:
    before, after = replace(lock(OLD), roots=()), replace(lock(NEW), roots=())
    assert changes(before, after) == [("base", "up", "1.0.0>1.2.0", "nothing asks for it")]
    both = replace(lock(OLD, NEW, base="^1"), roots=lock(base="^1").roots)
    assert changes(both, lock(OLD, base="^1")) == [
        ("base", "removed", "1.2.0>", "the same requirements are met without it")
    ]


@given(three())
def test_equal_locks_differ_in_nothing_and_exchanged_they_differ_the_other_way(
    locks: tuple[Lock, Lock, Lock],
) -> None:
    before, after, _ = locks
    assert not compare_locks(before, before)
    there, back = compare_locks(before, after), compare_locks(after, before)
    assert bool(there) == bool(back)
    opposite = {"added": "removed", "removed": "added", "up": "down", "down": "up"}
    turned = [(one.name, one.after, one.before, opposite[one.kind]) for one in there.releases]
    assert sorted(turned) == sorted(
        (one.name, one.before, one.after, one.kind) for one in back.releases
    )
    assert all(one.because for one in there.releases)
    assert there.files == FileCounts(back.files.removed, back.files.added, back.files.changed)
