"""The library offers what the commands do, and importing it does nothing."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ggen_graph import api

if TYPE_CHECKING:
    from collections.abc import Iterator

CLI = Path(api.__file__).with_name("cli")
BELOW = ("ggen_graph.workflows", "ggen_graph.graph", "ggen_graph.edges")
# What the command line alone needs: turning what the system says into an error, and tables' names.
ONLY_FOR_COMMANDS = {"explain", "FORMATS", "EXPORT_FORMATS", "left_out"}


def used(module: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of all that a module of the command line takes from the rooms below it."""
    tree = ast.parse(module.read_text("utf-8"))
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(BELOW):
            continue
        for name in node.names:
            assert node.module is not None
            thing = getattr(importlib.import_module(node.module), name.name, None)
            if thing is None or inspect.ismodule(thing):
                modules[name.asname or name.name] = f"{node.module}.{name.name}"
            else:
                yield node.module, name.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found = modules.get(node.value.id)
            if found:
                yield found, node.attr


def offered(thing: Any) -> bool:
    """Whether a program that imports the library alone can get at a thing."""
    holders = [api, *(value for value in vars(api).values() if inspect.ismodule(value))]
    return any(thing is value for holder in holders for value in vars(holder).values())


@pytest.mark.parametrize("module", sorted(CLI.rglob("*.py")), ids=lambda path: path.name)
def test_what_a_command_uses_the_library_offers(module: Path) -> None:
    missing = [
        f"{room}.{name}"
        for room, name in used(module)
        if name not in ONLY_FOR_COMMANDS
        if not offered(getattr(importlib.import_module(room), name))
    ]
    assert missing == []


def test_the_walk_finds_what_commands_use() -> None:
    found = {name for module in CLI.rglob("*.py") for _, name in used(module)}
    assert {"create_project", "regenerate", "ask", "export", "put"} <= found


def test_all_that_is_named_is_there() -> None:
    assert sorted(api.__all__) == api.__all__
    for name in api.__all__:
        assert hasattr(api, name), name


def test_what_functions_take_and_give_is_offered_too() -> None:
    for name in api.__all__:
        thing = getattr(api, name)
        if not inspect.isfunction(thing):
            continue
        for annotation in inspect.get_annotations(thing).values():
            for word in ast.walk(ast.parse(str(annotation), mode="eval")):
                if isinstance(word, ast.Name) and word.id[0].isupper():
                    known = word.id in {
                        "Any",
                        "Callable",
                        "Collection",
                        "Iterator",
                        "Mapping",
                        "Path",
                        "Sequence",
                        "None",
                    }
                    assert known or hasattr(api, word.id), f"{name}: {word.id}"


def test_importing_it_does_nothing(tmp_path: Path) -> None:
    program = (
        "import sys, os, signal, threading, warnings\n"
        "def seen(): return (os.getcwd(), sorted(os.environ.items()), signal.getsignal(signal.SIGINT),\n"
        "                    threading.active_count(), sys.stdout, sys.excepthook, list(warnings.filters))\n"
        "before = seen()\n"
        "import ggen_graph.api\n"
        "assert seen() == before\n"
    )
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"GGEN_HOME": str(home), "PATH": "", "COVERAGE_FILE": str(tmp_path / ".coverage")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not home.exists()
