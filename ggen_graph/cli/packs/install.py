"""`ggen packs install`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_for, registries_for, registry_option
from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import command, session
from ggen_graph.cli.packs.plan import note_choices, plan_document
from ggen_graph.cli.resolution import resolution_options
from ggen_graph.core.diagnostics import UsageError, VersionConflict
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.workflows.adopt import adopt, install_only
from ggen_graph.workflows.frozen import install_frozen
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.project import read_project
from ggen_graph.workflows.starting_model import missing_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ggen_graph.cli.changes import Manner
    from ggen_graph.workflows.adopt import Adopted
    from ggen_graph.workflows.project import Project


@command("install")
@click.argument("packs", metavar="[PACK[@RANGE]]...", nargs=-1)
@click.option("--force", is_flag=True, help="Install anew what is installed already.")
@click.option("--locked", is_flag=True, help="Fail if ggen.lock would change.")
@click.option(
    "--frozen", is_flag=True, help="Resolve nothing: install what ggen.lock has, or fail."
)
@resolution_options
@registry_option
@change_options
def install(
    packs: tuple[str, ...],
    force: bool,
    locked: bool,
    frozen: bool,
    registries: tuple[Path, ...],
    preferences: dict[str, Any],
    manner: Manner,
) -> None:
    """Install packs with all that they require.

    In a project they are added to ggen.toml and locked in ggen.lock; without a PACK, what ggen.toml
    asks for is installed. Outside of a project they are installed in the home only. How releases are
    to be chosen is kept in ggen.toml, too, under [resolution].

    For CI: --locked and --frozen install exactly what ggen.lock has.
    """
    state = session()
    specs = [parse_pack_spec(text) for text in packs]
    project = current_project()
    if locked or frozen:
        _refuse_strange([*packs, *preferences], project, locked=locked, frozen=frozen)
    if frozen and project is not None:
        catalog = registries_for(registries, project)
        result = install_frozen(project, catalog, force=force, terms=manner.terms())
    elif project is None:
        catalog = catalog_for(state, registries)
        result = install_only(
            catalog, specs, preferences=preferences, force=force, terms=manner.terms()
        )
    else:
        catalog = catalog_for(state, registries, project)

        def into_project(preferences: dict[str, Any]) -> Adopted:
            return adopt(
                project,
                catalog,
                specs,
                registries=registries,
                preferences=preferences,
                force=force,
                locked=locked,
                terms=manner.terms(),
            )

        try:
            result = into_project(preferences)
        except VersionConflict as conflict:
            override = _offered_override(conflict, manner)
            if override is None:
                raise
            if not override:
                raise VersionConflict(
                    conflict.message,
                    help="what stands above says why; nothing was changed",
                    details=conflict.details,
                ) from conflict
            overrides = (*preferences.get("overrides", ()), override)
            result = into_project({**preferences, "overrides": overrides})
    if project is not None:
        if advice := missing_model(read_project(project.root), catalog.home):
            state.note(advice)
    note_choices(state, result.plan)
    document = plan_document(result.plan)
    document |= {"transaction": result.transaction, "kept": list(result.kept)}
    document["installed"] = [
        {"name": one.release.name, "version": one.release.version, "checksum": one.release.checksum}
        for one in result.installed
        if one.fresh
    ]

    def show() -> None:
        for one in result.installed:
            word = "installed" if one.fresh else "already there"
            click.echo(f"{one.release.name} {one.release.version}  {word}")
        for path in result.kept:
            click.echo(f"edited while this ran, kept: {path}")
        if project is not None:
            click.echo("next: ggen packs generate")

    state.emit(document, show)


def _offered_override(
    conflict: VersionConflict, manner: Manner
) -> tuple[str, str] | tuple[()] | None:
    """The override that would end a conflict: None if nobody was asked, () if a person said no."""
    found = conflict.details.get("override")
    if found is None or not manner.may_ask:
        return None
    name, text = found["name"], f"^{found['version']}"
    click.echo(conflict.help, err=True)
    question = f"let all have {name} {found['version']}, whatever they require (it is kept in ggen.toml)?"
    return (name, text) if click.confirm(question, err=True) else ()


def _refuse_strange(
    asked: Sequence[str], project: Project | None, *, locked: bool, frozen: bool
) -> None:
    """Refuse to hold to a lock what can't be held to one."""
    option = "--locked" if locked else "--frozen"
    if locked and frozen:
        raise UsageError("--locked and --frozen do not go together", help="choose one of them")
    if project is None:
        raise UsageError(
            f"outside of a project there is no ggen.lock for {option}", help="go into a project"
        )
    if asked:
        raise UsageError(
            f"{option} installs what ggen.lock has, and takes no PACK, nor how to choose",
            help="`ggen packs install` without it changes ggen.toml and ggen.lock",
        )
