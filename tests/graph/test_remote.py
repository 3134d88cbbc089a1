"""A SPARQL server as our queries see it: real ones, and one that misbehaves."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from ggen_graph.core.diagnostics import RemoteUnavailable
from ggen_graph.graph import remote
from ggen_graph.graph.endpoint import endpoint
from ggen_graph.graph.remote import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = b'{"head": {"vars": []}, "results": {"bindings": []}}'


class Odd(ThreadingHTTPServer):
    """A server that gives the answers it is told to, the last one for ever, and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.got: list[tuple[dict[str, str], dict[str, list[str]]]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/sparql"


class _Handler(BaseHTTPRequestHandler):
    server: Odd

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((dict(self.headers), parse_qs(body)))
        answers = self.server.answers
        status, headers, data = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        pass


@contextmanager
def answering(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[Odd]:
    with Odd() as odd:
        odd.answers = list(answers)
        thread = threading.Thread(target=odd.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield odd
        finally:
            odd.shutdown()
            thread.join()


def said(odd: Odd, **more: str) -> RemoteUnavailable:
    with pytest.raises(RemoteUnavailable) as raised:
        list(Server(endpoint(odd.url, **more)).select("SELECT * {}", []))
    return raised.value


def test_credentials_are_sent_and_never_shown() -> None:
    with answering((200, {}, NOTHING), (500, {}, b"no")) as odd:
        url = odd.url.replace("http://", "http://ada:se%20cret@")
        found = endpoint(url)
        list(Server(found).select("SELECT * {}", ["urn:a"]))
        headers, fields = odd.got[0]
        assert headers["Authorization"] == "Basic YWRhOnNlIGNyZXQ="
        assert fields["default-graph-uri"] == fields["named-graph-uri"] == ["urn:a"]
        error = said(odd, token="verysecret")
        assert odd.got[-1][0]["Authorization"] == "Bearer verysecret"
    shown = f"{found} {error} {error.help} {error.details}"
    assert "cret" not in shown
    assert "verysecret" not in shown


def test_queries_and_updates_each_send_their_own_credentials() -> None:
    with answering((200, {}, NOTHING)) as asked, answering((204, {}, b"")) as changed:
        url = asked.url.replace("http://", "http://ada:pw@")
        there = Server(endpoint(url, update=changed.url))
        list(there.select("SELECT * {}", []))
        there.clear("urn:a")
        assert asked.got[0][0]["Authorization"] == "Basic YWRhOnB3"
        assert "Authorization" not in changed.got[0][0]


def test_a_server_that_is_busy_is_asked_again() -> None:
    busy = (503, {"Retry-After": "0"}, b"")
    with answering(busy, busy, (200, {}, NOTHING)) as odd:
        assert list(Server(endpoint(odd.url)).select("SELECT * {}", [])) == []
        assert len(odd.got) == 3


def test_a_server_that_stays_busy_is_given_up() -> None:
    with answering((503, {"Retry-After": "0"}, b"later")) as odd:
        error = said(odd)
        assert len(odd.got) == 4
    assert error.exit_code == 8
    assert "503: later" in error.message


def test_what_a_server_says_of_an_error_is_shown_in_one_short_line() -> None:
    with answering((400, {}, b"bad\x1b[31m\n" + b"x" * 100_000)) as odd:
        error = said(odd)
    assert len(error.message) < 400
    assert error.message.isprintable()


def test_a_redirection_is_not_followed() -> None:
    with answering((302, {"Location": "http://127.0.0.1:1/"}, b"")) as odd:
        error = said(odd, token="t")
        assert len(odd.got) == 1
    assert "302" in error.message


@pytest.mark.parametrize("answer", [b"<html></html>", b"[]", b"{}", b'{"head": 1}', b""])
def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    with answering((200, {}, answer)) as odd:
        assert "does not answer with SPARQL results" in said(odd).message


def test_an_answer_that_is_cut_off_is_refused() -> None:
    with answering((200, {"Content-Length": "1000"}, NOTHING)) as odd:
        assert "can't be reached" in said(odd).message


def test_an_answer_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "LONGEST", 1 << 20)
    with answering((200, {}, b" " * (2 << 20))) as odd:
        assert "more than 1 MiB" in said(odd).message


def test_a_server_that_is_not_there_is_an_error_with_exit_code_8() -> None:
    with answering((200, {}, NOTHING)) as odd:
        pass
    error = said(odd)
    assert error.exit_code == 8
    assert odd.url in error.message


def test_booleans_are_what_they_were(server: Server) -> None:
    try:
        server.insert(
            "urn:a", [f"<urn:s> <urn:{word}> {boolean(word)} ." for word in ("true", "false")]
        )
        found = {
            row["p"].value: str(row["o"])
            for row in server.select("SELECT ?p ?o WHERE { ?s ?p ?o }", ["urn:a"])
        }
        assert found == {f"urn:{word}": boolean(word) for word in ("true", "false")}
    finally:
        server.clear("urn:a")


def boolean(word: str) -> str:
    return f'"{word}"^^<http://www.w3.org/2001/XMLSchema#boolean>'
