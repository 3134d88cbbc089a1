"""A command that the documentation names exists, with the options it is shown with."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from ggen_graph.cli.main import ggen

ROOT = Path(__file__).parents[2]
# The log of changes and the decisions speak of other times.
PAGES = [
    page
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
    if page.name not in {"CHANGELOG.md", "cli.md"} and page.parent.name != "decisions"
]

_TYPED = re.compile(r"^\s*(?:\$ )?ggen (?P<rest>.+)$", re.MULTILINE)
_FENCE = re.compile(
    r"^```(?P<kind>console|sh|text)?[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_SPAN = re.compile(r"`ggen (?P<rest>[^`\n]+)`")


def named(page: Path) -> list[str]:
    """What follows `ggen` wherever a page shows a command."""
    text = page.read_text("utf-8")
    blocks = [block["body"] for block in _FENCE.finditer(text) if block["kind"] == "console"]
    typed = [match["rest"] for block in blocks for match in _TYPED.finditer(block)]
    return typed + [match["rest"] for match in _SPAN.finditer(_FENCE.sub("", text))]


def fault(line: str) -> str | None:
    """What is wrong with a command line, if anything."""
    words = shlex.split(line, comments=True)
    command: click.Command = ggen
    # With the settings of the command: click keeps the help option that a context asks for first.
    context = click.Context(ggen, info_name="ggen", **ggen.context_settings)
    for word in words:
        if word in {"|", ">", "&&", ";"}:
            break
        if word.startswith("-"):
            option = word.partition("=")[0]
            known = {
                name
                for parameter in command.params
                for name in [*parameter.opts, *parameter.secondary_opts]
            }
            if option not in known | {"-h", "--help"}:
                return f"{context.command_path} has no option {option}"
        elif isinstance(command, click.Group):
            below = command.get_command(context, word)
            if below is None:
                return f"{context.command_path} has no command {word}"
            inner = click.Context(below, info_name=word, parent=context, **below.context_settings)
            command, context = below, inner
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_that_a_page_names_exists(page: Path) -> None:
    faults = {line: fault(line) for line in named(page)}
    assert not {line: wrong for line, wrong in faults.items() if wrong}


def test_the_check_finds_commands_and_options_that_do_not_exist() -> None:
    assert fault("packs list") is None
    assert fault("packs list --no-such-option")
    assert fault("packs lisst")
