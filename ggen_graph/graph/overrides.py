"""What a user's own rules make of a catalog before it is solved: overrides, as facts.

A rule is a CONSTRUCT over the catalog. Of what it gives, two kinds of triples count; others are a
mistake and said so:

- `?what ggen:override "^2"`: the range that counts, of a pack or of one requirement, whatever it is
  now. The empty text takes back what an earlier rule, or `[resolution] overrides`, has said of it.
- `?release ggen:excluded "why"`: the release is not to be chosen. The empty text takes that back.

Rules are read in the order of their names, so a later one has the last word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from ggen_graph.core.diagnostics import GgenError, Location, QueryInvalid
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.sparql import form
from ggen_graph.graph import queries
from ggen_graph.graph.facts import Overrides
from ggen_graph.graph.iris import GGEN
from ggen_graph.graph.jobs import Job
from ggen_graph.graph.workers import Pool

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Store, Triple

    from ggen_graph.graph.store import Generation

OVERRIDE = f"{GGEN}override"
EXCLUDED = f"{GGEN}excluded"


def overrides_of(
    generation: Generation, declared: Mapping[str, str], rules: Iterable[tuple[str, str]]
) -> Overrides:
    """The overrides that a project declares, and those that its rules make.

    Args:
        generation: of a catalog.
        declared: the range that counts, by pack.
        rules: (file, text) of each rule, in order.

    Raises:
        QueryInvalid, QueryRefused: a rule is wrong, is no CONSTRUCT, or gives what is no override.
        QueryTimeout, QueryTooLarge: it takes more than a query may.
    """
    making = _Making(generation.store, declared)
    asked = list(rules)
    if not asked:
        return Overrides(making.packs, making.requirements, making.excluded)
    with Pool.on(generation) as pool:
        for file, text in asked:
            if form(text, file) not in {"CONSTRUCT", "UPDATE"}:  # an update is refused as one
                raise QueryInvalid(
                    "a rule must be a CONSTRUCT",
                    help="docs/how-to/resolve-a-conflict.md has one to start from",
                    where=Location(file),
                )
            for triple in sorted(pool.triples(Job(text, file=file)), key=str):
                making.take(triple, file)
    return Overrides(making.packs, making.requirements, making.excluded)


class _Making:
    def __init__(self, store: Store, declared: Mapping[str, str]) -> None:
        self.store = store
        self.packs = dict(declared)
        self.requirements: dict[str, str] = {}
        self.excluded: dict[str, str] = {}

    def take(self, triple: Triple, file: str) -> None:
        """Take one triple that a rule gave for true."""
        what, relation, value = triple.subject, triple.predicate.value, triple.object
        if not isinstance(what, NamedNode) or not isinstance(value, Literal):
            raise self.refusal(triple, "the one must be an IRI, the other a text", file)
        kind = self.kind(what)
        if relation == EXCLUDED and kind == "release":
            into, key = self.excluded, what.value
        elif relation == OVERRIDE and kind == "requirement":
            into, key = self.requirements, what.value
        elif relation == OVERRIDE and kind.startswith("pack "):
            into, key = self.packs, kind.removeprefix("pack ")
        else:
            raise self.refusal(
                triple,
                "ggen:override is for packs and requirements, ggen:excluded for releases of the catalog",
                file,
            )
        if not value.value:
            into.pop(key, None)
            return
        if relation == OVERRIDE:
            try:
                parse_range(value.value)
            except GgenError as error:
                raise self.refusal(triple, error.message, file) from error
        into[key] = value.value

    def kind(self, what: NamedNode) -> str:
        """What a node is in the catalog: "release", "requirement", "pack" and its name, or ""."""
        row = next(iter(queries.rows(self.store, "resolution/tell-kind", node=[what])), None)
        if row is None:
            return ""
        return " ".join(filter(None, (row["kind"].value, row["name"] and row["name"].value)))

    def refusal(self, triple: Triple, why: str, file: str) -> QueryInvalid:
        """The error for a triple that is no override."""
        return QueryInvalid(
            f"the rule gives {str(triple)[:300]}, which is no override: {why}",
            help='?packOrRequirement ggen:override "RANGE", or ?release ggen:excluded "why"',
            where=Location(file),
        )
