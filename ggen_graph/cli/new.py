"""`ggen new`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.cli.packs.plan import note_choices, plan_document
from ggen_graph.cli.resolution import resolution_options
from ggen_graph.cli.values import given_values, variable_options
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.core.plan import counted
from ggen_graph.workflows.create import ModelInput, create_project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ggen_graph.cli.changes import Manner
    from ggen_graph.workflows.create import Created


def model_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--model FILE` (repeatable) and `--model-base IRI`."""
    function = click.option(
        "--model-base", metavar="IRI", help="What relative IRIs of the model are resolved against."
    )(function)
    return click.option(
        "--model",
        "models",
        metavar="FILE",
        multiple=True,
        type=click.Path(path_type=Path),
        help="RDF to generate from, copied into model/; without it, what the packs bring.",
    )(function)


@command("new")
@click.argument("name")
@click.option(
    "--pack",
    "packs",
    metavar="PACK[@RANGE]",
    multiple=True,
    required=True,
    help="A pack to start with.",
)
@variable_options
@model_options
@resolution_options
@registry_option
@change_options
def new(
    name: str,
    packs: tuple[str, ...],
    variables: tuple[str, ...],
    variables_file: Path | None,
    models: tuple[Path, ...],
    model_base: str | None,
    registries: tuple[Path, ...],
    preferences: dict[str, Any],
    manner: Manner,
) -> None:
    """Start a project from packs, in the new folder NAME: resolve, install, lock, generate.

    The folder appears whole or not at all.
    """
    create(
        name,
        packs,
        variables,
        variables_file,
        ModelInput(models, model_base),
        registries,
        "new",
        manner,
        preferences,
    )


def create(
    name: str,
    packs: tuple[str, ...],
    variables: tuple[str, ...],
    variables_file: Path | None,
    model: ModelInput,
    registries: tuple[Path, ...],
    invoked_as: str,
    manner: Manner,
    preferences: Mapping[str, Any] | None = None,
) -> None:
    """Start a project, and say what was made."""
    state = session()
    specs = [parse_pack_spec(text) for text in packs]
    if not name:
        raise UsageError("a project needs a name", help="ggen new NAME --pack PACK")
    destination = Path(os.path.abspath(name))  # noqa: PTH100 - without ".." in it
    values = given_values(variables, variables_file, destination.name)
    catalog = catalog_for(state, registries)
    created = create_project(
        destination,
        specs,
        catalog,
        values,
        model,
        registries=registries,
        preferences=preferences,
        command=invoked_as,
        terms=manner.terms(),
    )
    note_choices(state, created.plan)
    state.emit(_document(created), lambda: _tell(name, created))


def _document(created: Created) -> dict[str, Any]:
    return {
        "project": created.root.name,
        **plan_document(created.plan),
        "files": list(created.outcome.created),
        "local": list(created.outcome.local),
        "run": created.outcome.run,
    }


def _tell(name: str, created: Created) -> None:
    releases = ", ".join(f"{one.name} {one.version}" for one in created.plan.releases)
    click.echo(f"{name}: {counted(len(created.outcome.created), 'file')} from {releases}")
    for path in created.outcome.local:
        click.echo(f"ignored by git, so its baseline is not committed either: {path}")
    click.echo("next:")
    click.echo(f"  cd {name}")
    if _tells_of_tests(created.root / "README.md"):
        click.echo("  run its tests, as README.md says")


def _tells_of_tests(readme: Path) -> bool:
    """Whether a project's own readme says how its tests are run."""
    try:
        text = readme.read_text("utf-8", "replace")
    except FileNotFoundError:
        return False
    return re.search(r"\b(pytest|(npm|make|cargo) (run )?test)\b", text) is not None
