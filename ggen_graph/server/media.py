"""The formats in which results are given, and which of them a request gets (RFC 9110 §12.5.1).

A format is named as the jobs of `graph.workers` name it. Where a request accepts several equally well,
it gets the first in our order. Pure.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core import sparql
from ggen_graph.core.diagnostics import QueryInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

_RANGE = re.compile(r"\s*([!#$%&'*+.^_`|~\w-]+)/([!#$%&'*+.^_`|~\w-]+)\s*")
_MOST = 100  # ranges that are looked at in one Accept header


class Format(NamedTuple):
    """A format by its name, its media types (the first is what answers say), and a file's ending."""

    name: str
    media: tuple[str, ...]
    ending: str

    @property
    def content_type(self) -> str:
        """The value of `Content-Type`."""
        return self.media[0] + ("; charset=utf-8" if self.media[0].startswith("text/") else "")


SOLUTIONS = (
    Format("json", ("application/sparql-results+json", "application/json"), "srj"),
    Format("xml", ("application/sparql-results+xml", "application/xml", "text/xml"), "srx"),
    Format("csv", ("text/csv",), "csv"),
    Format("tsv", ("text/tab-separated-values",), "tsv"),
)
"""For SELECT and ASK. CSV and TSV are for SELECT only in the W3C's text; Oxigraph gives them for ASK, too."""

TRIPLES = (
    Format("turtle", ("text/turtle", "application/x-turtle", "text/n3", "text/rdf+n3"), "ttl"),
    Format("ntriples", ("application/n-triples", "text/plain"), "nt"),
    Format("rdfxml", ("application/rdf+xml", "application/xml", "text/xml"), "rdf"),
    Format("jsonld", ("application/ld+json", "application/json"), "jsonld"),
)
"""For CONSTRUCT and DESCRIBE, and for graphs."""


def formats_for(query: str) -> tuple[Format, ...]:
    """The formats in which a query's result can be given; what is wrong with a query its worker says."""
    try:
        return TRIPLES if sparql.form(query) in {"CONSTRUCT", "DESCRIBE"} else SOLUTIONS
    except QueryInvalid:
        return SOLUTIONS


def negotiated(accept: str, offered: tuple[Format, ...]) -> Format | None:
    """The format to give; None if none of those offered is accepted.

    Args:
        accept: the Accept header, or "" where there is none: anything is accepted.
        offered: in the order in which they are preferred here.
    """
    return _negotiated(accept, offered) if len(accept) <= 2000 else offered[0]


@lru_cache(maxsize=512)
def _negotiated(accept: str, offered: tuple[Format, ...]) -> Format | None:
    if not accept.strip():
        return offered[0]
    ranges = list(_ranges(accept))
    best, found = 0.0, None
    for one in offered:
        quality = max(_quality(media, ranges) for media in one.media)
        if quality > best:
            best, found = quality, one
    return found


def accepts(accept: str, media: str) -> float:
    """How much a header wants a media type, from 0 to 1; a range with a wildcard counts as nothing."""
    wanted = media.split("/")
    return max((q for kind, sub, q in _ranges(accept) if [kind, sub] == wanted), default=0.0)


def by_name(name: str, offered: tuple[Format, ...]) -> Format | None:
    """The format that a `format` parameter names, by its name or by a media type."""
    wanted = name.strip().lower()
    return next((one for one in offered if wanted == one.name or wanted in one.media), None)


def listed(offered: tuple[Format, ...]) -> str:
    """The media types that are offered, for a person to read."""
    return ", ".join(one.media[0] for one in offered)


def _ranges(accept: str) -> Iterator[tuple[str, str, float]]:
    for part in accept.split(",")[:_MOST]:
        range_, *parameters = part.split(";")
        match = _RANGE.fullmatch(range_)
        if match:
            yield match[1].lower(), match[2].lower(), _weight(parameters)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            text = value.strip()
            return min(float(text), 1.0) if re.fullmatch(r"\d+(\.\d*)?|\.\d+", text) else 0.0
    return 1.0


def _quality(media: str, ranges: list[tuple[str, str, float]]) -> float:
    """What the most specific range that matches says."""
    kind, sub = media.split("/")
    found, how = 0.0, -1
    for one_kind, one_sub, quality in ranges:
        if one_kind == kind and one_sub == sub:
            precision = 2
        elif one_kind == kind and one_sub == "*":
            precision = 1
        elif one_kind == one_sub == "*":
            precision = 0
        else:
            continue
        if precision > how or (precision == how and quality > found):
            found, how = quality, precision
    return found
