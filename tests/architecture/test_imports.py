"""Imports run one way (docs: CONTRIBUTING, "How the code is laid out")."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "ggen_graph"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each room, and the rooms it may import from besides itself. A module directly in `ggen_graph/` is a room by itself.
MAY_IMPORT = {
    "core": set(),
    "graph": {"core", "resources"},
    "edges": {"core", "resources"},
    "workflows": {"core", "graph", "edges", "resources"},
    "api": {"core", "graph", "edges", "workflows", "resources"},
    "server": {"core", "graph", "edges", "workflows", "api", "resources"},
    "cli": {"core", "graph", "edges", "workflows", "api", "server", "resources"},
    "__main__": {"cli"},
    "resources": set(),
    "": set(),
}

# What only `graph` may know: the engines behind it can be replaced there and nowhere else.
RDF_ENGINES = {"oxrdflib", "owlrl", "pyoxigraph", "pyshacl", "rdflib", "reasonable"}


def room(module: Path) -> str:
    parts = module.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def imported(module: Path) -> set[tuple[str, int]]:
    """Every module that `module` imports, at the top, in a function or for types only, with its line."""
    found: set[tuple[str, int]] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(alias.name, node.lineno) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports are absolute"
            assert node.module is not None
            found |= {(f"{node.module}.{alias.name}", node.lineno) for alias in node.names}
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called in {"import_module", "importlib.import_module", "__import__"}:
                found.add((str(node.args[0].value), node.lineno))
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_rooms_below_it(module: Path) -> None:
    here = room(module)
    assert here in MAY_IMPORT, f"{here} is a new room: say in MAY_IMPORT what it may import"
    allowed = MAY_IMPORT[here] | {here}
    wrong = [
        f"{module.relative_to(PACKAGE)}:{line} imports {name}"
        for name, line in sorted(imported(module))
        if name.startswith("ggen_graph.") and name.split(".")[1] not in allowed | {"__version__"}
    ]
    assert not wrong


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_graph_imports_an_rdf_engine(module: Path) -> None:
    if room(module) == "graph":
        return
    wrong = [
        f"{module.relative_to(PACKAGE)}:{line} imports {name}"
        for name, line in sorted(imported(module))
        if name.split(".")[0] in RDF_ENGINES
    ]
    assert not wrong
