from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.template.rows import RowSet, column, first, row_key, sort_rows, values
from ggen_graph.core.template.terms import DecimalNumber, Iri

ROWS = RowSet(
    [
        {"class": "A", "name": "x", "n": 1},
        {"class": "B", "name": "y", "n": True},
        {"class": "A", "name": "z"},
    ]
)


def test_rows_are_found_by_columns_in_their_order() -> None:
    assert ROWS.where(**{"class": "A"}) == [ROWS[0], ROWS[2]]
    assert ROWS.where(**{"class": "A", "name": "z"}) == [ROWS[2]]
    assert ROWS.where(name="nobody") == []
    assert ROWS.where() is ROWS


def test_a_number_is_neither_a_boolean_nor_a_text_and_unbound_equals_nothing() -> None:
    assert ROWS.where(n=1) == [ROWS[0]]
    assert ROWS.where(n=True) == [ROWS[1]]
    assert ROWS.where(n="1") == []
    assert ROWS.where(n=None) == []


def test_a_column_may_be_called_self() -> None:
    assert RowSet([{"self": 1}]).where(self=1) == [{"self": 1}]


def test_what_was_found_can_be_searched_again() -> None:
    assert ROWS.where(**{"class": "A"}).where(name="z") == [ROWS[2]]


def test_an_index_is_made_once_for_each_set_of_columns() -> None:
    read: list[int] = []

    class Counting(dict[str, int]):
        def __contains__(self, name: object) -> bool:
            read.append(1)
            return super().__contains__(name)

    rows = RowSet(Counting({"class": n % 7, "name": n}) for n in range(100))
    for n in range(100):
        assert rows.where(name=n, **{"class": n % 7}) == [{"class": n % 7, "name": n}]
    assert len(read) == 200


def test_a_column_that_no_row_can_have_is_an_error_that_names_the_nearest() -> None:
    rows = RowSet([{"name": "x"}], ["name", "label"])
    assert rows.where(label="y") == []
    with pytest.raises(LookupError, match=r"no column `nmae`; did you mean \"name\"\?"):
        rows.where(nmae="x")
    with pytest.raises(LookupError, match="no column `zzz`; there is name, label"):
        rows.where(name="x").where(zzz=1)
    with pytest.raises(LookupError, match="no column `z`"):
        rows.where(label="y").where(z=1)


def test_an_iri_is_found_by_its_text_and_a_decimal_by_its_number() -> None:
    price = DecimalNumber("1.50")
    rows = RowSet([{"iri": Iri("http://e/A"), "price": price}])
    assert rows.where(iri="http://e/A", price=1.5) == rows
    assert RowSet([{"price": 1.5}]).where(price=price) == [{"price": 1.5}]


def test_the_first_row_or_its_value() -> None:
    assert first(ROWS) == ROWS[0]
    assert first(ROWS, "name") == "x"
    assert first(RowSet()) is None
    assert first(RowSet([{"b": 1}], ["a", "b"]), "a") is None
    with pytest.raises(LookupError, match="no column `c`"):
        first(RowSet([{"b": 1}], ["a", "b"]), "c")


def test_the_values_of_a_column_with_and_without_repetitions() -> None:
    assert column(ROWS, "class") == ["A", "B", "A"]
    assert column(ROWS, "n") == [1, True]
    assert values(ROWS, "class") == ["A", "B"]
    assert values(ROWS, "n") == [1, True]
    assert values(RowSet([{"a": 2}, {}, {"a": 2}], ["a"])) == [2]
    assert column([]) == []
    with pytest.raises(LookupError, match="name one of the columns class, n, name"):
        column(ROWS)


@pytest.mark.parametrize("rows", [True, "text", None, [1]])
def test_what_is_no_answer_of_a_query_has_no_columns(rows: object) -> None:
    with pytest.raises(TypeError, match="no rows"):
        column(rows, "a")


def test_a_key_names_a_row_by_its_columns() -> None:
    assert row_key({"class": "http://e/A", "n": 2}, ["class"]) == "http://e/A"
    assert row_key({"a": "x y", "b": True, "c": 1.5}, ["a", "b", "c", "d"]) == "x%20y true 1.5 "


@given(st.lists(st.text(), min_size=2, max_size=2), st.lists(st.text(), min_size=2, max_size=2))
def test_different_texts_have_different_keys(one: list[str], other: list[str]) -> None:
    columns = ["a", "b"]
    keys = [row_key(dict(zip(columns, values, strict=True)), columns) for values in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)


def test_rows_are_sorted_unbound_first_then_booleans_numbers_and_text() -> None:
    values: list[Any] = ["b", 2, True, "a", 1.5, False, None]
    rows = [{} if value is None else {"v": value} for value in values]
    assert [row.get("v") for row in sort_rows(rows, ["v"])] == [
        None, False, True, 1.5, 2, "a", "b",
    ]  # fmt: skip
