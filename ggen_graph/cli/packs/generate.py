"""`ggen packs generate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.cli.new import create, model_options
from ggen_graph.cli.values import given_values, variable_options
from ggen_graph.core.diagnostics import MergeConflicts, UsageError
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.workflows.create import ModelInput
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.project import read_project
from ggen_graph.workflows.regenerate import regenerate
from ggen_graph.workflows.starting_model import missing_model

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.cli.changes import Manner

    from ggen_graph.workflows.generate import Outcome
    from ggen_graph.workflows.project import Project


@command("generate")
@click.argument("pack", required=False)
@click.argument("name", required=False)
@variable_options
@model_options
@registry_option
@change_options
def generate(
    pack: str | None,
    name: str | None,
    variables: tuple[str, ...],
    variables_file: Path | None,
    models: tuple[Path, ...],
    model_base: str | None,
    registries: tuple[Path, ...],
    manner: Manner,
) -> None:
    """Generate what packs make.

    In a project: what its locked packs make, or only PACK, which is added if it is new. Outside of
    one, `ggen packs generate PACK NAME` is `ggen new NAME --pack PACK`.
    """
    project = current_project()
    if project is None:
        if pack is None or name is None:
            raise UsageError(
                "outside of a project, PACK and NAME are needed",
                help="ggen packs generate PACK NAME",
            )
        model = ModelInput(models, model_base)
        create(name, (pack,), variables, variables_file, model, registries, "packs generate", manner)
        return
    if name is not None or models or model_base:
        raise UsageError(
            f"this folder is in the project {project.manifest.name} already",
            help="leave out NAME and --model to generate into it; another folder starts a new project",
        )
    _in_project(project, pack, variables, variables_file, registries, manner)


def _in_project(
    project: Project,
    pack: str | None,
    variables: tuple[str, ...],
    variables_file: Path | None,
    registries: tuple[Path, ...],
    manner: Manner,
) -> None:
    state = session()
    frozen = project.lock.now if project.lock else None
    values = given_values(variables, variables_file, project.manifest.name, frozen or None)
    catalog = catalog_for(state, registries, project)
    spec = parse_pack_spec(pack) if pack else None
    outcome = regenerate(project, catalog, values, spec, registries=registries, terms=manner.terms())
    if advice := missing_model(read_project(project.root), catalog.home):
        state.note(advice)
    fields = ("created", "replaced", "unchanged", "edited", "beside", "orphaned", "local", "kept")
    document = {field: list(getattr(outcome, field)) for field in fields}
    state.emit({**document, "run": outcome.run, "transaction": outcome.transaction}, lambda: _tell(outcome))
    if outcome.beside:
        raise MergeConflicts(
            f"{len(outcome.beside)} edited file(s) were left as they are; "
            "what the packs make now is beside them",
            help="take over from these what you want, then delete them:\n" + "\n".join(outcome.beside),
            details={"beside": list(outcome.beside)},
        )


def _tell(outcome: Outcome) -> None:
    for word, paths in (
        ("created", outcome.created),
        ("replaced", outcome.replaced),
        ("edited by hand, left alone", outcome.edited),
        ("no longer made by any template, left alone", outcome.orphaned),
        ("ignored by git, so its baseline is not committed either", outcome.local),
        ("edited while this ran, kept", outcome.kept),
    ):
        for path in paths:
            click.echo(f"{word}: {path}")
    click.echo(
        f"{len(outcome.created)} created, {len(outcome.replaced)} replaced, "
        f"{len(outcome.unchanged)} unchanged"
    )
