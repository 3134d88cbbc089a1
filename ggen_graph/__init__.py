"""ggen: a pack manager and code generator whose every fact is RDF in an Oxigraph store."""

__version__ = "0.1.0"
