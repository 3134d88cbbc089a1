"""`ggen packs create`."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.manifest.new_pack import NewPack, refuse_wrong
from ggen_graph.core.plan import counted
from ggen_graph.edges.config import home
from ggen_graph.workflows.create_pack import create_pack, likely_author, namesakes
from ggen_graph.workflows.registries import registries_in_use

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.cli.changes import Manner

_QUESTIONS = {
    "name": "name of the pack",
    "description": "what a project gets from it, in one sentence",
    "author": "author, as Name <address>",
    "license": "licence, as SPDX names it",
    "category": "category (web, python, typescript, ci, data, docs, devops, ml, library, tooling, "
    "security, testing)",
}


@command("create")
@click.argument("name", required=False)
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder to make; without it, one of the pack's name.",
)
@click.option("--description", metavar="TEXT", help="What a project gets from it, in one sentence.")
@click.option("--author", metavar="NAME", help='Who writes it, such as "Ann <ann@example.org>".')
@click.option("--license", metavar="SPDX", help="Its licence, such as MIT or Apache-2.0.")
@click.option("--category", metavar="WORD", help="What it is found under, such as docs.")
@change_options
def create(name: str | None, output: Path | None, manner: Manner, **answers: str | None) -> None:
    """Start a pack: a template, a query, a shape, a model and tests that pass, all to be changed.

    On a terminal it asks for what is not given. The folder appears whole or not at all.
    """
    state = session()
    given = {key: value for key, value in {"name": name, **answers}.items() if value is not None}
    pack = NewPack(**_asked(given) if manner.may_ask else _taken(given))
    destination = Path(os.path.abspath(output or pack.name))  # noqa: PTH100 - without ".." in it
    for registry in namesakes(registries_in_use(home()), pack.name):
        state.note(
            f"the registry {registry} has a pack {pack.name}, too; a name comes from the first"
            " registry that has it"
        )
    created = create_pack(destination, pack, manner.terms())

    def show() -> None:
        click.echo(f"{pack.name}: {counted(len(created.files), 'file')} in {output or pack.name}")
        click.echo("next:")
        click.echo(f"  cd {output or pack.name}")
        click.echo("  ggen packs test")

    state.emit({"pack": pack.name, "files": list(created.files)}, show)


def _taken(given: dict[str, str]) -> dict[str, str]:
    """What is given, and what is likely for the rest."""
    if "name" not in given:
        raise UsageError("a pack needs a name", help="ggen packs create NAME")
    return {"author": likely_author(home()), **given}


def _asked(given: dict[str, str]) -> dict[str, str]:
    """What is given, and a person's answers for the rest; a wrong one is asked for again."""
    likely: dict[str, str | None] = {
        **asdict(NewPack("")),
        "name": None,
        "author": likely_author(home()),
    }
    for key, value in given.items():
        refuse_wrong(key, value)
    return {
        key: given[key] if key in given else _answer(key, question, likely.get(key))
        for key, question in _QUESTIONS.items()
    }


def _answer(key: str, question: str, likely: str | None) -> str:
    answer: str = click.prompt(question, default=likely, value_proc=_checking(key), err=True)
    return answer


def _checking(key: str) -> Callable[[Any], str]:
    def check(answer: Any) -> str:
        try:
            refuse_wrong(key, str(answer))
        except UsageError as error:
            raise click.BadParameter(f"{error.message}; {error.help}".rstrip("; ")) from error
        return str(answer)

    return check
