"""Where a server is, and to whom credentials go."""

from __future__ import annotations

import pytest

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.graph.endpoint import endpoint, environment

GRAPH = "https://ada:pw@a.example/query"
ADA, BOB = "Basic YWRhOnB3", "Basic Ym9iOnB3"


@pytest.mark.parametrize(
    ("url", "query", "update"),
    [
        ("https://a.example/sparql", "https://a.example/sparql", "https://a.example/sparql"),
        ("http://localhost:7878/query", "http://localhost:7878/query", "http://localhost:7878/update"),
        ("http://[::1]:80/ds/query", "http://[::1]:80/ds/query", "http://[::1]:80/ds/update"),
        ("https://u:p@a.example/q#x", "https://a.example/q", "https://a.example/q"),
    ],
)  # fmt: skip
def test_an_address_says_where_to_ask_and_where_to_change(
    url: str, query: str, update: str
) -> None:
    found = endpoint(url)
    assert (found.query, found.update) == (query, update)


@pytest.mark.parametrize(
    "url",
    ["sparql", "ftp://a.example/", "http://a.example/sparql", "https://", "https://a b/", "http://[1", "https://a:port/", "https://a\n.example/"],
)  # fmt: skip
def test_what_is_no_address_or_would_go_in_the_clear_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        endpoint(url)


@pytest.mark.parametrize(
    ("update", "told"),
    [
        ("", ADA),
        ("https://A.example:443/update", ADA),
        ("https://bob:pw@a.example/update", BOB),
        ("https://b.example/update", ""),
        ("https://a.example:8443/update", ""),
        ("https://bob:pw@b.example/update", BOB),
    ],
)
def test_credentials_go_to_the_origin_they_were_given_for(update: str, told: str) -> None:
    found = endpoint(GRAPH, update=update)
    assert (found.query_authorization, found.update_authorization) == (ADA, told)


@pytest.mark.parametrize(
    ("update", "told"),
    [
        ("", "Bearer t"),
        ("https://bob:pw@a.example/update", "Bearer t"),
        ("https://b.example/update", ""),
        ("https://bob:pw@b.example/update", BOB),
    ],
)
def test_a_token_is_for_the_origin_of_queries(update: str, told: str) -> None:
    found = environment({"GGEN_GRAPH": GRAPH, "GGEN_GRAPH_UPDATE": update, "GGEN_GRAPH_TOKEN": "t"})
    assert found is not None
    assert (found.query_authorization, found.update_authorization) == ("Bearer t", told)


@pytest.mark.parametrize(
    ("graph", "to", "told"),
    [
        (GRAPH, GRAPH, "Bearer t"),
        (GRAPH, "https://a.example/other/query", "Bearer t"),
        (GRAPH, "https://b.example/query", ""),
        (GRAPH, "https://bob:pw@b.example/query", BOB),
        (GRAPH, "https://a.example:8443/query", ""),
        ("http://localhost/query", "https://localhost/query", ""),
        ("", "https://a.example/query", ""),
    ],
)
def test_a_token_is_not_sent_to_an_address_of_another_origin(
    graph: str, to: str, told: str
) -> None:
    found = environment({"GGEN_GRAPH": graph, "GGEN_GRAPH_TOKEN": "t"}, to)
    assert found is not None
    assert found.query_authorization == found.update_authorization == told
