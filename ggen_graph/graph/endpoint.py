"""Where a SPARQL 1.1 server is, and who we are there.

What is kept true: credentials go to the origin (RFC 6454 §4) they were given for, and to no other;
they are in no message; and they go through the open network only encrypted.

Does not do: asking anything (`graph.remote`).
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ggen_graph.core.diagnostics import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server takes queries and updates, without credentials, and what says there who we are."""

    query: str
    update: str
    query_authorization: str = field(default="", repr=False)
    update_authorization: str = field(default="", repr=False)


def endpoint(url: str, *, update: str = "", token: str = "") -> Endpoint:
    """The endpoint at `url`.

    Args:
        url: of queries; may hold `user:password@`.
        update: the address of updates; "" takes `…/update` for a `url` that ends in `/query`, as the
            Oxigraph server and Jena have it, else `url` itself.
        token: a bearer token for the origin of `url`; comes before a user and password there.

    The credentials of `url` are those of updates too where these are of the same origin.

    Raises:
        UsageError: it is no address that may be asked: credentials and graphs go through the open
            network only encrypted.
    """
    plain, who = _checked(url)
    if token:
        if not token.isascii() or not token.isprintable():
            raise UsageError("GGEN_GRAPH_TOKEN has characters that no token has")
        who = f"Bearer {token}"
    if not update:
        head, _, last = plain.rpartition("/")
        return Endpoint(plain, f"{head}/update" if last == "query" else plain, who, who)
    plain_update, own = _checked(update)
    if _origin(plain_update) == _origin(plain):
        own = who if token else own or who
    return Endpoint(plain, plain_update, who, own)


def _origin(url: str) -> tuple[str, str | None, int]:
    """Whom an address speaks to (RFC 6454 §4): scheme, host and port."""
    parts = urlsplit(_checked(url)[0])
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def _checked(url: str) -> tuple[str, str]:
    """An address without its credentials, and those as a header's value."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in {"http", "https"} or not host or not url.isprintable() or " " in url:
        raise UsageError(
            "the address of the SPARQL server is no URL",
            help="it is like https://graphs.example.org/sparql",
        )
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise UsageError(
            f"{host} would be spoken to in the clear",
            help="use https; http is for a server on this machine",
        )
    shown = f"[{host}]" if ":" in host else host
    place = f"{shown}:{port}" if port else shown
    plain = parts._replace(netloc=place, fragment="").geturl()
    if parts.username is None:
        return plain, ""
    words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return plain, "Basic " + b64encode(words.encode()).decode()


def environment(environ: Mapping[str, Any], to: str = "") -> Endpoint | None:
    """The server that a person's environment names, or `to`; None if there is none.

    GGEN_GRAPH is the address of queries, GGEN_GRAPH_UPDATE that of updates, GGEN_GRAPH_TOKEN a
    bearer token for the origin of GGEN_GRAPH: another `to` is not told it.

    Raises:
        UsageError: as `endpoint`.
    """
    own = environ.get("GGEN_GRAPH", "")
    url = to or own
    if not url:
        return None
    update = environ.get("GGEN_GRAPH_UPDATE", "") if url == own else ""
    known = url == own or (own and _origin(url) == _origin(own))
    return endpoint(url, update=update, token=environ.get("GGEN_GRAPH_TOKEN", "") if known else "")
