"""`case.toml` as a value: what a pack's own test gives to the pack, and how its result is compared.

A case is a folder in a pack's `tests/`: this file, RDF files that it names, and `expected/`, the files
that must come out. What it does not say has a default, so that an empty `case.toml` is right.

Kept true: a `Case` exists only for a text whose keys are known and whose values are of the right
form. Whether the files that it names exist, and variables fit the pack, is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from posixpath import normpath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.manifest.variable import Value, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ggen_graph.core.manifest.checks import Table

TESTS: Final = "tests"
MANIFEST: Final = "case.toml"
EXPECTED: Final = "expected"
NOW: Final = "2026-01-02T03:04:05Z"
"""What the clock says to a case that names no time: `now()` and `year` give the same for ever."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a `case.toml` says; `docs/reference/pack-tests.md` describes each key.

    `model` are globs relative to the case's folder, with `..` as far as the pack's; where there are
    none the model is the RDF that the pack brings.
    """

    description: str = ""
    project: str = "example"
    model: tuple[str, ...] = ()
    base: str | None = None
    features: tuple[str, ...] = ()
    now: str = NOW
    complete: bool = False
    variables: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


def parse_case(text: str, file: str) -> Case:
    """The case that a text spells.

    Args:
        text: the text of a `case.toml`.
        file: the name to show for it in an error.

    Raises:
        ManifestInvalid: at the first fault by place in the text.
    """
    from ggen_graph.core.manifest.checks import Faults, raise_first, table  # noqa: PLC0415 - the checks are
    from ggen_graph.core.manifest.toml_text import load_toml  # noqa: PLC0415 - made where something is parsed

    data = load_toml(text, file, ManifestInvalid)
    faults = Faults()
    table(keys())(data, (), faults)
    raise_first(faults, text, file, ManifestInvalid)
    given = {key: frozen(value) for key, value in data.items() if key != "variables"}
    variables: dict[str, Any] = data.get("variables", {})
    return Case(**given, variables={name: frozen(value) for name, value in variables.items()})


def from_pack(glob: str, case: str) -> str:
    """A glob of `model`, relative to the pack's folder.

    >>> from_pack("model.ttl", "zoo"), from_pack("../../ontology/*.ttl", "zoo")
    ('tests/zoo/model.ttl', 'ontology/*.ttl')
    """
    return normpath(f"{TESTS}/{case}/{glob}")


def _is_within(glob: str) -> bool:
    from ggen_graph.core.manifest.values import is_glob  # noqa: PLC0415 - see `parse_case`

    return not glob.startswith("/") and is_glob(from_pack(glob, "case"))


def keys() -> Table:
    """Every key of a `case.toml` with its check."""
    from ggen_graph.core.manifest import fields, values  # noqa: PLC0415 - see above
    from ggen_graph.core.manifest.checks import array, boolean, mapping, string  # noqa: PLC0415 - likewise

    return {
        "description": fields.text,
        "project": string("a project's name", "shop", values.is_project_name),
        "model": array(
            string("a glob of RDF files in the pack", "model.ttl", _is_within), '["model.ttl"]'
        ),
        "base": fields.iri,
        "features": array(fields.feature, '["postgres"]'),
        "now": string(
            "a time in UTC",
            NOW,
            lambda text: values.is_date(text) and "T" in text,
            advice=f"as in {NOW}",
        ),
        "complete": boolean,
        "variables": mapping(fields.variable_name, fields.scalar),
    }
