"""A person's RDF files as the quads of one graph, without blank nodes.

A blank node becomes `<graph>#bn-<label>` with its RDFC-1.0 label, taken over all files of the model
together: stable over parses, the same on every machine, and citable. Canonicalisation is exponential
in the worst case (RDFC-1.0 §7.1 warns of it), so a model with very many blank nodes is refused
rather than started on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from ggen_graph.core.diagnostics import GgenError, Location, RdfInvalid
from ggen_graph.graph import iris

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_BLANK_NODES = 50_000

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

    A file that does not parse is left out, whole, and named; the others are read.

    Args:
        graph: the named graph's IRI.
        files: the name by which a person knows each file, and where it is.
        base: resolves relative IRIs; None if there are to be none.

    Raises:
        RdfInvalid: the model has more than `MAX_BLANK_NODES` blank nodes.
    """
    problems: list[GgenError] = []
    dataset = Dataset()
    blanks: set[Any] = set()
    for name, path in files:
        try:
            triples = parse_file(name, path, base)
        except GgenError as error:
            problems.append(error)
            continue
        for triple in triples:
            dataset.add(triple)
            blanks.update(_blanks(triple))
    if len(blanks) > MAX_BLANK_NODES:
        raise RdfInvalid(
            f"the model has {len(blanks)} blank nodes; {MAX_BLANK_NODES} is the most that can be named",
            help="give the nodes IRIs, or leave files out of [graph] files",
        )
    if blanks:
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    target = NamedNode(graph)
    return Model([_named(quad, graph, target) for quad in dataset], tuple(problems))


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
            help_text = "a relative IRI needs a base: set `base` under [graph] in ggen.toml"
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


def _named(quad: Quad, graph: str, target: NamedNode) -> Quad:
    return Quad(_subject(quad.subject, graph), quad.predicate, _object(quad.object, graph), target)


def _subject(term: NamedNode | BlankNode | Triple, graph: str) -> NamedNode | BlankNode | Triple:
    if isinstance(term, BlankNode):
        return NamedNode(iris.blank(graph, term.value))
    if isinstance(term, Triple):
        return Triple(_subject(term.subject, graph), term.predicate, _object(term.object, graph))
    return term


def _object(
    term: NamedNode | BlankNode | Literal | Triple, graph: str
) -> NamedNode | BlankNode | Literal | Triple:
    return term if isinstance(term, Literal) else _subject(term, graph)
