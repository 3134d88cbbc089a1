#+ summary: Say of each pack which registry it comes from (the first that has it), which release is its newest, and that release's category.
#+ params: {}
#+ returns: [pack, latest, category]
# The newest release is the highest that is not yanked, a pre-release only where there is nothing
# else: channel keys order releases (r) above pre-releases (p). A pack of which every release was
# yanked is still a pack: who has locked one keeps it. What is joined with a group is a sub-select, so
# that it is read once and not looked up for each pack.
PREFIX ggen: <http://ggen.io/ontology#>

INSERT { GRAPH <urn:ggen:graph:derived> { ?pack a ggen:Pack } }
WHERE {
  {
    SELECT ?name (MIN(?rank) AS ?first) WHERE {
      GRAPH ?graph { ?registry ggen:rank ?rank . ?pack ggen:inRegistry ?registry ; ggen:name ?name . ?release ggen:releaseOf ?pack }
    } GROUP BY ?name
  }
  { SELECT ?pack ?name ?first WHERE { GRAPH ?graph { ?registry ggen:rank ?first . ?pack ggen:inRegistry ?registry ; ggen:name ?name } } }
} ;

INSERT { GRAPH <urn:ggen:graph:derived> { ?pack ggen:latest ?latest ; ggen:category ?category } }
WHERE {
  {
    SELECT ?pack (MAX(?key) AS ?highest) WHERE {
      GRAPH ?graph { ?release ggen:releaseOf ?pack ; ggen:channelKey ?key MINUS { ?release ggen:yanked ?yanked } }
    } GROUP BY ?pack
  }
  GRAPH <urn:ggen:graph:derived> { ?pack a ggen:Pack }
  { SELECT ?graph ?pack ?latest ?highest WHERE { GRAPH ?graph { ?latest ggen:releaseOf ?pack ; ggen:channelKey ?highest } } }
  OPTIONAL { GRAPH ?graph { ?latest ggen:category ?category } }
}
