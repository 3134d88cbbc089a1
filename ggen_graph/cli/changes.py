"""What every command that changes files has in common: its options, the plan it shows, the question."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.command import session
from ggen_graph.core.diagnostics import Declined, PlanShownError, UsageError
from ggen_graph.core.plan import Risk, unified_diff
from ggen_graph.workflows.places import Terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.cli.command import Session
    from ggen_graph.core.plan import ChangePlan
    from ggen_graph.workflows.places import Contents


def change_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--dry-run`, `--yes`, `--no-input` and `--no-wait`, given to the function as `manner`."""

    def collect(**options: Any) -> Any:
        manner = Manner(
            options.pop("dry_run"),
            options.pop("yes"),
            options.pop("no_input"),
            options.pop("no_wait"),
        )
        return function(manner=manner, **options)

    collect.__doc__ = function.__doc__
    collect.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in (
        click.option("--no-wait", is_flag=True, help="Fail if another ggen is at work there."),
        click.option(
            "--no-input", is_flag=True, help="Never ask; fail where a question is needed."
        ),
        click.option("-y", "--yes", is_flag=True, help="Agree to whatever would be asked."),
        click.option("--dry-run", is_flag=True, help="Only show what would be done, as a diff."),
    ):
        option(collect)
    return collect


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person wants a change to be made: as the options say."""

    dry_run: bool
    yes: bool
    no_input: bool
    no_wait: bool

    def terms(self) -> Terms:
        """The same for a workflow."""
        state = session()

        def consent(plan: ChangePlan, contents: Contents) -> None:
            if self.dry_run:
                show_plan(state, plan, contents)
                raise PlanShownError
            if plan.risk is not Risk.NONE and not self.yes:
                self._ask(state, plan)

        return Terms(
            consent, state.progress, wait=not self.no_wait, note=state.note, dry=self.dry_run
        )

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody to ask, who wants to be asked."""
        someone = sys.stdin is not None and sys.stdin.isatty()
        return someone and not (self.no_input or self.yes or self.dry_run or session().json)

    def _ask(self, state: Session, plan: ChangePlan) -> None:
        """One question, or the name to be typed; on stderr, since stdout is for results."""
        if self.no_input or sys.stdin is None or not sys.stdin.isatty():
            raise UsageError(
                f"ggen {plan.command} needs a yes: "
                + ("it can't be undone" if plan.irreversible else "it would touch hand edits"),
                help="--dry-run shows what it would do; --yes agrees to it",
                details={"plan": plan.to_record()},
            )
        for line in plan.lines():
            click.echo(line, err=True, color=state.color)
        if plan.irreversible:
            typed = click.prompt(
                f"this can't be undone; type {plan.irreversible} to go on", err=True
            )
            agreed = typed == plan.irreversible
        else:
            agreed = click.confirm("hand edits are touched (and kept); go on?", err=True)
        if not agreed:
            raise Declined("nothing was changed")


def show_plan(state: Session, plan: ChangePlan, contents: Contents) -> None:
    """The result of a dry run: the plan, and what changes in each file that is not ggen's own."""
    lines = [
        line
        for change in plan.changes
        if not change.path.startswith(".ggen/")
        for line in unified_diff(change.path, *contents[change.path])
    ]

    def show() -> None:
        for line in lines:
            click.secho(line, fg=diff_colour(line), color=state.color)
        for line in plan.lines():
            click.echo(line)
        click.echo("nothing was done: this was a dry run")

    state.emit({"dry_run": True, "plan": plan.to_record(), "diff": "\n".join(lines)}, show)


def diff_colour(line: str) -> str | None:
    """The colour of a line of a unified diff."""
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
