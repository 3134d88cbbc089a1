"""What is imported when a command starts: start-up time counts, so the heavy libraries wait until they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Each takes 20 ms or more to import, or brings such a one along.
HEAVY = {"asyncio", "difflib", "hypothesis", "jinja2", "multiprocessing", "pyshacl", "rdflib", "semver", "subprocess", "tomlkit", "tree_sitter", "urllib3", "yaml"}  # fmt: skip

pytestmark = pytest.mark.usefixtures("unmeasured")

PROGRAM = """
import sys
from ggen_graph.cli.main import main
sys.argv = ["ggen", *sys.argv[1:]]
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
finally:
    print(" ".join(sys.modules), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stderr.splitlines()[-1].split()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["--help"],
        ["packs", "list"],
        ["packs", "sparql", "--query", "ASK {}"],
        ["query", "list-packs"],
    ],
    ids=" ".join,
)
def test_a_command_imports_nothing_heavy(arguments: list[str]) -> None:
    imported(*arguments)  # the first run may have to build the graph
    assert not imported(*arguments) & HEAVY


def test_asking_for_help_opens_no_graph() -> None:
    assert "pyoxigraph" not in imported("--help")
