"""SPARQL lives in `queries/`, where any tool can run it, and never in Python strings."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "ggen_graph"
MODULES = sorted(PACKAGE.rglob("*.py"))

# A query form with a group and a variable, a prologue, or an update. A VALUES block alone is data: graph/queries.py binds it.
SPARQL = re.compile(
    r"\b(?:SELECT|CONSTRUCT|ASK|DESCRIBE)\b[^{]*\{.*[?$]\w"
    r"|\bPREFIX\s+[\w-]*:\s*<"
    r"|\b(?:INSERT|DELETE)\s*(?:DATA\s*)?\{.*[?$<\w]",
    re.DOTALL | re.IGNORECASE,
)

# A command line with a query that a message shows to a person: typed by them, not run by us.
SHOWN = re.compile(r"ggen packs sparql --query '[^']*'")


def strings(tree: ast.Module) -> list[tuple[str, int]]:
    """Every string of a module that is not a docstring; a value in an f-string counts as `?v`."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [
                str(part.value) if isinstance(part, ast.Constant) else "?v" for part in node.values
            ]
            found.append(("".join(parts), node.lineno))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            found.append((node.value, node.lineno))
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_holds_no_sparql(module: Path) -> None:
    wrong = [
        f"{module.relative_to(PACKAGE)}:{line}: {text[:60]!r}"
        for text, line in strings(ast.parse(module.read_text("utf-8")))
        if SPARQL.search(SHOWN.sub("", text))
    ]
    assert not wrong


@pytest.mark.parametrize("source", [
    'q = "SELECT ?s WHERE { ?s ?p ?o }"',
    'q = f"select * where {{ <{iri}> ?p ?o }}"',
    'q = ("PREFIX ggen: <http://ggen.io/ontology#>" "ASK { }")',
    'q = "INSERT DATA { <a:a> <a:b> <a:c> }"',
    'q = f"DELETE {{ {triple} }}"',
])  # fmt: skip
def test_the_sparql_check_sees(source: str) -> None:
    assert any(SPARQL.search(text) for text, _ in strings(ast.parse(source)))


@pytest.mark.parametrize("source", [
    'help = "select one of {choices}"',
    'q = f"VALUES ?{name} {{ {data} }}"',
    'message = "ask your registry to insert it"',
    'def f():\n    "Runs SELECT ?x { ?x ?y ?z }."',
])  # fmt: skip
def test_the_sparql_check_lets_pass(source: str) -> None:
    assert not any(SPARQL.search(text) for text, _ in strings(ast.parse(source)))
