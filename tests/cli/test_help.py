"""Help pages: as people see them, one file each; what lists them agrees with what they say themselves.

`UPDATE_GOLDEN=1 pytest tests/cli/test_help.py` writes the files of `golden/` anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from ggen_graph.cli.command import Command, Group
from ggen_graph.cli.main import ggen

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = Path(__file__).with_name("golden")
WIDTH = 100


def commands(
    command: click.Command = ggen, path: tuple[str, ...] = ("ggen",)
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command there is, by its path."""
    yield path, command
    if isinstance(command, Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, (*path, name))


ALL = dict(commands())
each_command = pytest.mark.parametrize("path", ALL, ids=" ".join)


def page(path: tuple[str, ...], *asking: str) -> str:
    done = CliRunner().invoke(
        ggen,
        [*path[1:], *asking],
        prog_name="ggen",
        terminal_width=WIDTH,
    )
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    return done.stdout


@each_command
def test_a_help_page_is_as_it_was_agreed_on(path: tuple[str, ...]) -> None:
    file = GOLDEN / f"{'-'.join(path)}.txt"
    text = page(path, "--help")
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text, (
        "if this is meant: UPDATE_GOLDEN=1 pytest tests/cli/test_help.py"
    )


def test_every_agreed_page_is_of_a_command_that_exists() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == {"-".join(path) for path in ALL}


@each_command
def test_h_is_help(path: tuple[str, ...]) -> None:
    assert page(path, "-h") == page(path, "--help")


@each_command
def test_every_command_takes_the_global_options(path: tuple[str, ...]) -> None:
    options = {name for parameter in ALL[path].params for name in parameter.opts}
    assert {"--json", "--debug", "--no-color", "-C"} <= options


@each_command
def test_every_option_says_what_it_is_for(path: tuple[str, ...]) -> None:
    for parameter in ALL[path].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.help.endswith("."), parameter.name


@each_command
def test_a_line_in_a_list_is_how_the_command_itself_begins(path: tuple[str, ...]) -> None:
    command = ALL[path]
    assert isinstance(command, Command | Group)
    if not isinstance(command, Group):
        return
    for name, (_, _, line) in command.lazy.items():
        below = command.get_command(click.Context(command), name)
        assert below is not None
        assert (below.help or "").startswith(line.rstrip(".")), name


@each_command
def test_a_help_page_fits_its_width(path: tuple[str, ...]) -> None:
    assert max(map(len, page(path, "--help").splitlines())) <= WIDTH


def test_packs_may_be_called_pack() -> None:
    assert page(("ggen", "pack", "list"), "--help").startswith("Usage: ggen pack")
