"""The rules by which a pack is linted: their names, which stay the same, and what each looks for.

A rule can be switched off for a pack by `[lint] allow` in its `gpack.toml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from ggen_graph.core.findings import Severity


class Rule(NamedTuple):
    """How bad what it finds is, and what that is."""

    severity: Severity
    finds: str


RULES: Final[dict[str, Rule]] = {
    "undeclared-variable": Rule(
        "violation",
        "a template uses a name that it is never given: no variable, no query, nothing else",
    ),
    "unused-variable": Rule(
        "warning", "a variable that no template uses, and no pack that this one depends on declares"
    ),
    "unused-query": Rule(
        "warning", "a query that no template reads, and whose `#+` header offers it to nobody else"
    ),
    "unordered-query": Rule("warning", "a query of `for_each` without ORDER BY"),
    "unused-partial": Rule("warning", "a template that is only there to be included, and never is"),
    "template-never-matches": Rule(
        "warning", "a template that writes no file in any of the pack's tests"
    ),
    "missing-description": Rule("warning", "a pack, template or variable without a description"),
    "no-tests": Rule("info", "a pack without tests"),
}
