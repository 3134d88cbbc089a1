"""`--var` and `--vars`: the values a person gives to variables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.workflows.records import clock
from ggen_graph.workflows.values import read_values_file, values_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ggen_graph.workflows.values import Values


def variable_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--var NAME=VALUE` (repeatable) and `--vars FILE`."""
    function = click.option(
        "--vars",
        "variables_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Values from a TOML, YAML or JSON file; --var wins over it.",
    )(function)
    return click.option(
        "--var",
        "variables",
        metavar="NAME=VALUE",
        multiple=True,
        help="A variable's value; `ggen packs show PACK --variables` lists them.",
    )(function)


def given_values(
    variables: Sequence[str], file: Path | None, project_name: str, now: str | None = None
) -> Values:
    """The values of a run. `now` is the time that the lock froze, if there is one."""
    given = read_values_file(file) if file else {}
    return values_for(named_values(variables), given, project_name, now or clock())


def named_values(variables: Sequence[str]) -> dict[str, str]:
    """The values of `--var`, by name.

    Raises:
        UsageError: one is not of the form NAME=VALUE.
    """
    found: dict[str, str] = {}
    for text in variables:
        name, separator, value = text.partition("=")
        if not separator or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name):
            raise UsageError(
                f"--var {text}: not of the form NAME=VALUE", help="such as --var port=8000"
            )
        found[name] = value
    return found
