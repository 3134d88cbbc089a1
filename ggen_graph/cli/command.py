"""What every command shares: the global options, the session they make, commands loaded when used.

The global options may stand before or after the command's name. Results go to stdout; notes,
progress and errors to stderr, where with `--json` only an error is written, as one JSON object.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.core.diagnostics import PlanShownError, UsageError, did_you_mean
from ggen_graph.workflows.recovery import recover_cut_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SCHEMA_VERSION = 1
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Session:
    """How this run reports. `notes` are told at once to a person, and kept for JSON."""

    def __init__(self, *, color: bool | None = None) -> None:
        self.json = False
        self.debug = False
        self.color = color
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Say something that is no result, once."""
        if text in self.notes:
            return
        self.notes.append(text)
        if not self.json:
            click.secho(f"note: {text}", err=True, dim=True, color=self.color)

    def emit(self, result: Mapping[str, Any], show: Callable[[], object]) -> None:
        """Give the result: as JSON with its schema version, or as `show` prints it."""
        if not self.json:
            show()
            return
        click.echo(self.document(result), nl=False)

    def document(self, result: Mapping[str, Any]) -> str:
        """The result as JSON, with its schema version and the notes."""
        import json  # noqa: PLC0415 - only for programs

        document: dict[str, Any] = {"schema_version": SCHEMA_VERSION, **result}
        if self.notes:
            document["notes"] = self.notes
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    def progress(self, text: str) -> None:
        """Tell a person on a terminal what is being done."""
        if not self.json and sys.stderr.isatty():
            click.secho(text, err=True, dim=True, color=self.color)


def session() -> Session:
    """The session of the running command."""
    found = click.get_current_context().find_object(Session)
    if found is None:
        raise LookupError("no command is running")
    return found


def _change_folder(_context: click.Context, _option: click.Parameter, folder: str | None) -> None:
    if folder is None:
        return
    try:
        os.chdir(folder)
    except OSError as error:
        raise UsageError(
            f"-C {folder}: {error.strerror}", help="name a folder that exists and may be entered"
        ) from error


def _set(name: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def callback(context: click.Context, _option: click.Parameter, value: bool) -> None:
        if value:
            state = context.ensure_object(Session)
            if name == "color":
                state.color = context.color = False
            else:
                setattr(state, name, True)

    return callback


def _global_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_set("json"),
            help="Give the result, or the error, as JSON.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_set("debug"),
            help="Show where in ggen an error arose.",
        ),
        click.Option(
            ["--no-color"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_set("color"),
            help="No colours; so does NO_COLOR.",
        ),
        click.Option(
            ["-C", "folder"],
            metavar="DIR",
            expose_value=False,
            is_eager=True,
            callback=_change_folder,
            help="Work as if started in DIR.",
        ),
    ]


@contextmanager
def running(*, recovers: bool = True) -> Iterator[None]:
    """What is around the work of every command, and of a group that works by itself.

    The collector of cycles is awake again (see `ggen_graph.__main__`), and a dry run ends where it
    would have begun.

    Args:
        recovers: whether what an earlier command left half done is seen to first.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
    if recovers:
        recover_cut_off(session().note)
    with suppress(PlanShownError):
        yield


class Command(click.Command):
    """A command that takes the global options after its own.

    Args:
        recovers: whether what an earlier command left half done is seen to first.
    """

    def __init__(self, *args: Any, recovers: bool = True, **options: Any) -> None:
        options.setdefault("context_settings", SETTINGS)
        super().__init__(*args, **options)
        self.params.extend(_global_options())
        self.recovers = recovers

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with running(recovers=self.recovers):
            return super().invoke(ctx)


class Group(click.Group):
    """A group whose commands are imported when they run.

    Args:
        lazy: name → (module, attribute, one line of help), in the order in which help lists them.
        aliases: other names by which a command may be called.
    """

    def __init__(
        self,
        *args: Any,
        lazy: Mapping[str, tuple[str, str, str]],
        aliases: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        options.setdefault("context_settings", SETTINGS)
        super().__init__(*args, **options)
        self.params.extend(_global_options())
        self.lazy = lazy
        self.aliases = aliases or {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order in which they were declared."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        name = self.aliases.get(cmd_name, cmd_name)
        if name not in self.lazy:
            return None
        module, attribute, _ = self.lazy[name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named, or say which was probably meant."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            hint = did_you_mean(args[0], [*self.lazy, *self.aliases])
            raise UsageError(
                f'there is no command "{args[0]}"',
                help=hint or f"`{ctx.command_path} --help` lists them",
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        rows = [(name, help_text) for name, (_, _, help_text) in self.lazy.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def command(name: str, *, recovers: bool = True) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command with the global options; `recovers` as for `Command`."""
    return click.command(name, cls=Command, recovers=recovers)
