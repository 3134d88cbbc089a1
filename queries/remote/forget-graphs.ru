#+ summary: Forget that graphs were sent to a server.
#+ params:
#+   graph: list of iri
# Without prefixes: it follows another update in one request, where Oxigraph reads no PREFIX.
DELETE { GRAPH <urn:ggen:graph:pushed> { ?graph ?property ?value } }
WHERE {
  VALUES ?graph { UNDEF }
  GRAPH <urn:ggen:graph:pushed> { ?graph a <http://ggen.io/ontology#PushedGraph> ; ?property ?value }
}
