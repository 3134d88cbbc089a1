"""Findings: their order, their names, and what of them can be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import Location, QueryInvalid
from ggen_graph.core.findings import (
    SEVERITIES,
    Finding,
    fingerprints,
    from_error,
    in_order,
    legible,
    summed_up,
)

FINDINGS = st.lists(
    st.builds(
        Finding,
        pack=st.sampled_from("ab"),
        severity=st.sampled_from(SEVERITIES),
        message=st.text(max_size=3),
        rule=st.sampled_from(["r", "http://ggen.io/shapes/pack#Release-name"]),
        file=st.sampled_from(["", "a", "b"]),
        line=st.integers(0, 3),
    ),
    max_size=30,
)


@given(FINDINGS, st.integers(1, 40))
def test_a_summary_counts_all_and_shows_the_worst_in_their_order(
    findings: list[Finding], most: int
) -> None:
    found = in_order(findings)
    assert found == in_order(reversed(findings))
    summary = summed_up(found, most)
    assert sum(summary.counts.values()) == len(found) == len(summary.shown) + summary.left_out
    assert len(summary.shown) == min(most, len(found))
    places = [SEVERITIES.index(one.severity) for one in found]
    shown = sorted(SEVERITIES.index(one.severity) for one in summary.shown)
    assert shown == sorted(places)[: len(shown)]


@given(FINDINGS)
def test_every_finding_has_a_name_of_its_own(findings: list[Finding]) -> None:
    found = summed_up(in_order(findings)).shown
    assert len(set(fingerprints(found))) == len(found)


@given(st.text(alphabet=st.characters()))
def test_what_is_legible_can_be_encoded_and_stays_so(text: str) -> None:
    shown = legible(text)
    shown.encode("utf-8")
    assert legible(shown) == shown
    assert not any(character < " " and character not in "\n\t" for character in shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é → 字", "plain é → 字"),
        ("two\nlines\tand", "two\nlines\tand"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("caf\udce9", r"caf\udce9"),
        ("left\u202eright", r"left\u202eright"),
        ("\r\x00\x9b\ufffe", r"\r\x00\x9b\ufffe"),
    ],
)
def test_what_no_one_can_see_is_shown(text: str, shown: str) -> None:
    assert legible(text) == shown


def test_an_error_becomes_a_finding_at_its_place() -> None:
    error = QueryInvalid("no query", help="write one", where=Location("a.rq", 3, 4))
    one = from_error("shop", error, "/shop")
    assert (one.severity, one.rule, one.place, one.help) == (
        "violation",
        "query-invalid",
        "a.rq:3:4",
        "write one",
    )
    assert from_error("shop", QueryInvalid("no query")).place == ""


@pytest.mark.parametrize(
    ("rule", "short", "name"),
    [
        ("http://ggen.io/shapes/policy/licenses#LockedRelease", "policy/licenses/LockedRelease", "LockedRelease"),
        ("urn:shapes#Class", "urn:shapes#Class", "Class"),
        ("gate/labels", "gate/labels", "labels"),
        ("query-invalid", "query-invalid", "query-invalid"),
        ("ends/", "ends/", "ends/"),
    ],
)  # fmt: skip
def test_a_rule_has_a_short_name(rule: str, short: str, name: str) -> None:
    one = Finding("p", "info", "m", rule)
    assert (one.rule_id, one.rule_name) == (short, name)
