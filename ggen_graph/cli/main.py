"""The `ggen` command: its top level, and the one place where an error becomes output.

A `GgenError` becomes its message, place and help, or with `--json` one JSON object on stderr, and
its exit code (docs/reference/exit-codes.md). What the system refuses becomes one. Anything else is a
bug in ggen: exit code 70, and a traceback with `--debug` only.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ggen_graph import __version__
from ggen_graph.cli.command import SCHEMA_VERSION, Group, Session
from ggen_graph.core.diagnostics import GgenError, Interrupted, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMANDS = {
    "new": ("ggen_graph.cli.new", "new", "Start a project from packs."),
    "packs": (
        "ggen_graph.cli.packs",
        "packs",
        "Find, plan, install, generate, query and check packs.",
    ),
    "lock": ("ggen_graph.cli.lock", "lock", "Write ggen.lock, or hold it against ggen.toml."),
    "check": (
        "ggen_graph.cli.check",
        "check_",
        "Compare generated files with what was generated.",
    ),
    "query": ("ggen_graph.cli.query", "query", "Ask one of ggen's own queries."),
    "template": ("ggen_graph.cli.template", "template", "Render templates by themselves."),
    "graph": (
        "ggen_graph.cli.graph",
        "graph",
        "Look after the graph of a project or of the catalog.",
    ),
    "serve": (
        "ggen_graph.cli.serve",
        "serve",
        "Serve the graph over HTTP: a SPARQL 1.1 endpoint at /sparql and pages for people at /.",
    ),
    "config": ("ggen_graph.cli.config", "config", "Read and change the home's configuration."),
    "doctor": (
        "ggen_graph.cli.doctor",
        "doctor",
        "Check that everything ggen relies on is in order.",
    ),
    "completion": (
        "ggen_graph.cli.completion",
        "completion",
        "Print the completion script of a shell.",
    ),
}


class _ReaderGoneError(Exception):
    """Whoever read our output has seen enough."""


class _Root(Group):
    """The top level. A closed pipe reaches `main` from here, past click, which would make it exit code 1."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _noticing_readers():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _noticing_readers():
            return super().invoke(ctx)


@contextmanager
def _noticing_readers() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise _ReaderGoneError from error


@click.command(cls=_Root, lazy=_COMMANDS, aliases={"pack": "packs"}, name="ggen")
@click.version_option(__version__, prog_name="ggen", message="%(prog)s %(version)s")
def ggen() -> None:
    """Packs, projects and generated code, every fact of them in a graph.

    A pack is a versioned bundle of templates, queries, shapes and ontologies. ggen finds packs,
    resolves and installs them, and generates code from them and from a project's own RDF.
    """


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    state = Session(color=False if os.environ.get("NO_COLOR") else None)
    _prepare_streams()
    try:
        code = ggen.main(standalone_mode=False, obj=state, color=state.color, prog_name="ggen")
    except (click.exceptions.Abort, KeyboardInterrupt):
        code = _report_interrupt(state)
    except _ReaderGoneError:
        # Keep Python from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # noqa: BLE001 - the last resort: a bug is reported, not printed raw
        code = _report(state, _explained(error), error)
    sys.exit(code if isinstance(code, int) else 0)


def _prepare_streams() -> None:
    """Let nothing that is said fail for how it is said.

    A process may be started without stdout or stderr; then what it says there goes nowhere. What a
    terminal's encoding lacks is shown by its number, as Python does on stderr.
    """
    if sys.stdout is None or sys.stderr is None:
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
        sys.stdout = sys.stdout or nowhere
        sys.stderr = sys.stderr or nowhere
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _explained(error: Exception) -> GgenError:
    """Whatever was raised, as an error for a person."""
    if isinstance(error, GgenError):
        return error
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.ClickException):
        return UsageError(error.format_message())
    if isinstance(error, OSError):
        from ggen_graph.edges.files import explain  # noqa: PLC0415 - error path

        return explain(error, "use", error.filename or "stdout")
    strange = next((word for word in sys.argv if not _is_text(word)), None)
    if isinstance(error, ValueError) and strange is not None:
        return UsageError(
            f"{strange!a} is not text in this terminal's encoding",
            help="use a locale with UTF-8, such as LC_ALL=C.UTF-8",
        )
    return _bug(error)


def _is_text(word: str) -> bool:
    """Whether an argument was decoded, and not smuggled through as bytes (PEP 383)."""
    return not any("\udc80" <= character <= "\udcff" for character in word)


def _usage(error: click.UsageError) -> UsageError:
    path = error.ctx.command_path if error.ctx else "ggen"
    return UsageError(
        error.format_message().rstrip("."), help=f"`{path} --help` shows how it is used"
    )


def _bug(error: Exception) -> GgenError:
    return GgenError(
        f"this is a bug in ggen: {type(error).__name__}: {error}",
        help="run it again with --debug, and report what it prints",
    )


def _report_interrupt(state: Session) -> int:
    if _wants_json(state):
        return _report(state, Interrupted("interrupted"))
    click.echo("interrupted", err=True)
    return Interrupted.exit_code


def _wants_json(state: Session) -> bool:
    """Whether the error is for a program; where the command line is wrong, `--json` was not read yet."""
    return state.json or "--json" in sys.argv[1:]


def _report(state: Session, error: GgenError, cause: Exception | None = None) -> int:
    trace = ""
    if state.debug:
        import traceback  # noqa: PLC0415 - only for those who ask

        trace = "".join(traceback.format_exception(cause or error))
    if _wants_json(state):
        import json  # noqa: PLC0415 - only for programs

        document = _document(error, trace)
        if state.notes:
            document["notes"] = state.notes
        click.echo(json.dumps(document, ensure_ascii=False), err=True)
        return error.exit_code
    click.echo(trace, err=True, nl=False)
    click.echo(
        click.style(f"error[{error.name}]", fg="red", bold=True) + f": {error.message}",
        err=True,
        color=state.color,
    )
    if error.where:
        click.echo(f"  --> {error.where}", err=True)
    for line in error.help.splitlines():
        click.echo(f"  {line}", err=True)
    return error.exit_code


def _document(error: GgenError, trace: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": error.name,
        "message": error.message,
        "exit_code": error.exit_code,
    }
    if error.help:
        document["help"] = error.help
    if error.where:
        document["where"] = error.where._asdict()
    if error.details:
        document["details"] = error.details
    if trace:
        document["traceback"] = trace
    return {"schema_version": SCHEMA_VERSION, "error": document}


if __name__ == "__main__":
    main()
