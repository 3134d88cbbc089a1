"""Findings as annotations of a GitHub Actions workflow.

The form is that of GitHub's "Workflow commands": `::error file=…,line=…::message`, in which `%`, line
ends, and in a property also `:` and `,`, are percent-encoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from ggen_graph.cli.reporters.paths import path_of

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.core.findings import Severity, Summary

_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})


Level = Literal["error", "warning", "notice"]
_LEVELS: Final[dict[Severity, Level]] = {
    "violation": "error",
    "warning": "warning",
    "info": "notice",
}


def annotation(
    level: Level, path: str, message: str, *, line: int = 0, column: int = 0, title: str = ""
) -> str:
    """One line; `path` is relative to the repository."""
    properties = {"file": path, "line": line, "col": column, "title": title}
    told = ",".join(
        f"{name}={str(value).translate(_IN_PROPERTY)}"
        for name, value in properties.items()
        if value
    )
    return f"::{level}{' ' * bool(told)}{told}::{message.translate(_IN_MESSAGE)}"


def report(summary: Summary, top: Path) -> str:
    """An annotation for each finding; `top` is the folder of the repository."""
    lines = [
        annotation(
            _LEVELS[one.severity],
            path_of(one, top),
            "\n".join(filter(None, (one.told, one.help))),
            line=one.line,
            column=one.column,
            title=one.rule_id,
        )
        for one in summary.shown
    ]
    if summary.left_out:
        lines.append(
            annotation("notice", "", f"{summary.left_out} more findings are not shown here")
        )
    return "".join(f"{line}\n" for line in lines)
