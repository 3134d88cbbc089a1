from __future__ import annotations

import json

from ggen_graph.core.diagnostics import GgenError, Location, QueryInvalid
from ggen_graph.server.problems import MethodNotAllowed, RequestError, encoded, problem


def everything_a_request_can_do_wrong() -> list[type[RequestError]]:
    return RequestError.__subclasses__()


def test_an_error_is_one_json_object_with_its_stable_name() -> None:
    error = QueryInvalid("it does not parse", where=Location("query", 2, 3), help="  line\n  ^")
    kind, body = encoded(problem(error), for_people=False)
    assert kind == "application/problem+json"
    assert json.loads(body) == {
        "type": "urn:ggen:error:query-invalid",
        "title": "it does not parse",
        "status": 400,
        "name": "query-invalid",
        "detail": "  line\n  ^",
        "where": {"file": "query", "line": 2, "column": 3},
    }


def test_people_get_the_text_that_the_command_line_shows() -> None:
    error = QueryInvalid("it does not parse", where=Location("query", 2, 3), help="line\n^")
    kind, body = encoded(problem(error), for_people=True)
    assert kind.startswith("text/plain")
    assert body.decode().splitlines() == [
        "error[query-invalid]: it does not parse",
        "  --> query:2:3",
        "  line",
        "  ^",
    ]


def test_headers_go_with_the_answer() -> None:
    found = problem(MethodNotAllowed("no", headers={"Allow": "GET"}))
    assert (found.status, found.headers) == (405, {"Allow": "GET"})


def test_what_nobody_foresaw_is_our_fault() -> None:
    assert problem(GgenError("a bug")).status == 500


def test_every_refusal_has_a_name_and_a_status_of_its_own() -> None:
    kinds = everything_a_request_can_do_wrong()
    assert len({kind.name for kind in kinds}) == len(kinds)
    assert all(400 <= kind.status < 504 for kind in kinds)
