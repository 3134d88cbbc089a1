"""`ggen serve`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from ggen_graph.cli.answers import Seconds
from ggen_graph.cli.catalog import registry_option, scope_option
from ggen_graph.cli.command import command, session
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.workflows import graphs
from ggen_graph.workflows.catalog import left_out

MIB = 1 << 20


def _origins(
    _context: click.Context, _option: click.Parameter, origins: tuple[str, ...]
) -> tuple[str, ...]:
    """The origins of `--cors`, each written as a browser does (RFC 6454 §6.2)."""
    for origin in origins:
        if origin != "*" and not re.fullmatch(r"https?://[a-z0-9.\-\[\]:]+", origin):
            raise UsageError(
                f"--cors {origin}: no origin", help="write * or, such as, https://app.example.org"
            )
    return origins


@command("serve")
@scope_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=7878,
    show_default=True,
    help="The port; 0 takes any that is free.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=None,
    help="How many queries run at once; else as many as there are processors, at least 2.",
)
@click.option(
    "--queue",
    type=click.IntRange(0, 100_000),
    default=256,
    show_default=True,
    help="How many requests may wait for a worker.",
)
@click.option(
    "--timeout",
    type=Seconds(0.1, 86_400),
    default=30.0,
    show_default=True,
    help="Seconds that a query may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(64, 1 << 20),
    default=2048,
    show_default=True,
    help="MiB of memory that a query may take.",
)
@click.option(
    "--rows",
    type=click.IntRange(1),
    default=1_000_000,
    show_default=True,
    help="Rows that a result may have.",
)
@click.option(
    "--cors",
    "origins",
    metavar="ORIGIN",
    multiple=True,
    callback=_origins,
    help="Let pages of this origin ask from a browser; * for all.",
)
@click.option(
    "--token-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Answer only who sends the token in this file; GGEN_TOKEN holds it as well.",
)
@click.option(
    "--anyone",
    is_flag=True,
    help="Listen where other machines can ask, without a token.",
)
@registry_option
def serve(
    scope: str | None,
    host: str,
    port: int,
    workers: int | None,
    queue: int,
    timeout: float,
    memory: int,
    rows: int,
    origins: tuple[str, ...],
    token_file: Path | None,
    anyone: bool,
    registries: tuple[Path, ...],
) -> None:
    """Serve the graph over HTTP: a SPARQL 1.1 endpoint at /sparql and pages for people at /.

    Queries can only read. Each runs in a process of its own, which is ended at its limits. What is
    synced while the server runs is served without a restart. SIGINT or SIGTERM ends it.
    """
    state = session()
    token = _token(token_file)

    from ggen_graph.graph.jobs import Limits  # noqa: PLC0415 - start-up time: see cli.command
    from ggen_graph.server import serving  # noqa: PLC0415 - likewise
    from ggen_graph.server.service import Settings  # noqa: PLC0415 - likewise

    local = serving.is_loopback(host)
    if not local and token is None and not anyone:
        raise UsageError(
            f"anyone who reaches {host} could read the graph",
            help="give the server a token with --token-file or GGEN_TOKEN, or say --anyone",
        )
    if not local and token is None:
        state.note(f"anyone who reaches {host} can read the graph")
    target = graphs.target(scope, [path.resolve() for path in registries])
    listening = serving.listen(host, port)
    for note in left_out(graphs.sync(target).problems):
        state.note(note)
    project = target.project
    settings = Settings(
        name=project.manifest.name if project else "catalog",
        limits=Limits(seconds=timeout, memory=memory * MIB, rows=rows),
        workers=workers or max(2, os.cpu_count() or 1),
        waiting=queue,
        prefixes=dict(project.manifest.graph.prefixes) if project else {},
        token=token,
        origins=origins,
        hosts=frozenset((host.lower(), "localhost", "127.0.0.1", "::1")) if local else None,
    )

    def started(url: str) -> None:
        def show() -> None:
            click.echo(f"serving {settings.name} at {url}")
            click.echo(f"SPARQL endpoint: {url}sparql")

        state.emit({"url": url, "endpoint": f"{url}sparql", "name": settings.name}, show)

    serving.serve(target.graph, settings, listening, started)


def _token(file: Path | None) -> str | None:
    """The token that requests must bear; None where nobody set one."""
    where, given = "GGEN_TOKEN", os.environ.get("GGEN_TOKEN", "")
    if file is not None:
        where, given = f"--token-file {file}", _read(file)
    elif not given:
        return None
    token = given.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"{where} holds no token",
            help="a token is printable ASCII without spaces, such as `openssl rand -hex 32` prints",
        )
    return token


def _read(file: Path) -> str:
    """What a file of a token holds; "" where that is no text."""
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise UsageError(
            f"--token-file {file} can't be read: {error.strerror}",
            help="name a file that holds the token and nothing else",
        ) from error
    except UnicodeDecodeError:
        return ""
