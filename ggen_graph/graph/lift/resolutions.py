"""A resolution as nodes: what it decided, how it settled what conflicted, and the proof if it failed.

A proof is a graph of its own: each incompatibility is a step with its terms, and its causes are other
steps, or what somebody requires. `graph.proofs` reads it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import RecordInvalid
from ggen_graph.core.solver import Fact, Failure
from ggen_graph.core.solver.term import candidates_in, everything
from ggen_graph.core.solver.wording import Wording
from ggen_graph.graph.iris import segment
from ggen_graph.graph.lift import node
from ggen_graph.graph.lift.record_fields import objects, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ggen_graph.core.solver import Term
    from ggen_graph.graph.lift import Node


def decision_nodes(resolution: str, record: Mapping[str, Any]) -> Iterator[Node]:
    """The decisions and settlements of a record.

    Raises:
        RecordInvalid: it does not have them as it should.
    """
    for number, one in objects(record, "decisions"):
        yield node(
            f"{resolution}#decision-{number}",
            "Decision",
            name=text(one, "pack"),
            version=text(one, "version"),
            sequenceNumber=number,
            ruledOut=texts(one, "ruled_out"),
        )
    for number, one in objects(record, "choices"):
        yield node(
            f"{resolution}#settlement-{number}",
            "Settlement",
            name=text(one, "pack"),
            version=texts(one, "versions"),
            sequenceNumber=number,
            settledBy=text(one, "kind"),
            reason=text(one, "reason"),
        )
    for number, one in objects(record, "overridden"):
        yield node(
            f"{resolution}#overridden-{number}",
            "Override",
            name=text(one, "pack"),
            range=text(one, "range"),
            ofPack=text(one, "of") or None,
        )


def parts(resolution: str, record: Mapping[str, Any]) -> dict[str, list[str]]:
    """The IRIs of what `decision_nodes` gives, by the property that a resolution has them by."""
    return {
        relation: [f"{resolution}#{kind}-{number}" for number, _ in objects(record, key)]
        for relation, kind, key in (
            ("hasDecision", "decision", "decisions"),
            ("hasSettlement", "settlement", "choices"),
            ("hasOverride", "overridden", "overridden"),
        )
    }


def failure_of(record: Mapping[str, Any]) -> Failure | None:
    """The proof in a record; None if it has none.

    Raises:
        RecordInvalid: it is not one.
    """
    if "derivation" not in record:
        return None
    try:
        return Failure.from_record(record["derivation"])
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise RecordInvalid(f'"derivation" is no proof: {type(error).__name__} {error}') from error


def proof_nodes(resolution: str, failure: Failure) -> Iterator[Node]:
    """The steps of a proof, and the packs that it is about."""
    words = Wording(failure)
    for name, versions in failure.packs.items():
        yield node(f"{resolution}#pack-{segment(name)}", "Considered", name=name, version=versions)
    for index, each in enumerate(failure.incompatibilities):
        step = step_iri(resolution, index)
        terms = [
            _term(f"{step}-term-{place}", place, term, failure)
            for place, term in enumerate(each.terms, 1)
        ]
        shaped = node(step, "Incompatibility", sequenceNumber=index + 1, hasTerm=terms)
        shaped["conclusion"] = words.conclusion(index)
        if isinstance(each.cause, Fact):
            shaped["conclusion"] = words.reasons([index], {})
            shaped.update(_fact(step, each.cause))
        else:
            shaped["firstCause"] = step_iri(resolution, each.cause.first)
            shaped["secondCause"] = step_iri(resolution, each.cause.second)
        yield shaped


def proof_parts(resolution: str, failure: Failure) -> dict[str, Any]:
    """The IRIs of what `proof_nodes` gives, by the property that a resolution has them by."""
    return {
        "considered": [f"{resolution}#pack-{segment(name)}" for name in failure.packs],
        "hasStep": [step_iri(resolution, index) for index in range(len(failure.incompatibilities))],
        "provenBy": step_iri(resolution, failure.root),
    }


def step_iri(resolution: str, index: int) -> str:
    """The IRI of a step, by its index in `Failure.incompatibilities`."""
    return f"{resolution}#step-{index + 1}"


def _term(iri: str, place: int, term: Term, failure: Failure) -> Node:
    versions = failure.packs[term.pack]
    mask = term.mask if term.positive else everything(len(versions)) ^ term.mask
    shaped = node(
        iri,
        "Term",
        name=term.pack,
        placeInOrder=place,
        version=[versions[index] for index in candidates_in(mask)],
    )
    return shaped | {"positive": term.positive}


def _fact(step: str, fact: Fact) -> Node:
    wanted = [
        node(f"{step}-wanted-{place}", name=one.pack, range=one.range, placeInOrder=place)
        for place, one in enumerate(fact.wanted, 1)
    ]
    return {"wants": wanted, "supply": fact.supply, **({"ofPack": fact.of} if fact.of else {})}
