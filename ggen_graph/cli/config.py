"""`ggen config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import Command, Group, session
from ggen_graph.cli.reporters.text import fields
from ggen_graph.workflows import configuration

if TYPE_CHECKING:
    from ggen_graph.cli.changes import Manner

_COMMANDS = {
    "list": ("ggen_graph.cli.config", "list_", "List what is set."),
    "get": ("ggen_graph.cli.config", "get", "Print one setting."),
    "set": ("ggen_graph.cli.config", "set_", "Change one setting."),
    "unset": ("ggen_graph.cli.config", "unset", "Remove one setting."),
}


@click.command(cls=Group, lazy=_COMMANDS, name="config")
def config() -> None:
    """Read and change the home's configuration: config.toml in $GGEN_HOME, which is ~/.ggen if unset.

    Keys: registries.NAME, the path of a registry that is always in use, and defaults.VARIABLE, a
    value for a variable that nobody gives.
    """


@click.command("list", cls=Command)
def list_() -> None:
    """List what is set."""
    settings = configuration.listed()
    session().emit({"settings": settings}, lambda: fields(settings.items()))


@click.command("get", cls=Command)
@click.argument("key")
def get(key: str) -> None:
    """Print one setting."""
    value = configuration.get(key)
    session().emit({"key": key, "value": value}, lambda: click.echo(value))


@click.command("set", cls=Command)
@click.argument("key")
@click.argument("value")
@change_options
def set_(key: str, value: str, manner: Manner) -> None:
    """Change one setting; comments in the file stay."""
    configuration.put(key, value, manner.terms())
    session().emit({"key": key, "value": value}, lambda: click.echo(f"{key} = {value}"))


@click.command("unset", cls=Command)
@click.argument("key")
@change_options
def unset(key: str, manner: Manner) -> None:
    """Remove one setting."""
    was_set = configuration.unset(key, manner.terms())
    told = f"{key} is not set any more" if was_set else f"{key} was not set"
    session().emit({"key": key, "was_set": was_set}, lambda: click.echo(told))
