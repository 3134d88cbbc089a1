"""`ggen packs sparql`."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ggen_graph.cli.catalog import catalog_for, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.text import table
from ggen_graph.core.diagnostics import GgenError, ProjectNotFound, UsageError
from ggen_graph.workflows.ask import FORMATS, Question, ask
from ggen_graph.workflows.catalog import use_catalog
from ggen_graph.workflows.here import current_project

if TYPE_CHECKING:
    from ggen_graph.cli.command import Session
    from ggen_graph.workflows.ask import Answer
    from ggen_graph.workflows.project import Project


@command("sparql")
@click.argument("pack", required=False)
@click.argument("name", metavar="[QUERY]", required=False)
@click.option("--query", metavar="SPARQL", help="The query.")
@click.option(
    "--query-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A file with it; - is stdin.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=None,
    help="How to give the result; a table on its own, json with --json.",
)
@click.option(
    "--scope",
    type=click.Choice(["project", "catalog"]),
    default=None,
    help="Whose graph to ask: the project's inside of one, else the catalog's.",
)
@registry_option
def sparql(
    pack: str | None,
    name: str | None,
    query: str | None,
    query_file: Path | None,
    form: str | None,
    scope: str | None,
    registries: tuple[Path, ...],
) -> None:
    """Ask the graph a SPARQL 1.1 query: --query, --query-file, or the query QUERY that PACK brings.

    The query sees the union of all graphs of the project or of the catalog; a pack's query sees the
    project's model, as the pack's templates do. Common prefixes such as ggen: and prov: need not be
    declared. Queries can only read.
    """
    state = session()
    project = current_project()
    if scope == "project" and project is None:
        raise ProjectNotFound(
            "--scope project: this folder is in no project", help="use --scope catalog"
        )
    if scope == "project" and registries:
        raise UsageError(
            "--registry is of the catalog, not of a project", help="use --scope catalog"
        )
    text = _text(pack, name, query, query_file)
    question = Question(text, str(query_file or "query"), pack, name)
    asked = None if scope == "catalog" or registries else project
    catalog = None if asked else catalog_for(state, registries, project)
    answer = ask(question, form or ("json" if state.json else "table"), asked, catalog)
    for note in answer.notes:
        state.note(note)
    if asked is not None and scope is None and answer.columns is not None and not answer.rows:
        _look_in_catalog(state, question, asked)
    _print(answer)


def _look_in_catalog(state: Session, question: Question, project: Project) -> None:
    """Say so if a query finds in the catalog what a project's graph does not have."""
    with suppress(GgenError):
        catalog = use_catalog((), (project.root, project.manifest)).catalog
        if question.name is None and ask(question, "table", None, catalog).rows:
            state.note("this project's graph has no such rows, the catalog's has: --scope catalog")


def _text(pack: str | None, name: str | None, query: str | None, file: Path | None) -> str | None:
    """The query's text; None where a pack's query is named."""
    given = [source for source in (query, file, name) if source is not None]
    if len(given) != 1 or (pack is not None and name is None):
        raise UsageError(
            "give one query: --query, --query-file, or PACK and the name of one of its queries",
            help="`ggen packs show PACK --queries` lists a pack's queries" if pack else "",
        )
    if name is not None:
        return None
    if query is not None:
        return query
    return _read(file) if file else ""


def _read(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(
            f"--query-file {file}: there is no such file",
            help="name a file with a SPARQL query, - for stdin, or give the query itself with --query",
        ) from error
    except OSError as error:
        raise UsageError(
            f"--query-file {file} can't be read: {error.strerror}",
            help="name a file with a SPARQL query, or - for stdin",
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"--query-file {file}: not UTF-8 (byte {error.start})", help="save it as UTF-8"
        ) from error


def _print(answer: Answer) -> None:
    if answer.columns is not None:
        table(answer.columns, answer.rows)
    else:
        sys.stdout.buffer.write(answer.data)
        if answer.data and not answer.data.endswith(b"\n"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
