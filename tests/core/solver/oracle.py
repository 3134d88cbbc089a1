"""Whether an answer is right: a choice by looking at it, a verdict and a proof by a SAT solver.

Shares no code with the solver. A proof is read as its record, so that what is checked is what is
written down. Each state of a pack is a variable: absent, or there at one of its candidates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pysat.solvers import Minisat22

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ggen_graph.core.solver import Facts

    Record = Mapping[str, Any]


def faults(facts: Facts, releases: Mapping[str, str]) -> list[str]:
    """What is wrong with a choice of releases; found without any of the solver's code."""
    wanted = list(facts.roots)
    found = []
    for pack, version in releases.items():
        chosen = [each for each in facts.packs[pack] if each.version == version]
        found += [f"{pack} {version} does not exist"] * (not chosen)
        wanted += [number for each in chosen for number in each.requires]
    requirements = [facts.requirements[number] for number in wanted]
    found += [
        f"{each.pack} {each.range} is not met"
        for each in requirements
        if releases.get(each.pack) not in each.admits
    ]
    needed = {each.pack for each in requirements}
    return found + [f"{pack} is not needed" for pack in releases if pack not in needed]


def is_solvable(facts: Facts) -> bool:
    """Whether some choice of at most one candidate of each pack meets all that is required."""
    numbers: dict[tuple[str, str], int] = {}
    for pack, candidates in facts.packs.items():
        for candidate in candidates:
            numbers[pack, candidate.version] = len(numbers) + 1

    def met_by(number: int) -> list[int]:
        wanted = facts.requirements[number]
        return [
            numbers[wanted.pack, each] for each in wanted.admits if (wanted.pack, each) in numbers
        ]

    with Minisat22() as solver:
        for pack, candidates in facts.packs.items():
            same = [numbers[pack, candidate.version] for candidate in candidates]
            solver.append_formula(list(_at_most_one(same)))
            for candidate in candidates:
                chosen = numbers[pack, candidate.version]
                for each in candidate.requires:
                    solver.add_clause([-chosen, *met_by(each)])
        for each in facts.roots:
            solver.add_clause(met_by(each))
        return bool(solver.solve())


def faults_in_proof(facts: Facts, record: Record) -> list[str]:
    """What is wrong with a proof that `facts` have no solution; nothing if it proves that.

    Each premise must be true of the facts, each other step must follow from the two it names, the
    last one must be that nothing is possible, and nothing may stand there that it does not rest on.
    """
    steps, found = record["incompatibilities"], []
    used = {record["root"]}
    for index in range(len(steps) - 1, -1, -1):
        cause = steps[index]["cause"]
        if index not in used:
            found.append(f"step {index} is of no use")
        if cause["kind"] == "required":
            found += [f"step {index}: {fault}" for fault in _faults_in_premise(facts, steps[index])]
            continue
        used.update(cause["from"])
        if max(cause["from"]) >= index:
            found.append(f"step {index} rests on what comes later")
        if _follows_not(record, steps[index]["terms"], [steps[each] for each in cause["from"]]):
            found.append(f"step {index} does not follow")
    if steps[record["root"]]["terms"]:
        found.append("the last step is not that nothing is possible")
    return found


def premises(record: Record) -> list[int]:
    """The steps of a proof that state a fact."""
    steps = record["incompatibilities"]
    return [index for index, step in enumerate(steps) if step["cause"]["kind"] == "required"]


def are_at_odds(record: Record, chosen: Iterable[int]) -> bool:
    """Whether these steps of a proof exclude each other, whatever else there is in the registry."""
    steps = record["incompatibilities"]
    return not _follows_not(record, (), [steps[index] for index in chosen])


def _follows_not(record: Record, terms: Sequence[Record], known: Sequence[Record]) -> bool:
    """Whether all of `terms` can be true although no step of `known` is violated."""
    numbers: dict[tuple[str, str | None], int] = {}
    mentioned = {term["pack"] for step in (*known, {"terms": terms}) for term in step["terms"]}
    with Minisat22() as solver:
        for pack in sorted(mentioned):
            every: tuple[str | None, ...] = (None, *record["packs"][pack])
            for state in every:
                numbers[pack, state] = len(numbers) + 1
            same = [numbers[pack, state] for state in every]
            solver.add_clause(same)
            solver.append_formula(list(_at_most_one(same)))
        for step in known:
            clause: list[int] = []
            for term in step["terms"]:
                pack = term["pack"]
                states = _states(record, term)
                clause += [
                    numbers[pack, state]
                    for state in (None, *record["packs"][pack])
                    if state not in states
                ]
            solver.add_clause(clause)
        for term in terms:
            solver.add_clause([numbers[term["pack"], state] for state in _states(record, term)])
        return bool(solver.solve())


def _states(record: Record, term: Record) -> set[str | None]:
    """The states that a term is about; None is absent."""
    if "is" in term:
        return set(term["is"])
    return {None, *record["packs"][term["pack"]]} - set(term["is_not"])


def _faults_in_premise(facts: Facts, step: Record) -> Iterator[str]:
    """What a step says of the facts that is not so."""
    cause, terms = step["cause"], {term["pack"]: term for term in step["terms"]}
    [target] = {wanted["pack"] for wanted in cause["wanted"]}
    ranges = {wanted["range"] for wanted in cause["wanted"]}
    candidates = [candidate.version for candidate in facts.packs.get(target, ())]
    if cause["of"]:
        holders = terms[cause["of"]]["is"]
        lists = {each.version: each.requires for each in facts.packs[cause["of"]]}
        requiring = [(version, lists[version]) for version in holders]
    else:
        requiring = [(None, facts.roots)]
    for version, numbers in requiring:
        required = [facts.requirements[number] for number in numbers]
        stated = [each for each in required if each.pack == target and each.range in ranges]
        if not stated:
            yield f"{cause['of']} {version} does not require {target} {sorted(ranges)}"
        for each in stated:
            met = {one for one in candidates if one in each.admits}
            if target == cause["of"]:
                wrong = version in met
            elif target in terms:
                wrong = set(terms[target].get("is_not", ())) != met or "is" in terms[target]
            else:
                wrong = bool(met)
            if wrong:
                yield f"{target} {each.range} is met by others than it says"
            if cause["supply"] != _supply(facts, target, candidates, met):
                yield f"the supply of {target} {each.range} is not {cause['supply']}"


def _supply(facts: Facts, pack: str, candidates: Sequence[str], met: set[str]) -> str:
    if met:
        return "some"
    if candidates:
        return "out-of-range"
    return "unknown" if pack in facts.unknown or pack not in facts.packs else "no-releases"


def _at_most_one(variables: Sequence[int]) -> Iterator[list[int]]:
    for index, one in enumerate(variables):
        for other in variables[index + 1 :]:
            yield [-one, -other]
