#+ summary: Forget which releases requirements admit, where either is in a graph that is about to be replaced.
#+ params:
#+   changed: list of iri
#+ returns: [requirement, release]
PREFIX ggen: <http://ggen.io/ontology#>

DELETE { GRAPH <urn:ggen:graph:admits> { ?requirement ggen:admits ?release } }
WHERE {
  {
    VALUES ?changed { UNDEF }
    GRAPH ?changed { ?requirement ggen:onPack ?pack }
    GRAPH <urn:ggen:graph:admits> { ?requirement ggen:admits ?release }
  }
  UNION
  {
    VALUES ?changed { UNDEF }
    GRAPH ?changed { ?release ggen:releaseOf ?pack }
    GRAPH <urn:ggen:graph:admits> { ?requirement ggen:admits ?release }
  }
}
