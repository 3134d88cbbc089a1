"""Proofs that nothing can be chosen, read back from a project's graph.

Keeps true: what is read says the same as what was lifted. Versions stand newest first, whatever order
the solver had them in, so the bits of a term may differ and what it says does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.diagnostics import RecordInvalid
from ggen_graph.core.solver import Failure
from ggen_graph.core.solver.wording import ascending
from ggen_graph.graph import queries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pyoxigraph import Store


class FailedResolution(NamedTuple):
    """A resolution that failed: its IRI, when it was, what was said, and whether there is a proof.

    There is none where releases require each other in a circle.
    """

    iri: str
    at: str
    message: str
    proven: bool


def failed_resolutions(store: Store) -> list[FailedResolution]:
    """The resolutions of a project that failed and are recorded, the last first."""
    return [
        FailedResolution(
            row["resolution"].value, row["at"].value, row["message"].value, row["proof"] is not None
        )
        for row in queries.rows(store, "resolution/last-failures")
    ]


def read_proof(store: Store, resolution: str) -> Failure:
    """The proof of a resolution.

    Raises:
        RecordInvalid: the graph does not have all of it: a step's cause, or a pack's versions.
    """
    asked = [resolution]
    packs: dict[str, list[str]] = {}
    for row in queries.rows(store, "resolution/fetch-considered", resolution=asked):
        versions = packs.setdefault(row["name"].value, [])
        if row["version"] is not None:
            versions.append(row["version"].value)
    packs = {name: ascending(versions)[::-1] for name, versions in packs.items()}
    terms = _terms(store, asked)
    wanted: dict[str, list[dict[str, str]]] = {}
    for row in queries.rows(store, "resolution/fetch-wants", resolution=asked):
        wanted.setdefault(row["step"].value, []).append(
            {"pack": row["name"].value, "range": row["range"].value}
        )
    steps = list(queries.rows(store, "resolution/fetch-steps", resolution=asked))
    index = {row["step"].value: at for at, row in enumerate(steps)}
    try:
        incompatibilities = [
            {
                "terms": list(terms.get(row["step"].value, {}).values()),
                "cause": _cause(row, wanted.get(row["step"].value, []), index),
            }
            for row in steps
        ]
        root = index[steps[0]["last"].value]
        return Failure.from_record(
            {"packs": packs, "incompatibilities": incompatibilities, "root": root}
        )
    except (KeyError, ValueError, IndexError) as error:
        raise RecordInvalid(
            "the graph does not have the whole proof", help="`ggen graph rebuild` makes it anew"
        ) from error


def _terms(store: Store, asked: list[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Step → pack → the term, as a record has it."""
    terms: dict[str, dict[str, dict[str, Any]]] = {}
    for row in queries.rows(store, "resolution/fetch-terms", resolution=asked):
        said = "is" if row["positive"].value in {"true", "1"} else "is_not"
        name = row["name"].value
        term = terms.setdefault(row["step"].value, {}).setdefault(name, {"pack": name, said: []})
        if row["version"] is not None:
            term[said].append(row["version"].value)
    return terms


def _cause(row: Any, wanted: list[dict[str, str]], index: Mapping[str, int]) -> dict[str, Any]:
    if row["first"] is not None:
        causes = [index[row["first"].value], index[row["second"].value]]
        return {"kind": "derived", "from": causes}
    of = "" if row["of"] is None else row["of"].value
    return {"kind": "required", "of": of, "wanted": wanted, "supply": row["supply"].value}
