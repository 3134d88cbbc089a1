"""What is chosen where requirements conflict, by strategy, and how it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph.core.release import ReleaseId
from ggen_graph.core.solver import (
    Candidate,
    Facts,
    Failure,
    Link,
    Overridden,
    Requirement,
    Resolved,
    explain,
    resolve,
    unblocking,
)
from ggen_graph.core.solver.nodes import (
    choice_node,
    feature_node,
    features_of,
    is_choice,
    major_node,
    major_of,
    pack_of,
)
from ggen_graph.core.solver.proof import faults_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.core.resolution import Strategy

    ToFacts = Callable[[dict[str, Any]], Facts]

APART: dict[str, Any] = {  # app wants base 1, and through web base 2
    "project": {"app": "*"},
    "packs": {
        "app": {"1.0.0": {"base": "^1", "web": "*"}},
        "web": {"1.0.0": {"base": "^2"}},
        "base": {"1.0.0": {}, "1.4.0": {}, "2.0.0": {}, "2.1.0": {}},
    },
}
CLASH: dict[str, Any] = {  # two ranges of one major without a release in common
    "project": {"old": "*", "new": "*"},
    "packs": {
        "old": {"1.0.0": {"base": "~1.0"}},
        "new": {"1.0.0": {"base": "~1.2"}},
        "base": {"1.0.0": {}, "1.2.0": {}, "1.3.0": {}},
    },
}


def resolved(facts: Facts, strategy: Strategy) -> Resolved:
    answer = resolve(facts, strategy)
    assert isinstance(answer, Resolved), answer
    return answer


def chosen(answer: Resolved) -> list[str]:
    return sorted(one.spec for one in answer.selection.releases)


def got(answer: Resolved, spec: str) -> list[str]:
    links = next(links for asker, links in answer.selection.links.items() if asker.spec == spec)
    return [link.release.spec for link in links]


def test_a_node_s_name_tells_what_it_is_of() -> None:
    node = major_node(feature_node("web-x", ("pg", "a")), "2")
    assert node == "web-x[a,pg]@2"
    assert (pack_of(node), features_of(node), major_of(node)) == ("web-x", ("a", "pg"), "2")
    choice = choice_node(feature_node("web", ("pg",)), ">=1.0.0 <3.0.0")
    assert (pack_of(choice), features_of(choice), is_choice(choice)) == ("web", ("pg",), True)
    assert (pack_of("web"), features_of("web"), major_of("web"), is_choice("web")) == (
        "web", (), "", False
    )  # fmt: skip


def test_where_requirements_conflict_fail_proves_it(to_facts: ToFacts) -> None:
    for registry in (APART, CLASH):
        answer = resolve(to_facts(registry), "fail")
        assert isinstance(answer, Failure)
        assert list(faults_in(answer)) == []


def test_majors_stand_side_by_side(to_facts: ToFacts) -> None:
    answer = resolved(to_facts(APART), "merge")
    assert chosen(answer) == ["app@1.0.0", "base@1.4.0", "base@2.1.0", "web@1.0.0"]
    assert got(answer, "app@1.0.0") == ["base@1.4.0", "web@1.0.0"]
    assert got(answer, "web@1.0.0") == ["base@2.1.0"]
    [choice] = answer.choices
    assert (choice.kind, choice.pack) == ("side-by-side", "base")
    assert "1.4.0 for app 1.0.0" in choice.reason
    assert "2.1.0 for web 1.0.0" in choice.reason
    assert answer.overridden == ()


def test_one_major_is_enough_where_one_will_do(to_facts: ToFacts) -> None:
    registry = {
        "project": {"a": "*", "b": "*"},
        "packs": {
            "a": {"1.0.0": {"base": ">=1"}},
            "b": {"1.0.0": {"base": ">=2"}},
            "base": {"1.0.0": {}, "2.0.0": {}, "3.0.0": {}},
        },
    }
    answer = resolved(to_facts(registry), "merge")
    assert chosen(answer) == ["a@1.0.0", "b@1.0.0", "base@3.0.0"]
    assert answer.choices == ()


def test_a_requirement_that_leaves_the_major_open_gets_the_best_that_goes(
    to_facts: ToFacts,
) -> None:
    """The newest major of base needs what nobody has, so the next one is taken."""
    registry = {
        "project": {"a": "*"},
        "packs": {
            "a": {"1.0.0": {"base": "1 || 2"}},
            "base": {"1.0.0": {}, "2.0.0": {"nowhere": "*"}},
        },
    }
    answer = resolved(to_facts(registry), "merge")
    assert chosen(answer) == ["a@1.0.0", "base@1.0.0"]
    assert got(answer, "a@1.0.0") == ["base@1.0.0"]
    assert all(not is_choice(each.pack) for each in answer.decisions)


def test_a_proof_about_majors_is_told_in_the_words_of_packs(to_facts: ToFacts) -> None:
    registry = {
        "project": {"app": "*"},
        "packs": {
            "app": {"1.0.0": {"base": ">=1 <3"}},
            "base": {"1.0.0": {"nowhere": "*"}, "2.0.0": {"x": "^9"}},
            "x": {"1.0.0": {}},
        },
    }
    answer = resolve(to_facts(registry), "merge")
    assert isinstance(answer, Failure)
    told = explain(answer)
    assert "@" not in told
    assert "base >=1 <3 as 2.x requires one of base 2.x in that range" in told
    assert "every release of base 1.x requires nowhere (no registry has nowhere)" in told


def test_within_one_major_the_newest_is_given_to_all(to_facts: ToFacts) -> None:
    answer = resolved(to_facts(CLASH), "merge")
    assert chosen(answer) == ["base@1.2.0", "new@1.0.0", "old@1.0.0"]
    [choice] = answer.choices
    assert (choice.kind, choice.pack, choice.versions) == ("newest", "base", ("1.2.0",))
    assert answer.overridden == (Overridden("old", "base", "~1.0"),)
    assert answer.selection.links[ReleaseId("old", "1.0.0")] == (Link("base", "*", "1.2.0"),)


def test_what_nobody_has_can_not_be_settled(to_facts: ToFacts) -> None:
    registry = {"project": {"a": "*"}, "packs": {"a": {"1.0.0": {"nowhere": "*"}}}}
    for strategy in ("merge", "layer"):
        assert isinstance(resolve(to_facts(registry), strategy), Failure)


def test_a_later_declaration_overrides_an_earlier_one(to_facts: ToFacts) -> None:
    answer = resolved(to_facts(CLASH), "layer")
    assert chosen(answer) == ["base@1.2.0", "new@1.0.0", "old@1.0.0"]
    turned = CLASH | {"project": {"new": "*", "old": "*"}}
    answer = resolved(to_facts(turned), "layer")
    assert chosen(answer) == ["base@1.0.0", "new@1.0.0", "old@1.0.0"]
    assert answer.overridden == (Overridden("new", "base", "~1.2"),)
    [choice] = answer.choices
    assert (choice.kind, choice.versions) == ("layer", ("1.0.0",))
    assert "old asks for is declared later" in choice.reason


def test_what_the_project_asks_for_itself_is_a_layer_too(to_facts: ToFacts) -> None:
    registry = CLASH | {"project": {"new": "*", "base": "1.0.0"}}
    assert "base@1.0.0" in chosen(resolved(to_facts(registry), "layer"))
    registry = CLASH | {"project": {"base": "1.0.0", "new": "*"}}
    answer = resolved(to_facts(registry), "layer")
    assert "base@1.2.0" in chosen(answer)
    assert answer.overridden == (Overridden("", "base", "1.0.0"),)


def test_declarations_of_one_layer_do_not_override_each_other(to_facts: ToFacts) -> None:
    registry = {
        "project": {"top": "*"},
        "packs": {"top": {"1.0.0": {"old": "*", "new": "*"}}, **CLASH["packs"]},
    }
    assert isinstance(resolve(to_facts(registry), "layer"), Failure)


def test_where_several_ranges_had_to_be_met_that_is_told(to_facts: ToFacts) -> None:
    registry = {
        "project": {"a": "*", "b": "*"},
        "packs": {
            "a": {"1.0.0": {"base": ">=1.1"}},
            "b": {"1.0.0": {"base": "<1.3"}},
            "base": {"1.0.0": {}, "1.2.0": {}, "1.3.0": {}},
        },
    }
    answer = resolved(to_facts(registry), "fail")
    [choice] = answer.choices
    assert (choice.kind, choice.pack, choice.versions) == ("intersection", "base", ("1.2.0",))
    assert ">=1.1 (of a@1.0.0) and <1.3 (of b@1.0.0)" in choice.reason


def test_the_same_is_told_of_one_of_several_majors(to_facts: ToFacts) -> None:
    registry = {
        "project": {"a": "*", "b": "*", "c": "*"},
        "packs": {
            "a": {"1.0.0": {"base": ">=1.1 <2"}},
            "b": {"1.0.0": {"base": "<1.3"}},
            "c": {"1.0.0": {"base": "^2"}},
            "base": {"1.0.0": {}, "1.2.0": {}, "1.3.0": {}, "2.0.0": {}},
        },
    }
    kinds = {choice.kind: choice for choice in resolved(to_facts(registry), "merge").choices}
    assert set(kinds) == {"side-by-side", "intersection"}
    assert kinds["intersection"].versions == ("1.2.0",)


def test_what_can_be_solved_is_solved_alike_by_every_strategy_but_merge(
    random_registries: Callable[[int], Any],
) -> None:
    registries = random_registries(11)
    compared = 0
    for _ in range(300):
        facts = registries.large()
        plain = resolve(facts, "fail")
        if isinstance(plain, Resolved):
            compared += 1
            assert resolve(facts, "layer") == plain
            assert isinstance(resolve(facts, "merge"), Resolved)  # there is only more room
    assert compared > 80


def test_side_by_side_every_requirement_is_met_and_a_major_is_there_once(
    random_registries: Callable[[int], Any],
) -> None:
    registries = random_registries(12)
    several = 0
    for _ in range(300):
        facts = registries.large()
        answer = resolve(facts, "merge")
        if isinstance(answer, Failure):
            assert list(faults_in(answer)) == []
            continue
        releases = answer.selection.releases
        majors = [(one.name, one.version.partition(".")[0]) for one in releases]
        assert len(set(majors)) == len(majors)
        several += len({one.name for one in releases}) < len(releases)
        if answer.overridden:
            continue
        for one in releases:
            [candidate] = [each for each in facts.packs[one.name] if each.version == one.version]
            gets = {link.release for link in answer.selection.links[one]} | {one}
            assert gets <= set(releases)
            for number in candidate.requires:
                wanted = facts.requirements[number]
                assert any(
                    each.name == wanted.pack and each.version in wanted.admits for each in gets
                )
    assert several > 20


def with_feature(
    of_web: dict[str, tuple[str, ...]], featured: tuple[str, ...], order: str
) -> Facts:
    """The project asks for two packs in an order: a wants web with a feature, b without."""
    wanted = {name: Requirement(name, "*", frozenset(("1.0.0",))) for name in "ab"}
    versions = ("1.3.0", "1.2.0", "1.1.0")
    requirements = [
        *(wanted[name] for name in order),
        Requirement("web[pg]", "~1.2", frozenset(of_web["a"])),
        Requirement("web", "~1.3", frozenset(of_web["b"])),
        *(Requirement("web", each, frozenset((each,))) for each in versions),
    ]
    packs = {
        "a": (Candidate("1.0.0", (2,)),),
        "b": (Candidate("1.0.0", (3,)),),
        "web": tuple(map(Candidate, versions)),
        "web[pg]": tuple(Candidate(each, (4 + versions.index(each),)) for each in featured),
    }
    return Facts(packs, tuple(requirements), (0, 1))


@pytest.mark.parametrize(
    ("strategy", "order", "featured", "got", "loser"),
    [
        ("merge", "ab", ("1.3.0", "1.2.0"), "1.3.0", "a"),
        ("merge", "ab", ("1.2.0", "1.1.0"), "1.2.0", "b"),  # the newest does not have the feature
        ("layer", "ab", ("1.3.0", "1.2.0"), "1.3.0", "a"),
        ("layer", "ba", ("1.3.0", "1.2.0"), "1.2.0", "b"),
    ],
)
def test_a_pack_and_the_same_with_features_stay_one_release_whoever_is_overridden(
    strategy: Strategy, order: str, featured: tuple[str, ...], got: str, loser: str
) -> None:
    facts = with_feature({"a": ("1.2.0",), "b": ("1.3.0",)}, featured, order)
    answer = resolved(facts, strategy)
    assert chosen(answer) == ["a@1.0.0", "b@1.0.0", f"web@{got}"]
    assert answer.selection.features == {ReleaseId("web", got): ("pg",)}
    assert [(one.of, one.pack) for one in answer.overridden] == [(loser, "web")]
    [choice] = answer.choices
    assert "web ~1.3 (of b) and web[pg] ~1.2 (of a)" in choice.reason


def test_a_feature_that_no_release_wanted_later_has_is_a_conflict_still() -> None:
    facts = with_feature({"a": ("1.2.0",), "b": ("1.3.0",)}, ("1.2.0",), "ab")
    assert isinstance(resolve(facts, "layer"), Failure)


def test_who_leaves_the_major_open_is_named_where_it_is_overridden(to_facts: ToFacts) -> None:
    registry = {
        "project": {"a": "*", "b": "*"},
        "packs": {
            "a": {"1.0.0": {"base": "~1.2 || 2"}},
            "b": {"1.0.0": {"base": "~1.3"}},
            "base": {"1.2.0": {}, "1.3.0": {}, "2.0.0": {"nowhere": "*"}},
        },
    }
    answer = resolved(to_facts(registry), "merge")
    assert chosen(answer) == ["a@1.0.0", "b@1.0.0", "base@1.3.0"]
    assert {(one.of, one.pack) for one in answer.overridden} == {("a", "base")}


def test_the_override_that_would_help_is_found(to_facts: ToFacts) -> None:
    facts = to_facts(CLASH)
    failure = resolve(facts)
    assert isinstance(failure, Failure)
    assert unblocking(failure, facts, "fail") == ("base", "1.2.0")
    facts = to_facts({"project": {"a": "*"}, "packs": {"a": {"1.0.0": {"nowhere": "*"}}}})
    failure = resolve(facts)
    assert isinstance(failure, Failure)
    assert unblocking(failure, facts, "fail") is None
    own = to_facts({"project": {"base": "^9"}, "packs": {"base": {"1.0.0": {}}}})
    failure = resolve(own)
    assert isinstance(failure, Failure)
    assert unblocking(failure, own, "fail") is None  # the project need only ask otherwise


def test_an_override_helps_who_asks_for_features_too() -> None:
    facts = with_feature({"a": ("1.2.0",), "b": ("1.3.0",)}, ("1.3.0", "1.2.0"), "ab")
    failure = resolve(facts)
    assert isinstance(failure, Failure)
    assert unblocking(failure, facts, "fail") == ("web", "1.3.0")


def test_a_long_chain_of_majors_needs_no_recursion(chain_of: Callable[..., Facts]) -> None:
    assert len(resolved(chain_of(3000, broken=False), "merge").selection.releases) == 3000
