"""Writes the pages of docs/reference that are made from the code: exit-codes.md and cli.md.

`make docs` runs it; with `--check` it writes nothing and says which pages are out of date (exit 1).
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import click

import ggen_graph
from ggen_graph.core.diagnostics import GgenError

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"

# docs/reference/exit-codes.md: what each code means, whoever raises it (mission: "Exit codes and error names").
CODES = {
    0: "done",
    1: "not found, malformed, refused, or a check has findings",
    2: "installation failed, or the command line is wrong",
    3: "a template did not render; nothing was written",
    4: "the chosen releases depend on each other in a circle",
    5: "versions conflict",
    6: "an earlier operation was cut off, and must be resumed or undone",
    7: "a variable is missing or invalid; nothing was written",
    8: "a registry or a SPARQL server is unavailable",
    9: "a checksum is wrong, or an archive was refused",
    10: "not permitted",
    11: "finished, and something is left for you to merge",
    70: "a bug in ggen",
    130: "interrupted",
}

EXIT_CODES = """\
# Exit codes and error names

Every error has a name that stays the same from version to version. It says what happened, to what, and what to do next.
With `--json` it is one JSON object on stderr. A Python traceback is shown only with `--debug`.

Made from the code by `make docs`.

| code | means |
|---|---|
{codes}

| name | code | what happened |
|---|---|---|
{errors}
"""

CLI = """\
# Commands

What `--help` prints, for every command. `pack` is accepted for `packs`, and `-h` for `--help`.

Made from the code by `make docs`.
{commands}"""


def errors() -> list[type[GgenError]]:
    """Every kind of error there is, by exit code and name."""
    for module in pkgutil.walk_packages(ggen_graph.__path__, "ggen_graph."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: dict[str, type[GgenError]] = {}
    waiting = [GgenError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind is GgenError or "name" in vars(kind):
            found.setdefault(kind.name, kind)
    return sorted(found.values(), key=lambda kind: (kind.exit_code, kind.name))


def summary(kind: type[GgenError]) -> str:
    """The first sentence of what a kind of error means."""
    if kind is GgenError:
        return "Something that should not happen."
    return (kind.__doc__ or "").strip().splitlines()[0]


def exit_codes() -> str:
    kinds = errors()
    unknown = {kind.exit_code for kind in kinds} - set(CODES)
    if unknown:
        raise SystemExit(f"say in CODES what exit code {sorted(unknown)} means")
    return EXIT_CODES.format(
        codes="\n".join(f"| {code} | {meaning} |" for code, meaning in CODES.items()),
        errors="\n".join(
            f"| `{kind.name}` | {kind.exit_code} | {summary(kind)} |" for kind in kinds
        ),
    )


def pages(command: click.Command, context: click.Context) -> list[tuple[str, str]]:
    """(name, help) of a command and those below it."""
    found = [(context.command_path, command.get_help(context))]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is None or below.hidden:
                continue
            settings = below.context_settings
            found += pages(below, click.Context(below, info_name=name, parent=context, **settings))
    return found


def cli() -> str:
    from ggen_graph.cli.main import ggen  # noqa: PLC0415 - the page of errors does not need it

    context = click.Context(ggen, info_name="ggen", terminal_width=100, **ggen.context_settings)
    commands = "".join(
        f"\n## {name}\n\n```text\n{text.rstrip()}\n```\n" for name, text in pages(ggen, context)
    )
    return CLI.format(commands=commands)


def main() -> None:
    check = "--check" in sys.argv[1:]
    stale = []
    for name, make in (("exit-codes.md", exit_codes), ("cli.md", cli)):
        page, text = REFERENCE / name, make()
        if page.is_file() and page.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not check:
            page.write_text(text, "utf-8")
    if check and stale:
        raise SystemExit(f"docs/reference is out of date: {', '.join(stale)}; run `make docs`")


if __name__ == "__main__":
    main()
