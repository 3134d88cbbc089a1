"""Findings as annotations of a GitHub Actions workflow.

The form is that of GitHub's "Workflow commands": `::error file=…,line=…::message`, in which `%`, line
ends, and in a property also `:` and `,`, are percent-encoded.
"""

from __future__ import annotations

from typing import Literal

_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})


Level = Literal["error", "warning", "notice"]


def annotation(level: Level, path: str, message: str) -> str:
    """One line; `path` is relative to the repository."""
    return f"::{level} file={path.translate(_IN_PROPERTY)}::{message.translate(_IN_MESSAGE)}"
