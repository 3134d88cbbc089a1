"""The facts of a resolution: rows of our queries as the values that `core.solver` works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import Literal

from ggen_graph import __version__
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.resolution import Preferences
from ggen_graph.core.solver import Candidate, Facts, Requirement
from ggen_graph.core.solver.nodes import feature_node
from ggen_graph.core.versions import channel_key
from ggen_graph.graph import queries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode, Store

    from ggen_graph.core.names import PackSpec


@dataclass(frozen=True, slots=True)
class Overrides:
    """What is to be taken for true, whatever releases say.

    Attributes:
        packs: the range that counts of a pack, by name.
        requirements: the range that counts of one requirement, by IRI.
        excluded: why a release must not be chosen, by IRI.
    """

    packs: Mapping[str, str] = field(default_factory=dict)
    requirements: Mapping[str, str] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)


class Problem(NamedTuple):
    """Facts, and what is known beside them.

    Attributes:
        facts: for the solver.
        passed_over: by pack, the versions that are no candidates, newest first, with the reason.
        offered: by pack, the features that some candidate of it has.
    """

    facts: Facts
    passed_over: Mapping[str, Mapping[str, str]]
    offered: Mapping[str, frozenset[str]]

    def offers(self, pack: str, feature: str) -> bool:
        """Whether some candidate of a pack has a feature."""
        return feature in self.offered.get(pack, ())

    def features(self, pack: str) -> list[str]:
        """The features that candidates of a pack have."""
        return sorted(self.offered.get(pack, ()))


def solver_facts(
    store: Store,
    roots: Sequence[PackSpec],
    locked: Collection[tuple[str, str]] = (),
    preferences: Preferences = Preferences(),
    overrides: Overrides = Overrides(),
) -> Problem:
    """What the solver needs to know to satisfy `roots`, and nothing that is out of their reach.

    Args:
        store: an open generation of a catalog.
        roots: what is asked for, in order.
        locked: (pack name, version) of releases to prefer, even where they were yanked.
        preferences: in which order candidates stand, and how new they may be.
        overrides: what counts instead of what releases say.

    Returns:
        Facts whose candidates stand best first: the locked releases, then by `preferences.order`.
    """
    return _Fetching(store, roots, locked, preferences, overrides).problem()


class _Fetching:
    def __init__(
        self,
        store: Store,
        roots: Sequence[PackSpec],
        locked: Collection[tuple[str, str]],
        preferences: Preferences,
        overrides: Overrides,
    ) -> None:
        self.store = store
        self.roots = roots
        self.locked = frozenset(locked)
        self.preferences = preferences
        self.overrides = overrides
        self.versions: dict[str, str] = {}  # release → version
        self.candidates: dict[str, list[tuple[str, str]]] = {}  # pack → (version, release)
        self.passed_over: dict[str, dict[str, str]] = {}
        self.requirements: list[Requirement] = []
        self.numbers: dict[Requirement, int] = {}
        self.index: dict[str, int] = {}  # requirement's IRI → its number
        self.needs: dict[str, list[int]] = {}  # release → numbers
        self.features: dict[str, dict[str, list[int]]] = {}  # release → feature → numbers

    def problem(self) -> Problem:
        """Ask the graph, from the packs to what their releases require."""
        names = [Literal(spec.name) for spec in self.roots]
        found = [row["pack"] for row in self.rows("find-packs", name=names)]
        packs = [row["pack"] for row in self.rows("reach-packs", root=found)]
        self.fetch_candidates(packs)
        holders = {
            row["requirement"].value: row["releases"].value.split()
            for row in self.rows("fetch-edges", pack=packs)
        }
        asked = list(self.rows("fetch-features", pack=packs))
        self.fetch_requirements({*holders, *(row["requirement"].value for row in asked)})
        for requirement, releases in holders.items():
            for release in releases:
                self.needs.setdefault(release, []).append(self.index[requirement])
        wanted = self.fetch_features(packs, asked)
        roots = tuple(self.fetch_roots())
        nodes = {
            name: tuple(
                Candidate(version, tuple(sorted(self.needs.get(release, ()))))
                for version, release in ranked
            )
            for name, ranked in self.candidates.items()
        }
        for name, features in wanted:
            if name in self.candidates:
                nodes[feature_node(name, features)] = tuple(self.offering(name, features))
        facts = Facts(
            nodes,
            tuple(self.requirements),
            roots,
            frozenset(each.pack for each in self.requirements if each.pack not in nodes),
        )
        offered = {
            name: frozenset(
                feature for _, release in ranked for feature in self.features.get(release, ())
            )
            for name, ranked in self.candidates.items()
        }
        return Problem(facts, self.passed_over, offered)

    def rows(self, query: str, **values: Iterable[Any]) -> Iterator[Any]:
        """The rows of a query of `queries/resolution`."""
        return queries.rows(self.store, f"resolution/{query}", **values)

    def fetch_candidates(self, packs: Sequence[NamedNode]) -> None:
        """The releases that may be chosen, best first, and why others may not."""
        rows = list(self.rows("fetch-releases", pack=packs))
        unfit = self.unfit(packs, (row["release"].value for row in rows))
        excluded = {**unfit, **self.overrides.excluded}
        for row in rows:
            name, version, release = row["name"].value, row["version"].value, row["release"].value
            self.versions[release] = version
            ranked = self.candidates.setdefault(name, [])
            reason = excluded.get(release)
            if reason is None and row["yanked"] is not None and (name, version) not in self.locked:
                reason = "was yanked, so it is not chosen anew"
            if reason is None:
                ranked.append((version, release))
            else:
                self.passed_over.setdefault(name, {})[version] = reason
        asked = {spec.name for spec in self.roots}
        for name, some in self.passed_over.items():
            newest = sorted(some, key=lambda each: (channel_key(each), each), reverse=True)
            self.passed_over[name] = {version: some[version] for version in newest}
        for name, ranked in self.candidates.items():
            ranked.sort(key=lambda one: (channel_key(one[0]), one[0]), reverse=True)
            lowest = self.preferences.order == "lowest" or (
                self.preferences.order == "lowest-direct" and name in asked
            )
            if lowest:
                ranked.reverse()
                ranked.sort(key=lambda one: "-" in one[0].partition("+")[0])
            if self.locked:
                ranked[:] = [
                    *(one for one in ranked if (name, one[0]) in self.locked),
                    *(one for one in ranked if (name, one[0]) not in self.locked),
                ]

    def unfit(self, packs: Sequence[NamedNode], releases: Iterable[str]) -> dict[str, str]:
        """Why releases of packs can't be chosen, by IRI: made for another ggen, or too new."""
        found = {}
        for row in self.rows("fetch-compatibility", pack=packs):
            if not parse_range(row["range"].value).admits(__version__):
                found[row["release"].value] = (
                    f"is made for ggen {row['range'].value}, and this is {__version__}"
                )
        limit = self.preferences.exclude_newer
        if limit:
            last = limit if "T" in limit else f"{limit}T23:59:59Z"
            dates = {
                row["release"].value: row["published"].value
                for row in self.rows("fetch-dates", pack=packs)
            }
            for release in releases:
                date = dates.get(release)
                if date is None:
                    found[release] = f"has no date, and nothing newer than {limit} is wanted"
                elif (date if "T" in date else f"{date}T23:59:59Z") > last:
                    found[release] = f"was published on {date}, after {limit}"
        return found

    def fetch_requirements(self, requirements: Collection[str]) -> None:
        """The requirements with these IRIs in a fixed order."""
        versions = self.versions
        admitted = {
            row["requirement"].value: frozenset(
                versions[release]
                for release in row["releases"].value.split()
                if release in versions
            )
            for row in self.rows("fetch-admits", requirement=requirements)
        }
        found = sorted(
            (row["name"].value, row["range"].value, row["requirement"].value)
            for row in self.rows("fetch-requirements", requirement=requirements)
        )
        instead = self.instead((name, text, iri) for name, text, iri in found)
        for name, text, iri in found:
            wanted = Requirement(name, text, admitted.get(iri, frozenset()))
            self.index[iri] = self.number(instead.get(iri, wanted))

    def instead(self, found: Iterable[tuple[str, str, str]]) -> dict[str, Requirement]:
        """What requirements are overridden by, by IRI."""
        ranges = {}
        for name, _, iri in found:
            text = self.overrides.requirements.get(iri) or self.overrides.packs.get(name)
            if text is not None:
                ranges[iri] = (name, text)
        if not ranges:
            return {}
        admitted = self.admitted(ranges.values())
        return {iri: Requirement(*one, admitted[one]) for iri, one in ranges.items()}

    def fetch_features(
        self, packs: Sequence[NamedNode], asked: Iterable[Any]
    ) -> list[tuple[str, tuple[str, ...]]]:
        """What features require; which features of which packs somebody wants together."""
        for row in self.rows("list-features", pack=packs):
            self.features.setdefault(row["release"].value, {})[row["feature"].value] = []
        wants: dict[tuple[str, str], set[str]] = {}  # release, requirement → features
        turned_on: dict[tuple[str, str], set[str]] = {}  # release, requirement → by features
        for row in asked:
            asks = row["release"].value, row["requirement"].value
            if row["wants"] is not None:
                wants.setdefault(asks, set()).add(row["wants"].value)
            if row["feature"] is not None:
                turned_on.setdefault(asks, set()).add(row["feature"].value)
        wanted = {(spec.name, tuple(sorted(spec.features))) for spec in self.roots if spec.features}
        for release, requirement in sorted(wants.keys() | turned_on.keys()):
            plain = number = self.index[requirement]
            features = tuple(sorted(wants.get((release, requirement), ())))
            if features:
                one = self.requirements[plain]
                wanted.add((one.pack, features))
                node = feature_node(one.pack, features)
                number = self.number(Requirement(node, one.range, one.admits))
            for feature in turned_on.get((release, requirement), ()):
                self.features[release][feature].append(number)
            needs = self.needs.get(release, [])
            self.needs[release] = [number if each == plain else each for each in needs]
        return sorted(wanted)

    def offering(self, name: str, features: Sequence[str]) -> Iterator[Candidate]:
        """The releases of a pack that have all of some features, each with what these require."""
        for version, release in self.candidates[name]:
            offered = self.features.get(release, {})
            if all(feature in offered for feature in features):
                itself = self.number(Requirement(name, version, frozenset((version,))))
                needs = {number for feature in features for number in offered[feature]}
                yield Candidate(version, (itself, *sorted(needs)))

    def fetch_roots(self) -> Iterator[int]:
        """What a person asked for, as requirements; the catalog answers which releases are in range."""
        ranges = [
            (spec.name, self.overrides.packs.get(spec.name, spec.range)) for spec in self.roots
        ]
        admitted = self.admitted(ranges)
        for spec, one in zip(self.roots, ranges, strict=True):
            canonical = parse_range(one[1]).canonical
            node = feature_node(spec.name, spec.features) if spec.features else spec.name
            yield self.number(Requirement(node, canonical, admitted[one]))

    def admitted(
        self, ranges: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], frozenset[str]]:
        """The versions in ranges of packs that no release may have asked for yet."""
        intervals = {one: parse_range(one[1]).intervals for one in ranges}
        slots = [
            (Literal(name), Literal(interval.lo), Literal(interval.hi))
            for (name, _), found in intervals.items()
            for interval in found
        ]
        inside: dict[tuple[str, str, str], list[str]] = {}  # pack, interval → versions
        for row in self.rows("admit-root", name_lo_hi=slots):
            interval = row["name"].value, row["lo"].value, row["hi"].value
            inside.setdefault(interval, []).append(self.versions[row["release"].value])
        return {
            one: frozenset(
                version
                for interval in found
                for version in inside.get((one[0], interval.lo, interval.hi), ())
            )
            for one, found in intervals.items()
        }

    def number(self, wanted: Requirement) -> int:
        """The number of a requirement; equal ones share it."""
        number = self.numbers.get(wanted)
        if number is None:
            number = self.numbers[wanted] = len(self.requirements)
            self.requirements.append(wanted)
        return number
