"""What the commands that ask a query share: their options, and how an answer is shown."""

from __future__ import annotations

import sys
from math import isnan
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.reporters.text import table, whole_table
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.graph.results import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ggen_graph.cli.command import Session
    from ggen_graph.graph.parameters import Signature
    from ggen_graph.workflows.ask import Answer


class Seconds(click.FloatRange):
    """A number of seconds; click takes `nan` for one within any range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        if isnan(seconds := super().convert(value, param, ctx)):
            self.fail(f"{value!r} is not a number", param, ctx)
        return seconds


def answer_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--format`, `--param`, `--stats` and `--no-pager`."""
    for option in reversed(
        (
            click.option(
                "--format",
                "form",
                type=click.Choice(FORMATS),
                default=None,
                help="How to give the result; a table on its own, json with --json.",
            ),
            click.option(
                "--param",
                "params",
                metavar="NAME=VALUE",
                multiple=True,
                help="A parameter of a named query; again for a further value.",
            ),
            click.option("--stats", is_flag=True, help="Say on stderr what the answer took."),
            click.option("--no-pager", is_flag=True, help="Don't page a long table on a terminal."),
        )
    ):
        function = option(function)
    return function


def parameters(params: Sequence[str]) -> dict[str, list[str]]:
    """The values given with `--param`, by name."""
    given: dict[str, list[str]] = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals or not name:
            raise UsageError(
                f"--param {param}: write NAME=VALUE", help="such as --param category=ggen:web"
            )
        given.setdefault(name, []).append(value)
    return given


def show(state: Session, answer: Answer, *, pager: bool) -> None:
    """Print an answer: a table, through a pager where it is longer than the terminal, or the bytes."""
    for note in answer.notes:
        state.note(note)
    if answer.columns is None:
        sys.stdout.buffer.write(answer.data)
        if answer.data and not answer.data.endswith(b"\n"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
    elif pager and sys.stdout.isatty() and len(answer.rows) >= _height():
        click.echo_via_pager(whole_table(answer.columns, answer.rows))
    else:
        table(answer.columns, answer.rows, color=state.color)


def show_stats(state: Session, answer: Answer) -> None:
    """Say what an answer took."""
    if answer.total is None:
        state.note(f"{answer.generation}: remembered from before")
        return
    total = answer.total
    state.note(
        f"{answer.generation}: {total.rows:,} rows, {total.size:,} bytes, {total.seconds:.3f} s"
        f" ({total.processor:.3f} s of processor time)"
        + (f", {total.memory / 1e6:,.0f} MB of memory" if total.memory else "")
    )


def list_queries(state: Session, found: Mapping[str, Signature]) -> None:
    """Print what queries there are, with what each is for and takes."""

    def shown() -> None:
        table(
            ("QUERY", "PARAMETERS", "SUMMARY"),
            [
                (name, ", ".join(f"{one.name}: {one}" for one in said.parameters), said.summary)
                for name, said in found.items()
            ],
            color=state.color,
        )

    state.emit(
        {
            "queries": [
                {
                    "name": name,
                    "summary": said.summary,
                    "parameters": {one.name: str(one) for one in said.parameters},
                    "returns": said.returns,
                }
                for name, said in found.items()
            ]
        },
        shown,
    )


def _height() -> int:
    import shutil  # noqa: PLC0415 - as in reporters.text

    return shutil.get_terminal_size().lines - 1
