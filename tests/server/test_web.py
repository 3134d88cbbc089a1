"""The pages, as a browser without scripts meets them: every link and form is followed as it stands."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin

import pytest

from ggen_graph.server.media import SOLUTIONS
from tests.server.conftest import ENDLESS, Answer, Served

if TYPE_CHECKING:
    from collections.abc import Mapping

VOID = {"meta", "link", "br", "input", "img", "hr"}
PACKS = "SELECT ?pack ?name WHERE { ?pack a ggen:Pack ; ggen:name ?name } ORDER BY ?name"
HOSTILE = "<script>alert(1)</script>'\"&amp;"


class Page(HTMLParser):
    """A page, read strictly."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        assert answer.kind == "text/html"
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(answer.body.decode())
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1], data.strip()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def said(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]

    def links(self) -> list[str]:
        return [str(one["href"]) for one in self.all("a")]


def page(served: Served, path: str, status: int = 200, **parameters: str) -> Page:
    answer = served(f"{path}?{urlencode(parameters)}" if parameters else path, accept="text/html")
    assert answer.status == status, answer.body
    return Page(answer)


SOME = [
    "/",
    "/?" + urlencode({"query": PACKS}),
    "/?" + urlencode({"query": "SELECT * { ?s ?p ?o }"}),
    "/?" + urlencode({"query": "ASK {}"}),
    "/?" + urlencode({"query": "DESCRIBE ggen:Pack"}),
    "/queries",
    "/queries/catalog/list-packs",
    "/queries/catalog/list-packs?run=1",
    "/graphs",
    "/resource?iri=http%3A%2F%2Fggen.io%2Fontology%23Pack",
]


@pytest.mark.parametrize("path", SOME)
def test_a_page_can_be_used_without_scripts_and_without_eyes(served: Served, path: str) -> None:
    answer = served(path, accept="text/html")
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    found = Page(answer)
    assert found.all("html") == [{"lang": "en"}]
    assert len(found.said("h1")) == 1
    assert len(found.said("title")) == 1
    assert not found.all("script")
    assert not [one for _, one in found.tags if any(name.startswith("on") for name in one)]
    labels = {one["for"] for one in found.all("label")}
    fields = [
        one["id"]
        for one in found.all("input") + found.all("textarea")
        if one.get("type") != "hidden"
    ]
    assert set(fields) == labels
    ids = [one["id"] for _, one in found.tags if "id" in one]
    assert len(ids) == len(set(ids))
    named = {one["aria-labelledby"] for _, one in found.tags if "aria-labelledby" in one}
    assert named <= set(ids)
    assert all(one.get("scope") for one in found.all("th"))


@pytest.mark.parametrize("path", SOME)
def test_every_link_of_a_page_leads_somewhere(served: Served, path: str) -> None:
    links = {link for link in page(served, path).links() if link.startswith(("/", "?"))}
    assert links
    for link in sorted(links)[:60]:
        answer = served(urljoin(path, link), accept="text/html, */*;q=0.1")
        assert answer.status in {200, 303, 404}, link
        if answer.status == 404:  # an IRI that is only ever a property or a graph
            assert link.startswith("/resource?")


def test_a_query_gives_a_table_with_links(served: Served) -> None:
    found = page(served, "/", query=PACKS)
    assert found.said("textarea") == [PACKS]
    assert found.said("th") == ["pack", "name"]
    assert "python-base" in found.said("td")
    [link] = [one for one in found.links() if one.endswith("pack%2Fpython-base")]
    assert "python-base" in page(served, link).said("td")


def test_rows_come_in_pages(served: Served) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 250"
    path, seen = "/?" + urlencode({"query": query}), []
    while path:
        found = page(served, path)
        seen.append(len(found.all("tr")) - 1)
        captions = found.said("caption")
        after = [one for one in found.all("a") if one.get("rel") == "next"]
        path = str(after[0]["href"]) if after else ""
    assert seen == [100, 100, 50]
    assert captions == ["Rows 201 to 250, the last"]
    [before] = [one for one in found.all("a") if one.get("rel") == "prev"]
    assert page(served, str(before["href"])).said("caption") == ["Rows 101 to 200"]


def long(count: int) -> str:
    """A query for one literal of so many times 64 KiB."""
    return f"""SELECT ?long {{
      BIND("{"x" * 1024}" AS ?k)
      BIND(CONCAT({", ".join(["?k"] * 64)}) AS ?m)
      BIND(CONCAT({", ".join(["?m"] * count)}) AS ?long)
    }}"""


def test_a_long_cell_is_cut(served: Served) -> None:
    [shown] = page(served, "/", query=long(16)).said("td")
    assert shown == "x" * 1999 + "…"


def test_a_page_reads_no_more_of_a_result_than_it_could_show(served: Served) -> None:
    found = page(served, "/", 507, query=long(80))
    assert "query-too-large" in found.said("code")
    assert any("larger than 4,194,304 bytes" in text for _, text in found.texts)


def test_a_result_can_be_downloaded_in_every_format(served: Served) -> None:
    links = [one for one in page(served, "/", query=PACKS).links() if one.startswith("/sparql?")]
    kinds = [served(link, accept="text/html").kind for link in links]
    assert kinds == [one.media[0] for one in SOLUTIONS]


def test_an_answer_is_yes_or_no(served: Served) -> None:
    assert page(served, "/", query="ASK { ?p a ggen:Pack }").said("strong") == ["yes"]
    assert page(served, "/", query="ASK { ?p a ggen:Nothing }").said("strong") == ["no"]


def test_triples_are_shown_as_turtle(served: Served) -> None:
    [text] = page(served, "/", query="DESCRIBE ggen:Pack").said("pre")
    assert "ggen:Pack" in text


@pytest.mark.parametrize(("query", "status", "error", "said"), [
    ("SELECT ?s WHERE {\n ?s ex:p ?o }", 400, "query-invalid", "Line 2, column 5"),
    ("CLEAR ALL", 403, "query-refused", "Line 1, column 1"),
    (ENDLESS, 504, "query-timeout", "ask for less"),
])  # fmt: skip
def test_a_query_that_fails_is_kept_and_its_error_shown(
    served: Served, query: str, status: int, error: str, said: str
) -> None:
    found = page(served, "/", status, query=query)
    assert found.said("textarea") == [query]
    assert error in found.said("code")
    assert any(said in text for _, text in found.texts)


def test_our_queries_are_listed_and_asked_with_their_parameters(served: Served) -> None:
    assert "/queries/health/explain-score" in page(served, "/queries").links()
    found = page(served, "/queries/health/explain-score")
    [field] = [one for one in found.all("input") + found.all("textarea") if one["name"] != "run"]
    iri = "urn:ggen:registry:starter/pack/python-base"
    given = {"run": "1", str(field["name"]): iri}
    answered = page(served, "/queries/health/explain-score?" + urlencode(given))
    assert answered.said("th")
    assert iri in answered.said("textarea") + [
        str(one.get("value")) for one in answered.all("input")
    ]


def test_a_wrong_parameter_is_told_of_without_the_options_of_the_command_line(
    served: Served,
) -> None:
    answer = served("/queries/health/explain-score?run=1&p.pack=no+iri+%3E", accept="text/html")
    assert b"such as pack=" in answer.body
    assert b"--param" not in answer.body


@pytest.mark.parametrize(("path", "status", "error"), [
    ("/queries/catalog/no-such", 404, "not-there"),
    ("/queries/../secret", 404, "not-there"),
    ("/resource", 400, "request-invalid"),
    ("/resource?iri=urn%3Ax%3Anothing", 404, "not-there"),
    ("/resource?iri=%3E%20%7D", 400, "request-invalid"),
    ("/?query=ASK%7B%7D&start=-1", 400, "request-invalid"),
    ("/queries/health/explain-score?run=1&p.pack=no+iri+%3E", 400, "usage"),
])  # fmt: skip
def test_what_is_not_there_is_said_on_a_page(
    served: Served, path: str, status: int, error: str
) -> None:
    answer = served(path, accept="text/html")
    assert answer.status == status
    assert error in answer.body.decode()


HOSTILE_PATHS: Mapping[str, str] = {
    "query": "/?"
    + urlencode({"query": f'SELECT ("{HOSTILE[:-7]}" AS ?x) {{}}'.replace('\\"', "")}),
    "wrong query": "/?" + urlencode({"query": HOSTILE}),
    "literal": "/?" + urlencode({"query": "SELECT ('''" + HOSTILE + " ''' AS ?x) {}"}),
    "iri": "/resource?" + urlencode({"iri": "javascript:alert(1)//" + "'&"}),
    "parameter": "/queries/health/explain-score?" + urlencode({"run": "1", "p.pack": HOSTILE}),
    "start": "/?" + urlencode({"query": "ASK{}", "start": HOSTILE}),
    "name": "/queries/catalog/%3Cscript%3Ealert(1)",
}


@pytest.mark.parametrize("path", HOSTILE_PATHS.values(), ids=HOSTILE_PATHS)
def test_nothing_that_is_sent_becomes_markup(served: Served, path: str) -> None:
    answer = served(path, accept="text/html")
    assert b"<script" not in answer.body
    if answer.kind == "text/html":
        found = Page(answer)
        assert not [link for link in found.links() if link.startswith("javascript:")]


def test_a_literal_in_the_graph_is_shown_as_it_is(served: Served) -> None:
    found = page(served, "/", query="SELECT ('''<b>&amp;''' AS ?x) {}")
    assert found.said("td") == ["<b>&amp;"]
