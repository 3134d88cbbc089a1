"""`ggen packs explain` and `ggen packs why-not`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_to_read, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.resolution import resolution_options
from ggen_graph.core.diagnostics import ProjectNotFound, UsageError, VersionInvalid
from ggen_graph.core.names import parse_pack_spec
from ggen_graph.core.release import ReleaseId
from ggen_graph.core.solver.proof_drawing import proof_dot, proof_tree
from ggen_graph.core.versions import parse_version
from ggen_graph.edges.config import home
from ggen_graph.workflows.explain import explain_now, last_failure, why_not
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.preferences import how_of

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.core.solver import Failure
    from ggen_graph.workflows.explain import Assumed


@command("explain")
@click.argument("packs", metavar="[PACK[@RANGE]]...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "tree", "json", "dot"]),
    default="text",
    show_default=True,
    help="tree shows what follows from what, dot is for Graphviz; json is --json.",
)
@resolution_options
@registry_option
def explain_(
    packs: tuple[str, ...], form: str, registries: tuple[Path, ...], preferences: dict[str, Any]
) -> None:
    """Show the proof that nothing can be chosen.

    Without a PACK: the last resolution of this project that failed. With some: why these can't be
    chosen together. The proof of the first is in the project's graph: queries/resolution/explain.rq.
    """
    state = session()
    project = current_project()
    if packs:
        specs = [parse_pack_spec(text) for text in packs]
        catalog = catalog_to_read(state, registries, project)
        found = explain_now(catalog, specs, how_of(project, preferences))
    elif project is None:
        raise ProjectNotFound(
            "this folder is in no project", help="go into one, or name packs: ggen packs explain PACK"
        )
    else:
        found = last_failure(project, home())
    if form == "json":
        state.json = True
    document = {
        "at": found.at,
        "message": found.message,
        "derivation": found.failure.to_record() if found.failure else None,
    }
    state.emit(document, lambda: _show(found.message, found.failure, form))


def _show(message: str, failure: Failure | None, form: str) -> None:
    if form == "text" or failure is None:
        click.echo(message)
    elif form == "dot":
        click.echo(proof_dot(failure))
    else:
        for line in proof_tree(failure):
            click.echo(line)


@command("why-not")
@click.argument("release", metavar="PACK@VERSION")
@registry_option
def why_not_(release: str, registries: tuple[Path, ...]) -> None:
    """Show what holds a release back.

    It is assumed that the project has it, and tried whether the rest can be chosen: if so, what would
    change is told, else the proof.
    """
    state = session()
    project = current_project()
    assumed = why_not(catalog_to_read(state, registries, project), project, _release(release))
    document = {
        "pack": assumed.release.name,
        "version": assumed.release.version,
        "possible": assumed.plan is not None and not assumed.own_range,
        "own_range": assumed.own_range or None,
        "derivation": assumed.conflict.details["derivation"] if assumed.conflict else None,
        "changes": [
            {"name": name, "from": before or None, "to": after or None}
            for name, before, after in assumed.changes
        ]
        if assumed.plan
        else [],
    }
    state.emit(document, lambda: _tell(assumed))


def _tell(assumed: Assumed) -> None:
    if assumed.own_range:
        click.echo(
            f"ggen.toml asks for {assumed.release.name} {assumed.own_range},"
            f" and {assumed.release.version} is not that."
        )
    if assumed.conflict is not None:
        click.echo(
            "Even if it asked for that:" if assumed.own_range else f"{assumed.release} can't be had:"
        )
        click.echo(assumed.conflict.help)
        return
    click.echo(
        "Nothing else holds it back." if assumed.own_range else f"Nothing holds {assumed.release} back."
    )
    for name, before, after in assumed.changes:
        if not before:
            click.echo(f"  {name} {after} would be added")
        elif not after:
            click.echo(f"  {name} {before} would go")
        else:
            click.echo(f"  {name} {before} would become {after}")
    spec = assumed.release.spec
    override = f" --override {spec}" if assumed.own_override else ""
    click.echo(f"`ggen packs install {spec}{override}` does it")


def _release(text: str) -> ReleaseId:
    name, at, version = text.partition("@")
    try:
        parse_version(version)
    except VersionInvalid as error:
        raise UsageError(
            f'"{text}" does not name one release' if at else f'"{text}" names no version',
            help=f"write it as in {name}@1.2.3; `ggen packs info {name}` lists the versions",
        ) from error
    spec = parse_pack_spec(name)
    if spec.features:
        raise UsageError("a release is named without features", help=f"write {spec.name}@{version}")
    return ReleaseId(spec.name, version)
