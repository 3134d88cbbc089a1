"""The facts of a resolution: rows of our queries as the values that `core.solver` works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal

from ggen_graph.core.ranges import parse_range
from ggen_graph.core.solver import Candidate, Facts, Requirement
from ggen_graph.graph import queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyoxigraph import NamedNode, Store


def solver_facts(
    store: Store, roots: Sequence[tuple[str, str]], locked: Mapping[str, str] | None = None
) -> Facts:
    """What the solver needs to know to satisfy `roots`, and nothing that is out of their reach.

    Args:
        store: an open generation of a catalog.
        roots: (pack name, range as written), in order.
        locked: pack name → version to prefer, even where it was yanked.

    Returns:
        Facts whose candidates stand best first: the locked release, then from the newest down.
    """
    locked = locked or {}
    names = [Literal(name) for name, _ in roots]
    found = [row["pack"] for row in queries.rows(store, "resolution/find-packs", name=names)]
    packs = [row["pack"] for row in queries.rows(store, "resolution/reach-packs", root=found)]
    versions, candidates = _candidates(store, packs, locked)
    requirements, index = _requirements(store, packs, versions)
    edges: dict[str, list[int]] = {}
    for row in queries.rows(store, "resolution/fetch-edges", pack=packs):
        edges.setdefault(row["release"].value, []).append(index[row["requirement"].value])
    wanted = _roots(store, roots, versions)
    needed = [requirement.pack for requirement in (*requirements, *wanted)]
    return Facts(
        packs={
            name: tuple(
                Candidate(version, tuple(sorted(edges.get(iri, ())))) for version, iri in ranked
            )
            for name, ranked in candidates.items()
        },
        requirements=(*requirements, *wanted),
        roots=tuple(range(len(requirements), len(requirements) + len(wanted))),
        unknown=frozenset(name for name in needed if name not in candidates),
    )


def _candidates(
    store: Store, packs: Sequence[NamedNode], locked: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """IRI → version, and pack name → (version, IRI) best first."""
    versions: dict[str, str] = {}
    candidates: dict[str, list[tuple[str, str]]] = {}
    for row in queries.rows(store, "resolution/fetch-releases", pack=packs):
        name, version, iri = row["name"].value, row["version"].value, row["release"].value
        versions[iri] = version
        ranked = candidates.setdefault(name, [])
        if locked.get(name) == version:
            ranked.insert(0, (version, iri))
        elif row["yanked"] is None:
            ranked.append((version, iri))
    return versions, candidates


def _requirements(
    store: Store, packs: Sequence[NamedNode], versions: Mapping[str, str]
) -> tuple[list[Requirement], dict[str, int]]:
    """The requirements in a fixed order, and IRI → place in it."""
    admitted: dict[str, set[str]] = {}
    for row in queries.rows(store, "resolution/fetch-admits", pack=packs):
        release = row["release"].value
        if release in versions:
            admitted.setdefault(row["requirement"].value, set()).add(versions[release])
    found = sorted(
        (row["name"].value, row["range"].value, row["requirement"].value)
        for row in queries.rows(store, "resolution/fetch-requirements", pack=packs)
    )
    index = {iri: place for place, (_, _, iri) in enumerate(found)}
    return [
        Requirement(name, text, frozenset(admitted.get(iri, ()))) for name, text, iri in found
    ], index


def _roots(
    store: Store, roots: Sequence[tuple[str, str]], versions: Mapping[str, str]
) -> list[Requirement]:
    """What a person asked for, as requirements; the catalog answers which releases are in range."""
    parsed = [(name, text, parse_range(text)) for name, text in roots]
    slots = [
        (Literal(name), Literal(interval.lo), Literal(interval.hi))
        for name, _, parsed_range in parsed
        for interval in parsed_range.intervals
    ]
    rows = [
        (row["name"].value, row["lo"].value, row["hi"].value, row["release"].value)
        for row in queries.rows(store, "resolution/admit-root", name_lo_hi=slots)
    ]
    return [
        Requirement(
            name,
            parsed_range.canonical,
            frozenset(
                versions[release]
                for found, lo, hi, release in rows
                if found == name and (lo, hi) in parsed_range.intervals
            ),
        )
        for name, _, parsed_range in parsed
    ]
