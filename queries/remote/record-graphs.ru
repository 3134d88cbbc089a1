#+ summary: Record which graphs are sent to a server for a project or a catalog, and how much of each is still to come.
#+ params:
#+   graph scope checksum left: list of (iri, iri, string, integer)
# Without prefixes: it follows another update in one request, where Oxigraph reads no PREFIX.
DELETE { GRAPH <urn:ggen:graph:pushed> { ?graph <http://ggen.io/ontology#checksum> ?known ; <http://ggen.io/ontology#batchesLeft> ?before } }
INSERT {
  GRAPH <urn:ggen:graph:pushed> {
    ?graph a <http://ggen.io/ontology#PushedGraph> ; <http://ggen.io/ontology#pushedFor> ?scope ; <http://ggen.io/ontology#checksum> ?checksum ; <http://ggen.io/ontology#batchesLeft> ?left
  }
}
WHERE {
  VALUES (?graph ?scope ?checksum ?left) { (UNDEF UNDEF UNDEF UNDEF) }
  OPTIONAL { GRAPH <urn:ggen:graph:pushed> { ?graph <http://ggen.io/ontology#checksum> ?known ; <http://ggen.io/ontology#batchesLeft> ?before } }
}
