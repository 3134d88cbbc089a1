"""Which policies are on."""

from __future__ import annotations

from ggen_graph.core.policy import POLICIES, Policy


def test_by_default_none_is_on() -> None:
    assert Policy().on() == ()


def test_a_limit_of_no_days_is_a_limit() -> None:
    assert Policy(max_days_behind=0, max_registry_days=0).on() == ("max_days_behind", "max_registry_days")  # fmt: skip


def test_all_may_be_on() -> None:
    everything = Policy(("MIT",), True, ("**",), 1, True, True, 1)
    assert everything.on() == POLICIES
