"""The graph: what we know of the files, as RDF in Oxigraph. The only room that imports pyoxigraph and pyshacl."""
