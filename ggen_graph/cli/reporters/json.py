"""Findings as JSON values, for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ggen_graph.core.findings import Summary


def document(summary: Summary) -> dict[str, Any]:
    """Findings, how many there are in all of each severity, and how many are not listed."""
    return {
        "findings": [{**asdict(one), "rule_id": one.rule_id} for one in summary.shown],
        "counts": dict(summary.counts),
        "left_out": summary.left_out,
    }
