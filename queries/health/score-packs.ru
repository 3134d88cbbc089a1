#+ summary: The health score of a pack, 0 to 100, is the sum of its newest release's points.
#+ params: {}
#+ returns: [pack, score]
PREFIX ggen: <http://ggen.io/ontology#>

INSERT { GRAPH <urn:ggen:graph:derived> { ?pack ggen:healthScore ?score } }
WHERE {
  SELECT ?pack (SUM(?points) AS ?score) WHERE {
    GRAPH <urn:ggen:graph:derived> {
      ?pack ggen:latest ?release .
      ?release ggen:hasHealthPart ?part .
      ?part ggen:points ?points .
    }
  } GROUP BY ?pack
}
