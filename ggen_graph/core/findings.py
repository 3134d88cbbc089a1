"""A finding: what a check found, about what, where in which file, and what to write instead.

One value for all that looks at something: manifests, templates, shapes, policies, gates. Reporters
turn it into what people and CI systems read.

Keeps true: what a report shows is bounded, and says how much it leaves out; the texts in it have no
control characters and can be encoded, whatever the file they came from holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ggen_graph.core.diagnostics import GgenError

Severity = Literal["violation", "warning", "info"]

SEVERITIES: Final[tuple[Severity, ...]] = ("violation", "warning", "info")
"""From the worst on."""

MOST = 1_000
"""How many findings a report shows unless somebody asks for more."""

_OUR_SHAPES = "http://ggen.io/shapes/"
_LOCAL = re.compile(r"[^#/:]+$")
# Control characters other than line feed and tab, and what XML 1.0 §2.2 can't hold.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault or a hint.

    Attributes:
        pack: the pack or the project that it is about.
        severity: how bad it is.
        message: what is wrong.
        rule: what found it: the IRI of a shape, `gate/NAME`, or the name of an error.
        file: relative to `folder`; "" where it is in no file.
        line: from 1; 0 where it is not known.
        column: likewise, in characters.
        help: what to write instead; "" where the message says it.
        focus: the IRI of the thing that it is about; "" if it is about none.
        folder: the folder that `file` is relative to; "" where there is none.
        value: what is there instead of what should be; "" where nothing is, or the message says it.
    """

    pack: str
    severity: Severity
    message: str
    rule: str
    file: str = ""
    line: int = 0
    column: int = 0
    help: str = ""
    focus: str = ""
    folder: str = ""
    value: str = ""

    @property
    def told(self) -> str:
        """The message, with what was found."""
        return f"{self.message} (found: {self.value})" if self.value else self.message

    @property
    def place(self) -> str:
        """`file:line:column`, as far as it is known."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    @property
    def rule_id(self) -> str:
        """The rule as a short name that stays the same: `pack/Release-license`."""
        if not self.rule.startswith(_OUR_SHAPES):
            return self.rule
        return self.rule.removeprefix(_OUR_SHAPES).replace("#", "/")

    @property
    def rule_name(self) -> str:
        """The last part of the rule's name."""
        found = _LOCAL.search(self.rule)
        return found[0] if found else self.rule


def from_error(pack: str, error: GgenError, folder: str = "") -> Finding:
    """What was raised while something was looked at, as a finding."""
    file, line, column = error.where or ("", 0, 0)
    return Finding(
        pack, "violation", error.message, error.name, file, line, column, error.help, folder=folder
    )


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by where they are, each once."""
    return sorted(
        set(findings),
        key=lambda one: (
            one.pack,
            one.folder,
            one.file,
            one.line,
            one.column,
            one.message,
            SEVERITIES.index(one.severity),
            one.rule,
            one.focus,
            one.value,
            one.help,
        ),
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """Findings as a report shows them.

    Attributes:
        shown: the findings.
        counts: how many there are in all of each severity.
        left_out: how many are not shown.
    """

    shown: tuple[Finding, ...]
    counts: Mapping[Severity, int]
    left_out: int = 0

    def at_least(self, severity: Severity) -> int:
        """How many there are of this severity or a worse one."""
        return sum(self.counts[one] for one in SEVERITIES[: SEVERITIES.index(severity) + 1])

    def told(self) -> str:
        """The counts, for people."""
        return ", ".join(f"{count} {severity}" for severity, count in self.counts.items())


def summed_up(findings: Iterable[Finding], most: int = MOST) -> Summary:
    """A summary of at most so many findings, the worst of them; 0 for all."""
    found = list(findings)
    counts = {severity: sum(one.severity == severity for one in found) for severity in SEVERITIES}
    kept = range(len(found))
    if most and len(found) > most:
        worst = sorted(kept, key=lambda at: SEVERITIES.index(found[at].severity))
        chosen = set(worst[:most])
        found = [one for at, one in enumerate(found) if at in chosen]
    return Summary(tuple(map(_legible, found)), counts, len(kept) - len(found))


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """For each finding a name that it keeps while lines above it come and go."""
    seen: dict[str, int] = {}
    names = []
    for one in findings:
        said = (one.rule, one.pack, one.file, one.focus, one.told)
        digest = sha256("\n".join(said).encode("utf-8")).hexdigest()[:32]
        seen[digest] = seen.get(digest, 0) + 1
        names.append(f"{digest}:{seen[digest]}")
    return names


def legible(text: str) -> str:
    r"""A text with what no one can see written as `\x1b`, and what no encoding holds as `\udce9`."""
    shown = _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)
    return shown.encode("utf-8", "backslashreplace").decode("utf-8")


def _legible(finding: Finding) -> Finding:
    return replace(
        finding,
        pack=legible(finding.pack),
        message=legible(finding.message),
        rule=legible(finding.rule),
        file=legible(finding.file).replace("\n", r"\n"),
        help=legible(finding.help),
        focus=legible(finding.focus),
        value=legible(finding.value),
    )
