"""The fields that manifests share: strings of one kind, lists of them, dependencies, RDF sections."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ggen_graph.core.manifest import values
from ggen_graph.core.manifest.checks import (
    INTEGERS,
    Faults,
    Table,
    array,
    boolean,
    mapping,
    shown,
    string,
    table,
)
from ggen_graph.core.manifest.variable import Variable, value_fault

if TYPE_CHECKING:
    from ggen_graph.core.manifest.toml_positions import KeyPath

MAX_METADATA_DEPTH = 32

text = string("a string", "what it is for", lines=True)
words = array(string("a word", "rest"), '["rest", "asgi"]')
path = string("a relative path", "docs/README.md", values.is_path)
globs = array(
    string("a glob of relative paths", "model/**/*.ttl", values.is_glob), '["model/**/*.ttl"]'
)
version_range = string("a range of versions", "^1.2", values.is_range)
iri = string("an absolute IRI", "http://example.org/shop#", values.is_iri)
pack_name = string("a pack's name", "web-api-starter", values.is_pack_name)
prefixes = mapping(
    string("the name of a prefix", "ex", values.is_prefix, lines=True),
    string("an absolute IRI", "http://example.org/", values.is_iri),
)
variable_name = string("a name of letters, digits and _", "author_name", values.is_variable_name)

feature = string(
    "the name of a feature in lower case",
    "postgres",
    values.is_slug,
    advice="words of a-z and 0-9, with - between",
)
date = string(
    "a date, or a time in UTC,",
    "2026-01-31",
    values.is_date,
    advice="as in 2026-01-31 or 2026-01-31T12:00:00Z",
)

DEPENDENCY: Table = {
    "version": version_range,
    "optional": boolean,
    "features": array(feature, '["postgres"]'),
    "install_path": path,
}
"""A dependency in its long form; the short form is its range alone."""

_long_form = table(DEPENDENCY, required=("version",))


def dependency(value: object, at: KeyPath, faults: Faults) -> None:
    """A range, or a table with `version`."""
    (_long_form if isinstance(value, dict) else version_range)(value, at, faults)


dependencies = mapping(pack_name, dependency)


def scalar(value: object, at: KeyPath, faults: Faults) -> None:
    """A value a variable can have: a string, number, boolean or list of strings."""
    if not any(fits(kind, value) for kind in ("string", "number", "boolean", "list")):
        others = (
            [item for item in value if not fits("string", item)] if isinstance(value, list) else []
        )
        got = f"a list with {shown(others[0])}" if others else shown(value)
        faults.add(at, f"must be a string, number, boolean or list of strings; got {got}")


def fits(kind: str, value: object) -> bool:
    """Whether a variable of that type can have the value."""
    return not value_fault(Variable("", kind), value)


def metadata(value: object, at: KeyPath, faults: Faults) -> None:
    """A table of anything JSON can hold: finite numbers, 64-bit integers, no NUL."""
    if not isinstance(value, dict):
        faults.add(at, f"must be a table, written [{at[0]}]; got {shown(value)}")
    todo = [(value, at)]
    while todo:
        node, place = todo.pop()
        if len(place) > MAX_METADATA_DEPTH:
            faults.add(place, f"is nested more than {MAX_METADATA_DEPTH} deep")
        elif isinstance(node, dict):
            todo.extend((item, (*place, key)) for key, item in node.items())
        elif isinstance(node, list):
            todo.extend((item, (*place, index)) for index, item in enumerate(node))
        elif isinstance(node, float) and not math.isfinite(node):
            faults.add(place, f"must be a finite number; got {node}")
        elif isinstance(node, int) and node not in INTEGERS:
            faults.add(place, f"must fit into 64 bits; got {shown(node)}")
        elif isinstance(node, str) and "\0" in node:
            faults.add(place, "must not hold the character NUL")
