from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.lock.check import chosen_for_root, disagreements, inconsistencies, reachable
from ggen_graph.core.lock.lockfile import LockedRoot
from tests.core.lock.locks import lock, locks, registries, release

if TYPE_CHECKING:
    from ggen_graph.core.lock.lockfile import LockedRelease

APP = release("app@1.0.0", "base@1.2.0", base="^1.1")
GOOD = lock(APP, release("base@1.2.0"), app="*", base=" ^1")


def test_a_lock_that_was_made_for_what_is_asked_agrees() -> None:
    assert not list(disagreements(GOOD, GOOD.roots))
    assert not list(disagreements(GOOD, GOOD.roots[::-1]))


def test_each_difference_is_told_with_both_sides() -> None:
    asked = [LockedRoot("base", "^1", ("x",)), LockedRoot("tool", "*")]
    assert list(disagreements(GOOD, asked)) == [
        "the lock was made for app *, ggen.toml does not ask for it",
        "ggen.toml asks for base ^1 with x, the lock was made for base  ^1",
        "ggen.toml asks for tool *, the lock was made without it",
    ]


def test_a_lock_that_is_closed_is_consistent() -> None:
    assert not list(inconsistencies(GOOD))
    assert not list(inconsistencies(lock()))


def test_what_is_not_met_or_not_needed_is_told() -> None:
    app, base = GOOD.releases
    old, tool = release("base@1.0.0"), release("tool@1.0.0")
    unmet = "app@1.0.0 requires base ^1.1, and no release of it is locked for that"
    missing = "app@1.0.0 depends on base@1.2.0, which is not locked"
    other = replace(app, dependencies=("base@1.0.0",))
    lost = "ggen.toml asks for base  ^1, and base@1.2.0, chosen for it, is not locked"
    wrong = {
        (app,): [lost, unmet, missing],
        (replace(app, dependencies=()), base): [unmet],
        (app, base, tool): ["tool@1.0.0 is locked, and nothing requires it"],
        (other, old): [lost, unmet],
        (base,): ["ggen.toml asks for app *, and app@1.0.0, chosen for it, is not locked"],
    }
    for releases, told in wrong.items():
        assert list(inconsistencies(replace(GOOD, releases=releases))) == told
    strange = replace(GOOD, registries=())
    assert list(inconsistencies(strange)) == [
        "releases come from urn:ggen:registry:ggen/, which is not among the registries"
    ]


def test_of_several_releases_a_root_means_the_one_that_was_chosen_for_it() -> None:
    several = [release("lib@1.2.0"), release("lib@1.10.0"), release("lib@2.0.0")]
    for version in ("1.2.0", "1.10.0", "2.0.0"):
        chosen = chosen_for_root(several, LockedRoot("lib", "*", version=version))
        assert chosen is not None
        assert chosen.version == version
    assert chosen_for_root(several, LockedRoot("lib", "*", version="1.3.0")) is None
    assert chosen_for_root(several, LockedRoot("lib", "*")) is None
    assert (
        chosen_for_root([release("other@1.2.0")], LockedRoot("lib", "*", version="1.2.0")) is None
    )


def test_what_was_chosen_for_a_root_is_in_its_range_unless_that_was_waived() -> None:
    outside = LockedRoot("lib", "^3", version="2.0.0")
    releases = (release("lib@2.0.0"),)
    assert chosen_for_root(releases, outside) is None
    assert chosen_for_root(releases, replace(outside, waived=True)) == releases[0]
    made = replace(lock(*releases), roots=(outside,))
    assert list(inconsistencies(made)) == [
        "ggen.toml asks for lib ^3, and lib@2.0.0, chosen for it, is not in that range",
        "lib@2.0.0 is locked, and nothing requires it",
    ]
    assert not list(inconsistencies(replace(made, roots=(replace(outside, waived=True),))))


def test_what_came_of_a_root_is_no_difference_in_what_is_asked() -> None:
    asked = [replace(root, version="", waived=not root.waived) for root in GOOD.roots]
    assert not list(disagreements(GOOD, asked))


def test_a_circle_is_walked_once() -> None:
    round_ = lock(release("a@1.0.0", "b@1.0.0", b="*"), release("b@1.0.0", "a@1.0.0", a="*"), a="*")
    assert reachable(round_) == {"a@1.0.0", "b@1.0.0"}


@given(registries(), st.data())
def test_what_a_resolution_makes_is_consistent_and_nothing_can_be_left_out(
    known: list[LockedRelease], data: st.DataObject
) -> None:
    made = data.draw(locks(known))
    assert not list(inconsistencies(made))
    assert not list(disagreements(made, made.roots))
    for each in made.releases:
        less = replace(made, releases=tuple(one for one in made.releases if one != each))
        assert list(inconsistencies(less))
