"""`ggen completion`, and what a shell gets when it asks."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Ggen


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_what_its_shell_reads(ggen: Ggen, shell: str) -> None:
    script = ggen("completion", shell)
    assert script.code == 0, script.err
    assert "_GGEN_COMPLETE" in script.out
    program = shutil.which(shell)
    if program:
        done = subprocess.run([program, "-n"], input=script.out.encode(), check=False)
        assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "position", "offered"),
    [
        ("ggen p", 1, {"packs"}),
        ("ggen packs s", 2, {"score", "search", "show", "sparql"}),
        ("ggen packs list --so", 3, {"--sort"}),
        ("ggen packs list --sort ", 4, {"name", "health", "category"}),
        ("ggen completion ", 2, {"bash", "zsh", "fish"}),
    ],
)
def test_a_shell_that_asks_is_told(
    ggen: Ggen, words: str, position: int, offered: set[str]
) -> None:
    run = ggen.having(_GGEN_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(position))
    told = run()
    assert {line.partition(",")[2] for line in told.out.splitlines()} == offered
