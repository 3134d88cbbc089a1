"""A person's RDF files as the quads of one graph, without blank nodes.

A blank node becomes `<graph>#bn-<label>`. The label is made from what the file says of the node and of
the blank nodes that statements join it with (`canonical`): the same at every parse and on every
machine, whatever the order of the file and whatever the labels in it. It changes when something of
that changes, and with nothing else.

Does not do: telling apart blank nodes that are tangled so that it would take too long. A file with
such nodes is left out, whole, and named.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from ggen_graph.core.diagnostics import GgenError, Location, RdfInvalid
from ggen_graph.graph import iris
from ggen_graph.graph.lift.canonical import Statement, TooAlike, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
    ".n3": RdfFormat.N3,
}

SUFFIXES = tuple(_FORMATS)

# Oxigraph's messages begin with the place, which the error has as line and column.
_PLACE = re.compile(r"Parser error at line \d+ (?:between columns \d+ and \d+|column \d+): ")


class Model(NamedTuple):
    """The quads of a model, and the files that could not be read, each with its error."""

    quads: list[Quad]
    problems: tuple[GgenError, ...]


def read_model(graph: str, files: Iterable[tuple[str, Path]], base: str | None) -> Model:
    """Parse `files` into one graph.

    A file that does not parse, or whose blank nodes can't be named, is left out, whole, and named;
    the others are read.

    Args:
        graph: the named graph's IRI.
        files: the name by which a person knows each file, and where it is.
        base: resolves relative IRIs; None if there are to be none.
    """
    problems: list[GgenError] = []
    quads: dict[Quad, None] = {}
    copies: Counter[str] = Counter()
    target = NamedNode(graph)
    for name, path in files:
        try:
            triples = parse_file(name, path, base)
            labels = _labels(name, triples, copies)
        except GgenError as error:
            problems.append(error)
            continue
        nodes = {blank: NamedNode(iris.blank(graph, label)) for blank, label in labels.items()}
        quads.update((_named(triple, nodes, target), None) for triple in triples)
    return Model(list(quads), tuple(problems))


def _labels(file: str, triples: Iterable[Quad], copies: Counter[str]) -> dict[BlankNode, str]:
    """The label of each blank node of a file.

    `copies` counts groups of nodes of which the same is said, over all files: the second is told
    from the first by a number. Which is the second does not matter.
    """
    numbers: dict[BlankNode, int] = {}
    statements: dict[Statement, None] = {}
    for triple in triples:
        blanks = list(_blanks(triple))
        if blanks:
            nodes = tuple(numbers.setdefault(blank, len(numbers)) for blank in blanks)
            statements[Statement(_marked(triple.triple), nodes)] = None
    found: dict[int, str] = {}
    try:
        for component in names(list(statements)):
            kind = min(component.values())
            copies[kind] += 1
            suffix = f"-{copies[kind]}" if copies[kind] > 1 else ""
            found.update((node, f"{name}{suffix}") for node, name in component.items())
    except TooAlike as error:
        raise RdfInvalid(
            "its blank nodes can't be told apart in reasonable time",
            help="give them IRIs, or leave the file out of [graph] files",
            where=Location(file),
        ) from error
    return {blank: found[number] for blank, number in numbers.items()}


def _marked(term: Any) -> str:
    """A term as text, with `_:` for blank nodes."""
    if isinstance(term, Triple):
        return f"<<{_marked(term.subject)} {term.predicate} {_marked(term.object)}>>"
    return "_:" if isinstance(term, BlankNode) else str(term)


def parse_file(name: str, path: Path, base: str | None) -> list[Quad]:
    """The triples of one file, in the default graph.

    Raises:
        RdfInvalid: with the line and column of the first fault.
    """
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise RdfInvalid(
            f"{name} is of no RDF format that is known here",
            help=f"use one of: {', '.join(SUFFIXES)}",
            where=Location(name),
        )
    try:
        # Blank nodes are renamed so that those of two files never meet.
        quads = parse(
            path=str(path), format=_FORMATS[suffix], base_iri=base, rename_blank_nodes=True
        )
        return [Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads]
    except SyntaxError as error:
        help_text = ""
        if base is None and "No scheme found" in str(error):
            help_text = "a relative IRI needs a base: set `base` under [graph] in ggen.toml, or give --model-base"
        raise RdfInvalid(
            f"not {_FORMATS[suffix].name}: {_PLACE.sub('', error.msg or '')}",
            help=help_text or "correct the file, or leave it out of [graph] files",
            where=Location(name, error.lineno or 0, error.offset or 0),
        ) from error
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise RdfInvalid(f"can't be read: {error}", where=Location(name)) from error


def _blanks(terms: Iterable[Any]) -> Iterator[BlankNode]:
    """The blank nodes among terms, those inside triple terms (RDF 1.2) too."""
    for term in terms:
        if isinstance(term, BlankNode):
            yield term
        elif isinstance(term, Triple):
            yield from _blanks(term)


def _named(quad: Quad, nodes: Mapping[BlankNode, NamedNode], target: NamedNode) -> Quad:
    def named(term: Any) -> Any:
        if isinstance(term, BlankNode):
            return nodes[term]
        if isinstance(term, Triple):
            return Triple(named(term.subject), term.predicate, named(term.object))
        return term

    return Quad(named(quad.subject), quad.predicate, named(quad.object), target)
