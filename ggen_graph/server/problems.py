"""Errors as HTTP answers: `application/problem+json` (RFC 9457) for programs, text for people.

What a request can do wrong and no command can is a class here, of the one tree of errors. `type` and
`name` of a problem are the error's stable name. Nothing here sends anything.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ggen_graph.core.diagnostics import GgenError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROBLEM = "application/problem+json"
TEXT = "text/plain; charset=utf-8"

# What a query or the graph can have wrong; whatever is not named here is our fault.
_STATUS = {
    "query-invalid": 400,
    "query-refused": 403,
    "query-timeout": 504,
    "query-too-large": 507,
    "store-busy": 503,
    "store-corrupt": 503,
    "variable-invalid": 400,
    "usage": 400,
}


class RequestError(GgenError):
    """A request that is not answered with what it asked for; `headers` go with the answer."""

    status: ClassVar[int] = 400
    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        help: str = "",  # noqa: A002 - as in GgenError
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, help=help)
        self.headers = dict(headers or {})


class RequestInvalid(RequestError):
    """A request that the protocol does not know."""

    name, status = "request-invalid", 400


class TokenMissing(RequestError):
    """The server wants a token, and the request has none or another."""

    name, status = "token-missing", 401


class NotThere(RequestError):
    """There is nothing under that name."""

    name, status = "not-there", 404


class MethodNotAllowed(RequestError):
    """What is under that name can't be used so; `Allow` says how."""

    name, status = "method-not-allowed", 405


class NotAcceptable(RequestError):
    """The result can't be given in any format that the request accepts."""

    name, status = "not-acceptable", 406


class BodyTooSlow(RequestError):
    """The body of a request did not come in time."""

    name, status = "body-too-slow", 408


class BodyTooLarge(RequestError):
    """The body of a request is longer than the server reads."""

    name, status = "body-too-large", 413


class AddressTooLong(RequestError):
    """The address of a request is longer than the server reads."""

    name, status = "address-too-long", 414


class MediaTypeUnknown(RequestError):
    """A body is of a media type that is not a query's."""

    name, status = "media-type-unknown", 415


class Misdirected(RequestError):
    """The server does not go by the name that the request asks for."""

    name, status = "misdirected", 421


class ServerBusy(RequestError):
    """As many requests wait as the server lets wait."""

    name, status = "server-busy", 503


class Problem(NamedTuple):
    """An error as it is sent: the status, further headers, and what the body says."""

    status: int
    headers: dict[str, str]
    document: dict[str, Any]
    text: str


def problem(error: GgenError) -> Problem:
    """What to answer for an error."""
    status = error.status if isinstance(error, RequestError) else _STATUS.get(error.name, 500)
    headers = dict(error.headers) if isinstance(error, RequestError) else {}
    document: dict[str, Any] = {
        "type": f"urn:ggen:error:{error.name}",
        "title": error.message,
        "status": status,
        "name": error.name,
    }
    if error.help:
        document["detail"] = error.help
    if error.where is not None:
        document["where"] = error.where._asdict()
    if error.details:
        document["details"] = error.details
    place = f"  --> {error.where}\n" if error.where else ""
    help_lines = "".join(f"  {line}\n" for line in error.help.splitlines())
    text = f"error[{error.name}]: {error.message}\n{place}{help_lines}"
    return Problem(status, headers, document, text)


def encoded(found: Problem, *, for_people: bool) -> tuple[str, bytes]:
    """A problem's media type and body."""
    if for_people:
        return TEXT, found.text.encode()
    return PROBLEM, json.dumps(found.document, ensure_ascii=False).encode() + b"\n"
