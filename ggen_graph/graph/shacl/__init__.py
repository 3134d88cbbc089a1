"""SHACL, compiled: shapes read from Turtle become SPARQL queries that Oxigraph runs.

One query for each constraint, over all its focus nodes at once; what holds of nested shapes is put
together from the sets of nodes that fail them. What can't be said so is handed to pySHACL, on a copy
of the neighbourhood of its focus nodes. `graph.shapes` is the door to this package.
"""
