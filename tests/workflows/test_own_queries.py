"""Our own queries by name: each can be found, and says what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import QueryNotFound, UsageError
from ggen_graph.graph.parameters import TYPES
from ggen_graph.workflows.own_queries import ask_own, own_queries, own_query

if TYPE_CHECKING:
    from tests.workflows.conftest import Work

pytestmark = pytest.mark.usefixtures("results_dropped")

ALL = own_queries()


@pytest.mark.parametrize("query", ALL, ids=lambda query: query.name)
def test_a_query_says_what_it_is_for_and_takes_what_a_person_can_give(query: object) -> None:
    (found,) = [one for one in ALL if one == query]
    assert found.signature.summary
    assert found.scope in {"project", "catalog"}
    assert {kind for one in found.signature.parameters for kind in one.types} <= set(TYPES)
    assert own_query(found.name) == found


def test_the_last_part_of_a_name_is_enough_where_it_is_clear() -> None:
    assert own_query("list-packs").name == "catalog/list-packs"
    assert own_query("list-packs").scope == "catalog"
    assert own_query("lock/list-releases").scope == "project"


@pytest.mark.parametrize(
    ("name", "help_"),
    [
        ("catalog/list-packz", 'did you mean "catalog/list-packs"?'),
        ("count-triples", "graphs/count-triples or remote/count-triples?"),
        ("", "`ggen query --list` shows them"),
        ("../queries/catalog/list-packs", 'did you mean "catalog/list-packs"?'),
        ("/etc/passwd", "`ggen query --list` shows them"),
    ],
)
def test_a_name_that_is_none_is_answered_with_one_that_is(name: str, help_: str) -> None:
    with pytest.raises(QueryNotFound) as caught:
        own_query(name)
    assert caught.value.help == help_


def test_an_answer_is_a_table_or_bytes_with_what_it_came_to(work: Work) -> None:
    catalog = work.catalog()
    table = ask_own(own_query("list-versions"), "table", None, catalog, {"name": ["base"]})
    data = ask_own(own_query("list-versions"), "csv", None, catalog, {"name": ["base"]})
    assert table.columns is not None
    assert table.total is not None
    assert data.total is not None
    assert table.total.rows == len(table.rows) == data.total.rows == data.data.count(b"\n") - 1
    assert data.total.size == len(data.data)
    assert table.generation == data.generation != ""
    nothing = ask_own(own_query("list-versions"), "table", None, catalog, {"name": ["none"]})
    assert nothing.rows == ()


def test_what_does_not_fit_the_query_is_refused(work: Work) -> None:
    catalog = work.catalog()
    with pytest.raises(UsageError):
        ask_own(own_query("list-versions"), "turtle", None, catalog, {})
    with pytest.raises(UsageError, match="takes no parameter"):
        ask_own(own_query("list-packs"), "table", None, catalog, {"name": ["base"]})
