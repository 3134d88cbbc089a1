"""`ggen packs diff`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_to_read, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import CheckFailed
from ggen_graph.workflows.diff import diff
from ggen_graph.workflows.here import current_project

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ggen_graph.core.release_change import ReleaseChange
    from ggen_graph.workflows.diff import Diff


@command("diff")
@click.argument("pack")
@click.argument("before", metavar="V1")
@click.argument("after", metavar="[V2]", required=False)
@click.option("--check", is_flag=True, help="Exit with 1 if something may break.")
@registry_option
def diff_(
    pack: str, before: str, after: str | None, check: bool, registries: tuple[Path, ...]
) -> None:
    """Show what changed between two releases of a pack, and what of it may break who used the first.

    V1 and V2 are versions, or ranges, which mean the newest release in them; without V2 it is the
    newest that there is. Requirements, variables, templates, queries, licence and ggen_compat count.
    """
    state = session()
    found = diff(catalog_to_read(state, registries, current_project()), pack, before, after)
    for version in found.unseen:
        state.note(
            f"of {pack} {version} only a line of an index is known:"
            " variables, templates and queries were not compared"
        )
    breaking = len(found.breaking)
    state.emit(
        {
            "pack": pack,
            "before": found.before.version,
            "after": found.after.version,
            "changes": [
                {**asdict(change), "breaking": bool(change.breaking), "why": change.breaking}
                for change in found.changes
            ],
            "breaking": breaking,
            "not_compared": list(found.unseen),
        },
        lambda: _show(found),
    )
    if check and breaking:
        raise CheckFailed(
            f"{breaking} of {len(found.changes)} changes from {pack} {found.before.version}"
            f" to {found.after.version} may break who used it"
        )


def _show(found: Diff) -> None:
    release, count = found.before.name, len(found.changes)
    if not count:
        click.echo(f"{release} {found.before.version} → {found.after.version}: nothing changed")
        return
    click.echo(
        f"{release} {found.before.version} → {found.after.version}:"
        f" {count} change{'s'[: count != 1]}, {len(found.breaking)} of them breaking"
    )
    _section("breaking", found.breaking)
    _section("other", [change for change in found.changes if not change.breaking])


def _section(title: str, changes: Iterable[ReleaseChange]) -> None:
    told = [(f"{change.part} {change.name}".rstrip(), _told(change)) for change in changes]
    if not told:
        return
    click.echo(f"\n{title}")
    width = max(len(what) for what, _ in told)
    for what, text in told:
        click.echo(f"  {what:<{width}}  {text}")


def _told(change: ReleaseChange) -> str:
    """What became of it, from what to what, and why that may break."""
    words = [change.aspect, change.kind]
    if change.kind == "added" and change.after is not None:
        words.append(_value(change.after))
    elif change.kind == "removed" and change.before is not None:
        words += [f"(it was {_value(change.before)})"] if change.part != "template" else []
    elif (change.before, change.after) != (None, None):
        words += ["from", _value(change.before), "to", _value(change.after)]
    said = " ".join(filter(None, words))
    return f"{said}: {change.breaking}" if change.breaking else said


def _value(text: str | None) -> str:
    return "none" if text is None else text or '""'
