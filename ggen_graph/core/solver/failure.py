"""A failure: the proof that nothing can be chosen, as a value and as a record.

Keeps true: `Failure.from_record(failure.to_record()) == failure`; the record is JSON; each
incompatibility stands after its causes, so the proof is a directed graph without circles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from ggen_graph.core.solver.incompatibility import Derived, Fact, Incompatibility, Supply, Wanted
from ggen_graph.core.solver.term import Term, bit_of, candidates_in, everything

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Failure:
    """A proof that no choice of releases meets all requirements.

    Attributes:
        packs: the candidates' versions of each pack mentioned, best first: what the bits of a mask
            stand for.
        incompatibilities: the facts needed and what follows from them.
        root: the index of the one without terms: even if nothing is chosen, it is violated.
    """

    packs: Mapping[str, tuple[str, ...]]
    incompatibilities: tuple[Incompatibility, ...]
    root: int

    def to_record(self) -> dict[str, Any]:
        """The failure as JSON values.

        A term is `{"pack", "is": [version]}` if it says that the pack is there at one of these, and
        `{"pack", "is_not": [version]}` if it says that it is at none of these, or not there at all.
        """
        return {
            "packs": {name: list(versions) for name, versions in self.packs.items()},
            "incompatibilities": [
                {
                    "terms": [self._term_record(term) for term in each.terms],
                    "cause": _cause_record(each.cause),
                }
                for each in self.incompatibilities
            ],
            "root": self.root,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Failure:
        """The failure that `to_record` wrote.

        Raises:
            KeyError, TypeError, AttributeError: the record is not one, or names a pack that it does not
                list.
            ValueError: a term names a version that its pack does not have, a step follows from one that
                does not stand before it, or a requirement is on nothing.
        """
        packs = {name: tuple(versions) for name, versions in record["packs"].items()}
        incompatibilities = tuple(
            _incompatibility(packs, index, each)
            for index, each in enumerate(record["incompatibilities"])
        )
        if record["root"] not in range(len(incompatibilities)):
            raise ValueError(f"there is no step {record['root']!r} to end with")
        return cls(packs, incompatibilities, record["root"])

    def _term_record(self, term: Term) -> dict[str, Any]:
        versions = self.packs[term.pack]
        if term.positive:
            return {"pack": term.pack, "is": [versions[i] for i in candidates_in(term.mask)]}
        others = everything(len(versions)) ^ term.mask
        return {"pack": term.pack, "is_not": [versions[i] for i in candidates_in(others)]}


def _incompatibility(
    packs: Mapping[str, tuple[str, ...]], index: int, record: Mapping[str, Any]
) -> Incompatibility:
    terms = tuple(_term(packs, term) for term in record["terms"])
    cause = _cause(record["cause"])
    if isinstance(cause, Derived):
        if not all(each in range(index) for each in cause):
            raise ValueError(f"step {index} does not follow from steps before it")
    elif not cause.wanted or cause.supply not in get_args(Supply):
        raise ValueError(f"step {index} does not say what is required, or whether it can be had")
    return Incompatibility(terms, cause)


def _term(packs: Mapping[str, tuple[str, ...]], record: Mapping[str, Any]) -> Term:
    versions = packs[record["pack"]]
    positive = "is" in record
    mask = sum(bit_of(versions.index(each)) for each in record["is" if positive else "is_not"])
    return Term(record["pack"], mask if positive else everything(len(versions)) ^ mask)


def _cause_record(cause: Fact | Derived) -> dict[str, Any]:
    if isinstance(cause, Derived):
        return {"kind": "derived", "from": [cause.first, cause.second]}
    return {
        "kind": "required",
        "of": cause.of,
        "wanted": [{"pack": each.pack, "range": each.range} for each in cause.wanted],
        "supply": cause.supply,
    }


def _cause(record: Mapping[str, Any]) -> Fact | Derived:
    if record["kind"] == "derived":
        return Derived(*record["from"])
    wanted = tuple(Wanted(each["pack"], each["range"]) for each in record["wanted"])
    return Fact(record["of"], wanted, record["supply"])
