"""What every command that looks for faults has in common: how it reports them, and when it fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.core.diagnostics import CheckFailed, UsageError
from ggen_graph.core.findings import MOST, SEVERITIES, summed_up
from ggen_graph.edges.git import repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ggen_graph.cli.command import Session
    from ggen_graph.core.findings import Finding, Severity, Summary

FORMATS = ("text", "json", "sarif", "junit", "github")

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="sarif and junit: for CI; github: annotations for a workflow of GitHub Actions.",
)
output_option = click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the report; else stdout.",
)


def report_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--format`, `--fail-on`, `--limit` and `--output`, given to the function as `reporting`."""

    def collect(**options: Any) -> Any:
        reporting = Reporting(
            options.pop("form"), options.pop("fail_on"), options.pop("limit"), options.pop("output")
        )
        return function(reporting=reporting, **options)

    collect.__doc__ = function.__doc__
    collect.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for option in (
        output_option,
        click.option(
            "--limit",
            type=click.IntRange(0),
            default=MOST,
            show_default=True,
            help="Show at most so many findings, the worst; 0 for all.",
        ),
        click.option(
            "--fail-on",
            type=click.Choice(SEVERITIES),
            default="violation",
            show_default=True,
            help="From which severity on the exit code is 1.",
        ),
        format_option,
    ):
        option(collect)
    return collect


@dataclass(frozen=True, slots=True)
class Reporting:
    """How a person wants findings to be reported: as the options say."""

    form: str = "text"
    fail_on: Severity = "violation"
    limit: int = MOST
    output: Path | None = None

    def report(self, state: Session, findings: Iterable[Finding]) -> None:
        """Report findings.

        Raises:
            CheckFailed: there are some of a severity that makes the command fail.
        """
        summary = summed_up(findings, self.limit)
        self.write(state, summary)
        wrong = summary.at_least(self.fail_on)
        if wrong:
            raise CheckFailed(
                f"{wrong} finding(s) of severity {self.fail_on} or above",
                details={"counts": dict(summary.counts)},
            )

    def write(self, state: Session, summary: Summary) -> None:
        """Write the report in the format that is asked for."""
        top = repository(Path.cwd())
        if self.form == "json" or (state.json and self.form == "text"):
            from ggen_graph.cli.reporters.json import document  # noqa: PLC0415 - only one is used

            state.json = True
            text = state.document(document(summary))
        elif self.form == "text":
            from ggen_graph.cli.reporters.text import report  # noqa: PLC0415 - likewise

            text = report(summary)
        elif self.form == "sarif":
            from ggen_graph.cli.reporters import sarif  # noqa: PLC0415 - likewise

            text = sarif.report(summary, top)
        elif self.form == "junit":
            from ggen_graph.cli.reporters import junit  # noqa: PLC0415 - likewise

            text = junit.report(summary, top, self.fail_on)
        else:
            from ggen_graph.cli.reporters import github  # noqa: PLC0415 - likewise

            text = github.report(summary, top)
        self.put(text, state)

    def put(self, text: str, state: Session) -> None:
        """Put a report where it is to go: into a file, whole or not at all, or to stdout.

        Raises:
            UsageError: `--json` and another format are asked for.
        """
        if state.json and self.form not in {"json", "text"}:
            raise UsageError(
                f"--json and --format {self.form} do not go together", help="leave out one of them"
            )
        if self.output is None:
            click.echo(text, nl=False, color=state.color)
        else:
            from ggen_graph.workflows import graphs  # noqa: PLC0415 - only to write a file

            data = click.unstyle(text).encode("utf-8", "backslashreplace")
            graphs.write_export(self.output, data)
