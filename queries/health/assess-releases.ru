#+ summary: Give each release whose tree is known points for what users of a pack need, and say why.
#+ params: {}
#+ returns: [release, part, points, maximum, reason]
# 100 points in all. The weights stand in one table; what counts as present is the union below it.
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX ggen: <http://ggen.io/ontology#>

INSERT {
  GRAPH <urn:ggen:graph:derived> {
    ?release ggen:hasHealthPart ?node .
    ?node a ggen:HealthPart ; ggen:part ?part ; ggen:points ?points ; ggen:maximumPoints ?maximum ; ggen:reason ?reason .
  }
}
WHERE {
  {
    SELECT DISTINCT ?release WHERE { GRAPH ?graph { ?release ggen:hasFile ?file } }
  }
  VALUES (?part ?maximum ?yes ?no) {
    ("tests"       25 "brings tests of its own"               "brings no tests: add some under tests/")
    ("readme"      10 "has a README"                          "has no README: add README.md")
    ("description"  5 "describes itself"                      "has no description: set it under [pack]")
    ("authors"      5 "names its authors"                     "names no authors: set them under [pack]")
    ("license"      5 "states its licence"                    "states no licence: set it under [pack]")
    ("templates"   15 "says of every template what it makes"  "has no templates, or some without a description")
    ("model"       10 "brings an ontology or shapes"          "brings neither an ontology nor shapes")
    ("queries"     10 "brings named queries"                  "brings no named queries")
    ("examples"    10 "shows its use"                         "shows no use: add something under examples/")
    ("changes"      5 "keeps a change log"                    "keeps no change log: add CHANGELOG.md")
  }
  OPTIONAL {
    {
      SELECT DISTINCT ?release ?part ("yes" AS ?present) WHERE {
        GRAPH ?graph {
          {
            ?release ggen:hasFile/ggen:path ?path .
            VALUES (?start ?part) { ("tests/" "tests") ("examples/" "examples") ("README" "readme") ("CHANGELOG" "changes") }
            FILTER(STRSTARTS(?path, ?start))
          }
          UNION { ?release dcterms:description ?text . BIND("description" AS ?part) }
          UNION { ?release ggen:author ?author . BIND("authors" AS ?part) }
          UNION { ?release ggen:license ?license . BIND("license" AS ?part) }
          UNION { ?release ggen:hasQuery ?query . BIND("queries" AS ?part) }
          UNION { ?release ggen:hasShapes|ggen:hasModel ?model . BIND("model" AS ?part) }
          UNION {
            { SELECT ?release (COUNT(?template) AS ?templates) (COUNT(?text) AS ?described) WHERE {
                GRAPH ?of { ?release ggen:hasTemplate ?template OPTIONAL { ?template dcterms:description ?text } }
              } GROUP BY ?release }
            FILTER(?templates = ?described)
            BIND("templates" AS ?part)
          }
        }
      }
    }
  }
  BIND(IF(BOUND(?present), ?maximum, 0) AS ?points)
  BIND(IF(BOUND(?present), ?yes, ?no) AS ?reason)
  BIND(IRI(CONCAT(STR(?release), "/health/", ?part)) AS ?node)
}
