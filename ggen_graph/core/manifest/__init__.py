"""Manifests: `gpack.toml` and `ggen.toml` as values, and the variables they declare.

`parse_pack` and `parse_project` give a frozen value or raise `ManifestInvalid` with file, line and
column; `resolve_variables` gives typed values or raises `VariableInvalid` with every fault. `edit`
changes the text of a person's manifest and keeps the rest of it. Nothing here reads a file.

A name is imported from its module when it is first asked for (PEP 562): making the dataclasses
takes longer than most commands may, and most need none or half of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ggen_graph.core.manifest.pack import (
        Dependency,
        PackManifest,
        RdfSection,
        TemplateEntry,
        parse_pack,
    )
    from ggen_graph.core.manifest.project import (
        GraphSection,
        ProjectManifest,
        RegistryEntry,
        parse_project,
    )
    from ggen_graph.core.manifest.toml_positions import KeyPath, Place, place_of, positions
    from ggen_graph.core.manifest.variable import Value, Variable, read_value, value_fault
    from ggen_graph.core.manifest.variables import (
        SOURCES,
        ResolvedVariable,
        Source,
        collect,
        optional_values,
        resolve_variables,
        template_values,
        variables_of,
    )

__all__ = [
    "SOURCES",
    "Dependency",
    "GraphSection",
    "KeyPath",
    "PackManifest",
    "Place",
    "ProjectManifest",
    "RdfSection",
    "RegistryEntry",
    "ResolvedVariable",
    "Source",
    "TemplateEntry",
    "Value",
    "Variable",
    "collect",
    "optional_values",
    "parse_pack",
    "parse_project",
    "place_of",
    "positions",
    "read_value",
    "resolve_variables",
    "template_values",
    "value_fault",
    "variables_of",
]

_PACK = ("Dependency", "PackManifest", "RdfSection", "TemplateEntry", "parse_pack")
_PROJECT = ("GraphSection", "ProjectManifest", "RegistryEntry", "parse_project")
_POSITIONS = ("KeyPath", "Place", "place_of", "positions")
_VARIABLE = ("Value", "Variable", "read_value", "value_fault")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module: Any
    if name in _PACK:
        from ggen_graph.core.manifest import pack as module  # noqa: PLC0415 - see above
    elif name in _PROJECT:
        from ggen_graph.core.manifest import project as module  # noqa: PLC0415 - see above
    elif name in _POSITIONS:
        from ggen_graph.core.manifest import toml_positions as module  # noqa: PLC0415 - see above
    elif name in _VARIABLE:
        from ggen_graph.core.manifest import variable as module  # noqa: PLC0415 - see above
    else:
        from ggen_graph.core.manifest import variables as module  # noqa: PLC0415 - see above
    value = globals()[name] = getattr(module, name)
    return value
