from __future__ import annotations

from ggen_graph.core.lock.choice import Choice, choose
from ggen_graph.core.lock.lockfile import LockedRoot
from ggen_graph.core.solver import Failure, explain
from tests.core.lock.locks import release

LIBS = [release("lib@2.0.0"), release("lib@1.1.0"), release("lib@1.0.0")]


def specs(chosen: Choice | Failure) -> list[str]:
    assert not isinstance(chosen, Failure), explain(chosen)
    return sorted(each.spec for each in chosen.releases)


def test_the_first_that_fits_is_chosen_and_written_into_what_asked_for_it() -> None:
    known = {"app": [release("app@1.0.0", "lib@1.0.0", lib="^1")], "lib": LIBS}
    chosen = choose([LockedRoot("app", "*")], known)
    assert specs(chosen) == ["app@1.0.0", "lib@1.1.0"]
    assert not isinstance(chosen, Failure)
    assert chosen.releases[0].dependencies == ("lib@1.1.0",)


def test_what_no_root_needs_is_not_chosen() -> None:
    assert specs(choose([], {"lib": LIBS})) == []


def test_a_failure_is_told_with_the_ranges_as_they_are_written() -> None:
    known = {"app": [release("app@1.0.0", lib="^3")], "lib": LIBS}
    failed = choose([LockedRoot("app", "*")], known)
    assert isinstance(failed, Failure)
    assert "lib ^3" in explain(failed)


def test_side_by_side_each_asker_has_its_major_version_and_keeps_the_one_it_had() -> None:
    known = {
        "app": [release("app@1.0.0", lib="^1")],
        "tool": [release("tool@1.0.0", "lib@1.0.0", lib="*")],
        "lib": LIBS,
    }
    roots = [LockedRoot("app", "*"), LockedRoot("tool", "*"), LockedRoot("lib", ">=1")]
    assert isinstance(choose([*roots, LockedRoot("lib", "^2")], known), Failure)
    chosen = choose(roots, known, {"lib"})
    assert specs(chosen) == ["app@1.0.0", "lib@1.1.0", "lib@2.0.0", "tool@1.0.0"]
    assert not isinstance(chosen, Failure)
    got = {each.name: each.dependencies for each in chosen.releases}
    assert got["app"] == got["tool"] == ("lib@1.1.0",)
    assert [(root.name, root.version) for root in chosen.roots] == [
        ("app", "1.0.0"),
        ("tool", "1.0.0"),
        ("lib", "2.0.0"),
    ]


def test_a_root_keeps_the_major_version_it_had_and_one_that_is_waived_takes_any() -> None:
    had = choose([LockedRoot("lib", "*", version="1.0.0")], {"lib": LIBS}, {"lib"})
    assert specs(had) == ["lib@1.1.0"]
    waived = choose([LockedRoot("lib", "^9", waived=True)], {"lib": LIBS})
    assert specs(waived) == ["lib@2.0.0"]
