"""Our own queries: found by name under `queries/`, bound to values, run, read as rows.

A query file runs as it is in any SPARQL tool. Where it takes a parameter it has a slot, a VALUES
block whose data is UNDEF only (`VALUES ?pack { UNDEF }`); binding replaces that data by terms which
Oxigraph itself serialises, so a value can never become syntax. `substitutions=` is not used: it
does not reach sub-selects and remote engines don't have it (design: "Writing SPARQL that runs fast").

Foreign queries do not come through here: see `graph.foreign`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, cast

from pyoxigraph import Literal, NamedNode, RdfFormat

from ggen_graph import resources
from ggen_graph.core.diagnostics import QueryInvalid
from ggen_graph.core.sparql import header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import QueryBoolean, QuerySolution, QuerySolutions, QueryTriples, Store

    Term = NamedNode | Literal

# What looks like a slot within a string, an IRI or a comment is none, so those are read over.
_READ_OVER = (
    r'|<[^<>"{}|^`\\\s]*>|#[^\r\n]*'
    r"|'''(?:[^\\]|\\.)*?'''"
    r"|'(?:[^'\\\r\n]|\\.)*'"
    r'|"""(?:[^\\]|\\.)*?"""'
    r'|"(?:[^"\\\r\n]|\\.)*"'
)

# One variable: VALUES ?x { UNDEF }; several: VALUES (?x ?y) { (UNDEF UNDEF) }.
_SLOT = re.compile(
    r"VALUES\s*(?:\?(?P<one>\w+)\s*\{\s*UNDEF\s*\}"
    r"|\((?P<many>(?:\s*\?\w+)+)\s*\)\s*\{\s*\((?:\s*UNDEF)+\s*\)\s*\})" + _READ_OVER,
    re.DOTALL,
)

# A sub-select of nothing.
_NOTHING = re.compile(
    r"(?P<nothing>\{\s*SELECT DISTINCT(?:\s*\?\w+)+\s*WHERE\s*\{\s*\}\s*\})" + _READ_OVER, re.DOTALL
)

FEW = 500
"""Triples; below it a transaction takes less time than `bulk_load`, and makes fewer files."""


@cache
def text(name: str) -> str:
    """The text of one of our queries, e.g. `text("catalog/list-packs")`; `.ru` for updates."""
    for suffix in (".rq", ".ru"):
        path = resources.path("queries", name + suffix)
        if path.exists():
            return path.read_text("utf-8")
    raise LookupError(f"no query {name}")


def slots(query: str) -> tuple[str, ...]:
    """The names of a query's parameters; a slot of several variables is named `x y`."""
    return tuple(name for match in _SLOT.finditer(query) if (name := _slot_name(match)))


def bind(query: str, values: Mapping[str, Iterable[Term | Sequence[Term]]]) -> str:
    """`query` with the data of each named slot replaced.

    Args:
        query: SPARQL with slots.
        values: slot name → terms, or → rows of terms for a slot of several variables. A slot that
            is not named keeps UNDEF, which means "any".

    Raises:
        QueryInvalid: `values` names a slot that the query does not have.
    """
    given = {name: list(data) for name, data in values.items()}  # a slot may stand twice
    unknown = set(given) - set(slots(query))
    if unknown:
        raise QueryInvalid(f"the query has no parameter {sorted(unknown)}")

    def fill(match: re.Match[str]) -> str:
        name = _slot_name(match)
        if name not in given:
            return match.group(0)
        if match.group("one"):
            data = " ".join(str(term) for term in cast("Iterable[Term]", given[name]))
            return f"VALUES ?{name} {{ {data} }}"
        rows = cast("Iterable[Sequence[Term]]", given[name])
        data = " ".join("(" + " ".join(str(term) for term in row) + ")" for row in rows)
        return f"VALUES ({match.group('many').strip()}) {{ {data} }}"

    return _SLOT.sub(fill, query)


def without_slots(query: str) -> str:
    """`query` without the slots that nothing was bound to, nor the sub-selects that hold nothing else.

    They say nothing, and Virtuoso finds nothing because of them.
    """
    left = _SLOT.sub(lambda match: "" if _slot_name(match) else match.group(0), query)
    return _NOTHING.sub(lambda match: "" if match.group("nothing") else match.group(0), left)


def rows(
    store: Store, query_name: str, /, **values: Iterable[str | Term | Sequence[str | Term]]
) -> Iterator[QuerySolution]:
    """The solutions of our query `query_name` over the union of the store's graphs.

    A value given as a plain string is an IRI: literals are passed as `Literal`. The slot of several
    variables is named with underscores: `asker_holder` for `VALUES (?asker ?holder)`.
    """
    return cast("QuerySolutions", run(store, _bound(query_name, values)))


def run(store: Store, bound: str) -> QuerySolutions | QueryBoolean | QueryTriples:
    """What a query of ours, bound to its values, finds in the union of the store's graphs."""
    return store.query(bound, use_default_graph_as_union=True)


def update(
    store: Store, query_name: str, /, **values: Iterable[str | Term | Sequence[str | Term]]
) -> None:
    """Run our update `query_name` on a draft."""
    store.update(_bound(query_name, values))


def derive(
    store: Store, query_name: str, /, **values: Iterable[str | Term | Sequence[str | Term]]
) -> None:
    """Run our rule `query_name` on a draft: a CONSTRUCT whose header names the graph it adds to.

    An update would add the same one by one; what a CONSTRUCT gives is there at once, and where it is
    much it is loaded in bulk: that takes two thirds of the time.

    Raises:
        LookupError: it is no rule.
    """
    graph = _target(query_name)
    found = cast("QueryTriples", store.query(_bound(query_name, values)))
    triples = cast("bytes", found.serialize(format=RdfFormat.N_TRIPLES))
    fill = store.load if triples.count(b"\n") < FEW else store.bulk_load
    fill(triples, format=RdfFormat.N_TRIPLES, to_graph=graph)


@cache
def _target(query_name: str) -> NamedNode:
    """The graph that a rule adds to."""
    graph = header(text(query_name), query_name).get("graph")
    if graph is None:
        raise LookupError(f"{query_name} names no graph to add to: it is no rule")
    return NamedNode(graph)


def _bound(
    query_name: str, values: Mapping[str, Iterable[str | Term | Sequence[str | Term]]]
) -> str:
    template = text(query_name)
    names = _slot_names(template)
    return bind(
        template,
        {names.get(name, name): [_terms(value) for value in data] for name, data in values.items()},
    )


def _slot_names(template: str) -> dict[str, str]:
    """A slot's name as a keyword argument → as `slots` gives it."""
    return {slot.replace(" ", "_"): slot for slot in slots(template)}


def _slot_name(match: re.Match[str]) -> str:
    """The name of a slot; "" for what is read over."""
    many: str = match.group("many") or ""
    return match.group("one") or " ".join(part.lstrip("?") for part in many.split())


def _terms(value: str | Term | Sequence[str | Term]) -> Term | tuple[Term, ...]:
    if isinstance(value, str):
        return NamedNode(value)
    if isinstance(value, NamedNode | Literal):
        return value
    return tuple(NamedNode(part) if isinstance(part, str) else part for part in value)
