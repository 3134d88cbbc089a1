"""`ggen packs test`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import registry_option
from ggen_graph.cli.changes import change_options, diff_colour
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import CheckFailed
from ggen_graph.core.plan import counted, unified_diff
from ggen_graph.edges.config import home
from ggen_graph.workflows.here import current_project
from ggen_graph.workflows.pack_tests import finish_update, pack_tests, update
from ggen_graph.workflows.registries import registries_within
from ggen_graph.workflows.workbench import own_folder

if TYPE_CHECKING:
    from pathlib import Path

    from ggen_graph.cli.changes import Manner
    from ggen_graph.cli.command import Session
    from ggen_graph.workflows.pack_tests import CaseResult, Difference

_TOLD = {
    "missing": "expected, and not made",
    "unexpected": "made, and not expected",
    "changed": "made otherwise than expected",
    "mode": "a program on one side only",
    "undetermined": "made otherwise the second time",
}


@command("test")
@click.argument("pack", required=False)
@click.option("--case", "names", metavar="NAME", multiple=True, help="Only this case; repeatable.")
@click.option(
    "--update", "rewrite", is_flag=True, help="Make what came out what the cases expect."
)
@registry_option
@change_options
def test(
    pack: str | None,
    names: tuple[str, ...],
    rewrite: bool,
    registries: tuple[Path, ...],
    manner: Manner,
) -> None:
    """Run a pack's own tests: generate each case twice, and compare with the files it expects.

    PACK is a pack's folder, or the name of a pack in a folder registry; without it, the folder this
    is run in. A case is a folder in its tests/, with a case.toml and expected/. Ends with exit code
    1 where something differs.
    """
    state = session()
    used = registries_within(current_project(), registries)
    folder = own_folder(pack, used)
    finish_update(folder, home(), manner.terms())
    results = []
    for result in pack_tests(folder, used, names):
        results.append(result)
        if not (state.json or rewrite):
            _tell(state, result)
    updated: list[str] = []
    if rewrite:
        updated = update(folder, results, home(), manner.terms())
    failed = [one for one in results if not _is_right(one, updated=rewrite)]

    def show() -> None:
        for path in updated:
            click.echo(f"updated: {path}")
        if rewrite:
            for one in failed:
                _tell(state, one)
        click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")

    state.emit({"cases": [_document(one) for one in results], "updated": updated}, show)
    if failed:
        raise CheckFailed(
            f"{counted(len(failed), 'case')} failed",
            help="if what came out is right, `ggen packs test --update` makes it what is expected",
            details={"failed": [one.name for one in failed]},
        )


def _is_right(result: CaseResult, *, updated: bool) -> bool:
    """Whether a case passes now; after an update only what no update can put right is left."""
    if not updated:
        return result.passed
    left = any(one.kind == "undetermined" for one in result.differences)
    return result.error is None and not left


def _tell(state: Session, result: CaseResult) -> None:
    word, colour = ("ok", "green") if result.passed else ("FAILED", "red")
    told = f"  {result.description}" if result.description else ""
    click.echo(f"{click.style(f'{word:<6}', fg=colour)}  {result.name}{told}", color=state.color)
    if result.error is not None:
        click.echo(f"  {result.error}")
        for line in result.error.help.splitlines():
            click.echo(f"  {line}")
    for one in result.differences:
        click.echo(f"  {_TOLD[one.kind]}: {one.path}")
        for line in _diff(one):
            click.secho(f"  {line}", fg=diff_colour(line), color=state.color)
    if result.unlisted and not result.passed:
        click.echo(f"  and {counted(len(result.unlisted), 'file')} that the case does not list")


def _diff(one: Difference) -> list[str]:
    """What differs, line by line, where both sides are there."""
    if one.before is None or one.after is None:
        return []
    return list(unified_diff(one.path, one.before, one.after))


def _document(result: CaseResult) -> dict[str, Any]:
    error = result.error
    return {
        "name": result.name,
        "description": result.description,
        "passed": result.passed,
        "compared": result.compared,
        "differences": [
            {"path": one.path, "kind": one.kind, "diff": "\n".join(_diff(one))}
            for one in result.differences
        ],
        "unlisted": list(result.unlisted),
        "error": error
        and {"name": error.name, "message": str(error), "help": error.help},
    }
