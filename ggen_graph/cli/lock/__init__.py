"""`ggen lock`: a command by itself, and a group of those that compare and merge locks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_for
from ggen_graph.cli.changes import change_options
from ggen_graph.cli.command import Group, running, session
from ggen_graph.core.diagnostics import CheckFailed, UsageError

if TYPE_CHECKING:
    from ggen_graph.cli.changes import Manner
    from ggen_graph.cli.command import Session
    from ggen_graph.core.lock.lockfile import Lock
    from ggen_graph.workflows.lock import Locking

_COMMANDS = {
    "diff": ("ggen_graph.cli.lock.diff", "diff", "Say what differs between two locks, and why."),
    "merge": (
        "ggen_graph.cli.lock.merge",
        "merge",
        "Merge two locks, as git asks a merge driver to.",
    ),
    "install-driver": (
        "ggen_graph.cli.lock.install_driver",
        "install_driver_",
        "Let git merge ggen.lock with ggen.",
    ),
}


@click.command(
    cls=Group,
    lazy=_COMMANDS,
    name="lock",
    invoke_without_command=True,
    subcommand_metavar="[COMMAND [ARGS]...]",
)
@click.option(
    "--update",
    metavar="[PACK]",
    multiple=True,
    is_flag=False,
    flag_value="*",
    help="Let a pack move to what is newest, and with no PACK all; may be given several times.",
)
@click.option("--locked", is_flag=True, help="Write nothing; fail if the lock would change.")
@click.option("--check", is_flag=True, help="The same as a check: print what would change.")
@click.option(
    "--frozen", is_flag=True, help="Ask no registry; fail if the lock is not for ggen.toml."
)
@change_options
@click.pass_context
def lock(
    context: click.Context,
    update: tuple[str, ...],
    locked: bool,
    check: bool,
    frozen: bool,
    manner: Manner,
) -> None:
    """Write ggen.lock, or hold it against ggen.toml.

    What ggen.toml asks for is resolved and locked; nothing is installed. Locked releases stay where
    they may, unless they are to be updated.

    For CI: --locked resolves, and fails if the lock would change (lock-outdated, exit code 1);
    --frozen resolves nothing, and fails if ggen.toml asks for something else than the lock was made
    for, or if a requirement of a locked release is met by no locked one.
    """
    if context.invoked_subcommand is not None:
        given = [name for name in context.params if _was_given(context, name)]
        if given:
            raise UsageError(
                f"--{given[0].replace('_', '-')} is not for ggen lock {context.invoked_subcommand}",
                help=f"`ggen lock {context.invoked_subcommand} --help` shows what is",
            )
        return
    modes = {"--locked": locked, "--check": check, "--frozen": frozen, "--update": bool(update)}
    chosen = [name for name, given in modes.items() if given]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} do not go together", help="choose one of them")
    with running():
        _run(update, manner, *chosen)


def _run(update: tuple[str, ...], manner: Manner, mode: str = "") -> None:
    from ggen_graph.workflows.adopt import refuse_outdated  # noqa: PLC0415 - not for those below
    from ggen_graph.workflows.lock import (  # noqa: PLC0415 - likewise
        compare_with_lock,
        frozen_lock,
        lock_project,
    )
    from ggen_graph.workflows.project import load_project  # noqa: PLC0415 - likewise

    state = session()
    project = load_project(Path.cwd())
    if mode == "--frozen":
        _show_frozen(state, frozen_lock(project))
        return
    catalog = catalog_for(state, (), project)
    if mode in {"--locked", "--check"}:
        found = compare_with_lock(project, catalog)
        if mode == "--locked":
            refuse_outdated(project.lock, found.lock)
        _show(state, found, changed=found.changed)
        if found.changed:
            raise CheckFailed("ggen.lock would change", help="`ggen lock` writes it")
        return
    found = lock_project(project, catalog, update=update, terms=manner.terms())
    _show(state, found, changed=bool(found.transaction))


def _show(state: Session, found: Locking, *, changed: bool) -> None:
    document = {
        "changed": changed,
        "diff": found.diff.to_record(),
        "releases": [
            {"name": one.name, "version": one.version, "checksum": one.checksum}
            for one in found.lock.releases
        ],
        "transaction": found.transaction,
        "kept": list(found.kept),
    }

    def show() -> None:
        for line in found.lines():
            click.echo(line)
        for path in found.kept:
            click.echo(f"edited while this ran, kept: {path}")
        if not changed:
            click.echo("ggen.lock stays as it is")

    state.emit(document, show)


def _show_frozen(state: Session, lock: Lock) -> None:
    releases = [{"name": one.name, "version": one.version} for one in lock.releases]
    state.emit({"releases": releases}, lambda: click.echo("ggen.lock is what ggen.toml asks for"))


def _was_given(context: click.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE
