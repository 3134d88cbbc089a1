"""What an endpoint says of itself as RDF: SPARQL 1.1 Service Description, and VoID for the data.

The graph that a query sees without GRAPH is the union of all named graphs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple, serialize

from ggen_graph.graph.iris import PREFIXES, segment
from ggen_graph.graph.results import GRAPH_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
_FORMAT = "http://www.w3.org/ns/formats/"
_RDF_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")


def service_description(base: str, sizes: Mapping[str, int], form: str) -> bytes:
    """What the endpoint offers, and the graphs it has.

    Args:
        base: the address of the server; ends with a slash.
        sizes: each named graph with its number of triples.
        form: one of `results.GRAPH_FORMATS`.
    """
    return _written(_service(base, sizes), form)


def dataset_description(base: str, sizes: Mapping[str, int], title: str, form: str) -> bytes:
    """The data as a void:Dataset, with its graphs as subsets; arguments as above.

    Args:
        base: as above.
        sizes: as above.
        title: what the data are called.
        form: as above.
    """
    return _written(_dataset(base, sizes, title), form)


def _service(base: str, sizes: Mapping[str, int]) -> Iterator[Triple]:
    service, dataset = NamedNode(base + "sparql#service"), NamedNode(base + "sparql#dataset")
    yield Triple(service, _RDF_TYPE, NamedNode(SD + "Service"))
    yield Triple(service, NamedNode(SD + "endpoint"), NamedNode(base + "sparql"))
    yield Triple(service, NamedNode(SD + "supportedLanguage"), NamedNode(SD + "SPARQL11Query"))
    for feature in ("UnionDefaultGraph", "EmptyGraphs"):
        yield Triple(service, NamedNode(SD + "feature"), NamedNode(SD + feature))
    for form in (*_RESULTS, *_GRAPHS):
        yield Triple(service, NamedNode(SD + "resultFormat"), NamedNode(_FORMAT + form))
    yield Triple(service, NamedNode(SD + "defaultDataset"), dataset)
    yield Triple(dataset, _RDF_TYPE, NamedNode(SD + "Dataset"))
    union = NamedNode(base + "store?default")
    yield Triple(dataset, NamedNode(SD + "defaultGraph"), union)
    yield Triple(union, _RDF_TYPE, NamedNode(SD + "Graph"))
    for name, count in sizes.items():
        named, graph = NamedNode(_about(base, name)), NamedNode(_address(base, name))
        yield Triple(dataset, NamedNode(SD + "namedGraph"), named)
        yield Triple(named, _RDF_TYPE, NamedNode(SD + "NamedGraph"))
        yield Triple(named, NamedNode(SD + "name"), NamedNode(name))
        yield Triple(named, NamedNode(SD + "graph"), graph)
        yield Triple(graph, _RDF_TYPE, NamedNode(SD + "Graph"))
        yield Triple(graph, NamedNode(VOID + "triples"), Literal(count))


def _dataset(base: str, sizes: Mapping[str, int], title: str) -> Iterator[Triple]:
    dataset = NamedNode(base + ".well-known/void#dataset")
    yield Triple(dataset, _RDF_TYPE, NamedNode(VOID + "Dataset"))
    yield Triple(dataset, NamedNode(PREFIXES["dcterms"] + "title"), Literal(title))
    yield Triple(dataset, NamedNode(VOID + "sparqlEndpoint"), NamedNode(base + "sparql"))
    yield Triple(dataset, NamedNode(VOID + "dataDump"), NamedNode(base + "store?default"))
    yield Triple(dataset, NamedNode(VOID + "triples"), Literal(sum(sizes.values())))
    for name, count in sizes.items():
        subset = NamedNode(_about(base, name))
        yield Triple(dataset, NamedNode(VOID + "subset"), subset)
        yield Triple(subset, _RDF_TYPE, NamedNode(VOID + "Dataset"))
        yield Triple(subset, NamedNode(PREFIXES["dcterms"] + "title"), Literal(name))
        yield Triple(subset, NamedNode(VOID + "triples"), Literal(count))
        yield Triple(subset, NamedNode(VOID + "dataDump"), NamedNode(_address(base, name)))


def _address(base: str, graph: str) -> str:
    return f"{base}store?graph={segment(graph)}"


def _about(base: str, graph: str) -> str:
    return f"{base}sparql#graph-{segment(graph)}"


def _written(triples: Iterator[Triple], form: str) -> bytes:
    prefixes = {"sd": SD, "void": VOID, "dcterms": PREFIXES["dcterms"]}
    return serialize(triples, format=GRAPH_FORMATS[form], prefixes=prefixes) or b""
