"""A request as the query it asks: SPARQL 1.1 Protocol §2.1, and what it refuses.

Pure: from the parts of a request to a value, or to the error that is answered. The rules kept:

- a query comes as exactly one `query` parameter, or as the body of `application/sparql-query`;
- the dataset that the request names (`default-graph-uri`, `named-graph-uri`) takes precedence over the
  query's own FROM (§2.1.4), which the worker sees to;
- an update is refused in every form in which it may come.

Beyond the protocol: `timeout` in seconds, and `format` before what the Accept header says. Clients send
`format` with names of their own, and several times: one that is not known is no error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

from ggen_graph.core.diagnostics import QueryRefused
from ggen_graph.server.problems import MediaTypeUnknown, MethodNotAllowed, RequestInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence

METHODS = "GET, HEAD, POST, OPTIONS"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

MOST_PARAMETERS = 1000
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")
_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


class Asked(NamedTuple):
    """What a request asks. `timeout` is in seconds; None where the request does not say."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout: float | None = None
    formats: tuple[str, ...] = ()

    @property
    def has_dataset(self) -> bool:
        """Whether the request says which graphs to ask."""
        return bool(self.default_graphs or self.named_graphs)


def asked(method: str, address: bytes, content_type: str, body: bytes) -> Asked | None:
    """The query of a request, or None where a GET has no parameter of the protocol at all.

    Args:
        method: GET, HEAD or POST.
        address: what follows the `?`, as it was sent.
        content_type: the header, "" where there is none.
        body: the whole of it.

    Raises:
        RequestInvalid, MediaTypeUnknown, MethodNotAllowed: the request is not one of the protocol.
        QueryRefused: it is an update.
    """
    parameters = _parameters(address, "the address")
    if method in {"GET", "HEAD"}:
        if not parameters:
            return None
        return _of_parameters(parameters)
    if method != "POST":
        raise MethodNotAllowed(
            f"{method} is no way to ask a query",
            help=f"use one of {METHODS}",
            headers={"Allow": METHODS},
        )
    media = _media_type(content_type)
    if media == FORM:
        return _of_parameters([*parameters, *_parameters(body, "the form")])
    if media == UPDATE:
        raise _update()
    if any(name == "query" for name, _ in parameters):
        raise RequestInvalid(
            "the query is both in the address and in the body", help="send it once"
        )
    return _of_parameters([*parameters, ("query", _text(body, "the query"))])


def _media_type(content_type: str) -> str:
    """The media type of a body, which must be one of ours in UTF-8."""
    media, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if media not in {FORM, QUERY, UPDATE}:
        raise MediaTypeUnknown(
            f"a query is not sent as {media}" if media else "the body has no media type",
            help=f"send it as {QUERY}, or as {FORM} with a parameter `query`",
            headers={"Accept-Post": f"{QUERY}, {FORM}"},
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in {"utf-8", "utf8"}:
            raise MediaTypeUnknown(
                f"a query is sent as UTF-8, not as {value.strip()}",
                help="SPARQL 1.1 Protocol §2.1.3 knows no other",
            )
    return media


def _of_parameters(parameters: Sequence[tuple[str, str]]) -> Asked:
    def all_of(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in parameters if key == name)

    if all_of("update"):
        raise _update()
    queries = all_of("query")
    if len(queries) != 1:
        raise RequestInvalid(
            f"there are {len(queries)} parameters `query`" if queries else "there is no query",
            help="send exactly one parameter `query`",
        )
    return Asked(
        queries[0],
        default_graphs=_iris(all_of("default-graph-uri")),
        named_graphs=_iris(all_of("named-graph-uri")),
        timeout=_seconds(_one("timeout", all_of("timeout"))),
        formats=all_of("format"),
    )


def _one(name: str, values: Sequence[str]) -> str | None:
    if len(values) > 1:
        raise RequestInvalid(f"there are {len(values)} parameters `{name}`", help="send one")
    return values[0] if values else None


def _iris(values: Sequence[str]) -> tuple[str, ...]:
    for value in values:
        if not _IRI.fullmatch(value):
            raise RequestInvalid(
                f"{value[:200]!r} names no graph",
                help="a graph is named by an absolute IRI, such as http://example.org/a",
            )
    return tuple(dict.fromkeys(values))


def iri(value: str) -> str:
    """A parameter that must be an absolute IRI."""
    return _iris((value,))[0]


def _seconds(value: str | None) -> float | None:
    if value is None:
        return None
    if not _SECONDS.fullmatch(value) or not float(value):
        raise RequestInvalid(
            f"timeout={value[:20]} is no time", help="give it in seconds, as timeout=2.5"
        )
    return float(value)


def parameters_of(address: bytes) -> list[tuple[str, str]]:
    """The parameters after the `?` of an address, in their order."""
    return _parameters(address, "the address")


def _parameters(data: bytes, where: str) -> list[tuple[str, str]]:
    if not data:
        return []
    parts = data.split(b"&")
    if len(parts) > MOST_PARAMETERS:
        raise RequestInvalid(f"{where} has more than {MOST_PARAMETERS} parameters")
    try:
        return [(_decoded(name), _decoded(value)) for name, _, value in map(_split, parts) if name]
    except UnicodeDecodeError as error:
        raise RequestInvalid(
            f"{where} is not percent-encoded UTF-8", help="encode it as a browser's form does"
        ) from error


def _split(part: bytes) -> tuple[bytes, bytes, bytes]:
    return part.partition(b"=")


def _decoded(part: bytes) -> str:
    """A name or a value of a form (WHATWG URL §5.1), but strictly UTF-8 behind the escapes."""
    part.decode("ascii")
    return unquote_to_bytes(part.replace(b"+", b" ")).decode()


def _text(body: bytes, what: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestInvalid(
            f"{what} is not UTF-8 (byte {error.start})", help="send it as UTF-8"
        ) from error


def _update() -> QueryRefused:
    return QueryRefused(
        "this endpoint is read only: updates are refused",
        help="the graph is made from files: change those and run `ggen graph sync`",
    )
