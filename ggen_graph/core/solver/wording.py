"""How a term and an incompatibility are put into words.

A set of releases is named by the range that a requirement gave for it, if one did; else by the runs
it makes among the releases that exist: `1.2.0`, `<1.4.0`, `>=1.2.0 <2.0.0`, joined by ` || `.

A node for one major of a pack (see `nodes`) is told as the pack, where no range is named as `web 2.x`;
one that chooses a major as the requirement it stands for, and its candidates as `web >=1 <3 as 1.x`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import VersionInvalid
from ggen_graph.core.solver.incompatibility import Fact
from ggen_graph.core.solver.nodes import features_of, is_choice, major_of, pack_of, plain
from ggen_graph.core.solver.term import ABSENT, Term, candidates_in, everything
from ggen_graph.core.versions import version_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ggen_graph.core.solver.failure import Failure

IMPOSSIBLE = "the requirements of the project cannot all be met"


class Wording:
    """The words for one failure."""

    def __init__(self, failure: Failure) -> None:
        self._failure = failure
        self._ranges: dict[Term, str] = {}  # per positive term: as a requirement wrote it
        self._ascending: dict[str, list[str]] = {}  # per pack: its versions
        for each in failure.incompatibilities:
            cause = each.cause
            # A choice of a major admits what is in its range of that major: no range says that.
            if isinstance(cause, Fact) and cause.supply == "some" and not is_choice(cause.of):
                for term in each.terms:
                    if not term.positive:
                        self._ranges.setdefault(self._negated(term), cause.wanted[0].range)

    def reasons(self, indexes: Sequence[int], numbers: Mapping[int, int]) -> str:
        """What incompatibilities say, joined by "and"; `numbers` are of the lines that say it.

        Facts about the same releases share their subject.
        """
        told: dict[str, list[str]] = {}
        for index in indexes:
            cause = self._failure.incompatibilities[index].cause
            if isinstance(cause, Fact):
                told.setdefault(self._who(cause, index), []).append(self._what(cause))
            else:
                number = f" ({numbers[index]})" if index in numbers else ""
                told[self.conclusion(index) + number] = []
        return " and ".join(
            f"{who} requires {' and '.join(what)}" if what else who for who, what in told.items()
        )

    def conclusion(self, index: int) -> str:
        """What an incompatibility comes to."""
        terms = self._failure.incompatibilities[index].terms
        present = [term for term in terms if term.positive]
        wanted = " or ".join(self._named(self._negated(t)) for t in terms if not t.positive)
        if len(present) > 1:
            several = " and ".join(map(self._named, present))
            together = f" together require {wanted}" if wanted else " cannot be chosen together"
            return several + together
        if wanted:
            return (
                f"{self._all_named(present[0])} requires {wanted}"
                if present
                else f"{wanted} is required"
            )
        if not present:
            return IMPOSSIBLE
        if self._is_all(present[0]):
            return f"no release of {_told(present[0].pack)} can be chosen"
        return f"{self._named(present[0])} cannot be chosen"

    def _who(self, fact: Fact, index: int) -> str:
        if not fact.of:
            return "the project"
        terms = self._failure.incompatibilities[index].terms
        term = next((term for term in terms if term.pack == fact.of), None)
        return self._all_named(term) if term else fact.of  # which `proof.faults_in` finds wrong

    def _what(self, fact: Fact) -> str:
        pack, text = fact.wanted[0].pack, fact.wanted[0].range
        if pack == fact.of:
            return f"another release of itself ({text})"
        if is_choice(fact.of):
            return f"one of {_told(pack)} in that range"
        name = _told(pack)
        others = len({one.range for one in fact.wanted}) - 1
        also = f", or another range with the same releases ({others} more)" if others else ""
        if others and fact.supply == "out-of-range":
            also = f", or one of {others} other ranges"
        features = " and ".join(features_of(pack))
        return (
            _ranged(pack, text)
            + also
            + {
                "some": "",
                "unknown": f" (no registry has {name})",
                "no-releases": f" (no release of {pack_of(pack)} has {features})"
                if features
                else f" ({name} has no release to choose from)",
                "out-of-range": f" (no release in that range has {features})"
                if features
                else f" (no release of {name} is in {'any of them' if others else 'that range'})",
            }[fact.supply]
        )

    def _all_named(self, term: Term) -> str:
        whole = self._is_all(term) and not is_choice(term.pack)
        return f"every release of {_told(term.pack)}" if whole else self._named(term)

    def _named(self, term: Term) -> str:
        """The releases in a positive term: `web ^1`; just `web` if they are all there are."""
        written = self._ranges.get(term)
        if written is None:
            written = "*" if self._is_all(term) else self._runs(term)
        if is_choice(term.pack) and written != "*":
            return f"{_told(term.pack)} as {self._majors(term)}"
        return _ranged(term.pack, written)

    def _majors(self, term: Term) -> str:
        """The majors that a node which chooses one is at."""
        versions = self._failure.packs[term.pack]
        return " or ".join(versions[place] for place in candidates_in(term.mask))

    def _is_all(self, term: Term) -> bool:
        return self._negated(term).mask == ABSENT

    def _negated(self, term: Term) -> Term:
        return Term(term.pack, everything(len(self._failure.packs[term.pack])) ^ term.mask)

    def _runs(self, term: Term) -> str:
        """The range that admits, of the releases that exist, just those in a positive term."""
        versions = self._versions(term.pack)
        chosen = {self._failure.packs[term.pack][each] for each in candidates_in(term.mask)}
        runs = []
        start = 0
        for end in range(1, len(versions) + 1):
            if end < len(versions) and (versions[end] in chosen) == (versions[start] in chosen):
                continue
            if versions[start] in chosen:
                runs.append(_run(versions, start, end))
            start = end
        return " || ".join(runs)

    def _versions(self, pack: str) -> list[str]:
        """The versions of a pack, ascending."""
        known = self._ascending.get(pack)
        if known is None:
            known = self._ascending[pack] = ascending(self._failure.packs[pack])
        return known


def ascending(versions: Sequence[str]) -> list[str]:
    """Versions, or choices of a major such as `2.x`, from lowest to highest; else by preference."""
    try:
        return sorted(versions, key=lambda each: version_key(re.sub(r"\.x$", ".0.0", each)))
    except VersionInvalid:
        return list(reversed(versions))


def _ranged(node: str, text: str) -> str:
    if text in {"", "*", "latest"} or is_choice(node):
        return _told(node)
    return f"{plain(node)} {text}"


def _told(node: str) -> str:
    """A node without a range: a pack as it is, one of its majors as `web 2.x`, a choice as its range."""
    if is_choice(node):
        text = node.partition(" ")[2]
        return plain(node) if text == "*" else f"{plain(node)} {text}"
    return f"{plain(node)} {major_of(node)}.x" if major_of(node) else node


def _run(versions: list[str], start: int, end: int) -> str:
    if end - start == 1:
        return versions[start]
    ends = []
    if start > 0:
        ends.append(f">={versions[start]}")
    if end < len(versions):
        ends.append(f"<{versions[end]}")
    return " ".join(ends)
