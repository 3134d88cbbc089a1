"""Findings in each format, read back by what reads them in CI."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml, TestSuite
from sarif_pydantic import Sarif

from ggen_graph.cli.reporters import github, junit, sarif
from ggen_graph.cli.reporters.json import document
from ggen_graph.cli.reporters.text import report as text
from ggen_graph.core.findings import Finding, summed_up

TOP = Path("/repository")
FOUND = [
    Finding(
        "shop",
        "violation",
        "Say what it is.",
        "http://ggen.io/shapes/pack#Release-description",
        "gpack.toml",
        3,
        1,
        "description = \"…\"",
        "urn:x:release",
        "/repository/packs/shop",
        "nothing",
    ),
    Finding("shop", "warning", "No label.", "gate/labels", "model/a b%.ttl", 7, 2, folder="/repository"),
    Finding("other", "info", "Fine, but.", "urn:shapes:team#Fine", "x.ttl", folder="/elsewhere"),
    Finding("other", "violation", "It is gone.", "registry-unavailable"),
]  # fmt: skip
HOSTILE = [
    Finding("a\x1b[31m\x00", "violation", "two\r\nlines\x07 \udce9 \ufffe 100%", "urn:r", "a:b,c%d\nn\udce9.ttl", 1, 1, "]]>", "<&>", "/repository"),
    Finding("a\x1b[31m\x00", "violation", "::error::]]> <b>&amp;", "urn:r", "a:b,c%d\nn\udce9.ttl", 1, 1, folder="/repository"),
]  # fmt: skip


def results(log: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(log)["runs"][0]["results"]
    return found


def suites(report: str) -> dict[str, TestSuite]:
    return {suite.name: suite for suite in JUnitXml.fromstring(report.encode())}


def test_a_sarif_log_is_read_as_sarif_2_1_0() -> None:
    log = Sarif.model_validate_json(sarif.report(summed_up(FOUND), TOP))
    assert log.version == "2.1.0"
    [run] = log.runs
    assert run.tool.driver.name == "ggen"
    rules = [rule.id for rule in run.tool.driver.rules or ()]
    assert rules == ["gate/labels", "pack/Release-description", "registry-unavailable", "urn:shapes:team#Fine"]  # fmt: skip
    assert [rules[one.rule_index or 0] for one in run.results or ()] == [
        one.rule_id for one in FOUND
    ]


def test_a_sarif_result_has_its_level_its_place_and_what_it_is_about() -> None:
    log = sarif.report(summed_up(FOUND), TOP)
    assert [one["level"] for one in results(log)] == ["error", "warning", "note", "error"]
    first, second, third, last = (one["locations"][0] for one in results(log))
    assert first == {
        "physicalLocation": {
            "artifactLocation": {"uri": "packs/shop/gpack.toml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 3, "startColumn": 1},
        },
        "logicalLocations": [{"fullyQualifiedName": "urn:x:release", "kind": "resource"}],
    }
    assert second["physicalLocation"]["artifactLocation"]["uri"] == "model/a%20b%25.ttl"
    assert third["physicalLocation"] == {"artifactLocation": {"uri": "file:///elsewhere/x.ttl"}}
    assert last["physicalLocation"]["artifactLocation"]["uri"] == "."
    assert (
        results(log)[0]["message"]["text"] == 'Say what it is. (found: nothing)\ndescription = "…"'
    )


def test_a_fingerprint_survives_lines_that_come_and_go_and_tells_twins_apart() -> None:
    def prints(*findings: Finding) -> list[str]:
        log = sarif.report(summed_up(findings), TOP)
        return [one["partialFingerprints"]["ggenFinding/v1"] for one in results(log)]

    one = FOUND[1]
    moved = Finding(
        one.pack, one.severity, one.message, one.rule, one.file, 99, 5, folder=one.folder
    )
    assert prints(one) == prints(moved)
    assert len(set(prints(one, moved))) == 2
    assert prints(one) != prints(FOUND[0])


def test_junit_has_a_suite_for_each_pack_and_a_case_for_each_finding() -> None:
    found = suites(junit.report(summed_up(FOUND), TOP, "violation"))
    assert {name: (suite.tests, suite.failures) for name, suite in found.items()} == {
        "shop": (2, 1),
        "other": (2, 1),
    }
    first, second = found["shop"]
    assert first.classname == "packs/shop/gpack.toml"
    assert first.result[0].type == "violation"
    assert "gpack.toml:3:1" in (first.result[0].text or "")
    assert second.is_passed
    assert "warning: model/a b%.ttl:7:2\nNo label." in (second.system_out or "")


def test_in_junit_what_fails_the_command_fails_the_case() -> None:
    for severity, failures in (("violation", 2), ("warning", 3), ("info", 4)):
        found = suites(junit.report(summed_up(FOUND), TOP, severity))  # type: ignore[arg-type]
        assert sum(suite.failures for suite in found.values()) == failures


def test_junit_cases_have_names_of_their_own() -> None:
    [suite] = suites(junit.report(summed_up(HOSTILE), TOP, "info")).values()
    names = [case.name for case in suite]
    assert len(set(names)) == len(names) == 2


def test_without_findings_there_is_one_case_that_passed() -> None:
    [suite] = suites(junit.report(summed_up([]), TOP, "info")).values()
    assert [case.is_passed for case in suite] == [True]
    assert results(sarif.report(summed_up([]), TOP)) == []
    assert github.report(summed_up([]), TOP) == ""
    assert text(summed_up([])) == "0 violation, 0 warning, 0 info\n"


def test_an_annotation_has_file_line_column_and_title() -> None:
    assert github.report(summed_up(FOUND), TOP).splitlines() == [
        (
            "::error file=packs/shop/gpack.toml,line=3,col=1,title=pack/Release-description::"
            'Say what it is. (found: nothing)%0Adescription = "…"'
        ),
        "::warning file=model/a b%25.ttl,line=7,col=2,title=gate/labels::No label.",
        "::notice file=/elsewhere/x.ttl,title=urn%3Ashapes%3Ateam#Fine::Fine, but.",
        "::error title=registry-unavailable::It is gone.",
    ]


def test_what_a_hostile_file_says_breaks_no_format() -> None:
    summary = summed_up(HOSTILE)
    lines = github.report(summary, TOP).splitlines()
    assert len(lines) == 2
    assert all(
        re.fullmatch(r"::error file=a%3Ab%2Cc%25d[^:,\n]*,line=1,[^:]*::.*", line) for line in lines
    )
    Sarif.model_validate_json(sarif.report(summary, TOP))
    [suite] = suites(junit.report(summary, TOP, "violation")).values()
    assert suite.failures == 2
    shown = text(summary)
    for report in (shown, sarif.report(summary, TOP), junit.report(summary, TOP, "info"), json.dumps(document(summary), ensure_ascii=False)):  # fmt: skip
        report.encode("utf-8")
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f]", report.replace("\x1b[31mviolation\x1b[0m", "")
        )


@pytest.mark.parametrize("most", [0, 1, 3, 5_000])
def test_a_long_list_is_cut_to_its_worst_and_the_rest_is_counted(most: int) -> None:
    many = [Finding("p", "info" if at % 2 else "violation", f"{at}", "r", folder="/repository") for at in range(1_000)]  # fmt: skip
    summary = summed_up(many, most)
    shown = min(most or 1_000, 1_000)
    assert len(summary.shown) == shown
    assert summary.left_out == 1_000 - shown
    assert summary.counts == {"violation": 500, "warning": 0, "info": 500}
    assert {one.severity for one in summary.shown[:400]} == ({"violation"} if 0 < most < 500 else {"violation", "info"})  # fmt: skip
    left = f"{summary.left_out} more"
    reports = [text(summary), sarif.report(summary, TOP), junit.report(summary, TOP, "info"), github.report(summary, TOP)]  # fmt: skip
    assert [left in report for report in reports] == [bool(summary.left_out)] * 4
    assert document(summary)["left_out"] == summary.left_out


def test_findings_keep_their_order_when_some_are_left_out() -> None:
    many = [Finding("p", "violation", f"{at}", "r") for at in range(10)]
    assert [one.message for one in summed_up(many, 4).shown] == ["0", "1", "2", "3"]
