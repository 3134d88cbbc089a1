#+ summary: Say which pack depends on which, and which packages it brings, over all of its releases.
#+ params: {}
#+ returns: [pack, other]
# Edges between packs that some registry really has; a name means the pack of the first registry
# with that name. These short edges carry the closures of `queries/resolution`. The releases of a
# pack ask for much the same, so what they ask is made distinct before it is joined (3 × as fast).
PREFIX ggen: <http://ggen.io/ontology#>

INSERT { GRAPH <urn:ggen:graph:derived> { ?pack ?relation ?other } }
WHERE {
  {
    SELECT DISTINCT ?pack ?relation ?asked WHERE {
      {
        { SELECT DISTINCT ?pack ?requirement WHERE { GRAPH ?graph { ?release ggen:releaseOf ?pack ; ggen:requires ?requirement } } }
        GRAPH ?stated { ?requirement ggen:onPack ?asked }
        BIND(ggen:dependsOn AS ?relation)
      }
      UNION
      {
        { SELECT DISTINCT ?pack ?requirement WHERE { GRAPH ?graph { ?release ggen:releaseOf ?pack ; ggen:mayRequire ?requirement } } }
        GRAPH ?stated { ?requirement ggen:onPack ?asked }
        BIND(ggen:dependsOn AS ?relation)
      }
      UNION
      {
        GRAPH ?graph { ?release ggen:hasPackage ?asked ; ggen:releaseOf ?pack }
        BIND(ggen:hasPackage AS ?relation)
      }
    }
  }
  GRAPH ?asker { ?asked ggen:name ?name }
  GRAPH ?holder { ?other ggen:name ?name }
  GRAPH <urn:ggen:graph:derived> { ?other a ggen:Pack }
}
