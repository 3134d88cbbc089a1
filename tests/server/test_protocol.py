from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import GgenError, QueryRefused
from ggen_graph.server.problems import (
    MediaTypeUnknown,
    MethodNotAllowed,
    RequestInvalid,
    problem,
)
from ggen_graph.server.protocol import FORM, MOST_PARAMETERS, QUERY, UPDATE, Asked, asked

ASK = "ASK { ?s ?p ?ö }"
ENCODED = urlencode({"query": ASK}).encode()


@pytest.mark.parametrize(("method", "address", "kind", "body"), [
    ("GET", ENCODED, "", b""),
    ("HEAD", ENCODED, "", b""),
    ("GET", ENCODED, "text/plain", b""),  # a GET has no body whose type would matter
    ("POST", b"", FORM, ENCODED),
    ("POST", b"", FORM.upper() + "; charset=UTF-8", ENCODED),
    ("POST", b"", QUERY, ASK.encode()),
    ("POST", b"", QUERY + ';charset="utf-8"', ASK.encode()),
    ("POST", b"", QUERY, b"\xef\xbb\xbf" + ASK.encode()),
])  # fmt: skip
def test_a_query_comes_in_three_ways(method: str, address: bytes, kind: str, body: bytes) -> None:
    assert asked(method, address, kind, body) == Asked(ASK)


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_the_dataset_may_have_many_graphs(way: str) -> None:
    dataset = urlencode(
        [
            ("default-graph-uri", "urn:a"),
            ("default-graph-uri", "urn:b"),
            ("named-graph-uri", "urn:c"),
        ]
    ).encode()
    found = {
        "get": lambda: asked("GET", ENCODED + b"&" + dataset, "", b""),
        "form": lambda: asked("POST", b"", FORM, dataset + b"&" + ENCODED),
        "direct": lambda: asked("POST", dataset, QUERY, ASK.encode()),
    }[way]()
    assert found is not None
    assert found.has_dataset
    assert (found.default_graphs, found.named_graphs) == (("urn:a", "urn:b"), ("urn:c",))


def test_a_query_says_no_dataset_by_itself() -> None:
    assert not Asked(ASK).has_dataset


def test_a_get_without_parameters_asks_for_the_description() -> None:
    assert asked("GET", b"", "", b"") is None
    assert asked("HEAD", b"", "", b"") is None


@pytest.mark.parametrize(("given", "seconds"), [(b"5", 5.0), (b"0.25", 0.25)])
def test_a_request_may_say_how_long_it_waits(given: bytes, seconds: float) -> None:
    found = asked("GET", ENCODED + b"&timeout=" + given, "", b"")
    assert found is not None
    assert found.timeout == seconds


def test_a_request_may_say_its_format_in_the_address() -> None:
    found = asked("POST", b"format=csv&format=x", QUERY, b"ASK {}")
    assert found is not None
    assert found.formats == ("csv", "x")


@pytest.mark.parametrize(("method", "address", "kind", "body", "error"), [
    ("PUT", ENCODED, "", b"", MethodNotAllowed),
    ("GET", b"default-graph-uri=urn%3Aa", "", b"", RequestInvalid),
    ("GET", ENCODED + b"&" + ENCODED, "", b"", RequestInvalid),
    ("GET", b"query=%FF", "", b"", RequestInvalid),
    ("GET", "query=ü".encode(), "", b"", RequestInvalid),
    ("GET", ENCODED + b"&x" * MOST_PARAMETERS, "", b"", RequestInvalid),
    ("GET", b"update=CLEAR+ALL", "", b"", QueryRefused),
    ("POST", b"", FORM, b"update=CLEAR+ALL", QueryRefused),
    ("POST", b"", FORM, b"update=CLEAR+ALL&" + ENCODED, QueryRefused),
    ("POST", b"", UPDATE, b"CLEAR ALL", QueryRefused),
    ("POST", b"", FORM, b"", RequestInvalid),
    ("POST", ENCODED, FORM, ENCODED, RequestInvalid),
    ("POST", ENCODED, QUERY, b"ASK {}", RequestInvalid),
    ("POST", b"", "", ENCODED, MediaTypeUnknown),
    ("POST", b"", "text/plain", ASK.encode(), MediaTypeUnknown),
    ("POST", b"", "multipart/form-data; boundary=x", ASK.encode(), MediaTypeUnknown),
    ("POST", b"", QUERY + "; charset=UTF-16", ASK.encode("utf-16"), MediaTypeUnknown),
    ("POST", b"", QUERY, b"\xff\xfe", RequestInvalid),
    ("GET", ENCODED + b"&timeout=0", "", b"", RequestInvalid),
    ("GET", ENCODED + b"&timeout=-1", "", b"", RequestInvalid),
    ("GET", ENCODED + b"&timeout=nan", "", b"", RequestInvalid),
    ("GET", ENCODED + b"&timeout=1&timeout=2", "", b"", RequestInvalid),
    ("GET", ENCODED + b"&default-graph-uri=relative", "", b"", RequestInvalid),
    ("GET", ENCODED + b"&named-graph-uri=urn:a%3E%20b", "", b"", RequestInvalid),
])  # fmt: skip
def test_what_is_not_the_protocol_is_refused(
    method: str, address: bytes, kind: str, body: bytes, error: type[GgenError]
) -> None:
    with pytest.raises(error) as raised:
        asked(method, address, kind, body)
    assert 400 <= problem(raised.value).status < 500


def test_a_refusal_says_what_would_be_taken() -> None:
    with pytest.raises(MethodNotAllowed) as method:
        asked("PATCH", b"", "", b"")
    assert method.value.headers == {"Allow": "GET, HEAD, POST, OPTIONS"}
    with pytest.raises(MediaTypeUnknown) as media:
        asked("POST", b"", "text/plain", b"")
    assert QUERY in media.value.headers["Accept-Post"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_arrives_as_it_was_sent(text: str) -> None:
    by_get = asked("GET", b"query=" + quote(text, safe="").encode(), "", b"")
    by_form = asked("POST", b"", FORM, urlencode({"query": text}).encode())
    assert by_get == by_form == Asked(text)


@given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from(["", FORM, QUERY]))
def test_any_bytes_are_a_query_or_refused(address: bytes, body: bytes, kind: str) -> None:
    for method in ("GET", "POST"):
        status = 200
        try:
            asked(method, address, kind, body)
        except GgenError as error:
            status = problem(error).status
        assert 200 <= status < 500
