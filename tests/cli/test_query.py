"""`ggen query`: our own queries, listed and asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Ggen

pytestmark = pytest.mark.usefixtures("results_dropped")

QUERIES = Path(__file__).parents[2] / "queries"


def test_every_query_is_listed_with_what_it_takes(first_time: Ggen) -> None:
    listed = {one["name"]: one for one in first_time("query", "--list", "--json").json["queries"]}
    assert set(listed) <= {
        path.relative_to(QUERIES).with_suffix("").as_posix() for path in QUERIES.rglob("*.rq")
    }
    assert listed["catalog/list-versions"]["parameters"] == {"name": "string"}
    assert all(one["summary"] for one in listed.values())
    table = first_time("query", "--list").out.splitlines()
    assert table[0].split() == ["QUERY", "PARAMETERS", "SUMMARY"]
    assert len(table) == len(listed) + 1


def test_a_query_is_asked_by_its_name_or_the_last_part_of_it(ggen: Ggen) -> None:
    whole = ggen("query", "catalog/list-packs")
    assert whole.code == 0
    assert "web-api-starter" in whole.out
    assert ggen("query", "list-packs").out == whole.out


def test_a_parameter_chooses(ggen: Ggen) -> None:
    asked = ("query", "list-versions", "--format", "csv")
    every = ggen(*asked).out.splitlines()
    some = ggen(*asked, "--param", "name=web-api-starter").out.splitlines()
    assert 1 < len(some) < len(every)
    assert ggen(*asked, "--param", "name='} DROP ALL #").out.splitlines() == every[:1]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ([], "usage"),
        (["list-packs", "--list"], "usage"),
        (["list-packz"], "query-not-found"),
        (["../README"], "query-not-found"),
        (["list-packs.rq"], "query-not-found"),
        (["count-triples"], "query-not-found"),  # there are two
        (["list-versions", "--param", "nome=x"], "usage"),
        (["list-versions", "--param", "name=x", "--param", "name=y"], "usage"),
        (["explain-score", "--param", "pack=web"], "usage"),
        (["list-packs", "--format", "turtle"], "usage"),
        (["list-releases"], "project-not-found"),
    ],
    ids=" ".join,
)
def test_what_can_not_be_asked_is_told_with_what_to_do(
    ggen: Ggen, arguments: list[str], name: str
) -> None:
    error = ggen("query", *arguments, "--json").error
    assert error["name"] == name
    assert error["help"]


def test_a_name_that_is_nearly_right_is_guessed(ggen: Ggen) -> None:
    error = ggen("query", "catalog/list-packz", "--json").error
    assert error["help"] == 'did you mean "catalog/list-packs"?'
    error = ggen("query", "count-triples", "--json").error
    assert error["help"] == "graphs/count-triples or remote/count-triples?"


def test_a_query_about_a_project_asks_the_project(project: Ggen) -> None:
    assert "base" in project("query", "lock/list-releases").out
    assert "web-api-starter" in project("query", "catalog/list-packs").out


def test_the_formats_are_those_of_packs_sparql(ggen: Ggen) -> None:
    document = json.loads(ggen("query", "list-packs", "--json").out)
    assert document["head"]["vars"][0] == "pack"
    assert ggen("query", "list-packs", "--format", "csv").out.startswith("pack,name,")
    turtle = ggen("query", "graphs/read-graph", "--format", "ntriples", "--scope", "catalog")
    assert turtle.code == 0


def test_stats_say_what_it_took(ggen: Ggen) -> None:
    for form in ("table", "csv"):
        asked = ggen("query", "list-packs", "--stats", "--format", form)
        rows = len(asked.out.splitlines()) - 1
        assert f": {rows} rows, " in asked.err
        assert "remembered" not in asked.err
