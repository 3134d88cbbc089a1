"""Gates: a team's own queries that must find nothing.

`gates/*.rq` of a project and of its locked packs: an ASK that is true, or any row of a SELECT, is a
finding. A `#+` header says what it means: `summary` is the message, `severity` is violation (the
default), warning or info, `help` what to do. A row may say more in its columns `?focus` (an IRI),
`?message` and `?severity`.

Gates only read, under limits: they are foreign queries like any other (`graph.workers`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, get_args

from ggen_graph.core.diagnostics import GgenError, Location, QueryInvalid
from ggen_graph.core.findings import Finding, Severity, from_error
from ggen_graph.core.sparql import form, header
from ggen_graph.core.text import text_in
from ggen_graph.graph.jobs import Job, Limits
from ggen_graph.graph.workers import Pool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ggen_graph.graph.store import GraphStore

GATES = "gates/*.rq"
"""Where gates lie, in a project and in a pack."""

LIMITS = Limits(rows=100_000)
"""What a gate may take; one that finds more has failed in any case."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate.

    Attributes:
        owner: the pack or project that brings it.
        file: its path in there.
        text: the query.
        summary: what it means that it finds something.
        severity: how bad that is.
        help: what to do about it.
        folder: the folder that `file` is relative to.
    """

    owner: str
    file: str
    text: str
    summary: str
    severity: Severity = "violation"
    help: str = ""
    folder: str = ""

    @property
    def rule(self) -> str:
        """What its findings are said to be found by."""
        name = self.file.rpartition("/")[2].removesuffix(".rq")
        return f"gate/{name}"


def gate_of(owner: str, file: str, data: bytes, folder: str = "") -> Gate:
    """A gate from the bytes of its file.

    Raises:
        QueryInvalid: it is not UTF-8, or its header does not say what a gate's must.
    """
    text = text_in(data, file, QueryInvalid)
    said = header(text, file)
    summary, severity, advice = (said.get(key) for key in ("summary", "severity", "help"))
    if not isinstance(summary, str) or not summary.strip():
        raise QueryInvalid(
            "a gate says in its header what it means that it finds something",
            help="begin the file with a line such as `#+ summary: A class without a label.`",
            where=Location(file, 1, 1),
        )
    if severity not in {None, *get_args(Severity)}:
        raise QueryInvalid(
            f"the header's severity is {severity!r}",
            help=f"write one of {', '.join(get_args(Severity))}",
            where=Location(file, 1, 1),
        )
    return Gate(
        owner,
        file,
        text,
        summary.strip(),
        cast("Severity", severity or "violation"),
        advice if isinstance(advice, str) else "",
        folder,
    )


def run_gates(
    graph: GraphStore, gates: Iterable[tuple[Gate, Mapping[str, str]]], limits: Limits = LIMITS
) -> Iterator[Finding]:
    """What gates find in the current generation; that one can't be run is a finding, too.

    Args:
        graph: what to ask.
        gates: each with the prefixes that it need not declare.
        limits: what each may take.
    """
    with Pool(graph.root, limits=limits) as pool:
        for gate, prefixes in gates:
            try:
                rows = _asked(pool, gate, prefixes)
            except GgenError as error:
                error.where = error.where or Location(gate.file)
                yield from_error(gate.owner, error, gate.folder)
                continue
            for row in rows:
                yield _finding(gate, row)


def _asked(pool: Pool, gate: Gate, prefixes: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of a gate, as text by column; an ASK that is true is a row without columns."""
    if form(gate.text, gate.file) not in {"ASK", "SELECT", "UPDATE"}:
        raise QueryInvalid(
            "a gate is an ASK or a SELECT query; this one gives triples",
            help="SELECT what is wrong, one row for each fault",
            where=Location(gate.file),
        )
    with pool.run(Job(gate.text, "json", gate.file, prefixes)) as reply:
        document = json.loads(reply.read())
    if "boolean" in document:
        return [{}] if document["boolean"] else []
    return [
        {name: cell["value"] for name, cell in row.items() if isinstance(cell["value"], str)}
        for row in document["results"]["bindings"]
    ]


def _finding(gate: Gate, row: Mapping[str, str]) -> Finding:
    severity = row.get("severity", "").rpartition("#")[2].lower()
    return Finding(
        gate.owner,
        cast("Severity", severity) if severity in get_args(Severity) else gate.severity,
        _message(gate, row),
        gate.rule,
        gate.file,
        1,
        1,
        gate.help,
        row.get("focus", ""),
        gate.folder,
    )


def _message(gate: Gate, row: Mapping[str, str]) -> str:
    """What a row says, else the gate's summary with the row's values."""
    if row.get("message"):
        return row["message"]
    told = ", ".join(
        f"{name}: {value}" for name, value in row.items() if name not in {"focus", "severity"}
    )
    return f"{gate.summary.rstrip('.')} ({told})" if told else gate.summary
