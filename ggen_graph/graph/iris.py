"""The IRIs of everything in the graph, made in one place (docs/reference/iris.md).

Every part that comes from a person is percent-encoded, and no local path ever becomes part of an
IRI: the same files give the same IRIs on every machine.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

GGEN = "http://ggen.io/ontology#"

ONTOLOGY_GRAPH = "http://ggen.io/ontology"
DERIVED_GRAPH = "urn:ggen:graph:derived"
PUSHED_GRAPH = "urn:ggen:graph:pushed"

CATALOG = "urn:ggen:catalog"
"""The catalog, of which a server has one."""

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "ggen": GGEN,
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@lru_cache(maxsize=65_536)
def segment(text: str) -> str:
    """One path segment of an IRI: everything but unreserved characters is percent-encoded."""
    return quote(text, safe="")


def segments(path: str) -> str:
    """A relative POSIX path as IRI path: each segment encoded, the slashes kept."""
    return quote(path, safe="/")


def category(slug: str) -> str:
    """The concept of a category slug, e.g. `ggen:web`."""
    return GGEN + segment(slug)


def registry(name: str) -> str:
    """The base IRI of a registry that declares none."""
    return f"urn:ggen:registry:{segment(name)}/"


def pack(registry: str, name: str) -> str:
    """A pack of the registry with base IRI `registry`."""
    return f"{registry}pack/{segment(name)}"


def release(registry: str, name: str, version: str) -> str:
    """One release of a pack."""
    return f"{registry}pack/{segment(name)}/{segment(version)}"


def requirement(registry: str, name: str, canonical_range: str) -> str:
    """The requirement that all who ask the same range of the same pack share."""
    return f"{registry}pack/{segment(name)}/range/{segment(canonical_range)}"


def part(owner: str, kind: str, path: str) -> str:
    """Something inside a release, e.g. `part(release, "template", "templates/main.py.tera")`."""
    return f"{owner}/{kind}/{segments(path)}"


def catalog_graph(registry: str) -> str:
    """The named graph with what a registry says."""
    return f"{registry}graph/catalog"


def derived_graph(name: str) -> str:
    """A named graph of a catalog, of what no registry says: `inferred`, `inferred/owl-rl`."""
    return f"urn:ggen:graph:{segments(name)}"


def project(project_id: str) -> str:
    """A project, by the id kept in its `ggen.toml`."""
    return f"urn:ggen:project:{segment(project_id)}"


def project_graph(project_iri: str, name: str) -> str:
    """A named graph of a project: manifest, lock, files, records, model, inferred, pack/NAME."""
    return f"{project_iri}/graph/{segments(name)}"


def project_file(project_iri: str, path: str) -> str:
    """A file of a project, by its path inside it."""
    return f"{project_iri}/file/{segments(path)}"


def wanted(project_iri: str, name: str) -> str:
    """What a project's manifest asks of a pack."""
    return f"{project_iri}/requirement/{segment(name)}"


def locked(project_iri: str, name: str, version: str = "") -> str:
    """The lock's entry for a pack; of one of several releases of it, with its version."""
    entry = f"{project_iri}/lock/{segment(name)}"
    return f"{entry}/{segment(version)}" if version else entry


def record(project_iri: str, kind: str, record_id: str) -> str:
    """A record under `.ggen/records`: kind is `resolution`, `run` or `transaction`."""
    return f"{project_iri}/{kind}/{segment(record_id)}"


def file_change(transaction: str, number: int) -> str:
    """What a transaction did to one file, counted from 1."""
    return f"{transaction}#change-{number}"


def blank(graph: str, label: str) -> str:
    """The IRI that stands for a blank node of a file, by the label that `lift.canonical` gives it."""
    return f"{graph}#bn-{label}"
