"""`ggen packs sparql`."""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.answers import (
    Seconds,
    answer_options,
    list_queries,
    parameters,
    show,
    show_stats,
)
from ggen_graph.cli.catalog import catalog_for, registry_option, scope_option
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import GgenError, ProjectNotFound, QueryTimeout, UsageError
from ggen_graph.edges.config import home
from ggen_graph.edges.results import result_cache
from ggen_graph.workflows.ask import Asking, Limits, Question, ask, named_queries
from ggen_graph.workflows.catalog import use_catalog
from ggen_graph.workflows.here import current_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ggen_graph.cli.command import Session
    from ggen_graph.workflows.catalog import Catalog
    from ggen_graph.workflows.project import Project

_MIB = 1 << 20
_USUAL = Limits()
_LONGEST = 8 * _MIB
"""Bytes that are read of a file: more than any query may have, and a device has no end."""


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
@click.option("--list", "listing", is_flag=True, help="Show what queries PACK brings.")
@answer_options
@scope_option
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=Seconds(0.1, 86_400),
    default=_USUAL.seconds,
    show_default=True,
    help="When the query is stopped.",
)
@click.option(
    "--max-rows",
    metavar="N",
    type=click.IntRange(1),
    default=_USUAL.rows,
    show_default=True,
    help="The most rows, or triples, of a result.",
)
@click.option(
    "--max-memory",
    metavar="MIB",
    type=click.IntRange(16),
    default=_USUAL.memory // _MIB,
    show_default=True,
    help="The most memory that the query may take.",
)
@click.option(
    "--allow-host",
    "hosts",
    metavar="HOST",
    multiple=True,
    help="Let SERVICE ask this server, as HOST or HOST:PORT.",
)
@click.option("--no-cache", is_flag=True, help="Don't use or keep what was answered before.")
@registry_option
def sparql(
    pack: str | None,
    name: str | None,
    query: str | None,
    query_file: Path | None,
    listing: bool,
    form: str | None,
    params: tuple[str, ...],
    stats: bool,
    no_pager: bool,
    scope: str | None,
    timeout: float,
    max_rows: int,
    max_memory: int,
    hosts: tuple[str, ...],
    no_cache: bool,
    registries: tuple[Path, ...],
) -> None:
    """Ask the graph a SPARQL 1.1 query: --query, --query-file, or the query QUERY that PACK brings.

    The query sees the union of all graphs of the project or of the catalog; a pack's query sees the
    project's model, as the pack's templates do. Common prefixes such as ggen: and prov: need not be
    declared. Queries can only read, and are stopped where they take too much.
    """
    state = session()
    project = _scoped(scope, registries)
    catalog = None if project else catalog_for(state, registries, current_project())
    if listing:
        _list(state, pack, name or query or query_file, project, catalog)
        return
    text = _text(pack, name, query, query_file)
    question = Question(text, str(query_file or "query"), pack, name, parameters(params))
    how = Asking(
        Limits(timeout, max_memory * _MIB, max_rows),
        tuple(host.lower() for host in hosts),
        None if no_cache else result_cache(home().results, state.note),
        state.note,
    )
    with _advising():
        answer = ask(question, form or ("json" if state.json else "table"), project, catalog, how)
    show(state, answer, pager=not no_pager)
    if stats:
        show_stats(state, answer)
    if project is not None and scope is None and answer.columns is not None and not answer.rows:
        _look_in_catalog(state, question, project, how)


@contextmanager
def _advising() -> Iterator[None]:
    """Say of a query that took too long how to give it more time."""
    try:
        yield
    except QueryTimeout as error:
        error.help = f"give it more time with --timeout SECONDS, or {error.help}"
        raise


def _scoped(scope: str | None, registries: tuple[Path, ...]) -> Project | None:
    """The project whose graph is asked; None for the catalog's."""
    project = current_project()
    if scope == "project" and project is None:
        raise ProjectNotFound(
            "--scope project: this folder is in no project", help="use --scope catalog"
        )
    if scope == "project" and registries:
        raise UsageError(
            "--registry is of the catalog, not of a project", help="use --scope catalog"
        )
    return None if scope == "catalog" or registries else project


def _list(
    state: Session,
    pack: str | None,
    other: object,
    project: Project | None,
    catalog: Catalog | None,
) -> None:
    if pack is None or other is not None:
        raise UsageError(
            "--list shows the queries of one pack", help="`ggen query --list` shows ggen's own"
        )
    list_queries(
        state, {one.name: one.signature for one in named_queries(pack, project, catalog)}
    )


def _look_in_catalog(state: Session, question: Question, project: Project, how: Asking) -> None:
    """Say so if a query finds in the catalog what a project's graph does not have."""
    how = replace(how, hosts=(), tell=None)
    with suppress(GgenError):
        catalog = use_catalog((), (project.root, project.manifest)).catalog
        if question.name is None and ask(question, "table", None, catalog, how).rows:
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
        with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as source:
            return source.read(_LONGEST).decode("utf-8-sig")
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
