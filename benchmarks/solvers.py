"""Solvers side by side, each in a process of its own: `python -m benchmarks.solvers NAME FILE`.

FILE is a pickled problem. All are told the same: which candidates there are, which comes first, and
which of them each requirement admits. Preparing that in a solver's own terms is not counted, solving
is; what comes out is checked by code that is no solver's. Printed is one line of JSON: what it cost,
the verdict, and how many lines the explanation has.
"""

from __future__ import annotations

import json
import pickle
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import cost_of
from ggen_graph.core.solver import Solution, explain, solve
from tests.core.solver.oracle import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ggen_graph.core.solver import Facts

    Releases = Mapping[str, str]
    Answer = tuple[
        Releases | None, int
    ]  # no releases where there is no solution; lines that say why


def ours(facts: Facts) -> Callable[[], Answer]:
    """ggen's."""

    def run() -> Answer:
        answer = solve(facts)
        if isinstance(answer, Solution):
            return answer.releases, 0
        return None, len(explain(answer).splitlines())

    return run


def libsolv(facts: Facts) -> Callable[[], Answer]:
    """openSUSE's, in C. A candidate's version is its place, so that the order is the one given."""
    import solv  # noqa: PLC0415 - the process of another solver needs it not

    pool = solv.Pool()
    pool.setarch("x86_64")
    repo = pool.add_repo("all")
    places = {
        (name, each.version): len(candidates) - place
        for name, candidates in facts.packs.items()
        for place, each in enumerate(candidates)
    }
    versions = {(name, place): version for (name, version), place in places.items()}

    def dep(name: str, at_least: int, at_most: int) -> Any:
        least = pool.Dep(name).Rel(solv.REL_GT | solv.REL_EQ, pool.Dep(str(at_least)))
        most = pool.Dep(name).Rel(solv.REL_LT | solv.REL_EQ, pool.Dep(str(at_most)))
        return least.Rel(solv.REL_WITH, most)

    def admitting(number: int) -> Any:
        wanted = facts.requirements[number]
        found = (
            places[wanted.pack, each] for each in wanted.admits if (wanted.pack, each) in places
        )
        any_of = None
        for first, last in _runs(sorted(found)):
            one = dep(wanted.pack, first, last)
            any_of = one if any_of is None else any_of.Rel(solv.REL_OR, one)
        return any_of or pool.Dep("nothing at all")

    deps = [admitting(number) for number in range(len(facts.requirements))]
    for name, candidates in facts.packs.items():
        for each in candidates:
            solvable = repo.add_solvable()
            solvable.name, solvable.evr, solvable.arch = (
                name,
                str(places[name, each.version]),
                "noarch",
            )
            itself = pool.Dep(name).Rel(solv.REL_EQ, pool.Dep(solvable.evr))
            solvable.add_deparray(solv.SOLVABLE_PROVIDES, itself)
            for number in each.requires:
                solvable.add_deparray(solv.SOLVABLE_REQUIRES, deps[number])
    pool.createwhatprovides()
    install = solv.Job.SOLVER_INSTALL | solv.Job.SOLVER_SOLVABLE_PROVIDES
    jobs = [pool.Job(install, deps[number].id) for number in facts.roots]

    def run() -> Answer:
        solver = pool.Solver()
        problems = solver.solve(jobs)
        if problems:
            return None, len(problems)
        chosen = solver.transaction().newsolvables()
        return {each.name: versions[each.name, int(each.evr)] for each in chosen}, 0

    return run


def resolvelib(facts: Facts) -> Callable[[], Answer]:
    """pip's, in Python."""
    import resolvelib as library  # noqa: PLC0415 - the process of another solver needs it not

    admits = [frozenset(each.admits) for each in facts.requirements]

    class Provider(library.AbstractProvider):  # type: ignore[type-arg, misc, unused-ignore]
        """A requirement is its number, a candidate is (pack, place)."""

        def identify(self, requirement_or_candidate: Any) -> str:
            if isinstance(requirement_or_candidate, int):
                return facts.requirements[requirement_or_candidate].pack
            return str(requirement_or_candidate[0])

        def get_preference(
            self,
            identifier: str,
            resolutions: Any,  # noqa: ARG002 - resolvelib passes it
            candidates: Any,  # noqa: ARG002 - resolvelib passes it
            information: Any,
            backtrack_causes: Any,
        ) -> tuple[bool, int]:
            # As pip does: first what the last conflict was about.
            causes = {each.parent[0] for each in backtrack_causes if each.parent}
            causes |= {self.identify(each.requirement) for each in backtrack_causes}
            return identifier not in causes, sum(1 for _ in information[identifier])

        def find_matches(
            self, identifier: str, requirements: Any, incompatibilities: Any
        ) -> list[tuple[str, int]]:
            wanted = [admits[number] for number in requirements[identifier]]
            wrong = set(incompatibilities[identifier])
            return [
                (identifier, place)
                for place, each in enumerate(facts.packs.get(identifier, ()))
                if all(each.version in one for one in wanted) and (identifier, place) not in wrong
            ]

        def is_satisfied_by(self, requirement: int, candidate: tuple[str, int]) -> bool:
            name, place = candidate
            return facts.packs[name][place].version in admits[requirement]

        def get_dependencies(self, candidate: tuple[str, int]) -> Iterable[int]:
            name, place = candidate
            return facts.packs[name][place].requires

    def run() -> Answer:
        resolver = library.Resolver(Provider(), library.BaseReporter())
        try:
            result = resolver.resolve(list(facts.roots), max_rounds=10**9)
        except library.ResolutionImpossible as impossible:
            return None, len(impossible.causes)
        return {
            name: facts.packs[name][place].version for name, (_, place) in result.mapping.items()
        }, 0

    return run


SOLVERS = {"ggen": ours, "libsolv": libsolv, "resolvelib": resolvelib}


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of numbers without a gap."""
    starts = [
        each for index, each in enumerate(places) if not index or places[index - 1] < each - 1
    ]
    ends = [
        each
        for index, each in enumerate(places)
        if index + 1 == len(places) or places[index + 1] > each + 1
    ]
    return zip(starts, ends, strict=True)


def main(name: str, file: str) -> None:
    """Solve once without counting, then once more."""
    facts = pickle.loads(Path(file).read_bytes())
    run = SOLVERS[name](facts)
    said: dict[str, Any] = defaultdict(str)
    releases, lines = run()
    if releases is not None and faults(facts, releases):
        sys.exit(f"{name} is wrong: {faults(facts, releases)[:3]}")
    cost = cost_of(run)
    said.update(wall=cost.wall, processor=cost.processor, solved=releases is not None, lines=lines)
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
