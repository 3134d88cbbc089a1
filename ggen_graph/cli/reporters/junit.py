"""Findings as JUnit XML, in the form that Jenkins, GitLab and GitHub's test reporters read.

A suite for each pack, a test case for each finding, which failed if its severity makes the check fail
and passed with a word on `system-out` if not; a pack without findings is one case that passed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ggen_graph.cli.reporters.paths import path_of
from ggen_graph.core.findings import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ggen_graph.core.findings import Finding, Severity, Summary


def report(summary: Summary, top: Path, fail_on: Severity) -> str:
    """An XML document; `top` is the folder of the repository."""
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    root = Element("testsuites", name="ggen")
    packs = {one.pack: [each for each in summary.shown if each.pack == one.pack] for one in summary.shown}  # fmt: skip
    for pack, findings in (packs or {"ggen": []}).items():
        _suite(root, pack, findings, failing, top)
    root.set("tests", str(sum(int(suite.get("tests", "0")) for suite in root)))
    root.set("failures", str(sum(int(suite.get("failures", "0")) for suite in root)))
    root.set("errors", "0")
    if summary.left_out:
        said = SubElement(root[0], "system-out")
        said.text = f"{summary.left_out} more findings are not in this report"
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, "unicode") + "\n"


def _suite(
    root: Element, pack: str, findings: Sequence[Finding], failing: Sequence[Severity], top: Path
) -> None:
    failed = sum(one.severity in failing for one in findings)
    suite = SubElement(
        root,
        "testsuite",
        name=pack,
        tests=str(len(findings) or 1),
        failures=str(failed),
        errors="0",
        skipped="0",
        time="0",
    )
    if not findings:
        SubElement(suite, "testcase", name="no findings", classname=pack, time="0")
    named: Counter[tuple[str, str]] = Counter()
    for one in findings:
        path = path_of(one, top)
        name = f"{one.rule_id} at {one.place}" if one.place else one.rule_id
        named[path, name] += 1
        if named[path, name] > 1:  # readers take two cases of one name for one
            name += f" ({named[path, name]})"
        case = SubElement(suite, "testcase", name=name, classname=path or pack, time="0")
        if path:
            case.set("file", path)
        text = "\n".join(filter(None, (one.place, one.told, one.help)))
        if one.severity in failing:
            failure = SubElement(case, "failure", message=one.told, type=one.severity)
            failure.text = text
        else:
            SubElement(case, "system-out").text = f"{one.severity}: {text}"
