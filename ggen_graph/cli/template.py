"""`ggen template`: templates by themselves, without a pack or a project."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.command import Group, command, session
from ggen_graph.cli.values import named_values
from ggen_graph.workflows.template_file import read_context, render_file

if TYPE_CHECKING:
    from ggen_graph.core.template.engine import EngineName

_COMMANDS = {
    "render": ("ggen_graph.cli.template", "render", "Render one template file."),
}


@click.command(cls=Group, lazy=_COMMANDS, name="template")
def template() -> None:
    """Render templates by themselves, without a pack or a project."""


@command("render", recovers=False)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--context",
    metavar="JSON|FILE|-",
    help="The values: a JSON object, a JSON, TOML or YAML file, or - for JSON on standard input.",
)
@click.option(
    "--var",
    "variables",
    metavar="NAME=VALUE",
    multiple=True,
    help="A value that is text; it wins over --context.",
)
@click.option(
    "--engine",
    type=click.Choice(["tera", "jinja2"]),
    help="The language, where the end of FILE's name does not say it.",
)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write what it makes here, over what is there.",
)
@click.option(
    "--allow",
    "allowed",
    type=click.Choice(["get_env", "get_random"]),
    multiple=True,
    help="Let the template see the environment, or chance.",
)
def render(
    file: Path,
    context: str | None,
    variables: tuple[str, ...],
    engine: EngineName | None,
    output: Path | None,
    allowed: tuple[str, ...],
) -> None:
    """Render one template file, and print what it makes.

    Its front matter is passed over: it is for packs. It may use the other templates of its folder. What
    it makes is escaped if the file is one of HTML or XML, by --output or else by FILE's own name.
    """
    values = read_context(context, _standard_input) if context is not None else {}
    made = render_file(
        file,
        {**values, **named_values(variables)},
        engine=engine,
        output=output,
        environment=os.environ if "get_env" in allowed else None,
        chance="get_random" in allowed,
    )
    document = {"engine": made.engine, "output": str(output) if output else None, "text": made.text}
    session().emit(document, lambda: None if output else click.echo(made.text, nl=False))


def _standard_input() -> bytes:
    return sys.stdin.buffer.read()
