from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from ggen_graph.core.lock.check import inconsistencies
from ggen_graph.core.lock.lockfile import (
    Lock,
    LockedFile,
    LockedRegistry,
    LockedRoot,
    LockedVariable,
    dump_lock,
    parse_lock,
)
from ggen_graph.core.lock.merge import LockMerge, merge_locks
from tests.core.lock.locks import BASE, lock, major, release, three

BASE_LOCK = lock(release("base@1.0.0"), base="^1")
CHECKSUM = f"sha256:{'0' * 64}"

many = settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much])


def merged(base: Lock, ours: Lock, theirs: Lock) -> Lock:
    """The merge, which must come out the same with the sides exchanged."""
    done = merge_locks(base, ours, theirs)
    assert done.lock is not None, done.conflicts
    assert not list(inconsistencies(done.lock))
    other = merge_locks(base, theirs, ours)
    assert other.lock is not None
    assert dump_lock(done.lock) == dump_lock(other.lock)
    return done.lock


def conflicts(base: Lock, ours: Lock, theirs: Lock) -> str:
    done = merge_locks(base, ours, theirs)
    assert done.lock is None
    assert merge_locks(base, theirs, ours).lock is None
    return "\n".join(done.conflicts)


def versions(of: Lock) -> list[str]:
    return [each.spec for each in of.releases]


# What one side did


def test_what_both_sides_added_is_there() -> None:
    ours = lock(
        release("app@1.0.0", "base@1.0.0", base="^1"), *BASE_LOCK.releases, base="^1", app="^1"
    )
    theirs = lock(release("tool@2.0.0"), *BASE_LOCK.releases, base="^1", tool="*")
    done = merged(BASE_LOCK, ours, theirs)
    assert versions(done) == ["app@1.0.0", "base@1.0.0", "tool@2.0.0"]
    assert [root.name for root in done.roots] == ["app", "base", "tool"]
    assert done.releases[0].dependencies == ("base@1.0.0",)


def test_a_release_that_one_side_moved_goes_with_it_down_too() -> None:
    for version in ("1.1.0", "0.9.0"):
        ours = lock(release(f"base@{version}"), base="*")
        base = lock(release("base@1.0.0"), base="*")
        theirs = lock(release("base@1.0.0"), release("tool@1.0.0"), base="*", tool="*")
        assert versions(merged(base, ours, theirs)) == [f"base@{version}", "tool@1.0.0"]


def test_of_a_release_that_both_moved_the_newest_is_taken_and_whoever_needs_it_gets_it() -> None:
    app = release("app@1.0.0", "base@1.9.0", base="^1")
    ours = lock(release("base@1.9.0"), app, base="^1", app="*")
    theirs = lock(release("base@1.10.0"), base="^1")
    done = merged(BASE_LOCK, ours, theirs)
    assert versions(done) == ["app@1.0.0", "base@1.10.0"]
    assert done.releases[0].dependencies == ("base@1.10.0",)


def test_the_newest_is_not_taken_where_what_the_other_side_added_forbids_it() -> None:
    ours = lock(release("base@1.1.0"), base="^1")
    app = release("app@1.0.0", "base@1.0.0", base="1.0.0")
    theirs = lock(release("base@1.0.0"), app, base="^1", app="*")
    assert versions(merged(BASE_LOCK, ours, theirs)) == ["app@1.0.0", "base@1.0.0"]


def test_what_nothing_needs_any_more_goes() -> None:
    base = lock(
        release("app@1.0.0", "lib@1.0.0", lib="*"),
        release("lib@1.0.0"),
        release("tool@1.0.0", "lib@1.0.0", lib="*"),
        app="*",
        tool="*",
    )
    ours = lock(release("app@1.0.0", "lib@1.0.0", lib="*"), release("lib@1.0.0"), app="*")
    theirs = lock(
        release("app@2.0.0"),
        release("lib@1.0.0"),
        release("tool@1.0.0", "lib@1.0.0", lib="*"),
        app="*",
        tool="*",
    )
    done = merged(base, ours, theirs)
    assert versions(done) == ["app@2.0.0"]
    assert done.registries == base.registries


def test_what_one_side_removed_stays_if_the_other_needs_it_now() -> None:
    app = release("app@1.0.0", "base@1.0.0", base="^1")
    ours = lock()
    theirs = lock(release("base@1.0.0"), app, base="^1", app="*")
    done = merged(BASE_LOCK, ours, theirs)
    assert [root.name for root in done.roots] == ["app"]
    assert versions(done) == ["app@1.0.0", "base@1.0.0"]


def test_without_a_common_ancestor_both_are_joined() -> None:
    ours, theirs = lock(release("a@1.0.0"), a="*"), lock(release("b@1.0.0"), b="*")
    assert versions(merged(Lock(), ours, theirs)) == ["a@1.0.0", "b@1.0.0"]


def test_several_releases_of_one_pack_stay_side_by_side() -> None:
    old, new = release("lib@1.0.0"), release("lib@2.0.0")
    app = release("app@1.0.0", "lib@1.0.0", lib="^1")
    base = lock(old, app, app="*")
    ours = lock(old, new, app, app="*", lib="^2")
    theirs = lock(release("lib@1.1.0"), release("app@1.0.0", "lib@1.1.0", lib="^1"), app="*")
    done = merged(base, ours, theirs)
    assert versions(done) == ["app@1.0.0", "lib@1.1.0", "lib@2.0.0"]
    assert done.releases[0].dependencies == ("lib@1.1.0",)


# Where both did something


def test_two_ranges_of_one_root_become_what_both_admit() -> None:
    base = lock(release("base@1.0.0"), base="^1")
    ours = lock(release("base@1.2.0"), base="^1.2")
    theirs = lock(release("base@1.3.0"), base=">=1.1")
    done = merge_locks(base, ours, theirs)
    assert done.lock is not None
    assert done.lock.roots == (LockedRoot("base", "^1.2", version="1.3.0"),)
    assert versions(done.lock) == ["base@1.3.0"]
    (note,) = done.notes
    assert "^1.2" in note
    assert ">=1.1" in note
    either = merged(base, lock(release("base@1.2.0"), base="^1.2 || 3.0.0"), theirs)
    assert either.roots == (LockedRoot("base", "^1.2 || 3.0.0", version="1.3.0"),)
    both = merged(base, lock(release("base@1.2.0"), base="<=1.2"), theirs)
    assert both.roots == (LockedRoot("base", ">=1.1.0 <1.3.0", version="1.2.0"),)
    assert versions(both) == ["base@1.2.0"]


def test_features_of_a_root_are_joined() -> None:
    def having(*features: str) -> Lock:
        return replace(BASE_LOCK, roots=(LockedRoot("base", "^1", features, "1.0.0"),))

    done = merged(BASE_LOCK, having("a", "b"), having("c"))
    assert done.roots == (LockedRoot("base", "^1", ("a", "b", "c"), "1.0.0"),)


def test_two_ranges_that_no_known_release_is_in_are_a_conflict_with_its_proof() -> None:
    ours = lock(release("base@2.0.0"), base="^2")
    theirs = lock(release("base@3.0.0"), base="^3")
    assert "base" in conflicts(BASE_LOCK, ours, theirs)


def test_requirements_that_can_not_be_met_together_are_a_conflict_with_its_proof() -> None:
    ours = lock(
        release("app@1.0.0", "base@1.0.0", base="^1"), *BASE_LOCK.releases, base="*", app="*"
    )
    base = lock(release("base@1.0.0"), base="*")
    theirs = lock(
        release("tool@1.0.0", "base@2.0.0", base="^2"), release("base@2.0.0"), base="*", tool="*"
    )
    told = conflicts(base, ours, theirs)
    assert "app" in told
    assert "tool" in told
    assert "base" in told


def test_a_root_that_one_side_changed_and_the_other_removed_is_a_conflict() -> None:
    told = conflicts(BASE_LOCK, lock(), lock(release("base@2.0.0"), base="^2"))
    assert told == "one side asks for base ^2, the other one no longer asks for base"


def test_one_version_with_two_contents_is_a_conflict() -> None:
    def made(digit: str) -> Lock:
        other = replace(release("tool@1.0.0"), checksum=f"sha256:{digit * 64}")
        return lock(other, *BASE_LOCK.releases, base="^1", tool="*")

    assert "tool@1.0.0" in conflicts(BASE_LOCK, made("1"), made("2"))


def test_a_circle_that_only_the_two_sides_make_together_is_a_conflict() -> None:
    base = lock(release("a@1.0.0"), release("b@1.0.0"), a="*", b="*")
    ours = lock(release("a@2.0.0", "b@1.0.0", b="*"), release("b@1.0.0"), a="*", b="*")
    theirs = lock(release("a@1.0.0"), release("b@2.0.0", "a@1.0.0", a="*"), a="*", b="*")
    assert "a 2.0.0 → b 2.0.0 → a 2.0.0" in conflicts(base, ours, theirs)


def test_a_circle_that_a_side_has_by_itself_is_its_own_choice() -> None:
    round_ = (release("a@2.0.0", "b@1.0.0", b="*"), release("b@1.0.0", "a@2.0.0", a="*"))
    ours = lock(*round_, a="*")
    theirs = lock(*BASE_LOCK.releases, base="^1")
    assert versions(merged(Lock(), ours, theirs)) == ["a@2.0.0", "b@1.0.0", "base@1.0.0"]


def test_two_registries_of_one_name_are_a_conflict() -> None:
    def of(name: str, at: str) -> Lock:
        made = lock(replace(release(f"{name}@1.0.0"), registry=at), **{name: "*"})
        return replace(made, registries=(LockedRegistry("own", at),))

    told = conflicts(Lock(), of("a", "urn:x:1/"), of("b", "urn:x:2/"))
    assert told == "two registries are named own: urn:x:1/ and urn:x:2/"


def test_a_registry_that_both_named_has_one_name() -> None:
    def of(name: str, called: str) -> Lock:
        made = lock(release(f"{name}@1.0.0"), **{name: "*"})
        return replace(made, registries=(LockedRegistry(called, BASE),))

    assert merged(Lock(), of("a", "one"), of("b", "two")).registries == (
        LockedRegistry("one", BASE),
    )


# Values and files


def with_files(of: Lock, *files: LockedFile) -> Lock:
    return replace(of, files=files)


def test_values_and_files_of_both_sides_are_there_and_what_one_removed_is_not() -> None:
    old = LockedFile("old.txt", "base", "1.0.0", "t", "", CHECKSUM)
    port = LockedVariable("base", "port", 1, "project")
    base = replace(with_files(BASE_LOCK, old), variables=(port,))
    ours = replace(
        base, files=(old, replace(old, path="ours.txt")), variables=(replace(port, value=True),)
    )
    theirs = replace(base, files=(replace(old, path="theirs.txt"),), now="2026")
    done = merged(base, ours, theirs)
    assert [file.path for file in done.files] == ["ours.txt", "theirs.txt"]
    assert done.variables[0].value is True
    assert done.now == "2026"


def test_a_file_that_both_generated_is_of_the_release_that_was_chosen() -> None:
    def made(version: str, now: str) -> Lock:
        file = LockedFile("a.txt", "base", version, "t", "", f"sha256:{version[2] * 64}")
        port = LockedVariable("base", "port", int(version[2]), "default")
        return replace(
            with_files(lock(release(f"base@{version}"), base="^1", now=now), file),
            variables=(port,),
        )

    base = with_files(BASE_LOCK, LockedFile("a.txt", "base", "1.0.0", "t", "", CHECKSUM))
    ours, theirs = made("1.2.0", "2026-01-01"), made("1.1.0", "2026-02-02")
    done = merged(base, ours, theirs)
    assert (done.files, done.variables) == (ours.files, ours.variables)
    assert done.now == "2026-02-02"
    notes = merge_locks(base, ours, theirs).notes
    assert [note.split(":")[0] for note in notes] == [
        "both sides changed the variable port of base",
        "both sides generated a.txt differently",
    ]


def port(value: int, version: str = "") -> LockedVariable:
    return LockedVariable("lib", "port", value, "project", version)


def test_values_of_two_majors_are_merged_each_with_that_of_its_own() -> None:
    old, new = release("lib@1.0.0"), release("lib@2.0.0")
    app = release("app@1.0.0", "lib@1.0.0", lib="^1")
    base = replace(lock(old, app, app="*"), variables=(port(1),))
    ours = replace(
        lock(old, new, app, app="*", lib="^2"), variables=(port(1, "1.0.0"), port(2, "2.0.0"))
    )
    moved = (release("lib@1.1.0"), replace(app, dependencies=("lib@1.1.0",)))
    theirs = replace(lock(*moved, app="*"), variables=(port(9),))
    done = merged(base, ours, theirs)
    assert done.variables == (port(9, "1.1.0"), port(2, "2.0.0"))
    assert merge_locks(base, ours, theirs).notes == ()


def test_a_value_that_both_changed_is_that_of_the_side_with_the_release_chosen_of_its_major() -> (
    None
):
    old, new = release("lib@1.0.0"), release("lib@2.0.0")
    app, tool = release("app@1.0.0", "lib@1.0.0", lib="^1"), release("tool@1.0.0")
    base = replace(lock(old, new, app, app="*", lib="^2"), variables=(port(1, "1.0.0"),))
    moved = (release("lib@1.1.0"), new, replace(app, dependencies=("lib@1.1.0",)))
    ours = replace(lock(*moved, app="*", lib="^2"), variables=(port(8, "1.1.0"),))
    theirs = replace(
        lock(old, new, app, tool, now="2026", app="*", lib="^2", tool="*"),
        variables=(port(9, "1.0.0"),),
    )
    assert merged(base, ours, theirs).variables == (port(8, "1.1.0"),)
    (note,) = merge_locks(base, ours, theirs).notes
    assert note.startswith("both sides changed the variable port of lib: locked 8;")


def test_values_of_a_major_that_goes_go_and_the_other_needs_no_version_any_more() -> None:
    old, new = release("lib@1.0.0"), release("lib@2.0.0")
    app = release("app@1.0.0", "lib@1.0.0", lib="^1")
    base = replace(
        lock(old, new, app, app="*", lib="^2"), variables=(port(1, "1.0.0"), port(2, "2.0.0"))
    )
    ours = replace(lock(new, lib="^2"), variables=(port(2),))
    theirs = replace(base, variables=(port(8, "1.0.0"), port(9, "2.0.0")))
    assert merged(base, ours, theirs).variables == (port(9),)


# Properties


@given(three())
def test_a_side_that_alone_changed_something_gets_its_way(locks: tuple[Lock, Lock, Lock]) -> None:
    base, one, _ = locks
    assert merge_locks(base, one, base) == LockMerge(one)
    assert merge_locks(base, base, one) == LockMerge(one)
    assert merge_locks(base, one, one) == LockMerge(one)


@given(three())
def test_it_does_so_too_where_it_is_resolved_anew(locks: tuple[Lock, Lock, Lock]) -> None:
    base, one, _ = locks
    later = replace(base, now="2026-03-03")
    assert merged(base, one, later) == replace(one, now="2026-03-03")


@given(three())
@many
def test_a_merge_holds_together_and_does_not_depend_on_whose_side_it_is(
    locks: tuple[Lock, Lock, Lock],
) -> None:
    base, ours, theirs = locks
    done, other = merge_locks(base, ours, theirs), merge_locks(base, theirs, ours)
    assert done.lock == other.lock
    if done.lock is None:
        assert done.conflicts
        return
    assert not list(inconsistencies(done.lock))
    known = {each.spec for each in (*ours.releases, *theirs.releases)}
    assert set(versions(done.lock)) <= known
    assert merge_locks(base, done.lock, ours).lock is not None


@given(three(side_by_side=True))
@many
def test_side_by_side_there_is_one_release_of_each_major_version(
    locks: tuple[Lock, Lock, Lock],
) -> None:
    base, ours, theirs = locks
    done, other = merge_locks(base, ours, theirs), merge_locks(base, theirs, ours)
    assert done.lock == other.lock
    if done.lock is not None:
        assert not list(inconsistencies(done.lock))
        slots = [(each.name, major(each)) for each in done.lock.releases]
        assert len(slots) == len(set(slots))
        names = Counter(each.name for each in done.lock.releases)
        for each in done.lock.variables:
            spec = f"{each.pack}@{each.version}"
            assert spec in versions(done.lock) if names[each.pack] > 1 else not each.version
        assert parse_lock(dump_lock(done.lock), "ggen.lock") == done.lock
