"""Findings as SARIF 2.1.0 (OASIS), which GitHub, GitLab and Azure DevOps show beside the code.

Clauses of the standard are named where they say why something stands here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ggen_graph import __version__
from ggen_graph.cli.reporters.paths import path_of
from ggen_graph.core.findings import fingerprints

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.core.findings import Finding, Severity, Summary

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: dict[Severity, str] = {"violation": "error", "warning": "warning", "info": "note"}
# The folder that paths are relative to; who reads the report knows where it is (§3.4.4).
_TOP = "%SRCROOT%"


def report(summary: Summary, top: Path) -> str:
    """A SARIF log of one run; `top` is the folder of the repository."""
    rules = {one.rule_id: one for one in reversed(summary.shown)}
    places = {name: place for place, name in enumerate(sorted(rules))}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "ggen",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": "http://ggen.io/docs",
                "rules": [_rule(name, rules[name]) for name in sorted(rules)],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(summary)],
        "results": [
            _result(one, places[one.rule_id], name, top)
            for one, name in zip(summary.shown, fingerprints(summary.shown), strict=True)
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str, example: Finding) -> dict[str, Any]:
    return {
        "id": name,
        "name": example.rule_name,
        "shortDescription": {"text": example.message},
        "help": {"text": example.help or example.message},
        "defaultConfiguration": {"level": _LEVELS[example.severity]},
    }


def _invocation(summary: Summary) -> dict[str, Any]:
    """That the tool ran to its end (§3.20.14), and what it did not tell (§3.20.21)."""
    told: dict[str, Any] = {"executionSuccessful": True}
    if summary.left_out:
        text = f"{summary.left_out} more findings are not in this report"
        told["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return told


def _result(finding: Finding, place: int, fingerprint: str, top: Path) -> dict[str, Any]:
    path = path_of(finding, top)
    uri = quote(path or ".", safe="/")
    where: dict[str, Any] = {
        "artifactLocation": {"uri": f"file://{uri}"}
        if path.startswith("/")
        else {"uri": uri, "uriBaseId": _TOP}
    }
    if finding.line:
        where["region"] = {"startLine": finding.line, "startColumn": finding.column or 1}
    location: dict[str, Any] = {"physicalLocation": where}
    if finding.focus:
        location["logicalLocations"] = [
            {"fullyQualifiedName": finding.focus, "kind": "resource"}  # §3.33.7 lets kinds be added
        ]
    return {
        "ruleId": finding.rule_id,
        "ruleIndex": place,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(filter(None, (finding.told, finding.help)))},
        "locations": [location],
        "partialFingerprints": {"ggenFinding/v1": fingerprint},
    }
