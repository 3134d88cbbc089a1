"""`core/` takes values and returns values: no files, clock, network, processes, store or terminal."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "ggen_graph" / "core"
MODULES = sorted(CORE.rglob("*.py"))

# Third-party libraries that compute and do nothing else.
PURE_LIBRARIES = {
    "jinja2",
    "markupsafe",
    "semver",
    "tomli",
    "tomlkit",
    "tree_sitter",
    "tree_sitter_toml",
    "yaml",
}

# Of the standard library: what touches the world, or answers differently each time.
IMPURE = {
    "asyncio", "concurrent", "ctypes", "fcntl", "fileinput", "ftplib", "getpass", "glob", "http", "importlib",
    "linecache", "locale", "logging", "mmap", "multiprocessing", "os", "platform", "pwd", "random", "resource",
    "secrets", "select", "selectors", "shelve", "shutil", "signal", "smtplib", "socket", "socketserver", "sqlite3",
    "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "uuid", "webbrowser",
}  # fmt: skip
PURE_PARTS = {
    "pathlib": {"PurePath", "PurePosixPath", "PureWindowsPath"},
    "io": {"StringIO", "BytesIO"},
}

IMPURE_CALLS = {"breakpoint", "compile", "eval", "exec", "input", "open", "print", "__import__"}
IMPURE_METHODS = {
    "now", "today", "utcnow",  # a clock
    "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "rglob", "iterdir", "is_file", "is_dir",
}  # fmt: skip


def imports(tree: ast.Module) -> list[tuple[str, str, int]]:
    """(module, name taken from it or "", line) of every import, wherever it stands."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, "", node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.module or "", alias.name, node.lineno) for alias in node.names]
    return found


def impure_import(module: str, name: str, standard: frozenset[str]) -> bool:
    top = module.split(".", maxsplit=1)[0]
    if top == "ggen_graph":
        return module.split(".")[:2] != ["ggen_graph", "core"]
    if top in PURE_PARTS:
        return name not in PURE_PARTS[top]
    if top in standard or top == "__future__":
        return bool({top, module, f"{module}.{name}"} & IMPURE)
    return top not in PURE_LIBRARIES


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_core_imports_nothing_that_touches_the_world(module: Path) -> None:
    wrong = [
        f"{module.name}:{line}: {source} {name}".rstrip()
        for source, name, line in imports(ast.parse(module.read_text("utf-8")))
        if impure_import(source, name, sys.stdlib_module_names)
    ]
    assert not wrong


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_core_calls_nothing_that_touches_the_world(module: Path) -> None:
    wrong = []
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) if name in IMPURE_CALLS:
                wrong.append(f"{module.name}:{node.lineno}: {name}()")
            case ast.Attribute(attr=name) if name in IMPURE_METHODS:
                wrong.append(f"{module.name}:{node.lineno}: .{name}()")
    assert not wrong


@pytest.mark.parametrize("line", [
    "import os.path",
    "from os import environ",
    "from pathlib import Path",
    "import pathlib",
    "from urllib.request import urlopen",
    "import click",
    "from ggen_graph.graph import store",
    "from ggen_graph import resources",
])  # fmt: skip
def test_the_purity_check_sees(line: str) -> None:
    [(module, name, _)] = imports(ast.parse(line))
    assert impure_import(module, name, sys.stdlib_module_names)


@pytest.mark.parametrize("line", [
    "from __future__ import annotations",
    "from pathlib import PurePosixPath",
    "from urllib.parse import quote",
    "from collections.abc import Mapping",
    "import yaml",
    "from ggen_graph.core.versions import Version",
])  # fmt: skip
def test_the_purity_check_lets_pass(line: str) -> None:
    [(module, name, _)] = imports(ast.parse(line))
    assert not impure_import(module, name, sys.stdlib_module_names)
