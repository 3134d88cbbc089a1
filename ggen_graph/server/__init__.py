"""`ggen serve`: a graph over HTTP, for programs (SPARQL 1.1 Protocol) and for people (web pages)."""
